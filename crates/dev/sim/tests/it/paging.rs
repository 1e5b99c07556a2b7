//! Crashes while a page is carried, in small: `cargo xtask sim page` makes ten thousand of them.

use seaworthy_sim::paging::{Edge, Played, case};

/// Pages that are played; each dies one to six times.
const CASES: u64 = 60;

#[test]
fn no_crash_loses_a_page_or_wakes_the_wrong_person() {
    let mut all = Played::default();
    for seed in 0..CASES {
        all.add(&case(seed, Edge::AsItIs).unwrap_or_else(|why| panic!("{why}")));
    }
    assert!(all.crashes.len() == 4 && all.crash_points() > CASES, "every place is met: {all:?}");
    assert!(all.again > 0, "a crash after sending sends again, with the same key: {all:?}");
    assert!(all.calls > CASES, "pages climb: {all:?}");
}

/// The checks can fail: each mistake is found within so many pages.
#[test]
fn every_mistake_of_the_edge_is_found() {
    for edge in Edge::MISTAKES {
        let want = match edge {
            Edge::NotesFirst => "got nothing",
            Edge::NewKeys => "two keys",
            Edge::AsksAgain | Edge::AsItIs => "was not called",
        };
        let found = (0..400).find(|seed| case(*seed, edge).is_err_and(|why| why.contains(want)));
        assert!(found.is_some(), "{edge:?} was not found");
    }
}
