//! Sample-ratio check: do the users first seen in this step split as the weight says? If not, the arms differ by more
//! than the version and the comparison is void.
//!
//! An e-value over a few alternative odds, checked at every look. The nearest is a quarter off: smaller mismatches do no
//! harm, since shares are those that blocks really had, and would only trip over users whom two gateways both see.

use seaworthy_model::Share;

use crate::checkpoint::Walk;
use crate::judge::log_sum_exp;

/// Alternatives: the odds of meeting the canary, over those of the weight.
const ODDS: [f64; 8] = [0.0625, 0.25, 0.5, 0.8, 1.25, 2.0, 4.0, 16.0];

/// Evidence that voids a comparison: one healthy step in ten thousand.
pub(super) const VOID_E: f64 = 10_000.0;

/// Users of one step by arm, against the step's weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RatioCheck {
    weight: f64,
    users: [u64; 2],
    void: bool,
}

impl RatioCheck {
    pub(super) fn new(weight: Share) -> Self {
        Self { weight: weight.ratio(), users: [0; 2], void: false }
    }

    /// Adds users first seen, `[canary, stable]`. Void stays void until the next step.
    pub(super) fn observe(&mut self, users: [u64; 2]) {
        for (sum, more) in self.users.iter_mut().zip(users) {
            *sum = sum.saturating_add(more);
        }
        self.void |= self.log_e() >= VOID_E.ln();
    }

    pub(super) fn is_void(&self) -> bool {
        self.void
    }

    pub(super) fn users(&self) -> [u64; 2] {
        self.users
    }

    /// Returns the natural log of the evidence that users do not split by the weight; 0 where there is no split.
    pub(super) fn log_e(&self) -> f64 {
        if self.weight <= 0.0 || self.weight >= 1.0 {
            return 0.0;
        }
        let [canary, stable] = self.users.map(|n| n as f64);
        let terms = ODDS.map(|odds| {
            let norm = (self.weight * (odds - 1.0)).ln_1p();
            canary * (odds.ln() - norm) - stable * norm
        });
        log_sum_exp(&terms) - (ODDS.len() as f64).ln()
    }

    pub(super) fn walk(&mut self, walk: &mut impl Walk) {
        walk.real(&mut self.weight);
        self.users.iter_mut().for_each(|n| walk.count(n));
        let mut void = u64::from(self.void);
        walk.count(&mut void);
        self.void = void != 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn void(weight: &str, users: [u64; 2]) -> bool {
        let mut check = RatioCheck::new(weight.parse().expect("a share"));
        check.observe(users);
        check.is_void()
    }

    #[test]
    fn arms_that_do_not_match_the_weight_are_void() {
        for (weight, users, want) in [
            ("5", [0, 0], false),
            ("5", [50, 950], false),
            ("5", [65, 935], false),
            ("5", [0, 100], false),
            ("5", [0, 400], true),
            ("5", [100, 900], true),
            ("5", [20, 0], true),
            ("50", [500, 500], false),
            ("50", [530, 470], false),
            ("50", [600, 400], true),
            ("50", [100, 300], true),
            ("50", [u64::MAX, 0], true),
            ("0", [10, 10], false),
            ("100", [10, 10], false),
        ] {
            assert_eq!(void(weight, users), want, "{weight}% {users:?}");
        }
    }

    #[test]
    fn void_stays_void_in_its_step() {
        let mut check = RatioCheck::new("5".parse().expect("a share"));
        check.observe([60, 0]);
        check.observe([0, 1140]);
        assert!(check.log_e() < 0.0 && check.is_void());
    }
}
