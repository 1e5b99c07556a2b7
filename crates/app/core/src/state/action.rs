//! Runs of command hooks: who asked for what, whether it began, how it ended.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_contract::events::Event;
use seaworthy_contract::events::action::{ActionAskedV1, ActionEndedV1, ActionOutcomeV1};
use seaworthy_model::{ActionRunId, Position, ServiceId};

use super::{Placed, State};
use crate::Fact;

/// Runs kept; of those that are over the oldest makes room. The ledger keeps all: ten a day for years.
const KEPT_MAX: usize = 10_000;

/// A run and its places in the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    /// What was asked for.
    pub asked: ActionAskedV1,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Where that stands.
    pub position: Position,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// How it ended.
    pub ended: Option<Placed<ActionEndedV1>>,
}

impl RunRecord {
    /// Says whether it may still do something.
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// Says whether it was meant and said that it did it.
    pub fn worked(&self) -> Option<&Placed<ActionEndedV1>> {
        self.ended.as_ref().filter(|ended| !self.asked.dry_run && ended.event.outcome == ActionOutcomeV1::Succeeded)
    }
}

impl State {
    /// Returns every run of a hook that is known, oldest first.
    pub fn runs_of<'a>(
        &'a self,
        service: &'a ServiceId,
        action: &'a str,
    ) -> impl DoubleEndedIterator<Item = (&'a ActionRunId, &'a RunRecord)> {
        self.runs.iter().filter(move |(_, run)| run.asked.service == *service && run.asked.action == action)
    }

    pub(super) fn apply_action(&mut self, fact: &Fact) {
        match &fact.event {
            Event::ActionAsked(e) => {
                let record = RunRecord {
                    asked: e.clone(),
                    at: fact.at,
                    by: fact.actor.clone(),
                    position: fact.position,
                    started_at: None,
                    ended: None,
                };
                self.runs.insert(e.run, record);
                forget_oldest(&mut self.runs);
            }
            Event::ActionStarted(e) => {
                if let Some(run) = self.runs.get_mut(&e.run) {
                    run.started_at = Some(fact.at);
                }
            }
            Event::ActionEnded(e) => {
                if let Some(run) = self.runs.get_mut(&e.run).filter(|run| run.is_open()) {
                    run.ended = Some(Placed { event: e.clone(), at: fact.at, position: fact.position });
                }
            }
            _ => {}
        }
    }
}

fn forget_oldest(runs: &mut BTreeMap<ActionRunId, RunRecord>) {
    while runs.len() > KEPT_MAX {
        let Some(oldest) = runs.iter().find(|(_, run)| !run.is_open()).map(|(id, _)| *id) else { return };
        runs.remove(&oldest);
    }
}
