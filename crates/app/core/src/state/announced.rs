//! Announced work and alerts: which of them wait for the end of a window.
//!
//! What customers feel of a service inside a window that was declared before it began wakes nobody until the window's
//! end. A cause, another service, and what was there before the window are none of it.

use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::{Alert, Nature, Purpose, rule_of};
use seaworthy_contract::catalogue::Indicator;
use seaworthy_downtime::Seen;

use super::{State, WindowRecord};

/// A symptom may be said to begin this long before the work did: the grain of what objectives count.
const GRAIN: SignedDuration = SignedDuration::from_secs(10);

/// How long after a window an alert of what is seen to be well again may take to end: an objective's shortest window
/// remembers five minutes, and one more.
const RECOVERY: SignedDuration = SignedDuration::from_secs(360);

/// Windows that alerts wait for at an instant.
pub(crate) struct Announced<'a> {
    state: &'a State,
    now: Timestamp,
    windows: Vec<&'a WindowRecord>,
}

impl<'a> Announced<'a> {
    /// Finds the windows that hold now, or did until just now.
    pub(crate) fn at(state: &'a State, now: Timestamp) -> Self {
        let lately = now.checked_sub(RECOVERY).unwrap_or(Timestamp::MIN);
        let holds = |window: &&WindowRecord| window.announced.start <= now && lately < window.end();
        Self { state, now, windows: state.downtime.windows().filter(holds).collect() }
    }

    /// Returns the end of the announced work that an alert waits for; none for one that waits for none.
    pub(crate) fn until(&self, alert: &Alert) -> Option<Timestamp> {
        let mine = self.windows.iter().filter(|window| explains(self.state, window, alert));
        let waits = |window: &&&WindowRecord| self.now < window.end() || self.is_well(window);
        mine.filter(waits).map(|window| window.end()).max()
    }

    /// Returns the window that an alert waited for and that is over.
    pub(crate) fn over(state: &'a State, alert: &Alert, now: Timestamp) -> Option<&'a WindowRecord> {
        let ended = state.downtime.windows().filter(|window| window.end() <= now);
        ended.filter(|window| explains(state, window, alert)).max_by_key(|window| window.end())
    }

    /// Says whether what a window was for is seen to be well.
    fn is_well(&self, window: &WindowRecord) -> bool {
        let key = (window.announced.service.clone(), window.announced.function.clone());
        self.state.downtime.open(&key).is_some_and(|recorded| recorded.segment.seen == Seen::Up)
    }
}

/// Says whether an alert is what a window announced.
fn explains(state: &State, window: &WindowRecord, alert: &Alert) -> bool {
    let announced = &window.announced;
    let is_felt = alert.purpose == Purpose::Real && alert.nature == Nature::Symptom;
    let was_declared = window.announced_at < announced.start && window.announced_at <= alert.began_at;
    let began_in = announced.start.duration_since(alert.began_at) <= GRAIN && alert.began_at < window.end();
    let all_of = |function: &String| alert.rules.iter().all(|rule| function_of(state, rule) == Some(function));
    announced.service == alert.service
        && is_felt
        && was_declared
        && began_in
        && announced.function.as_ref().is_none_or(all_of)
}

/// Returns the function that a rule watches; none where it watches the service as a whole.
fn function_of<'a>(state: &'a State, rule: &str) -> Option<&'a String> {
    let probe = match rule_of(rule).split_once('/')? {
        ("probe", name) => name,
        ("objective", name) => match &state.catalogue.objective(name)?.indicator {
            Indicator::Probe { probe } => probe.as_str(),
            _ => return None,
        },
        _ => return None,
    };
    state.catalogue.probe(probe)?.function.as_ref()
}
