//! What all places say at one instant, sorted, and the verdict that follows with its words.

use std::time::Duration;

use jiff::Timestamp;

use super::{History, Says, State, Unseen, Watcher};
use crate::{Code, Reason};

/// What places make of a target together.
pub(super) struct Verdict {
    pub(super) state: State,
    pub(super) since: Timestamp,
    pub(super) reason: String,
}

/// What all places say, sorted.
#[derive(Default)]
pub(super) struct Heard {
    expected: usize,
    /// The first of its passes in a row, and what is not as it should be.
    pub(super) up: Vec<(Timestamp, Option<Reason>)>,
    pub(super) bad: Vec<(Timestamp, Reason)>,
    blind: Vec<(String, Reason)>,
    silent: Vec<String>,
    /// The slots with which places stopped to see.
    lost: Vec<Timestamp>,
    /// Places that have not looked often enough.
    pub(super) early: usize,
}

impl Heard {
    pub(super) fn of(watcher: &Watcher, now: Timestamp) -> Self {
        let mut heard = Self { expected: watcher.places.len(), ..Self::default() };
        let every = Duration::from_millis(watcher.watch.every_ms);
        for place in &watcher.places {
            let since = place.pass_since.or(place.last).unwrap_or(now);
            match watcher.says(place, now) {
                Says::Up => heard.up.push((since, None)),
                Says::Degraded(reason) => heard.up.push((since, Some(reason))),
                Says::Down(since, reason) => heard.bad.push((since, reason)),
                Says::Blind(reason) => {
                    heard.lost.push(place.last.unwrap_or(now));
                    heard.blind.push((place.name.clone(), reason));
                }
                Says::Silent => {
                    let missed = place.last.and_then(|last| last.checked_add(every).ok());
                    heard.lost.push(missed.unwrap_or(now));
                    heard.silent.push(place.name.clone());
                }
                Says::NotYet => heard.early += 1,
            }
        }
        heard.up.sort_by_key(|(since, _)| *since);
        heard.bad.sort_by_key(|(since, _)| *since);
        heard.lost.sort();
        heard
    }

    fn count(&self, agreeing: usize) -> String {
        match self.expected {
            1 => "its one place".to_owned(),
            expected => format!("{agreeing} of {expected} places"),
        }
    }

    pub(super) fn down(&self, history: History) -> Verdict {
        let (since, first) = &self.bad[0];
        let places = self.count(self.bad.len());
        if history == History::UpBefore {
            return Verdict { state: State::Down, since: *since, reason: format!("{first}, from {places}") };
        }
        let hint = match first.code {
            Code::Status(401 | 403 | 407) => "; does the probe need a credential?",
            Code::Status(404) => "; is the address right?",
            Code::Certificate | Code::Tls => "; does it speak TLS, with a certificate that the probers trust?",
            _ => "",
        };
        let reason = format!("never once up: {first}, from {places}{hint}");
        Verdict { state: State::Unknown(Unseen::NeverUp), since: *since, reason }
    }

    pub(super) fn works(&self, need: usize) -> Verdict {
        let degraded: Vec<_> = self.up.iter().filter_map(|(since, why)| Some((*since, why.as_ref()?))).collect();
        if degraded.len() >= need {
            let reason = format!("{}, from {}", degraded[0].1, self.count(degraded.len()));
            return Verdict { state: State::Degraded, since: degraded[need - 1].0, reason };
        }
        let good: Vec<_> = self.up.iter().filter(|(_, degraded)| degraded.is_none()).collect();
        let since = good.get(need - 1).map_or(self.up[need - 1].0, |(since, _)| *since);
        let but = match self.bad.first() {
            None => String::new(),
            Some((_, reason)) => format!("; not from {}: {reason}", self.bad.len()),
        };
        Verdict { state: State::Up, since, reason: format!("passes from {}{but}", self.count(self.up.len())) }
    }

    pub(super) fn unknown(&self, was: State, now: Timestamp) -> Verdict {
        let seeing = self.up.len() + self.bad.len() + self.early;
        let need = quorum(0, self.expected);
        if seeing >= need || self.expected == 0 {
            return match was {
                State::Unknown(_) if self.early > 0 || self.expected == 0 => Verdict {
                    state: State::Unknown(Unseen::NotYet),
                    since: now,
                    reason: "too few results yet".to_owned(),
                },
                State::Unknown(_) => {
                    let reason = "places see opposite things".to_owned();
                    Verdict { state: State::Unknown(Unseen::Undecided), since: now, reason }
                }
                // Places that see opposite things do not unsay what most of them said before.
                known => Verdict { state: known, since: now, reason: self.split() },
            };
        }
        let (why, reason) = match (seeing, self.blind.is_empty()) {
            (0, true) => (Unseen::Silent, format!("no place sees{}", self.missing())),
            (0, false) => (Unseen::Blind, format!("no place sees{}", self.missing())),
            _ => (Unseen::Undecided, format!("{seeing} of {} places cannot decide{}", self.expected, self.missing())),
        };
        // The loss that was one too many.
        let since = self.lost.get(self.expected.saturating_sub(need)).copied().unwrap_or(now);
        Verdict { state: State::Unknown(why), since, reason }
    }

    /// Why what is known stays as it is.
    fn split(&self) -> String {
        let unseen = self.blind.len() + self.silent.len();
        let said = [
            ("works from", self.up.len()),
            ("fails from", self.bad.len()),
            ("too few results yet from", self.early),
            ("not seen from", unseen),
        ];
        let said: Vec<String> =
            said.iter().filter(|(_, places)| *places > 0).map(|(how, places)| format!("{how} {places}")).collect();
        format!("{} of {} places: too few agree on a change", said.join(", "), self.expected)
    }

    /// Names the places that do not see.
    fn missing(&self) -> String {
        let blind = self.blind.iter().map(|(place, reason)| format!("; {place}: {reason}"));
        let silent = self.silent.iter().map(|place| format!("; {place}: no result for its last slot"));
        blind.chain(silent).collect()
    }
}

/// How many places must agree: one that is alone decides alone; otherwise two at least, and most of those that see.
pub(super) fn quorum(seeing: usize, expected: usize) -> usize {
    if expected == 1 { 1 } else { (seeing / 2 + 1).max(2) }
}
