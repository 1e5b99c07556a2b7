//! Services that nearly all users see fail at this moment: shown within two seconds, long before a budget says anything.
//!
//! Nobody is woken by it: a restart fails everything for a second too. It is for whoever looks.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::Tally;

/// Width of a step, in milliseconds: how often a gateway reports.
const STEP_MS: i64 = 250;

/// Steps with events that are remembered: eight seconds of a busy service, and the last events of a quiet one.
const STEPS_MAX: usize = 32;

/// Fewest bad events that are no accident: at 99.9% the chance of five in a row is one in 10^15.
const BAD_MIN: u64 = 5;

/// Shortest run: three steps, because one that a process needs to be replaced is no outage.
const LASTING: SignedDuration = SignedDuration::from_millis(750);

/// Silence after which the last events say nothing about this moment.
const QUIET: SignedDuration = SignedDuration::from_secs(10);

/// The last steps of one service in which somebody asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Recent {
    /// By slot, oldest first.
    steps: VecDeque<(i64, Tally)>,
}

impl Recent {
    /// Adds events of one instant, in any order.
    pub(super) fn add(&mut self, at: Timestamp, tally: Tally) {
        let slot = at.as_millisecond().div_euclid(STEP_MS);
        let index = self.steps.partition_point(|(step, _)| *step < slot);
        match self.steps.get_mut(index) {
            Some((step, sum)) if *step == slot => sum.add(tally),
            _ => self.steps.insert(index, (slot, tally)),
        }
        if self.steps.len() > STEPS_MAX {
            self.steps.pop_front();
        }
    }

    /// Returns since when at least half of what was asked has failed, where that is sure and goes on.
    pub(super) fn failing_since(&self, now: Timestamp) -> Option<Timestamp> {
        let run = self.steps.iter().rev().take_while(|(_, tally)| tally.bad.saturating_mul(2) >= tally.total);
        let (mut bad, mut ends) = (0_u64, None);
        for (slot, tally) in run {
            bad = bad.saturating_add(tally.bad);
            ends = Some((*slot, ends.map_or(*slot, |(_, last)| last)));
        }
        let start = |slot: i64| Timestamp::from_millisecond(slot.saturating_mul(STEP_MS)).ok();
        let (first, last) = ends?;
        let (since, last) = (start(first)?, start(last)?);
        let is_now = now.duration_since(last) < QUIET;
        let is_lasting = now.duration_since(since) >= LASTING && last > since;
        (is_now && is_lasting && bad >= BAD_MIN).then_some(since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_000_000 + ms).expect("a time")
    }

    /// Steps of `(milliseconds, good, bad)`; returns the milliseconds since which it fails, as seen at `now_ms`.
    fn since(steps: &[(i64, u64, u64)], now_ms: i64) -> Option<i64> {
        let mut recent = Recent::default();
        steps.iter().for_each(|(ms, good, bad)| recent.add(at(*ms), Tally::new(good + bad, *bad)));
        recent.failing_since(at(now_ms)).map(|since| since.as_millisecond() - 1_000_000)
    }

    #[test]
    fn an_outage_is_seen_within_a_second_and_nothing_less_is_one() {
        let well = [(0, 25, 0), (250, 25, 0)];
        let with = |more: &[(i64, u64, u64)]| [&well, more].concat();
        for (steps, now, want, why) in [
            (with(&[]), 500, None, "well"),
            (with(&[(500, 0, 25)]), 750, None, "one step may be a restart"),
            (with(&[(500, 0, 25), (750, 0, 25), (1_000, 0, 25)]), 1_250, Some(500), "three are an outage"),
            (with(&[(500, 10, 15), (750, 12, 13), (1_000, 0, 25)]), 1_250, Some(500), "half of it is enough"),
            (with(&[(500, 20, 5), (750, 20, 5), (1_000, 20, 5)]), 1_250, None, "a fifth is for the budget"),
            (with(&[(500, 0, 1), (750, 0, 1), (1_000, 0, 1)]), 1_250, None, "too few to be sure"),
            (with(&[(500, 0, 25), (750, 0, 25), (1_000, 25, 0)]), 1_250, None, "it is over"),
            (with(&[(500, 0, 25), (750, 0, 25), (1_000, 0, 25)]), 12_000, None, "nobody asks any more"),
            (
                vec![(0, 0, 1), (1_000, 0, 1), (2_000, 0, 1), (3_000, 0, 1), (4_000, 0, 1)],
                4_100,
                Some(0),
                "a quiet one",
            ),
            (vec![], 0, None, "nothing was ever seen"),
        ] {
            assert_eq!(since(&steps, now), want, "{why}");
        }
    }

    #[test]
    fn reports_of_several_gateways_in_any_order_are_one_account() {
        let late = [(0, 25, 0), (500, 0, 25), (1_000, 0, 25), (750, 0, 25), (1_000, 25, 0), (500, 0, 1)];
        assert_eq!(since(&late, 1_250), Some(500), "half of the last step still fails");
        let healthy = [(0, 0, 25), (250, 0, 25), (500, 0, 25), (0, 75, 0), (250, 75, 0), (500, 75, 0)];
        assert_eq!(since(&healthy, 1_000), None, "another gateway is well, and carries more");
    }

    #[test]
    fn it_remembers_a_bounded_time() {
        let steps: Vec<_> = (0..1_000).map(|step| (step * 250, 0, 1)).collect();
        assert_eq!(since(&steps, 250_000), Some((1_000 - STEPS_MAX as i64) * 250));
    }
}
