//! Controls over services' traffic: what was set, how fast it worked, how it ended.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_contract::events::Event;
use seaworthy_contract::events::control::{ControlClearedV1, ControlConfirmedV1, ControlSetV1};
use seaworthy_model::{ControlId, ControlKind, Position, ServiceId};

use super::{Placed, State};
use crate::Fact;

/// Controls kept; of those that are over the oldest makes room. The ledger keeps all: ten a day for years.
const KEPT_MAX: usize = 10_000;

/// A control and its places in the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlRecord {
    /// What was set.
    pub set: ControlSetV1,
    /// When that was recorded.
    pub at: Timestamp,
    /// Who set it: an actor of the ledger, or a user of the operating system on a gateway's own socket.
    pub by: String,
    /// Where that stands.
    pub position: Position,
    /// When it ends by itself, as it was last said.
    pub until: Timestamp,
    /// Since when the service was seen degraded or down when it was set; none where it was well, or nobody knew.
    pub bad_since: Option<Timestamp>,
    /// How fast it worked.
    pub confirmed: Option<Placed<ControlConfirmedV1>>,
    /// How it ended.
    pub cleared: Option<Placed<ControlClearedV1>>,
}

impl ControlRecord {
    /// Returns which of the three it is.
    pub fn kind(&self) -> ControlKind {
        self.set.what.kind()
    }

    /// Says whether gateways should have it in force.
    pub fn is_set(&self) -> bool {
        self.cleared.is_none()
    }

    /// Says whether it was seen to refuse a request on gateways that all had it.
    pub fn worked(&self) -> Option<&Placed<ControlConfirmedV1>> {
        let confirmed = self.confirmed.as_ref()?;
        let later = self.cleared.as_ref().map_or(0, |cleared| cleared.event.refused);
        (confirmed.event.refused.max(later) > 0).then_some(confirmed)
    }

    /// Says whether two are about the same traffic in the same way: one of them is then enough.
    pub fn is_same_as(&self, other: &ControlSetV1) -> bool {
        use seaworthy_contract::events::control::ControlV1::Isolate;
        let edge = match (&self.set.what, &other.what) {
            (Isolate { caller: a, dependency: b, .. }, Isolate { caller: c, dependency: d, .. }) => (a, b) == (c, d),
            _ => true,
        };
        self.kind() == other.what.kind() && self.set.service == other.service && self.set.route == other.route && edge
    }
}

impl State {
    /// Returns the controls that gateways should have in force, oldest first.
    pub fn controls_set(&self) -> impl Iterator<Item = (&ControlId, &ControlRecord)> {
        self.controls.iter().filter(|(_, record)| record.is_set())
    }

    /// Returns every control of a service that is known, oldest first.
    pub fn controls_of<'a>(
        &'a self,
        service: &'a ServiceId,
    ) -> impl DoubleEndedIterator<Item = (&'a ControlId, &'a ControlRecord)> {
        self.controls.iter().filter(move |(_, record)| record.set.service == *service)
    }

    pub(super) fn apply_control(&mut self, fact: &Fact) {
        match &fact.event {
            Event::ControlSet(e) => {
                let bad = self.downtime.bad_at(&(e.service.clone(), None), fact.at);
                let record = ControlRecord {
                    at: fact.at,
                    by: e.by.clone().unwrap_or_else(|| fact.actor.clone()),
                    position: fact.position,
                    until: e.until,
                    bad_since: bad.map(|recorded| recorded.segment.start),
                    confirmed: None,
                    cleared: None,
                    set: e.clone(),
                };
                // A gateway tells again what it did until it is acknowledged: the first says enough.
                self.controls.entry(e.control).or_insert(record);
                forget_oldest(&mut self.controls);
            }
            Event::ControlExtended(e) => self.change_control(e.control, |record| record.until = e.until),
            Event::ControlConfirmed(e) => self.change_control(e.control, |record| {
                record.confirmed = Some(Placed { event: e.clone(), at: fact.at, position: fact.position });
            }),
            Event::ControlCleared(e) => self.change_control(e.control, |record| {
                record.cleared = Some(Placed { event: e.clone(), at: fact.at, position: fact.position });
            }),
            _ => {}
        }
    }

    fn change_control(&mut self, control: ControlId, change: impl FnOnce(&mut ControlRecord)) {
        if let Some(record) = self.controls.get_mut(&control).filter(|record| record.is_set()) {
            change(record);
        }
    }
}

fn forget_oldest(controls: &mut BTreeMap<ControlId, ControlRecord>) {
    while controls.len() > KEPT_MAX {
        let Some(oldest) = controls.iter().find(|(_, record)| !record.is_set()).map(|(id, _)| *id) else { return };
        controls.remove(&oldest);
    }
}
