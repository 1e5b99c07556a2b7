//! Weeks of ten services, in small: `cargo xtask sim year` plays a year of two hundred.

use seaworthy_sim::year::{Lived, Size, Year, live};

/// Weeks that are played.
const CASES: u64 = 6;

#[test]
fn every_alert_ends_with_a_person_or_at_the_end_of_its_ladder() {
    let play = |seed| live(seed, Size::SMALL, Year::AsItIs).unwrap_or_else(|why| panic!("{why}"));
    let all: Vec<Lived> = (1..=CASES).map(play).collect();
    let sum = |count: fn(&Lived) -> usize| all.iter().map(count).sum::<usize>();
    assert_eq!(sum(|one| one.taken + one.exhausted + one.over), sum(|one| one.pages));
    for (what, count) in [
        ("tickets", sum(|one| one.tickets)),
        ("folded", sum(|one| one.folded)),
        ("taken", sum(|one| one.taken)),
        ("over", sum(|one| one.over)),
        ("escalations", sum(|one| one.escalations)),
        ("given up", sum(|one| one.given_up)),
        ("restarts", sum(|one| one.restarts as usize)),
        ("stand-ins", sum(|one| one.stand_ins)),
        ("deploys", sum(|one| one.deploys)),
    ] {
        assert!(count > 0, "no {what}: {all:?}");
    }
    assert_eq!(play(1), all[0], "one seed, one year");
}

/// The checks can fail: each mistake is found in one of a few.
#[test]
fn every_mistake_is_found() {
    for (year, want) in Year::MISTAKES.into_iter().zip(["got nothing", "nobody was called after", "was not called"]) {
        let why = (1..20).find_map(|seed| live(seed, Size::SMALL, year).err());
        assert!(why.as_ref().is_some_and(|why| why.contains(want)), "{year:?}: {why:?}");
    }
}
