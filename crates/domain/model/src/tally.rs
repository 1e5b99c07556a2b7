//! Counts of events: all of them, and the bad ones.

/// How many events there were, and how many of them were bad. Sums saturate: a count that is too large is no reason to
/// stop watching.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// All events.
    pub total: u64,
    /// Those that were bad; at most `total`.
    pub bad: u64,
}

impl Tally {
    /// Returns the tally of `total` events of which `bad` were bad, at most all of them.
    pub fn new(total: u64, bad: u64) -> Self {
        Self { total, bad: bad.min(total) }
    }

    /// Returns the share of bad events, 0 to 1; none where there were no events.
    #[expect(clippy::cast_precision_loss, reason = "a ratio of counts needs no more than 53 bits")]
    pub fn bad_ratio(self) -> Option<f64> {
        (self.total > 0).then(|| self.bad as f64 / self.total as f64)
    }

    /// Adds another tally.
    pub fn add(&mut self, other: Self) {
        self.total = self.total.saturating_add(other.total);
        self.bad = self.bad.saturating_add(other.bad);
    }

    /// Takes a tally away that was added before; never below zero.
    pub fn remove(&mut self, other: Self) {
        self.total = self.total.saturating_sub(other.total);
        self.bad = self.bad.saturating_sub(other.bad);
    }
}

#[cfg(test)]
mod tests {
    //! Small laws.

    use super::Tally;

    #[test]
    fn bad_is_never_more_than_all() {
        assert_eq!(Tally::new(3, 9), Tally { total: 3, bad: 3 });
        assert_eq!(Tally::default().bad_ratio(), None);
        assert_eq!(Tally::new(4, 1).bad_ratio(), Some(0.25));
    }

    #[test]
    fn what_was_added_can_be_taken_away() {
        let mut sum = Tally::new(10, 2);
        sum.add(Tally::new(5, 5));
        sum.remove(Tally::new(10, 2));
        assert_eq!(sum, Tally::new(5, 5));
        sum.remove(Tally::new(9, 9));
        assert_eq!(sum, Tally::default());
    }
}
