//! What controls did since the last report.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use seaworthy_contract::gateway::ControlSeen;
use seaworthy_model::ControlId;

use crate::compiled::Compiled;
use crate::held::Did;

/// Controls that are reported: those in force, and those that were a moment ago.
#[derive(Debug, Default)]
pub(crate) struct Controls(BTreeMap<ControlId, Tracked>);

#[derive(Debug)]
struct Tracked {
    did: Arc<Did>,
    refused: u64,
    passed: u64,
}

impl Controls {
    /// Takes what was added since the last look.
    pub(crate) fn look(&mut self, compiled: &Compiled, now: Instant) -> Vec<ControlSeen> {
        let in_force = || compiled.controls.iter().filter(|held| held.left(now).is_some());
        for held in in_force() {
            let new = || Tracked { did: held.did.clone(), refused: 0, passed: 0 };
            self.0.entry(held.id()).or_insert_with(new);
        }
        let seen = self.0.iter_mut().map(|(id, tracked)| tracked.look(*id, now)).collect();
        // Workers that held it a moment ago have counted by the time of the last look that shows it.
        self.0.retain(|id, tracked| Arc::strong_count(&tracked.did) > 1 || in_force().any(|held| held.id() == *id));
        seen
    }
}

impl Tracked {
    fn look(&mut self, control: ControlId, now: Instant) -> ControlSeen {
        let (refused_total, passed_total) = self.did.totals();
        ControlSeen {
            control,
            in_force_ms: self.did.in_force_ms(now),
            first_refused_age_ms: self.did.first_refused_age_ms(now),
            refused: refused_total - std::mem::replace(&mut self.refused, refused_total),
            passed: passed_total - std::mem::replace(&mut self.passed, passed_total),
            refused_total,
            passed_total,
        }
    }
}
