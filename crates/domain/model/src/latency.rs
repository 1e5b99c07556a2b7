//! Latency buckets, the same in gateway, server and pages: four a doubling, from 0.25 ms to 128 s.
//!
//! Log-linear: a bucket is at most a quarter as wide as its lower edge, so its middle is off by at most 12.5%.

/// How many buckets there are; the last one is open-ended.
pub const BUCKETS: usize = 77;

/// The lower edge of the first doubling, in microseconds; everything faster falls into bucket 0.
const FIRST_US: u64 = 250;

/// Returns the bucket of a latency in microseconds.
pub fn bucket(micros: u64) -> u8 {
    if micros < FIRST_US {
        return 0;
    }
    let doublings = (micros / FIRST_US).ilog2().min(18);
    let base = FIRST_US << doublings;
    let quarter = ((micros - base) * 4 / base).min(3);
    u8::try_from(1 + u64::from(doublings) * 4 + quarter).expect("at most 76")
}

/// Returns the upper edge of a bucket, in microseconds; `u64::MAX` for the last.
pub fn upper_us(bucket: u8) -> u64 {
    match usize::from(bucket) {
        0 => FIRST_US,
        b if b >= BUCKETS - 1 => u64::MAX,
        b => {
            let (doublings, quarter) = ((b - 1) / 4, (b - 1) % 4);
            let base = FIRST_US << doublings;
            base + base / 4 * (quarter as u64 + 1)
        }
    }
}

/// Returns the middle of a bucket, in microseconds: at most 12.5% off any latency in it, but for the open-ended last.
pub fn middle_us(bucket: u8) -> u64 {
    let lower = bucket.checked_sub(1).map_or(0, upper_us);
    if usize::from(bucket) >= BUCKETS - 1 { lower } else { lower.midpoint(upper_us(bucket)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_latency_lies_in_its_bucket(micros in 0..200_000_000_u64) {
            let b = bucket(micros);
            prop_assert!(usize::from(b) < BUCKETS);
            prop_assert!(micros <= upper_us(b));
            if b > 0 {
                prop_assert!(micros + 4 >= upper_us(b - 1), "{micros} in {b}");
            }
        }
    }
}
