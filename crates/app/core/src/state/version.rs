//! Versions of a service: how each is launched, how it fares, which one serves.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_contract::events::Event;
use seaworthy_contract::events::catalogue::EntityRetiredV1;
use seaworthy_contract::events::version::VersionRegisteredV1;
use seaworthy_contract::process::Launch;
use seaworthy_model::{Position, RolloutId, ServiceId, VersionId};

use super::State;
use crate::Fact;

/// What runs and serves of one service.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Serving {
    /// Every version that was registered.
    pub versions: BTreeMap<VersionId, VersionRecord>,
    /// The version that serves everybody but a canary's users.
    pub stable: Option<VersionId>,
    /// The last rollout.
    pub latest: Option<RolloutId>,
}

/// A version.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionRecord {
    /// How it is launched.
    pub launch: Launch,
    /// The commit it was built from.
    pub commit: Option<String>,
    /// Position of its registration.
    pub position: Position,
    /// How it fares.
    pub health: Health,
    /// The last address it was healthy at; kept when its process ends, so that what users meet there counts.
    pub address: Option<String>,
}

/// How a version fares.
#[derive(Debug, Clone, PartialEq)]
pub enum Health {
    /// Nobody has reported it.
    Unknown,
    /// It answers its health check.
    Healthy {
        /// The instance that does.
        instance: String,
        /// Since when.
        since: Timestamp,
    },
    /// Its process ended by itself.
    Exited {
        /// The instance that ended.
        instance: String,
        /// `exit 1`, `signal 9`.
        how: String,
        /// When.
        at: Timestamp,
    },
    /// It could not be started.
    Failed {
        /// What was seen.
        reason: String,
        /// When.
        at: Timestamp,
    },
}

impl Serving {
    pub(super) fn register(&mut self, event: &VersionRegisteredV1, fact: &Fact) {
        let record = VersionRecord {
            launch: event.launch.clone(),
            commit: event.commit.clone(),
            position: fact.position,
            health: Health::Unknown,
            address: None,
        };
        self.versions.insert(event.version.clone(), record);
    }

    /// Returns the address of a version that was healthy at least once.
    pub fn address(&self, version: &VersionId) -> Option<&str> {
        self.versions.get(version)?.address.as_deref()
    }
}

impl VersionRecord {
    /// Forgets how it fared: what was seen of it was another life.
    pub(super) fn forget_life(&mut self) {
        (self.health, self.address) = (Health::Unknown, None);
    }
}

impl State {
    /// Returns a version's record.
    pub fn version(&self, service: &ServiceId, version: &VersionId) -> Option<&VersionRecord> {
        self.serving.get(service)?.versions.get(version)
    }

    /// A service that left the catalogue runs no more: were it declared again, each version would start anew.
    pub(super) fn forget_lives(&mut self, retired: &EntityRetiredV1) {
        let serving = self.serving.get_mut(retired.name.as_str()).filter(|_| retired.kind == "service");
        for version in serving.into_iter().flat_map(|serving| serving.versions.values_mut()) {
            version.forget_life();
        }
    }

    pub(super) fn apply_health(&mut self, fact: &Fact) {
        let (service, version, health, address) = match &fact.event {
            Event::VersionBecameHealthy(e) => {
                let health = Health::Healthy { instance: e.instance.clone(), since: fact.at };
                (&e.service, &e.version, health, Some(e.address.clone()))
            }
            Event::VersionFailedToStart(e) => {
                (&e.service, &e.version, Health::Failed { reason: e.reason.clone(), at: fact.at }, None)
            }
            Event::VersionExited(e) => {
                let health = Health::Exited { instance: e.instance.clone(), how: e.how.clone(), at: fact.at };
                (&e.service, &e.version, health, None)
            }
            _ => return,
        };
        let Some(record) = self.serving.get_mut(service).and_then(|s| s.versions.get_mut(version)) else { return };
        record.health = health;
        record.address = address.or(record.address.take());
    }
}
