//! A week of ten services, in small: `cargo xtask sim year` plays a year of two hundred.

use seaworthy_sim::year::{Size, Year, live};

#[test]
fn every_alert_ends_with_a_person_or_at_the_end_of_its_ladder() {
    let lived = live(1, Size::SMALL, Year::AsItIs).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(lived.taken + lived.exhausted + lived.over, lived.pages, "{lived:?}");
    for (what, count) in [
        ("tickets", lived.tickets),
        ("folded", lived.folded),
        ("taken", lived.taken),
        ("escalations", lived.escalations),
        ("given up", lived.given_up),
        ("restarts", lived.restarts as usize),
        ("stand-ins", lived.stand_ins),
        ("deploys", lived.deploys),
    ] {
        assert!(count > 0, "no {what}: {lived:?}");
    }
    assert_eq!(live(1, Size::SMALL, Year::AsItIs), Ok(lived), "one seed, one year");
}

/// The checks can fail: each mistake is found in one of a few.
#[test]
fn every_mistake_is_found() {
    for (year, want) in Year::MISTAKES.into_iter().zip(["got nothing", "nobody was called after", "was not called"]) {
        let why = (1..20).find_map(|seed| live(seed, Size::SMALL, year).err());
        assert!(why.as_ref().is_some_and(|why| why.contains(want)), "{year:?}: {why:?}");
    }
}
