//! Controls set and cleared on the gateway's own socket: [`Deeds`] that are in force until their end or until the control
//! plane has them.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use seaworthy_contract::gateway::{Config, ControlConfig, ControlHand};
use seaworthy_model::ControlId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::control::deeds::{Deed, Deeds, age_ms};

/// Most that is in force by hand at once: services times kinds of a large site on its worst day.
pub(crate) const HANDS_MAX: usize = 100;

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case")]
pub(crate) enum Did {
    Set {
        control: ControlConfig,
        reason: String,
    },
    Cleared {
        control: ControlId,
        /// When it would have ended: longer nobody needs to know that it was cleared.
        until: Timestamp,
    },
}

/// One deed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename = "hand")]
pub(crate) struct Hand {
    pub(crate) id: Uuid,
    pub(crate) did: Did,
    /// Who did it, as the operating system knows them.
    pub(crate) by: String,
    pub(crate) at: Timestamp,
}

impl Hand {
    fn until(&self) -> Timestamp {
        match &self.did {
            Did::Set { control, .. } => control.until,
            Did::Cleared { until, .. } => *until,
        }
    }

    fn control(&self) -> ControlId {
        match &self.did {
            Did::Set { control, .. } => control.control,
            Did::Cleared { control, .. } => *control,
        }
    }
}

impl Deed for Hand {
    fn id(&self) -> Uuid {
        self.id
    }
}

#[derive(Debug)]
pub(crate) struct Hands(Deeds<Hand>);

impl Hands {
    /// Opens the journal in a directory.
    ///
    /// # Errors
    /// When the journal cannot be opened or read.
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        Deeds::open(dir.join("controls.jsonl")).map(Self)
    }

    /// Journals a deed.
    ///
    /// # Errors
    /// When it is not on disk; then it must not act.
    pub(crate) fn add(&mut self, hand: Hand) -> io::Result<()> {
        if self.0.len() >= HANDS_MAX {
            return Err(io::Error::other(format!("{HANDS_MAX} controls were set or cleared here and are not over")));
        }
        self.0.add(hand)
    }

    /// Notes what the ledger has.
    ///
    /// # Errors
    /// When it cannot be written; it holds in memory all the same.
    pub(crate) fn acknowledge(&mut self, told: &[Uuid]) -> io::Result<()> {
        self.0.acknowledge(told)
    }

    /// Ends what a new config says by itself, or what the ledger has and the config no longer says: the control plane has
    /// decided since. And whatever is past its end.
    ///
    /// # Errors
    /// When it cannot be written; it holds in memory all the same.
    pub(crate) fn settle(&mut self, config: &Config, now: Timestamp) -> io::Result<()> {
        let named = |hand: &Hand| config.controls.iter().any(|known| known.control == hand.control());
        self.0.end(|hand, is_acknowledged| {
            let is_settled = match hand.did {
                Did::Set { .. } => is_acknowledged || named(hand),
                Did::Cleared { .. } => is_acknowledged && !named(hand),
            };
            is_settled || hand.until() <= now
        })
    }

    /// Returns what is in force by hand: controls, and those that the control plane still names and somebody cleared here.
    pub(crate) fn in_force(&self) -> (Vec<ControlConfig>, HashSet<ControlId>) {
        let (mut set, mut cleared) = (Vec::new(), HashSet::new());
        for hand in self.0.in_force() {
            match &hand.did {
                Did::Set { control, .. } => set.push(control.clone()),
                Did::Cleared { control, .. } => drop(cleared.insert(*control)),
            }
        }
        (set, cleared)
    }

    /// Returns what the control plane has yet to acknowledge.
    pub(crate) fn waiting(&self, now: Timestamp) -> Vec<ControlHand> {
        self.0.waiting().map(|hand| told(hand, now)).collect()
    }
}

fn told(hand: &Hand, now: Timestamp) -> ControlHand {
    let (id, by) = (hand.id, hand.by.clone());
    let age_ms = age_ms(hand.at, now);
    match &hand.did {
        Did::Set { control, reason } => {
            ControlHand::Set { id, control: Box::new(control.clone()), reason: reason.clone(), by, age_ms }
        }
        Did::Cleared { control, .. } => ControlHand::Cleared { id, control: *control, by, age_ms },
    }
}

#[cfg(test)]
mod tests;
