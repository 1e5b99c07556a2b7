//! Which time gateways reported on, so that time on which nobody did is known to be unknown.
//!
//! A gateway keeps its reports while the control plane is away and sends them when it is back. So what was not seen is
//! not when this process was gone, but what no report speaks of, once reports have come.

use jiff::{SignedDuration, Timestamp};

use super::bucket::BUCKET_MS;

/// A time that nobody reported on is a hole when it is longer than this: then what is before it and what is behind it are in
/// buckets of their own. What is shorter counts as what was around it.
const HOLE: SignedDuration = SignedDuration::from_millis(BUCKET_MS);

/// Stretches kept; then the oldest holes are taken for time that was watched. Nobody is away so often within minutes.
const SPANS_MAX: usize = 32;

/// Time that was reported on, as spans that lie more than [`HOLE`] apart, in order. It is one, mostly.
#[derive(Debug, Clone, Default)]
pub(super) struct Coverage(Vec<(Timestamp, Timestamp)>);

impl Coverage {
    /// Begins where somebody was heard last.
    pub(super) fn from(heard: Timestamp) -> Self {
        Self(vec![(heard, heard)])
    }

    /// Adds the interval of a report.
    pub(super) fn add(&mut self, from: Timestamp, to: Timestamp) {
        self.0.push((from.min(to), to));
        self.0.sort_unstable();
        let mut spans: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(self.0.len());
        for (from, to) in self.0.drain(..) {
            match spans.last_mut() {
                Some((_, end)) if !is_hole(*end, from) => *end = to.max(*end),
                _ => spans.push((from, to)),
            }
        }
        let over = spans.len().saturating_sub(SPANS_MAX);
        self.0.extend(spans.into_iter().skip(over));
    }

    /// Returns the oldest time between two reports that no report speaks of.
    pub(super) fn hole(&self) -> Option<(Timestamp, Timestamp)> {
        self.0.first().zip(self.0.get(1)).map(|((_, from), (to, _))| (*from, *to))
    }

    /// Forgets what was before the oldest hole, and the hole.
    pub(super) fn pass(&mut self) {
        if self.0.len() > 1 {
            self.0.remove(0);
        }
    }
}

/// Says whether so much lies between two words of a gateway that nobody can say what was.
pub(super) fn is_hole(from: Timestamp, to: Timestamp) -> bool {
    to.duration_since(from) > HOLE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// Adds `FROM-TO` spans and returns the holes.
    fn holes(spans: &[(i64, i64)]) -> Vec<(i64, i64)> {
        let mut coverage = Coverage::default();
        spans.iter().for_each(|(from, to)| coverage.add(at(*from), at(*to)));
        let mut found = Vec::new();
        while let Some((from, to)) = coverage.hole() {
            found.push((from.as_second(), to.as_second()));
            coverage.pass();
        }
        found
    }

    #[test]
    fn holes_are_what_no_report_speaks_of() {
        for (spans, want) in [
            (&[][..], &[][..]),
            (&[(0, 10)], &[]),
            (&[(0, 10), (10, 20)], &[]),
            (&[(0, 10), (20, 30)], &[]),
            (&[(0, 10), (26, 30)], &[(10, 26)]),
            (&[(26, 30), (0, 10)], &[(10, 26)]),
            (&[(0, 10), (21, 30)], &[(10, 21)]),
            (&[(0, 10), (60, 70), (10, 60)], &[]),
            (&[(0, 10), (60, 70), (20, 30)], &[(30, 60)]),
            (&[(0, 10), (60, 70), (120, 130)], &[(10, 60), (70, 120)]),
            (&[(0, 100), (50, 60), (130, 140)], &[(100, 130)]),
            (&[(20, 10), (60, 70)], &[(10, 60)]),
        ] {
            assert_eq!(holes(spans), want, "{spans:?}");
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut coverage = Coverage::from(at(0));
        (1..1_000).for_each(|index| coverage.add(at(100 * index), at(100 * index + 1)));
        assert_eq!(coverage.0.len(), SPANS_MAX);
        assert_eq!(coverage.0.last(), Some(&(at(99_900), at(99_901))), "the newest stay");
    }
}
