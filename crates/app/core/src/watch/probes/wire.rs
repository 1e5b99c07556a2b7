//! Results as they come over the wire, as runs.

use seaworthy_contract::prober::{ProbeOutcome, ProbeReason, ProbeResult};
use seaworthy_probe::{Code, Outcome, Reason, Run};

/// Reads a result of a place.
pub(super) fn run(place: &str, result: &ProbeResult) -> Run {
    Run {
        place: place.to_owned(),
        intended_at: result.intended_at,
        started_at: result.started_at,
        took_ms: result.took_ms,
        outcome: outcome(&result.outcome),
        retried: result.retried.as_ref().map(reason),
    }
}

fn outcome(told: &ProbeOutcome) -> Outcome {
    match told {
        ProbeOutcome::Pass => Outcome::Pass,
        ProbeOutcome::Degraded(why) => Outcome::Degraded(reason(why)),
        ProbeOutcome::Fail(why) => Outcome::Fail(reason(why)),
        ProbeOutcome::CannotSee(why) => Outcome::CannotSee(reason(why)),
    }
}

/// A code of a later program is one of an answer that was not what was expected.
fn reason(told: &ProbeReason) -> Reason {
    Reason::new(Code::parse(&told.code).unwrap_or(Code::Expectation), told.text.clone())
}

/// Writes an outcome, for the store.
pub(super) fn told(outcome: &Outcome) -> ProbeOutcome {
    let reason = |reason: &Reason| ProbeReason { code: reason.code.text(), text: reason.text.clone() };
    match outcome {
        Outcome::Pass => ProbeOutcome::Pass,
        Outcome::Degraded(why) => ProbeOutcome::Degraded(reason(why)),
        Outcome::Fail(why) => ProbeOutcome::Fail(reason(why)),
        Outcome::CannotSee(why) => ProbeOutcome::CannotSee(reason(why)),
    }
}

/// Writes a run, for the store.
pub(super) fn result(probe: &str, run: &Run) -> ProbeResult {
    ProbeResult {
        probe: probe.to_owned(),
        intended_at: run.intended_at,
        started_at: run.started_at,
        took_ms: run.took_ms,
        outcome: told(&run.outcome),
        retried: run.retried.as_ref().map(|why| ProbeReason { code: why.code.text(), text: why.text.clone() }),
    }
}
