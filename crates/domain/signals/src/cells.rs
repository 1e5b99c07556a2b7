//! Counts of equal buckets, each in as few bytes as the largest of its column needs: most series never need three.

use seaworthy_model::Tally;

/// Returns the counts as far as a bucket holds them: 2^32 events in five minutes are 14 million a second; past that a
/// bucket stays full.
pub(crate) fn capped(tally: Tally) -> Tally {
    let most = u64::from(u32::MAX);
    Tally::new(tally.total.min(most), tally.bad.min(most))
}

/// A fixed number of buckets.
#[derive(Debug, Clone)]
pub(crate) struct Cells {
    total: Column,
    bad: Column,
}

impl Cells {
    /// Makes empty ones.
    pub(crate) fn new(count: usize) -> Self {
        let column = Column { width: 1, bytes: vec![0; count].into_boxed_slice() };
        Self { total: column.clone(), bad: column }
    }

    pub(crate) fn len(&self) -> usize {
        self.total.len()
    }

    /// Returns what a bucket holds.
    pub(crate) fn get(&self, at: usize) -> Tally {
        Tally { total: self.total.get(at), bad: self.bad.get(at) }
    }

    /// Sets a bucket to a tally, as far as it holds that.
    pub(crate) fn set(&mut self, at: usize, tally: Tally) {
        let Tally { total, bad } = capped(tally);
        self.total.set(at, total);
        self.bad.set(at, bad);
    }

    /// Adds to a bucket; returns what of it went in, so that sums hold what buckets hold.
    pub(crate) fn add(&mut self, at: usize, tally: Tally) -> Tally {
        let before = self.get(at);
        let mut after = before;
        after.add(capped(tally));
        self.set(at, after);
        let mut went_in = self.get(at);
        went_in.remove(before);
        went_in
    }

    /// Returns the bytes that they have on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        size_of_val(&*self.total.bytes) + size_of_val(&*self.bad.bytes)
    }
}

/// One count of each bucket. It grows wider when one does not fit, and stays so: what happened once may happen again.
#[derive(Debug, Clone)]
struct Column {
    /// Bytes of a count.
    width: usize,
    /// Counts, their lowest byte first.
    bytes: Box<[u8]>,
}

impl Column {
    fn len(&self) -> usize {
        self.bytes.len() / self.width
    }

    fn get(&self, at: usize) -> u64 {
        let mut count = [0; size_of::<u64>()];
        count[..self.width].copy_from_slice(&self.bytes[at * self.width..][..self.width]);
        u64::from_le_bytes(count)
    }

    fn set(&mut self, at: usize, count: u64) {
        let needed = count.checked_ilog2().unwrap_or(0) as usize / 8 + 1;
        if needed > self.width {
            *self = self.widened(needed);
        }
        self.bytes[at * self.width..][..self.width].copy_from_slice(&count.to_le_bytes()[..self.width]);
    }

    fn widened(&self, width: usize) -> Self {
        let mut wider = Self { width, bytes: vec![0; self.len() * width].into_boxed_slice() };
        (0..self.len()).for_each(|at| wider.set(at, self.get(at)));
        wider
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Counts on both sides of every width.
    fn count() -> impl Strategy<Value = u64> {
        let edges = [0xff_u64, 0xffff, 0xff_ffff, 0xffff_ffff];
        prop_oneof![
            0..300_u64,
            (0..4_usize, 0..3_u64).prop_map(move |(edge, more)| edges[edge] - 1 + more),
            Just(u64::MAX),
        ]
    }

    proptest! {
        #[test]
        fn they_hold_what_plain_numbers_would_at_any_width(
            steps in prop::collection::vec((0..4_usize, count(), count(), any::<bool>()), 1..60),
        ) {
            let mut cells = Cells::new(4);
            let mut plain = [Tally::default(); 4];
            for (at, total, bad, is_set) in steps {
                let tally = Tally::new(total, bad);
                let before = plain[at];
                if is_set {
                    plain[at] = capped(tally);
                    cells.set(at, tally);
                } else {
                    plain[at].add(capped(tally));
                    plain[at] = capped(plain[at]);
                    let mut went_in = plain[at];
                    went_in.remove(before);
                    prop_assert_eq!(cells.add(at, tally), went_in);
                }
                prop_assert_eq!([0, 1, 2, 3].map(|at| cells.get(at)), plain);
            }
        }
    }

    #[test]
    fn they_are_as_narrow_as_they_can_be() {
        let mut cells = Cells::new(100);
        let mut bytes = |total, bad| {
            cells.set(7, Tally { total, bad });
            cells.heap_bytes()
        };
        assert_eq!(bytes(255, 255), 200);
        assert_eq!(bytes(256, 1), 300);
        assert_eq!(bytes(65_536, 1), 400);
        assert_eq!(bytes(0, 0), 400, "it never gets narrower");
        assert_eq!(bytes(u64::MAX, u64::MAX), 800, "the most there is");
    }
}
