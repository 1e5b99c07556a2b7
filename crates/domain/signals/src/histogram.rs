//! Latencies by bucket of [`seaworthy_model::latency`], and the bytes that they are stored as.

use seaworthy_model::latency::{BUCKETS, middle_us};

/// Most bytes of a stored histogram: a byte for the bucket and at most five for the count, for each bucket.
pub const HISTOGRAM_BYTES_MAX: usize = BUCKETS * 6;

/// How many latencies fell into each bucket; only buckets that have some, ascending. Counts saturate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    counts: Vec<(u8, u32)>,
}

impl Histogram {
    /// Returns the buckets that have some, ascending, and their counts.
    pub fn counts(&self) -> &[(u8, u32)] {
        &self.counts
    }

    /// Adds latencies to a bucket; what is past the last bucket belongs to it.
    pub fn add(&mut self, bucket: u8, count: u64) {
        if count == 0 {
            return;
        }
        let bucket = bucket.min(u8::try_from(BUCKETS - 1).expect("77 buckets"));
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        match self.counts.binary_search_by_key(&bucket, |(bucket, _)| *bucket) {
            Ok(at) => self.counts[at].1 = self.counts[at].1.saturating_add(count),
            Err(at) => self.counts.insert(at, (bucket, count)),
        }
    }

    /// Adds another histogram.
    pub fn merge(&mut self, other: &Self) {
        other.counts.iter().for_each(|(bucket, count)| self.add(*bucket, u64::from(*count)));
    }

    /// Returns how many latencies there are.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|(_, count)| u64::from(*count)).sum()
    }

    /// Returns a quantile, 0 to 1, in microseconds: the middle of its bucket, at most 12.5% off. None without latencies.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
    pub fn quantile_us(&self, quantile: f64) -> Option<u64> {
        let rank = ((self.total() as f64 * quantile).ceil() as u64).max(1);
        let mut below = 0;
        let bucket = self.counts.iter().find(|(_, count)| {
            below += u64::from(*count);
            below >= rank
        });
        bucket.or(self.counts.last()).map(|(bucket, _)| middle_us(*bucket))
    }

    /// Returns it as bytes: each bucket and its count, seven bits a byte, low ones first. At most
    /// [`HISTOGRAM_BYTES_MAX`].
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.counts.len() * 3);
        for (bucket, count) in &self.counts {
            bytes.push(*bucket);
            let mut rest = *count;
            while rest >= 0x80 {
                bytes.push(low_bits(rest) | 0x80);
                rest >>= 7;
            }
            bytes.push(low_bits(rest));
        }
        bytes
    }

    /// Reads what [`Histogram::encode`] wrote; none for anything else.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (mut counts, mut bytes): (Vec<(u8, u32)>, _) = (Vec::new(), bytes.iter().copied());
        while let Some(bucket) = bytes.next() {
            let ascends = counts.last().is_none_or(|(before, _)| *before < bucket);
            let count = count(&mut bytes).filter(|count| *count > 0)?;
            if !ascends || usize::from(bucket) >= BUCKETS {
                return None;
            }
            counts.push((bucket, count));
        }
        Some(Self { counts })
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.counts.capacity() * size_of::<(u8, u32)>()
    }
}

fn low_bits(count: u32) -> u8 {
    u8::try_from(count & 0x7f).expect("seven bits")
}

fn count(bytes: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let mut count = 0_u64;
    for shift in [0, 7, 14, 21, 28] {
        let byte = bytes.next()?;
        count |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return u32::try_from(count).ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use seaworthy_model::latency::bucket;

    fn of(counts: &[(u8, u64)]) -> Histogram {
        let mut histogram = Histogram::default();
        counts.iter().for_each(|(bucket, count)| histogram.add(*bucket, *count));
        histogram
    }

    #[test]
    fn bytes_that_are_no_histogram_are_none() {
        let bad: [&[u8]; 7] =
            [&[1], &[1, 0x80], &[1, 0], &[77, 1], &[2, 1, 1, 1], &[2, 1, 2, 1], &[1, 0xff, 0xff, 0xff, 0xff, 0x1f]];
        for bytes in bad {
            assert_eq!(Histogram::decode(bytes), None, "{bytes:?}");
        }
        assert_eq!(Histogram::decode(&[]), Some(Histogram::default()));
    }

    #[test]
    fn the_largest_fits() {
        let full: Vec<(u8, u64)> = (0..=255).map(|bucket| (bucket, u64::MAX)).collect();
        let full = of(&full);
        assert_eq!((full.counts().len(), full.encode().len()), (BUCKETS, HISTOGRAM_BYTES_MAX));
        assert_eq!(Histogram::decode(&full.encode()), Some(full));
    }

    #[test]
    fn quantiles_are_within_an_eighth() {
        let histogram = of(&[(bucket(10_000), 90), (bucket(400_000), 10)]);
        for (quantile, expected) in [(0.0, 10_000), (0.5, 10_000), (0.9, 10_000), (0.91, 400_000), (1.0, 400_000)] {
            let found = histogram.quantile_us(quantile).unwrap();
            assert!(found.abs_diff(expected) * 8 <= expected, "{quantile}: {found}");
        }
        assert_eq!(Histogram::default().quantile_us(0.5), None);
    }

    proptest! {
        #[test]
        fn encoding_is_lossless_and_merging_commutes(
            one in prop::collection::vec((0..77_u8, 0..5_000_000_000_u64), 0..40),
            other in prop::collection::vec((0..77_u8, 0..300_u64), 0..40),
        ) {
            let (one, other) = (of(&one), of(&other));
            prop_assert_eq!(Histogram::decode(&one.encode()), Some(one.clone()));
            let (mut left, mut right) = (one.clone(), other.clone());
            left.merge(&other);
            right.merge(&one);
            prop_assert_eq!(left, right);
        }

        #[test]
        fn no_bytes_are_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Some(histogram) = Histogram::decode(&bytes) {
                prop_assert!(histogram.counts().len() <= BUCKETS);
            }
        }
    }
}
