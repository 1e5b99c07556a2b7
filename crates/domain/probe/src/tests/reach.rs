//! How long a target that is hard down stays unnoticed, in virtual time over many phases.

use super::{at, outcome, run};
use crate::schedule::next_run;
use crate::{EVERY_MS, History, State, TIMEOUT_MS, Watch, Watcher};

/// From the end of a run to the watcher: the prober sends at once; this is a slow way.
const WAY_MS: i64 = 1_000;

/// Looks of the server at the time.
const LOOK_MS: i64 = 250;

/// Plays an origin that is down from `down` on, each try of which takes so long to fail; returns when it is known, in
/// milliseconds from the first bad moment.
fn known_after(probe: &str, places: &[&str], down: i64, fails_after: i64) -> i64 {
    let watch =
        Watch { every_ms: EVERY_MS, timeout_ms: TIMEOUT_MS, places: places.iter().map(|&p| p.into()).collect() };
    let mut watcher = Watcher::new(watch, History::UpBefore);
    let mut arrivals = Vec::new();
    for place in places {
        let mut slot = at(down - 40_000);
        while slot < at(down + 40_000) {
            slot = next_run(probe, place, EVERY_MS, slot).unwrap();
            // A run that is on its way when the origin goes down is lost with it.
            let is_down = slot >= at(down);
            let took = if is_down { 2 * fails_after } else { 20 };
            let seen = outcome(if is_down { 'F' } else { 'P' }).unwrap();
            arrivals.push((slot + jiff::SignedDuration::from_millis(took + WAY_MS), run(place, slot, seen)));
        }
    }
    arrivals.sort_by_key(|(arrival, _)| *arrival);
    for (arrival, run) in arrivals {
        // Seen with the server's next look.
        let now = (arrival.duration_since(at(0)).as_millis() as i64).div_euclid(LOOK_MS) * LOOK_MS + LOOK_MS;
        watcher.observe(&run, at(now));
        if watcher.state() == State::Down {
            return now - down;
        }
    }
    panic!("never known");
}

#[test]
fn an_origin_that_is_hard_down_is_known_long_before_thirty_seconds() {
    let mut worst = 0;
    for phase in 0..1_000_i64 {
        // Other names, other phases; another moment of the period.
        let probe = format!("probe-{phase}");
        let down = 60_000 + phase * 7_919 % 10_000;
        for places in [&["server"][..], &["a", "b"], &["a", "b", "c"], &["a", "b", "c", "d", "e"]] {
            for fails_after in [1, i64::try_from(TIMEOUT_MS).unwrap()] {
                let after = known_after(&probe, places, down, fails_after);
                let limit = i64::try_from(EVERY_MS).unwrap() + 2 * fails_after + WAY_MS + LOOK_MS;
                assert!((0..=limit).contains(&after), "{probe} {places:?} {fails_after}: {after} ms");
                worst = worst.max(after);
            }
        }
    }
    // What is left of 30 s is for the page itself.
    assert!(worst < 20_000, "{worst}");
}
