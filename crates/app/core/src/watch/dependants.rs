//! Who needs what begins to fail waits a moment for it: two services that break in the same second are one outage, and one
//! page, of the dependency, whichever of them is noticed first.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::{Phase, Purpose, Signal, Urgency};
use seaworthy_model::ServiceId;
use seaworthy_probe::{Says, State as Seen};

use super::Watch;
use crate::State;
use crate::step::hard;

/// How long the page of a dependant waits at most for that of a dependency that is seen to fail already. A probe finds out
/// within 18 s that an origin is hard down, and whoever is on call is to know within 30: a dependant knows within 23.
const WAIT: SignedDuration = SignedDuration::from_secs(5);

/// After this long the same rule may wait again: it is another outage.
const ANOTHER: SignedDuration = SignedDuration::from_mins(1);

/// Since when each rule waits.
#[derive(Debug, Clone, Default)]
pub(super) struct Held(BTreeMap<String, Timestamp>);

impl Watch {
    /// Leaves out the pages of dependants that wait. What is left out is told again a second later.
    pub fn without_waiting(&mut self, state: &State, signals: Vec<Signal>, now: Timestamp) -> Vec<Signal> {
        self.held.0.retain(|_, since| is_within(now, *since, ANOTHER));
        let waits = |signal: &Signal| {
            let is_page = signal.phase == Phase::Firing && signal.urgency == Urgency::Page;
            is_page && self.needs_what_begins_to_fail(state, &signal.service, now)
        };
        let waits: Vec<bool> = signals.iter().map(waits).collect();
        let told = signals.into_iter().zip(waits).filter(|(signal, waits)| {
            !*waits || !is_within(now, *self.held.0.entry(signal.rule.clone()).or_insert(now), WAIT)
        });
        told.map(|(signal, _)| signal).collect()
    }

    /// Services that need each other explain nothing: neither waits for the other.
    fn needs_what_begins_to_fail(&self, state: &State, service: &ServiceId, now: Timestamp) -> bool {
        let begins = |of: &ServiceId| self.fails(of, now) && !is_paged(state, of) && !hard(state, of).contains(service);
        hard(state, service).iter().any(begins)
    }

    /// Whether its users fail now, or a place sees it down; of what all places see together its own page comes at once.
    fn fails(&self, service: &ServiceId, now: Timestamp) -> bool {
        let is_seen = |place: &seaworthy_probe::PlaceView| matches!(place.says, Says::Down(..));
        let mut probes = self.probes.iter().filter(|probed| probed.declared.service == *service);
        self.objectives.failing_since(service, now).is_some()
            || probes.any(|probed| probed.state() != Seen::Down && probed.places(now).iter().any(is_seen))
    }
}

fn is_paged(state: &State, service: &ServiceId) -> bool {
    let mut open = state.alerts.open_of(service);
    open.any(|(_, alert)| alert.purpose == Purpose::Real && alert.urgency == Urgency::Page)
}

fn is_within(now: Timestamp, since: Timestamp, length: SignedDuration) -> bool {
    (SignedDuration::ZERO..length).contains(&now.duration_since(since))
}
