//! What holds for every pattern.

use proptest::prelude::*;

use super::{EVERY_MS, at, outcome, play, run, watcher};
use crate::{DELIVERY_MAX, FLAP_WITHIN, History, Says, State, Watch, Watcher};

fn pattern(letters: &'static str) -> impl Strategy<Value = String> {
    let letters: Vec<char> = letters.chars().collect();
    proptest::collection::vec(proptest::sample::select(letters), 1..60).prop_map(String::from_iter)
}

proptest! {
    // A case plays hours, second by second.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn without_passes_it_is_never_up(patterns in proptest::collection::vec(pattern("F4B."), 1..5)) {
        let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
        for (_, change) in play(&patterns, History::UpBefore, 60) {
            prop_assert!(!matches!(change.to, State::Up | State::Degraded), "{change:?}");
        }
    }

    #[test]
    fn one_place_of_several_is_never_believed(
        alone in pattern("PSF4B."),
        others in proptest::collection::vec(pattern("PSB."), 1..4),
    ) {
        let patterns: Vec<&str> = std::iter::once(&alone).chain(&others).map(String::as_str).collect();
        for (_, change) in play(&patterns, History::UpBefore, 60) {
            prop_assert!(change.to != State::Down, "{change:?}");
        }
    }

    #[test]
    fn what_was_never_up_is_never_down(patterns in proptest::collection::vec(pattern("F4B."), 1..5)) {
        let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
        for (_, change) in play(&patterns, History::NeverUp, 60) {
            prop_assert!(change.to != State::Down, "{change:?}");
        }
    }

    #[test]
    fn silence_ends_in_unknown(patterns in proptest::collection::vec(pattern("PSF4B."), 1..5)) {
        let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
        if let Some((_, last)) = play(&patterns, History::UpBefore, 120).last() {
            prop_assert!(matches!(last.to, State::Unknown(_)), "{last:?}");
        }
    }

    #[test]
    fn however_it_flaps_it_is_down_ten_times_in_half_an_hour_at_most(
        period in proptest::collection::vec(pattern("PF"), 1..4),
    ) {
        let pattern: String = period.concat().chars().cycle().take(400).collect();
        let downs: Vec<i64> = play(&[&pattern], History::UpBefore, 0)
            .into_iter()
            .filter(|(_, change)| change.to == State::Down)
            .map(|(second, _)| second)
            .collect();
        let span = i64::try_from(FLAP_WITHIN.as_secs()).unwrap();
        for (n, first) in downs.iter().enumerate() {
            let within = downs[n..].iter().take_while(|second| **second < first + span).count();
            prop_assert!(within <= 10, "{within} in half an hour from {first}");
        }
    }

    #[test]
    fn runs_that_come_again_or_late_change_nothing(pattern in pattern("PSFB"), again in 0_usize..60) {
        let (mut once, mut twice) = (watcher(1, History::UpBefore), watcher(1, History::UpBefore));
        let slot = |n: usize| at(i64::try_from(n * 10_000).unwrap());
        for (n, letter) in pattern.chars().enumerate() {
            let seen = outcome(letter).unwrap();
            let first = once.observe(&run("a", slot(n), seen.clone()), slot(n));
            prop_assert_eq!(first, twice.observe(&run("a", slot(n), seen), slot(n)));
            let old = outcome(pattern.chars().nth(again % (n + 1)).unwrap()).unwrap();
            prop_assert_eq!(twice.observe(&run("a", slot(again % (n + 1)), old), slot(n)), None);
        }
    }

    #[test]
    fn a_second_look_at_the_same_time_says_nothing(patterns in proptest::collection::vec(pattern("PSF4B."), 1..5)) {
        let mut watcher = watcher(patterns.len(), History::NeverUp);
        for slot in 0..60 {
            for (n, pattern) in patterns.iter().enumerate() {
                let now = at(slot * 10_000 + i64::try_from(n).unwrap());
                let letter = pattern.chars().nth(usize::try_from(slot).unwrap());
                if let Some(seen) = letter.and_then(outcome) {
                    watcher.observe(&run(["a", "b", "c", "d", "e"][n], now, seen), now);
                    prop_assert_eq!(watcher.tick(now), None);
                }
            }
        }
    }
}

#[test]
fn a_place_that_is_not_asked_and_a_clock_that_is_ahead() {
    let mut watcher = watcher(1, History::UpBefore);
    for slot in 0..2 {
        watcher.observe(&run("a", at(slot * 10_000), outcome('P').unwrap()), at(slot * 10_000));
    }
    assert_eq!(watcher.state(), State::Up);
    assert_eq!(watcher.observe(&run("z", at(20_000), outcome('F').unwrap()), at(20_000)), None);
    let change = watcher.observe(&run("a", at(90_000), outcome('F').unwrap()), at(20_000)).unwrap();
    assert_eq!((change.to, change.reason.contains("70 s ahead")), (State::Unknown(crate::Unseen::Blind), true));
    // What it says with a clock that was put right counts again.
    assert!(watcher.observe(&run("a", at(30_000), outcome('P').unwrap()), at(30_000)).is_some());
}

#[test]
fn a_place_is_silent_once_its_next_slot_cannot_come_any_more() {
    let mut watcher = watcher(1, History::UpBefore);
    watcher.observe(&run("a", at(0), outcome('P').unwrap()), at(0));
    let limit = i64::try_from(EVERY_MS + 2 * 4_000 + u64::try_from(DELIVERY_MAX.as_millis()).unwrap()).unwrap();
    assert_eq!(watcher.places(at(limit))[0].says, Says::NotYet);
    assert_eq!(watcher.places(at(limit + 1))[0].says, Says::Silent);
}

#[test]
fn other_places_go_on_with_what_is_known() {
    let mut watcher = watcher(1, History::UpBefore);
    for slot in 0..2 {
        watcher.observe(&run("a", at(slot * 10_000), outcome('P').unwrap()), at(slot * 10_000));
    }
    let wider = Watch { every_ms: EVERY_MS, timeout_ms: 4_000, places: vec!["b".into(), "a".into()] };
    // The new one may still come; then it is missing.
    assert_eq!(watcher.rewatch(wider, at(10_000)), None);
    assert_eq!((watcher.state(), watcher.places(at(10_000))[1].says.clone()), (State::Up, Says::Up));
    let change = watcher.observe(&run("a", at(40_000), outcome('P').unwrap()), at(40_000)).unwrap();
    assert!(change.reason.starts_with("1 of 2 places cannot decide; b: no result"), "{}", change.reason);
}

#[test]
fn why_it_is_so_follows_the_places_although_the_state_stays() {
    let mut watcher = watcher(1, History::UpBefore);
    let see = |watcher: &mut Watcher, place: &str, slot: i64, letter: char| {
        let at = at(slot * 10_000);
        watcher.observe(&run(place, at, outcome(letter).unwrap()), at);
        assert_eq!(watcher.state(), State::Up, "{place} {slot}");
        watcher.reason().to_owned()
    };
    assert_eq!(watcher.reason(), "", "nobody has looked");
    watcher.observe(&run("a", at(0), outcome('P').unwrap()), at(0));
    assert_eq!(see(&mut watcher, "a", 1, 'P'), "passes from its one place");
    let wider = Watch { every_ms: EVERY_MS, timeout_ms: 4_000, places: vec!["a".into(), "b".into()] };
    watcher.rewatch(wider.clone(), at(11_000));
    assert_eq!(watcher.reason(), "works from 1, too few results yet from 1 of 2 places: too few agree on a change");
    see(&mut watcher, "b", 2, 'P');
    see(&mut watcher, "a", 2, 'P');
    assert_eq!(see(&mut watcher, "b", 3, 'P'), "passes from 2 of 2 places");
    see(&mut watcher, "b", 4, 'F');
    see(&mut watcher, "a", 4, 'P');
    assert_eq!(
        see(&mut watcher, "b", 5, 'F'),
        "works from 1, fails from 1 of 2 places: too few agree on a change",
        "one of two is no outage, and no news of two that pass"
    );
    watcher.rewatch(Watch { places: vec!["a".into()], ..wider }, at(51_000));
    assert_eq!(watcher.reason(), "passes from its one place");
}
