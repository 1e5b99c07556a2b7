//! Outages that reach a person, in small: `cargo xtask sim watch` runs a thousand of each.

use seaworthy_sim::watch::{Gone, origin_down, outage};

#[test]
fn an_outage_pages_at_the_mathematical_floor_wherever_it_begins() {
    for seed in 0..3 {
        let paged = outage(seed, 2).expect("both page");
        assert_eq!(paged.len(), 2);
        for one in paged {
            // A window is up to a bucket of ten seconds shorter than it says, so the floor is up to 0.15 s lower.
            assert!((51_690..=52_840).contains(&one.after_ms), "seed {seed}: {one:?}");
        }
    }
}

#[test]
fn an_origin_that_is_gone_pages_by_its_probe() {
    for (seed, gone) in [(1, Gone::Refused), (2, Gone::Silent), (3, Gone::Silent)] {
        let after_ms = origin_down(seed, gone).expect("it pages");
        assert!((1..=20_000).contains(&after_ms), "seed {seed}, {gone:?}: {after_ms} ms");
    }
}
