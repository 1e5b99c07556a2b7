//! What of one objective is asked, and when: windows that move fast are asked often, long ones seldom. Pure.

use jiff::{SignedDuration, Timestamp};
use seaworthy_core::watch::objectives::Readings;
use seaworthy_metrics::promql::{Asked, Part};
use seaworthy_slo::Reading;

/// Shortest time between two questions about one window: the usual interval of scrapes, so more often shows nothing new.
/// A page's short window of five minutes is asked so often.
pub(super) const EVERY_MIN: SignedDuration = SignedDuration::from_secs(15);

/// Longest time: a budget must not look untouched while somebody answers the page.
const EVERY_MAX: SignedDuration = SignedDuration::from_secs(120);

/// How often a window is asked while all of it passes: the hour that pages as often as can be, and what is new in any other
/// since the last answer is less than a hundredth of it.
const ASKED_A_WINDOW: i64 = 240;

/// An answer that is older than so many of its intervals says nothing any more.
const STALE_AFTER: i32 = 4;

/// Which window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Window {
    /// One that a tier looks at, or the last hour; in seconds.
    Last(u32),
    /// The objective's whole period so far.
    Period,
}

/// What one window came to: an answer, or why there is none.
pub(super) type Outcome = (Window, Result<Asked, String>);

/// What follows from a round.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Told {
    /// Everything that was asked was answered.
    Read(Readings),
    /// Something was not: why, and what to do about it.
    Unread(String),
}

/// One window, and when it is asked next.
#[derive(Debug, Clone)]
struct Slot {
    window: Window,
    every: SignedDuration,
    due_at: Timestamp,
    read_at: Option<Timestamp>,
    reading: Reading,
}

/// The questions about one objective.
#[derive(Debug, Clone)]
pub(super) struct Plan(Vec<Slot>);

impl Plan {
    /// Plans to ask these windows, each in seconds, and the period; the first time `phase` after now, so that not all
    /// objectives are asked at once.
    pub(super) fn new(windows: &[u32], period_seconds: u32, phase: SignedDuration, now: Timestamp) -> Self {
        let slot = |window, seconds: u32| {
            let every = SignedDuration::from_secs(i64::from(seconds) / ASKED_A_WINDOW).clamp(EVERY_MIN, EVERY_MAX);
            Slot { window, every, due_at: now + phase, read_at: None, reading: Reading::Nothing }
        };
        let mut slots: Vec<Slot> = windows.iter().map(|seconds| slot(Window::Last(*seconds), *seconds)).collect();
        slots.push(slot(Window::Period, period_seconds));
        Self(slots)
    }

    /// Returns since when something is due; none where nothing is.
    pub(super) fn due_since(&self, now: Timestamp) -> Option<Timestamp> {
        self.0.iter().map(|slot| slot.due_at).min().filter(|due_at| *due_at <= now)
    }

    /// Returns what is due, the shortest window first: it is the one that pages.
    pub(super) fn due(&self, now: Timestamp) -> Vec<Window> {
        self.0.iter().filter(|slot| slot.due_at <= now).map(|slot| slot.window).collect()
    }

    /// Takes what a round came to.
    pub(super) fn take(&mut self, round: Vec<Outcome>, now: Timestamp) -> Told {
        let mut unread = None;
        for (window, outcome) in round {
            let Some(slot) = self.0.iter_mut().find(|slot| slot.window == window) else { continue };
            match outcome.and_then(|asked| reading(&asked)) {
                Ok(reading) => {
                    (slot.reading, slot.read_at) = (reading, Some(now));
                    slot.due_at = now + slot.every;
                }
                Err(why) => {
                    slot.due_at = now + EVERY_MIN;
                    unread.get_or_insert(why);
                }
            }
        }
        match unread {
            Some(why) => Told::Unread(why),
            None => Told::Read(self.readings(now)),
        }
    }

    fn readings(&self, now: Timestamp) -> Readings {
        let mut readings = Readings { at: now, every: EVERY_MIN, windows: Vec::new(), period: Reading::Nothing };
        for slot in &self.0 {
            let fresh = slot.read_at.filter(|at| now.duration_since(*at) <= slot.every * STALE_AFTER);
            let reading = fresh.map_or(Reading::Nothing, |_| slot.reading);
            match slot.window {
                Window::Last(seconds) => readings.windows.push((seconds, reading)),
                Window::Period => readings.period = reading,
            }
        }
        readings
    }
}

/// What an answer means. Nothing divided by nothing is a service without traffic; anything else that is no number is a
/// query that measures nothing, which must not look like a quiet night.
fn reading(asked: &Asked) -> Result<Reading, String> {
    match asked {
        Asked::Counted { tally, .. } => Ok(Reading::Counts(*tally)),
        Asked::Ratio(ratio) => Ok(Reading::Ratio(*ratio)),
        Asked::NotANumber(Part::Ratio) => Ok(Reading::Nothing),
        other => Err(other.absence().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests;
