//! Patterns of runs, as text, and what a watcher makes of them.

mod consensus;
mod laws;
mod reach;
mod slots;

use jiff::{SignedDuration, Timestamp};

use crate::{Code, History, Outcome, Reason, Run, Transition, Watch, Watcher};

/// Period of the patterns.
pub(crate) const EVERY_MS: u64 = 10_000;

pub(crate) fn at(ms: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap() + SignedDuration::from_millis(ms)
}

/// Reads a letter: passes, slow, fails, 401, blind; a dot is a slot without a run.
pub(crate) fn outcome(letter: char) -> Option<Outcome> {
    let reason = |code, text: &str| Reason::new(code, text);
    Some(match letter {
        'P' => Outcome::Pass,
        'S' => Outcome::Degraded(reason(Code::Slow, "slow")),
        'F' => Outcome::Fail(reason(Code::Connection, "no connection")),
        '4' => Outcome::Fail(reason(Code::Status(401), "the answer is 401")),
        'B' => Outcome::CannotSee(reason(Code::Offline, "offline")),
        '.' => return None,
        other => panic!("{other}"),
    })
}

pub(crate) fn run(place: &str, intended_at: Timestamp, outcome: Outcome) -> Run {
    Run { place: place.to_owned(), intended_at, started_at: intended_at, took_ms: 20, outcome, retried: None }
}

pub(crate) fn watcher(places: usize, history: History) -> Watcher {
    let places = ["a", "b", "c", "d", "e"][..places].iter().map(|&place| place.to_owned()).collect();
    Watcher::new(Watch { every_ms: EVERY_MS, timeout_ms: 4_000, places }, history)
}

/// Plays a pattern a place; place n looks n x 2 s into each period. Time is looked at each second, also for so long
/// after the last slot.
pub(crate) fn play(patterns: &[&str], history: History, after_s: i64) -> Vec<(i64, Transition)> {
    let mut watcher = watcher(patterns.len(), history);
    let slots = patterns.iter().map(|pattern| pattern.len()).max().unwrap_or(0);
    let mut seen = Vec::new();
    for second in 0..i64::try_from(slots).unwrap() * 10 + after_s {
        let now = at(second * 1_000);
        for (n, pattern) in patterns.iter().enumerate() {
            let offset = second - 2 * i64::try_from(n).unwrap();
            let letter = (offset >= 0 && offset % 10 == 0).then(|| pattern.chars().nth(offset as usize / 10)).flatten();
            if let Some(outcome) = letter.and_then(outcome) {
                let place = ["a", "b", "c", "d", "e"][n];
                seen.extend(watcher.observe(&run(place, now, outcome), now).map(|change| (second, change)));
            }
        }
        seen.extend(watcher.tick(now).map(|change| (second, change)));
    }
    seen
}
