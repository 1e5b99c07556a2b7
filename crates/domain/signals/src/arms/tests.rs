//! Names come and go, late reports are amended, and nothing grows without end.

use super::*;
use jiff::SignedDuration;

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn bin(count: u64) -> Bin {
    let mut latency = Histogram::default();
    latency.add(20, count);
    Bin { tally: Tally::new(count, 0), latency }
}

fn slot(at: i64) -> i64 {
    Resolution::FiveMinutes.slot(second(at))
}

#[test]
fn recent_is_what_the_last_slots_hold_in_whatever_order_it_came() {
    let mut arms = Arms::default();
    for at in [55, 5, 31, 59, 40] {
        assert_eq!(arms.add("a", second(at), &bin(1), second(59)), Ok(None));
    }
    for (slots, expected) in [(0, 0), (1, 2), (2, 3), (3, 4), (6, 5), (255, 5)] {
        let found = arms.recent("a", slots, second(59));
        assert_eq!((found.tally.total, found.latency.total()), (expected, expected), "{slots}");
    }
    assert_eq!(arms.recent("b", 60, second(59)), Bin::default());
    assert_eq!(arms.recent("a", 255, second(59 + 600)), Bin::default(), "ten minutes later");
}

#[test]
fn five_minutes_are_taken_whole_and_given_back() {
    let mut arms = Arms::default();
    arms.add("a", second(0), &bin(3), second(0)).unwrap();
    let taken = arms.take_dirty();
    assert_eq!(taken, [ArmBucket { name: "a".to_owned(), slot: slot(0), bin: bin(3) }]);
    assert_eq!(arms.take_dirty(), []);
    arms.add("a", second(1), &bin(2), second(1)).unwrap();
    arms.give_back(taken);
    assert_eq!(arms.take_dirty()[0].bin, bin(5), "memory is newer than what came back");
    arms.add("a", second(2), &bin(1), second(2)).unwrap();
    let taken = arms.take_dirty();
    arms.advance(second(4_000));
    assert_eq!(arms.names().count(), 0);
    arms.give_back(taken.clone());
    arms.advance(second(8_000));
    assert_eq!(arms.take_dirty(), taken, "what is not stored is not forgotten");
}

#[test]
fn a_late_report_amends_and_a_very_late_one_is_the_stores() {
    let mut arms = Arms::default();
    arms.add("a", second(0), &bin(1), second(0)).unwrap();
    assert_eq!(arms.add("a", second(1), &bin(1), second(899)), Ok(None));
    assert_eq!(arms.take_dirty()[0].bin, bin(2));
    arms.advance(second(900));
    let older = arms.add("a", second(2), &bin(7), second(900)).unwrap();
    assert_eq!(older, Some(ArmBucket { name: "a".to_owned(), slot: slot(2), bin: bin(7) }));
    assert_eq!(arms.take_dirty(), []);
    // A clock that is set back does not open it again: what it wrote would replace what is stored.
    assert!(arms.add("a", second(3), &bin(1), second(10)).unwrap().is_some());
}

#[test]
fn a_restart_goes_on_with_what_was_stored() {
    let mut arms = Arms::default();
    let stored = |name: &str, at, count| ArmBucket { name: name.to_owned(), slot: slot(at), bin: bin(count) };
    arms.restore(
        [stored("a", 0, 4), stored("old", -3_600, 9), stored("", 0, 9), stored(&"x".repeat(201), 0, 9)],
        second(0),
    );
    assert_eq!(arms.names().collect::<Vec<_>>(), ["a"]);
    assert_eq!(arms.take_dirty(), []);
    arms.add("a", second(1), &bin(1), second(1)).unwrap();
    assert_eq!(arms.take_dirty()[0].bin, bin(5));
}

#[test]
fn one_name_too_many_is_said_until_another_went() {
    let mut arms = Arms::default();
    for name in 0..ARMS_MAX {
        arms.add(&name.to_string(), second(0), &bin(1), second(0)).unwrap();
    }
    for _ in 0..2 {
        assert_eq!(arms.add("more", second(0), &bin(1), second(0)), Err(ArmRefused::Full));
    }
    assert_eq!(arms.refused(), (2, Some("more")));
    arms.add("7", second(0), &bin(1), second(0)).expect("a name that is held goes on");
    arms.take_dirty();
    arms.add("more", second(900), &bin(1), second(900)).expect("the others are stored and silent");
    assert_eq!(arms.names().collect::<Vec<_>>(), ["more"]);
}

#[test]
fn bad_names_and_instants_count_nothing() {
    let mut arms = Arms::default();
    let long = "x".repeat(NAME_BYTES_MAX + 1);
    for name in ["", &long] {
        assert_eq!(arms.add(name, second(0), &bin(1), second(0)), Err(ArmRefused::Name));
    }
    let refused = |at| arms.clone().add("a", at, &bin(1), second(0)).unwrap_err();
    assert_eq!(refused(second(61)), ArmRefused::Time(Refused::Future));
    assert_eq!(refused(second(-93 * 86_400)), ArmRefused::Time(Refused::TooOld));
    assert_eq!((arms.names().count(), arms.take_dirty().len()), (0, 0));
}

#[test]
fn a_busy_name_stays_small() {
    let mut arms = Arms::default();
    let mut busy = Bin::default();
    (25..45).for_each(|bucket| busy.latency.add(bucket, 50));
    for report in 0..4_000 {
        let now = second(0) + SignedDuration::from_millis(250 * report);
        arms.add("a", now, &busy, now).unwrap();
        arms.take_dirty();
    }
    assert!(arms.resident_bytes() <= 20 * 1024, "{}", arms.resident_bytes());
}
