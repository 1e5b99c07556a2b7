//! Break-glass reverts: [`Deeds`] that are in force until another rollout (or none) begins.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use seaworthy_contract::gateway::BreakGlass;
use seaworthy_model::{RolloutId, ServiceId, VersionId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::control::deeds::{Deed, Deeds, age_ms};

/// One revert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename = "reverted")]
pub(crate) struct Revert {
    pub(crate) id: Uuid,
    pub(crate) service: ServiceId,
    pub(crate) version: VersionId,
    pub(crate) rollout: RolloutId,
    /// Who did it, as the operating system knows them.
    pub(crate) by: String,
    pub(crate) at: Timestamp,
}

impl Deed for Revert {
    fn id(&self) -> Uuid {
        self.id
    }
}

#[derive(Debug)]
pub(crate) struct Glass(Deeds<Revert>);

impl Glass {
    /// Opens the journal in a directory.
    ///
    /// # Errors
    /// When the journal cannot be opened or read.
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        Deeds::open(dir.join("break-glass.jsonl")).map(Self)
    }

    /// Journals a revert; one that is in force for the same rollout is returned instead.
    ///
    /// # Errors
    /// When it is not on disk; then it must not act.
    pub(crate) fn revert(&mut self, revert: Revert) -> io::Result<Revert> {
        let same = |e: &&Revert| e.service == revert.service && e.rollout == revert.rollout;
        if let Some(known) = self.0.in_force().find(same) {
            return Ok(known.clone());
        }
        self.0.add(revert.clone())?;
        Ok(revert)
    }

    /// Notes what the ledger has.
    ///
    /// # Errors
    /// When it cannot be written; it holds in memory all the same.
    pub(crate) fn acknowledge(&mut self, told: &[Uuid]) -> io::Result<()> {
        self.0.acknowledge(told)
    }

    /// Ends what is about a rollout that is not the service's present one.
    ///
    /// # Errors
    /// When it cannot be written; it holds in memory all the same.
    pub(crate) fn settle(&mut self, rollout: impl Fn(&str) -> Option<RolloutId>) -> io::Result<()> {
        self.0.end(|revert, _| rollout(revert.service.as_str()) != Some(revert.rollout))
    }

    /// Returns the rollouts that are reverted.
    pub(crate) fn in_force(&self) -> HashMap<ServiceId, RolloutId> {
        self.0.in_force().map(|revert| (revert.service.clone(), revert.rollout)).collect()
    }

    /// Returns what the control plane has yet to acknowledge.
    pub(crate) fn waiting(&self, now: Timestamp) -> Vec<BreakGlass> {
        let told = |revert: &Revert| BreakGlass {
            id: revert.id,
            service: revert.service.clone(),
            version: revert.version.clone(),
            rollout: revert.rollout,
            by: revert.by.clone(),
            age_ms: age_ms(revert.at, now),
        };
        self.0.waiting().map(told).collect()
    }
}

#[cfg(test)]
mod tests;
