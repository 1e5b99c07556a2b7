//! What is seen running: the whole of it, as the server is told.

use std::collections::BTreeMap;
use std::fmt;

use seaworthy_contract::process::{Instance, InstanceState, Observed, ObservedInstance};
use seaworthy_model::{Position, ServiceId, VersionId};
use tokio::sync::watch;

/// A version of a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) service: ServiceId,
    pub(crate) version: VersionId,
}

impl Key {
    pub(crate) fn of(instance: &Instance) -> Self {
        Self { service: instance.service.clone(), version: instance.version.clone() }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.service, self.version)
    }
}

/// The picture; clones show the same one.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    seen: watch::Sender<Seen>,
}

/// What is in the picture.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// The desired set that is worked by.
    desired: Option<Position>,
    instances: BTreeMap<Key, ObservedInstance>,
}

impl Picture {
    pub(crate) fn new() -> Self {
        Self { seen: watch::Sender::new(Seen::default()) }
    }

    /// Notes a state. Tells whether it is another than before.
    pub(crate) fn note(&self, key: &Key, instance: &str, state: InstanceState) -> bool {
        let Key { service, version } = key.clone();
        let now = ObservedInstance { service, version, instance: instance.to_owned(), state };
        self.seen.send_if_modified(|seen| seen.instances.insert(key.clone(), now.clone()).as_ref() != Some(&now))
    }

    /// Notes that it runs no more, or will not for long, because it was asked to end.
    pub(crate) fn forget(&self, key: &Key) {
        self.seen.send_if_modified(|seen| seen.instances.remove(key).is_some());
    }

    /// Notes the desired set that is worked by from here on.
    pub(crate) fn works_by(&self, desired: Position) {
        self.seen.send_if_modified(|seen| seen.desired.replace(desired) != Some(desired));
    }

    pub(crate) fn keys(&self) -> Vec<Key> {
        self.seen.borrow().instances.keys().cloned().collect()
    }

    pub(crate) fn observed(&self) -> Observed {
        let seen = self.seen.borrow();
        Observed { desired: seen.desired, instances: seen.instances.values().cloned().collect() }
    }

    /// Something that wakes at each change.
    pub(crate) fn changes(&self) -> watch::Receiver<Seen> {
        self.seen.subscribe()
    }
}

/// Says a state to a person.
pub(crate) fn in_words(state: &InstanceState) -> String {
    match state {
        InstanceState::Starting => "starting".to_owned(),
        InstanceState::Healthy { address, took_ms } => format!("healthy at {address} after {took_ms} ms"),
        InstanceState::Failing { reason, .. } => format!("fails its health check: {reason}"),
        InstanceState::Failed { reason } => format!("failed to start: {reason}"),
        InstanceState::Exited { how } => format!("ended: {how}"),
    }
}
