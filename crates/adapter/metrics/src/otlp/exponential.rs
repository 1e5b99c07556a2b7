//! How many events of an exponential histogram are at most a threshold. Its buckets are powers of one base, from
//! 2^(i/2^scale) to 2^((i+1)/2^scale), so they are as fine as its scale is, and no person chose them.
//!
//! The one bucket that a threshold falls into is split in proportion to the logarithm. That is never wrong by more than
//! what is in the bucket, and counts of one scale only grow, good and bad ones.

use super::message::{Buckets, ExponentialPoint};

/// Coarsest scale that says something about a threshold inside a bucket: there a bucket ends 19% above its start. SDKs take
/// 160 buckets, which at this scale reach from a millisecond to ten days and more.
const SCALE_MIN: i32 = 2;

/// Scales that there are: below, one bucket holds all that a double can be.
const SCALES: std::ops::RangeInclusive<i32> = -10..=20;

/// How far a bound may be from a threshold and still be the same number, relative to it.
const SAME: f64 = 1e-9;

/// Counts events that are at most the threshold, which is above 0.
///
/// # Errors
/// When its buckets are too coarse for that: why, with what to do about it.
pub(super) fn at_most(point: &ExponentialPoint, threshold: f64) -> Result<u64, String> {
    let scale = point.scale;
    if !SCALES.contains(&scale) {
        return Err(format!("its scale is {scale}; there are {} to {}", SCALES.start(), SCALES.end()));
    }
    let steps = f64::from(scale).exp2();
    // In units of buckets: bucket i is what is above i and at most i + 1.
    let exact = threshold.log2() * steps;
    let nearest = exact.round();
    let is_bound = (exact - nearest).abs() <= SAME * steps * std::f64::consts::LOG2_E;
    if !is_bound && scale < SCALE_MIN {
        return Err(format!(
            "at scale {scale} its buckets are too coarse to tell what is above {threshold}; allow it more buckets, or send \
             an explicit histogram"
        ));
    }
    // Whatever is not positive is at most any threshold.
    let below = point.negative.iter().flat_map(|buckets| &buckets.bucket_counts);
    let below = below.fold(point.zero_count, |sum, count| sum.saturating_add(*count));
    let positive = point.positive.as_ref();
    Ok(below.saturating_add(positive.map_or(0, |buckets| under(buckets, if is_bound { nearest } else { exact }))))
}

/// Counts what is at most a bound, which is in units of buckets.
fn under(buckets: &Buckets, bound: f64) -> u64 {
    let starts = (0_u32..).map(|at| f64::from(buckets.offset) + f64::from(at));
    let shares = starts.map(|start| (bound - start).clamp(0.0, 1.0));
    let counted = buckets.bucket_counts.iter().zip(shares).map(|(count, share)| part(*count, share));
    counted.fold(0, u64::saturating_add)
}

/// A share of a count, rounded down: so it only grows while the count does.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of at most 1 of a count is a count"
)]
fn part(count: u64, share: f64) -> u64 {
    if share >= 1.0 { count } else { (count as f64 * share) as u64 }
}
