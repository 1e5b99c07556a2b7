//! Who is in turn as people come and go.

use std::num::NonZeroU16;

use expect_test::{Expect, expect};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;

use super::*;
use crate::rotation::Turn;
use crate::schedule::Schedule;

fn person(name: &str) -> PersonId {
    name.parse().expect("a name")
}

fn weekly(people: &[&str]) -> Layer {
    let rotation = Rotation {
        participants: people.iter().map(|name| person(name)).collect(),
        start: "2026-01-05T09:00:00Z".parse().expect("an instant"),
        zone: TimeZone::UTC,
        turn: Turn::Days(NonZeroU16::new(7).expect("a week")),
    };
    Layer::always("main", rotation, vec![])
}

fn day(day: i64) -> Timestamp {
    "2026-01-05T09:00:00Z".parse::<Timestamp>().expect("an instant") + (24 * day).hours()
}

/// Joins and leaves: `ann 0 20` is a member from day 0 to 20, `bob 3` from day 3 on.
fn members(said: &str) -> Vec<Member> {
    let one = |said: &str| {
        let words: Vec<&str> = said.split_whitespace().collect();
        let days = |index: usize| words.get(index).map(|text| day(text.parse().expect("a day")));
        Member { person: person(words[0]), from: days(1).expect("a first day"), until: days(2) }
    };
    said.split(',').filter(|said| !said.trim().is_empty()).map(one).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(said: &str, want: Expect) {
    let layers = by_members(&weekly(&["ann", "bob", "cid", "dee"]), &members(said));
    let plan = Schedule { layers, levels: 1, ..Schedule::default() }.plan(day(-7), day(56));
    let weeks = |at: Timestamp| at.duration_since(day(0)).as_hours() as f64 / 24.0;
    let lines = plan.duties.iter().map(|duty| format!("{} {} {}\n", weeks(duty.start), weeks(duty.end), duty.person));
    want.assert_eq(&lines.collect::<String>());
}

#[test]
fn nobody_is_in_turn_until_somebody_joins() {
    check("", expect![""]);
    check(
        "ann 3, bob 4, cid 10",
        expect![[r#"
            3 7 ann
            7 14 bob
            14 21 ann
            21 28 bob
            28 35 cid
            35 42 ann
            42 49 bob
            49 56 cid
        "#]],
    );
}

#[test]
fn who_leaves_is_not_scheduled_from_the_next_hand_over_on_and_the_past_stays() {
    check(
        "ann -9, bob -9, cid -9 24",
        expect![[r#"
            0 7 ann
            7 14 bob
            14 21 cid
            21 28 ann
            28 35 bob
            35 42 ann
            42 49 bob
            49 56 ann
        "#]],
    );
}

#[test]
fn who_leaves_in_their_own_turn_ends_it_and_who_comes_back_has_their_place() {
    check(
        "ann -9, bob -9 10, bob 30, cid -9",
        expect![[r#"
            0 7 ann
            7 14 bob
            14 21 cid
            21 28 ann
            28 35 cid
            35 42 ann
            42 49 bob
            49 56 cid
        "#]],
    );
}

#[test]
fn the_last_one_leaves_a_gap_that_is_said() {
    let layers = by_members(&weekly(&["ann", "bob"]), &members("ann -9 10"));
    let plan = Schedule { layers, levels: 1, ..Schedule::default() }.plan(day(0), day(28));
    assert_eq!(plan.duties.len(), 1);
    assert_eq!((plan.gaps[0].start, plan.gaps[0].end), (day(14), day(28)));
}

proptest! {
    /// Whatever people do later, what was before the hand-over after it stays as it was; and only members are in turn.
    #[test]
    fn history_is_never_rewritten(
        spans in prop::collection::vec((0usize..4, -10i64..40, 1i64..40), 1..8),
        last in (0usize..4, 40i64..50),
    ) {
        let names = ["ann", "bob", "cid", "dee"];
        let member = |(who, from, days): (usize, i64, i64)| Member {
            person: person(names[who]), from: day(from), until: Some(day(from + days).min(day(40))),
        };
        let before: Vec<Member> = spans.into_iter().map(member).collect();
        let mut after = before.clone();
        after.push(Member { person: person(names[last.0]), from: day(last.1), until: None });
        let plan = |members: &[Member], to| {
            let layers = by_members(&weekly(&names), members);
            Schedule { layers, levels: 2, ..Schedule::default() }.plan(day(-10), to)
        };
        prop_assert_eq!(plan(&before, day(last.1)), plan(&after, day(last.1)));
        for duty in plan(&before, day(60)).duties {
            let theirs = before.iter().filter(|one| one.person == duty.person);
            // A turn that began goes to its end.
            let week = SignedDuration::from_hours(7 * 24);
            let mut near = theirs.filter(|one| one.from < duty.end && one.until.is_none_or(|until| duty.start <= until + week));
            prop_assert!(near.next().is_some(), "{duty:?}");
        }
    }
}
