//! Rollouts: the domain's state machine, and beside it what the ledger says about when and where.

use std::time::Duration;

use jiff::Timestamp;
use seaworthy_contract::events::Event;
use seaworthy_contract::events::gateway::BreakGlassUsedV2;
use seaworthy_contract::events::rollout::{
    HolderV1, RevertCauseV1, RevertConfirmedV1, RolloutRevertedV1, RolloutStartedV1,
};
use seaworthy_model::{Position, RolloutId, ServiceId, Share, VersionId};
use seaworthy_rollout::Steps;
use seaworthy_rollout::lifecycle::{self, Cause, Holder, Phase, Rollout};
use seaworthy_rollout::policy::{MetricName, Policy};

use super::State;
use crate::Fact;

/// A rollout and its places in the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct RolloutRecord {
    /// Where it stands.
    pub lifecycle: Rollout,
    policy: Policy,
    /// Who shipped it.
    pub by: String,
    /// When it was shipped.
    pub started_at: Timestamp,
    /// Place of its first event.
    pub position: Position,
    /// Steps entered so far: index, when.
    pub entered: Vec<(usize, Timestamp)>,
    /// When the step it is on was entered.
    pub step_at: Option<Timestamp>,
    /// Place of the event that entered it.
    pub step_position: Position,
    /// When and where it was promoted.
    pub promoted: Option<(Timestamp, Position)>,
    /// Natural logarithm of the evidence that promoted it; none for a first version, which had nothing to be judged by.
    pub promoted_log_e: Option<f64>,
    /// Its revert.
    pub reverted: Option<Placed<RolloutRevertedV1>>,
    /// Place of the event that reverted it; 0 before.
    pub reverted_position: Position,
    /// When somebody was paged about it last.
    pub paged_at: Option<Timestamp>,
    /// Who took it off on a gateway's own socket, and on which gateway, whoever decided on the revert first.
    pub break_glass: Option<String>,
    /// The revert's confirmation.
    pub confirmed: Option<Placed<RevertConfirmedV1>>,
}

/// An event with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed<E> {
    /// The event.
    pub event: E,
    /// When it was recorded.
    pub at: Timestamp,
    /// Where.
    pub position: Position,
}

impl RolloutRecord {
    fn new(event: &RolloutStartedV1, fact: &Fact) -> Option<Self> {
        let lifecycle = Rollout {
            id: event.rollout,
            service: event.service.clone(),
            version: event.version.clone(),
            baseline: event.baseline.clone(),
            steps: Steps::new(&event.steps).ok()?,
            start_timeout: Duration::from_millis(event.start_timeout_ms),
            bake: Duration::from_millis(event.bake_ms),
            phase: Phase::Starting { since: fact.at },
        };
        let policy = Policy {
            dwell: Duration::from_millis(event.dwell_ms),
            requests_min: event.requests_min,
            ..Policy::default()
        };
        Some(Self {
            lifecycle,
            policy,
            by: fact.actor.clone(),
            started_at: fact.at,
            position: fact.position,
            entered: Vec::new(),
            step_at: None,
            step_position: 0,
            promoted: None,
            promoted_log_e: None,
            reverted: None,
            reverted_position: 0,
            paged_at: None,
            break_glass: None,
            confirmed: None,
        })
    }

    /// Returns its id.
    pub fn id(&self) -> RolloutId {
        self.lifecycle.id
    }

    /// Returns the service.
    pub fn service(&self) -> &ServiceId {
        &self.lifecycle.service
    }

    /// Returns the version on trial.
    pub fn version(&self) -> &VersionId {
        &self.lifecycle.version
    }

    /// Returns the share of users the version should serve now.
    pub fn share(&self) -> Share {
        self.lifecycle.share()
    }

    /// Returns the shares it goes through.
    pub fn steps(&self) -> Steps {
        self.lifecycle.steps
    }

    /// Returns what the judge goes by.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Returns the step it is on, while it steps.
    pub fn step(&self) -> Option<usize> {
        match self.lifecycle.phase {
            Phase::Stepping { index, .. } => Some(index),
            _ => None,
        }
    }

    /// Says whether it is decided: promoted or reverted.
    pub fn is_over(&self) -> bool {
        !matches!(self.lifecycle.phase, Phase::Starting { .. } | Phase::Stepping { .. })
    }

    /// Says whether nothing can happen to it any more.
    pub fn is_final(&self) -> bool {
        self.lifecycle.is_over()
    }

    /// Says whether gateways have not all let go of the reverted version.
    pub fn is_reverting(&self) -> bool {
        matches!(self.lifecycle.phase, Phase::Reverting { .. })
    }

    /// Says whether the version must run though it is not the stable one: on trial, or its last requests are ending.
    pub fn needs_canary(&self) -> bool {
        !self.is_over() || self.is_reverting()
    }

    /// Returns the baseline, while it is kept warm after a promotion.
    pub fn warm_baseline(&self) -> Option<&VersionId> {
        match self.lifecycle.phase {
            Phase::Promoted { .. } => self.lifecycle.baseline.as_ref(),
            _ => None,
        }
    }

    fn apply(&mut self, event: &lifecycle::Event, fact: &Fact) {
        lifecycle::apply(&mut self.lifecycle, event, fact.at);
        if let lifecycle::Event::StepEntered { index, .. } = event {
            self.entered.push((*index, fact.at));
            (self.step_at, self.step_position) = (Some(fact.at), fact.position);
        }
        match &fact.event {
            Event::RolloutPromoted(e) => {
                (self.promoted, self.promoted_log_e) = (Some((fact.at, fact.position)), e.log_e);
            }
            Event::RolloutReverted(e) => {
                self.reverted_position = fact.position;
                self.reverted = Some(Placed { event: e.clone(), at: fact.at, position: fact.position });
            }
            Event::RevertConfirmed(e) => {
                self.confirmed = Some(Placed { event: e.clone(), at: fact.at, position: fact.position });
            }
            _ => {}
        }
    }
}

impl State {
    /// Says whether a rollout is the last one of its service.
    pub fn is_latest(&self, rollout: RolloutId) -> bool {
        let service = self.rollouts.get(&rollout).map(RolloutRecord::service);
        service.and_then(|service| self.serving.get(service)).is_some_and(|s| s.latest == Some(rollout))
    }

    pub(super) fn apply_break_glass(&mut self, event: &BreakGlassUsedV2) {
        self.break_glass.insert(event.journal);
        if let Some(record) = event.rollout.and_then(|rollout| self.rollouts.get_mut(&rollout)) {
            // Several gateways may each tell of their own: the first says enough.
            record.break_glass.get_or_insert_with(|| format!("{} on {}", event.by, event.gateway));
        }
    }

    pub(super) fn apply_rollout(&mut self, fact: &Fact) {
        if let Event::RolloutStarted(e) = &fact.event {
            let Some(record) = RolloutRecord::new(e, fact) else { return };
            self.rollouts.insert(e.rollout, record);
            let serving = self.serving.entry(e.service.clone()).or_default();
            serving.latest = Some(e.rollout);
            // Whatever was seen of it before was another life.
            if let Some(version) =
                serving.versions.get_mut(&e.version).filter(|_| serving.stable.as_ref() != Some(&e.version))
            {
                version.forget_life();
            }
            return;
        }
        let Some((rollout, event)) = lifecycle_event(fact) else { return };
        let Some(record) = self.rollouts.get_mut(&rollout) else { return };
        record.apply(&event, fact);
        let (service, version) = (record.service().clone(), record.version().clone());
        let baseline = record.lifecycle.baseline.clone();
        let serving = self.serving.entry(service).or_default();
        match event {
            lifecycle::Event::Promoted { .. } => serving.stable = Some(version),
            lifecycle::Event::Reverted { .. } if serving.stable.as_ref() == Some(&version) => serving.stable = baseline,
            _ => {}
        }
    }
}

/// What a fact means to the rollout it is about.
fn lifecycle_event(fact: &Fact) -> Option<(RolloutId, lifecycle::Event)> {
    use lifecycle::Event as E;
    Some(match &fact.event {
        Event::RolloutStepEntered(e) => (e.rollout, E::StepEntered { index: e.step.into(), log_e: e.log_e }),
        Event::RolloutHeld(e) => {
            let by = match e.by {
                HolderV1::Judge => Holder::Judge,
                HolderV1::Person => Holder::Person,
            };
            (e.rollout, E::Held { by, reason: e.reason.clone() })
        }
        Event::RolloutResumed(e) => (e.rollout, E::Resumed),
        Event::RolloutPromoted(e) => (e.rollout, E::Promoted { log_e: e.log_e }),
        Event::RolloutReverted(e) => (e.rollout, E::Reverted { cause: cause(e, &fact.actor) }),
        Event::RevertConfirmed(e) => (e.rollout, E::RevertConfirmed),
        Event::BakeEnded(e) => (e.rollout, E::BakeEnded),
        _ => return None,
    })
}

fn cause(event: &RolloutRevertedV1, actor: &str) -> Cause {
    let (by, why) = (actor.to_owned(), event.reason.clone());
    match event.cause {
        RevertCauseV1::Judge => {
            let metric = match event.metric.as_deref() {
                Some("latency") => MetricName::Latency,
                _ => MetricName::Errors,
            };
            Cause::Judge { metric, log_e: event.log_e.unwrap_or(0.0) }
        }
        RevertCauseV1::Guard => Cause::Guard { why },
        RevertCauseV1::Hand => Cause::Hand { by, reason: (!why.is_empty()).then_some(why) },
        RevertCauseV1::BreakGlass => Cause::BreakGlass { by: why },
        RevertCauseV1::StartFailure => Cause::StartFailure { reason: why },
    }
}
