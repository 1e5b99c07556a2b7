//! Folds what happened into a rollout. Total: an event that does not fit the phase changes nothing.

use seaworthy_model::Timestamp;

use super::{Event, Held, Phase, Rollout};

/// Folds one event that happened `at` into the rollout.
pub fn apply(rollout: &mut Rollout, event: &Event, at: Timestamp) {
    let served = rollout.share();
    match (&mut rollout.phase, event) {
        (Phase::Starting { .. }, Event::StepEntered { index, .. }) if *index < rollout.steps.judged().len() => {
            rollout.phase = Phase::Stepping { index: *index, entered_at: at, held: None };
        }
        (Phase::Stepping { index: old, .. }, Event::StepEntered { index, .. })
            if *old < *index && *index < rollout.steps.judged().len() =>
        {
            rollout.phase = Phase::Stepping { index: *index, entered_at: at, held: None };
        }
        (Phase::Stepping { held, .. }, Event::Held { by, reason }) => {
            *held = Some(Held { at, by: *by, reason: reason.clone() });
        }
        (Phase::Stepping { held, .. }, Event::Resumed) => *held = None,
        (Phase::Starting { .. } | Phase::Stepping { .. }, Event::Promoted { .. }) => {
            rollout.phase = Phase::Promoted { at };
        }
        (Phase::Promoted { at: promoted_at }, Event::BakeEnded) => {
            rollout.phase = Phase::Baked { promoted_at: *promoted_at };
        }
        // Nobody met it, so there is nothing to wait for.
        (Phase::Starting { .. }, Event::Reverted { cause }) => {
            rollout.phase = Phase::Reverted { at, cause: cause.clone(), share: served };
        }
        (Phase::Stepping { .. } | Phase::Promoted { .. }, Event::Reverted { cause }) => {
            rollout.phase = Phase::Reverting { at, cause: cause.clone(), share: served };
        }
        (Phase::Reverting { at, cause, share }, Event::RevertConfirmed) => {
            rollout.phase = Phase::Reverted { at: *at, cause: cause.clone(), share: *share };
        }
        _ => {}
    }
}
