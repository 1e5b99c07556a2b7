//! The guard for when nobody else judges: the judge's own test of errors, on what this gateway counted itself.
//!
//! The local guard (`seaworthy_traffic::guard`) catches a canary that fails half of the time or always, within a few
//! requests. One that fails three in ten is the control plane's to judge. While that is away or hangs it is nobody's, so
//! the same counts are judged here as well, all the time, and acted on only while the control plane is silent. Users are
//! compared with stable's, each failing once a step: an outage of both arms says nothing, nor does one client that
//! always fails. It never gives a share and does not look at latency: both wait for the control plane.

use std::sync::Arc;
use std::time::Duration;

use seaworthy_contract::gateway::Count;
use seaworthy_model::Arm;
use seaworthy_rollout::judge::{Blocker, REGRESS, RateRatio};
use seaworthy_rollout::lifecycle::Cause;
use seaworthy_rollout::policy::{ABORT_E, MetricName, START_MASS};

use crate::compiled::{Canary, Compiled};
use crate::trial::{Trial, TrialKey};

/// From this silence on the control plane counts as away: twelve reports that nobody acknowledged. One that was killed is
/// back sooner.
pub(crate) const SILENT: Duration = Duration::from_secs(3);

/// Evidence that ejects. False alarms: at most one healthy canary in a thousand, a step and a gateway, however long the
/// silence lasts and however often it is looked at (Ville's inequality). The judge's own bound.
const EJECT_E: f64 = ABORT_E;

/// Every canary of the config in force.
#[derive(Debug, Default)]
pub(crate) struct Alone {
    watched: Vec<Watched>,
}

/// Why a canary is to be taken off.
#[derive(Debug)]
pub(crate) struct Ejected {
    pub(crate) trial: Arc<Trial>,
    pub(crate) why: String,
}

#[derive(Debug)]
struct Watched {
    key: TrialKey,
    blocker: Blocker,
    errors: RateRatio,
}

impl Alone {
    /// Adds what was counted since the last look; returns what to take off, the control plane being silent for `silence`.
    pub(crate) fn look(&mut self, compiled: &Compiled, counts: &[Count], silence: Duration) -> Vec<Ejected> {
        let canaries = || compiled.services.iter().filter_map(|service| Some((service, service.canary.as_ref()?)));
        self.watched.retain(|watched| canaries().any(|(_, canary)| canary.trial.key == watched.key));
        let mut ejected = Vec::new();
        for (service, canary) in canaries() {
            let Some(watched) = self.watched(canary) else { continue };
            if silence >= SILENT {
                // A fault may begin after a long time in which both arms were well; what is left of the prior is for it.
                watched.errors.restart(1.0);
            }
            watched.add(counts);
            // The last version is never taken away, and what is off needs no second reason.
            if silence >= SILENT && service.stable.is_some() && canary.trial.off().is_none() {
                ejected.extend(watched.why().map(|why| Ejected { trial: canary.trial.clone(), why }));
            }
        }
        ejected
    }

    /// Returns the state of a canary's step, new where the step is; none for a share that leaves nothing to compare.
    fn watched(&mut self, canary: &Canary) -> Option<&mut Watched> {
        let key = &canary.trial.key;
        let at = self.watched.iter().position(|watched| watched.key == *key);
        let at = match at {
            Some(at) => at,
            None => {
                let blocker = Blocker::new(canary.share.ratio()).ok()?;
                let errors = RateRatio::new(&REGRESS, 1.0, START_MASS).expect("every number is a constant in range");
                self.watched.push(Watched { key: key.clone(), blocker, errors });
                self.watched.len() - 1
            }
        };
        Some(&mut self.watched[at])
    }
}

impl Watched {
    fn add(&mut self, counts: &[Count]) {
        // What an earlier step assigned came at another share.
        let of_step = |count: &&Count| count.service == self.key.service && count.config >= self.key.step;
        let sum = |arm: Arm, what: fn(&Count) -> u64| {
            counts.iter().filter(of_step).filter(|count| count.arm == arm).map(what).fold(0, u64::saturating_add)
        };
        let of_both = |what| [sum(Arm::Canary, what), sum(Arm::Stable, what)];
        let (users, failed) = (of_both(|count| count.users), of_both(Count::failed_first));
        if let Some(block) = self.blocker.push(users, failed) {
            self.errors.update(block.share(), block.x[0], block.x[1], 1.0);
        }
    }

    fn why(&self) -> Option<String> {
        let log_e = self.errors.log_e();
        let cause = Cause::Judge { metric: MetricName::Errors, log_e };
        (log_e >= EJECT_E.ln()).then(|| format!("{cause}, seen by the gateway while the control plane was silent"))
    }
}

#[cfg(test)]
mod tests;
