//! What is to be done about a page now.

use jiff::Timestamp;
use seaworthy_model::PersonId;

use crate::ladder::Ladder;
use crate::policy::Target;

/// What was done about a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// The rung that was called last, and when; none where the page is new.
    pub called: Option<(usize, Timestamp)>,
    /// Whether anybody of that rung may still be reached.
    pub reach: Reach,
}

/// Whether anybody of a rung may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// A channel of somebody took the message, or is still tried.
    #[default]
    Possible,
    /// Every channel of everybody was given up: waiting for them helps nobody.
    Nobody,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Call these people: there is at least one, and each is there once.
    Call {
        /// The rung.
        rung: usize,
        /// Whom.
        people: Vec<PersonId>,
    },
    /// Nothing before this instant.
    Wait(Timestamp),
    /// Everybody was called and nobody answered.
    Over,
}

/// Says what is to be done about a page that nobody has taken. `who` says who a target is at this instant: nobody where a
/// rotation has a gap. A rung that calls nobody is left out at once: waiting for an answer from nobody helps nobody.
///
/// Nor is a rung waited for of which nobody can be reached, but where the next one begins another round: calling the same
/// people again at once reaches nobody either, and after the wait somebody may have a contact, or somebody else be on call.
///
/// A clock that goes back calls nobody twice: the rung that was called last is known by its place. The wait is counted from
/// its time; a clock that is behind that by more than the wait itself cannot be waited for, and the next rung is called, so
/// that no rung waits longer than twice its time. The first call after that counts from the new clock.
pub fn next(ladder: &Ladder, progress: Progress, now: Timestamp, who: impl Fn(&Target) -> Vec<PersonId>) -> Next {
    let Some((last, at)) = progress.called else { return from(ladder, 0, who) };
    let next = from(ladder, last + 1, who);
    let begins_again = matches!(next, Next::Call { rung, .. } if ladder.round(rung) > ladder.round(last));
    if progress.reach == Reach::Nobody && !begins_again {
        return next;
    }
    let wait = ladder.rung(last).map(|rung| rung.wait).unwrap_or_default();
    let until = at.checked_add(wait).unwrap_or(Timestamp::MAX);
    let is_far_behind = now < at.checked_sub(wait).unwrap_or(Timestamp::MIN);
    match now < until && !is_far_behind {
        true => Next::Wait(until),
        false => next,
    }
}

/// The first rung from this one on that calls somebody.
fn from(ladder: &Ladder, mut rung: usize, who: impl Fn(&Target) -> Vec<PersonId>) -> Next {
    while let Some(asked) = ladder.rung(rung) {
        let mut people: Vec<PersonId> = Vec::new();
        for person in asked.targets.iter().flat_map(&who) {
            if !people.contains(&person) {
                people.push(person);
            }
        }
        if !people.is_empty() {
            return Next::Call { rung, people };
        }
        rung += 1;
    }
    Next::Over
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;
    use crate::policy::{Policy, Step};

    fn person(name: &str) -> PersonId {
        name.parse().expect("a name")
    }

    fn ladder(steps: &[(&[Target], i64)], repeats: u8) -> Ladder {
        let steps = steps
            .iter()
            .map(|(targets, minutes)| Step { targets: targets.to_vec(), wait: SignedDuration::from_mins(*minutes) });
        let policy = Policy { name: "p".to_owned(), steps: steps.collect(), repeats };
        Ladder::of("p", &BTreeMap::from([("p".to_owned(), policy)])).expect("a ladder")
    }

    /// Ann is primary, nobody is secondary, the team is ann and bob.
    fn who(target: &Target) -> Vec<PersonId> {
        match target {
            Target::OnCall { level: 0 } => vec![person("ann")],
            Target::Team => vec![person("ann"), person("bob")],
            Target::Person(person) => vec![person.clone()],
            _ => vec![],
        }
    }

    const PRIMARY: Target = Target::OnCall { level: 0 };
    const SECONDARY: Target = Target::OnCall { level: 1 };

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn each_step_waits_and_gaps_do_not() {
        let ladder = ladder(&[(&[PRIMARY], 5), (&[SECONDARY], 5), (&[Target::Team, PRIMARY], 10)], 0);
        let call = |rung, names: &[&str]| Next::Call { rung, people: names.iter().map(|name| person(name)).collect() };
        for (called, now, want) in [
            (None, at(0), call(0, &["ann"])),
            (None, at(999), call(0, &["ann"])),
            (Some((0, at(0))), at(4), Next::Wait(at(5))),
            // Nobody is secondary: the step after it is taken at once, and ann is called once.
            (Some((0, at(0))), at(5), call(2, &["ann", "bob"])),
            // After an hour away one step is taken, not all that were missed.
            (Some((0, at(0))), at(60), call(2, &["ann", "bob"])),
            // A clock that went back a little waits; one that went back by more than the wait is not waited for.
            (Some((0, at(10))), at(5), Next::Wait(at(15))),
            (Some((0, at(10))), at(4), call(2, &["ann", "bob"])),
            (Some((2, at(5))), at(14), Next::Wait(at(15))),
            (Some((2, at(5))), at(15), Next::Over),
            // A ladder that became shorter is over.
            (Some((7, at(5))), at(15), Next::Over),
        ] {
            let progress = Progress { called, reach: Reach::Possible };
            assert_eq!(next(&ladder, progress, now, who), want, "{called:?} at {now}");
        }
    }

    #[test]
    fn who_cannot_be_reached_is_not_waited_for() {
        let ladder = ladder(&[(&[PRIMARY], 5), (&[Target::Team], 5)], 0);
        let unreachable = |rung| Progress { called: Some((rung, at(0))), reach: Reach::Nobody };
        let team = Next::Call { rung: 1, people: vec![person("ann"), person("bob")] };
        assert_eq!(next(&ladder, unreachable(0), at(0), who), team);
        assert_eq!(next(&ladder, unreachable(1), at(0), who), Next::Over);
    }

    #[test]
    fn a_round_that_reached_nobody_keeps_its_wait() {
        let ladder = ladder(&[(&[PRIMARY], 5), (&[Target::Team], 10), (&[SECONDARY], 20)], 1);
        let unreachable = |rung| Progress { called: Some((rung, at(0))), reach: Reach::Nobody };
        let ann = Next::Call { rung: 3, people: vec![person("ann")] };
        // The last rung of the round has a gap: the one that was called last says how long.
        for (called, now, want) in [(1, 0, Next::Wait(at(10))), (1, 9, Next::Wait(at(10))), (1, 10, ann)] {
            assert_eq!(next(&ladder, unreachable(called), at(now), who), want, "{called} at {now}");
        }
        assert_eq!(next(&ladder, unreachable(4), at(0), who), Next::Over, "no round comes after it");
        assert!(matches!(next(&ladder, unreachable(3), at(0), who), Next::Call { rung: 4, .. }));
    }

    #[test]
    fn a_page_for_nobody_is_over_at_once() {
        let ladder = ladder(&[(&[SECONDARY], 5)], 3);
        assert_eq!(next(&ladder, Progress::default(), at(0), who), Next::Over);
    }

    proptest! {
        /// Looked at however seldom, and with a clock that jumps: each rung is called once at most and in order, and none before
        /// the wait of the one before it, but where the clock went back by more than that.
        #[test]
        fn rungs_come_in_order_and_once(looks in proptest::collection::vec(-30..90_i64, 1..60), waits in proptest::collection::vec(1..20_i64, 1..5), repeats in 0..3_u8) {
            let steps: Vec<(&[Target], i64)> = waits.iter().map(|wait| (&[PRIMARY][..], *wait)).collect();
            let ladder = ladder(&steps, repeats);
            let (mut now, mut progress) = (at(0), Progress::default());
            let mut calls: Vec<(usize, Timestamp)> = Vec::new();
            for look in looks {
                now += SignedDuration::from_mins(look);
                match next(&ladder, progress, now, who) {
                    Next::Call { rung, .. } => {
                        prop_assert_eq!(rung, calls.len());
                        if let Some((last, before)) = calls.last() {
                            prop_assert!(before.duration_until(now).abs() >= ladder.rungs()[*last].wait);
                        }
                        progress.called = Some((rung, now));
                        calls.push((rung, now));
                    }
                    Next::Wait(until) => {
                        let (last, at) = progress.called.expect("somebody was called");
                        prop_assert!(now < until);
                        prop_assert!(now.duration_until(until) <= ladder.rungs()[last].wait * 2 && at < until);
                    }
                    Next::Over => prop_assert_eq!(calls.len(), ladder.rungs().len()),
                }
            }
        }
    }
}
