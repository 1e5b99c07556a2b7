//! Rollouts: shipping, what people ask of them, and what judge, guards and supervisors saw.

use std::time::Duration;

use jiff::SignedDuration;
use seaworthy_contract::events::Event;
use seaworthy_contract::events::rollout::{
    BakeEndedV1, HolderV1, RevertCauseV1, RevertConfirmedV1, RolloutHeldV1, RolloutPromotedV1, RolloutResumedV1,
    RolloutRevertedV1, RolloutStepEnteredV1,
};
use seaworthy_contract::process::ObservedInstance;
use seaworthy_model::{GatewayName, RolloutId, ServiceId, Timestamp, VersionId};
use seaworthy_rollout::lifecycle::{self, Cause, Holder, Input as Happened, Phase, decide};
use seaworthy_rollout::policy::Verdict;

use super::fit::one_line;
use super::page;
use crate::state::{Health, RolloutRecord};
use crate::watch::{Drained, Judged};
use crate::{Cx, NewFact, Refusal, State};

pub(super) use super::ship::ship;

/// A rollout that waits longer than this for what may never come is somebody's to decide: long enough for an outage of
/// both arms to be somebody's already, short enough that whoever shipped still knows why.
const STUCK_PAGE_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// How much later than the start's own limit the supervisor is no longer waited for. It says the same first, and better.
const SUPERVISOR_LATE: Duration = Duration::from_secs(5);

/// Returns the last rollout of a service, if it is of this version and gateways may still send it users.
pub(super) fn live_rollout_of<'a>(
    state: &'a State,
    service: &ServiceId,
    version: &VersionId,
) -> Option<&'a RolloutRecord> {
    let latest = state.serving.get(service)?.latest?;
    state.rollouts.get(&latest).filter(|record| record.version() == version)
}

pub(super) fn revert(
    state: &State,
    rollout: RolloutId,
    reason: Option<&str>,
    cx: &mut Cx,
) -> Result<Vec<NewFact>, Refusal> {
    let input = Happened::Revert { by: cx.actor.clone(), reason: said(reason) };
    let facts = asked(state, rollout, input, cx)?;
    match state.rollouts.get(&rollout).and_then(|record| dead_baseline(state, record)) {
        Some(baseline) => {
            let why = format!("{baseline} does not answer: going back to it would serve nobody");
            Err(Refusal::State(why, "wait until `seaworthy services` says that it is healthy, or ship another"))
        }
        None => Ok(facts),
    }
}

/// What a person gave as the reason, as one line: it is shown wherever the rollout is, and printed to logs.
fn said(reason: Option<&str>) -> Option<String> {
    reason.map(one_line).filter(|reason| !reason.is_empty())
}

/// Returns the version that a promotion would go back to, where it is not healthy.
fn dead_baseline<'a>(state: &State, record: &'a RolloutRecord) -> Option<&'a VersionId> {
    let baseline = record.warm_baseline()?;
    let health = state.version(record.service(), baseline).map(|version| &version.health);
    (!matches!(health, Some(Health::Healthy { .. }))).then_some(baseline)
}

/// Takes the version on trial off its users because its service left the catalogue.
pub(super) fn left_the_catalogue(state: &State, service: &str, cx: &mut Cx) -> Vec<NewFact> {
    let latest = state.serving.get(service).and_then(|serving| state.rollouts.get(&serving.latest?));
    let Some(record) = latest.filter(|record| !record.is_over()) else { return Vec::new() };
    let reason = Some("the service left the catalogue".to_owned());
    saw(state, record, Happened::Revert { by: cx.actor.clone(), reason }, None, cx)
}

pub(super) fn hold(
    state: &State,
    rollout: RolloutId,
    reason: Option<&str>,
    cx: &mut Cx,
) -> Result<Vec<NewFact>, Refusal> {
    let input = Happened::Hold { by: called(state, &cx.actor), reason: said(reason) };
    asked(state, rollout, input, cx)
}

/// What people call an actor, for words that stay in the ledger: a credential by what it is for, a person by the handle.
fn called(state: &State, actor: &str) -> String {
    let token = actor.strip_prefix("token/").and_then(|id| state.tokens.get(&id.parse().ok()?));
    let handle = actor.strip_prefix("person/").unwrap_or(actor);
    token.map_or(handle, |token| &token.label).to_owned()
}

pub(super) fn resume(state: &State, rollout: RolloutId, cx: &mut Cx) -> Result<Vec<NewFact>, Refusal> {
    asked(state, rollout, Happened::Resume, cx)
}

/// What a person asks for: refused in words where the phase does not allow it.
fn asked(state: &State, rollout: RolloutId, input: Happened, cx: &mut Cx) -> Result<Vec<NewFact>, Refusal> {
    let record = state.rollouts.get(&rollout).ok_or_else(|| Refusal::Unknown("rollout", rollout.to_string()))?;
    if !state.is_latest(rollout) {
        let why = format!("{} {} is not the last rollout of its service", record.service(), record.version());
        return Err(Refusal::State(why, "ask for the last one: `seaworthy rollouts`"));
    }
    let event = decide(&record.lifecycle, input, cx.now)
        .map_err(|refusal| Refusal::State(format!("{} {}: {refusal}", record.service(), record.version()), ""))?;
    Ok(event.map(|event| facts(state, record, event, None, cx)).unwrap_or_default())
}

/// What a machine saw: nothing where it does not fit the phase.
fn saw(
    state: &State,
    record: &RolloutRecord,
    input: Happened,
    first_bad_at: Option<Timestamp>,
    cx: &mut Cx,
) -> Vec<NewFact> {
    let event = decide(&record.lifecycle, input, cx.now).ok().flatten();
    event.map(|event| facts(state, record, event, first_bad_at, cx)).unwrap_or_default()
}

pub(super) fn became_healthy(state: &State, seen: &ObservedInstance, cx: &mut Cx) -> Vec<NewFact> {
    let Some(record) = live_rollout_of(state, &seen.service, &seen.version) else { return Vec::new() };
    saw(state, record, Happened::VersionHealthy, None, cx)
}

pub(super) fn failed_to_start(state: &State, seen: &ObservedInstance, reason: &str, cx: &mut Cx) -> Vec<NewFact> {
    let Some(record) = live_rollout_of(state, &seen.service, &seen.version) else { return Vec::new() };
    // A promoted version that cannot be restarted is an outage, not a bad rollout: reverting is a person's choice.
    if record.promoted.is_some() {
        return Vec::new();
    }
    saw(state, record, Happened::VersionFailed { reason: reason.to_owned() }, None, cx)
}

pub(super) fn guard_tripped(
    state: &State,
    record: &RolloutRecord,
    why: &str,
    at: Timestamp,
    cx: &mut Cx,
) -> Vec<NewFact> {
    saw(state, record, Happened::Guard { why: why.to_owned() }, Some(at), cx)
}

pub(super) fn break_glass(
    state: &State,
    record: &RolloutRecord,
    gateway: &GatewayName,
    by: &str,
    cx: &mut Cx,
) -> Vec<NewFact> {
    saw(state, record, Happened::BreakGlass { by: format!("{by} on {gateway}") }, None, cx)
}

pub(super) fn judged(state: &State, judged: &Judged, cx: &mut Cx) -> Vec<NewFact> {
    let Some(record) = state.rollouts.get(&judged.rollout) else { return Vec::new() };
    // A verdict on a step that has ended meanwhile is about other shares.
    if record.step() != Some(judged.step) {
        return Vec::new();
    }
    let facts = saw(state, record, Happened::Judged(judged.verdict), judged.first_bad_at, cx);
    facts.into_iter().chain(stuck(state, record, judged, cx)).collect()
}

/// The page about a rollout that has waited for [`STUCK_PAGE_AFTER`] for what may never come: once a wait. What a person
/// holds is theirs already.
fn stuck(state: &State, record: &RolloutRecord, judged: &Judged, cx: &mut Cx) -> Option<NewFact> {
    let (Verdict::Wait(why) | Verdict::Hold(why)) = judged.verdict else { return None };
    let held_by = match &record.lifecycle.phase {
        Phase::Stepping { held, .. } => held.as_ref().map(|held| held.by),
        _ => None,
    };
    let since = judged.stuck_since?;
    let is_due = cx.now.duration_since(since) >= STUCK_PAGE_AFTER;
    let is_told = record.paged_at.is_some_and(|at| at >= since);
    if !is_due || is_told || held_by == Some(Holder::Person) {
        return None;
    }
    let (service, version, share) = (record.service(), record.version(), record.share());
    let sentence = format!("The rollout of {service} {version} waits for you at {share} of users because {why}.");
    let key = format!("page-for-wait/{}/{}", record.id(), since.as_second());
    page::request(state, service, record.id(), sentence, Some(since), key, cx)
}

pub(super) fn tick(state: &State, cx: &mut Cx) -> Vec<NewFact> {
    let latest: Vec<_> = state.serving.values().filter_map(|s| state.rollouts.get(&s.latest?)).collect();
    let now = cx.now;
    let due = latest.into_iter().filter(|record| !may_still_start(state, record, now));
    due.flat_map(|record| saw(state, record, Happened::Tick, None, cx)).collect()
}

/// Says whether the supervisor may still tell how the start of a version went: it counts from the start of the process,
/// and it could tell nobody while the control plane was away.
fn may_still_start(state: &State, record: &RolloutRecord, now: Timestamp) -> bool {
    let Phase::Starting { since } = record.lifecycle.phase else { return false };
    let from = state.started_at.map_or(since, |started| started.max(since));
    now.duration_since(from)
        < SignedDuration::try_from(record.lifecycle.start_timeout + SUPERVISOR_LATE).unwrap_or(SignedDuration::MAX)
}

pub(super) fn drained(state: &State, drained: &Drained, cx: &mut Cx) -> Vec<NewFact> {
    let Some(record) = state.rollouts.get(&drained.rollout) else { return Vec::new() };
    let Some(decided_at) = record.reverted.as_ref().map(|reverted| reverted.at) else { return Vec::new() };
    if decide(&record.lifecycle, Happened::Drained, cx.now) != Ok(Some(lifecycle::Event::RevertConfirmed)) {
        return Vec::new();
    }
    let since =
        |from: Timestamp, to: Option<Timestamp>| to.map_or(0.0, |to| to.duration_since(from).as_secs_f64().max(0.0));
    // What was never seen has no time: a 0 here would be taken for the proof of a fast revert.
    let from_first_bad = |to: Option<Timestamp>| drained.first_bad_at.zip(to).map(|(first, to)| since(first, Some(to)));
    // A process that died under its users answered nobody, and whoever was sent to it last was still met by it.
    let last_response_at = drained.last_response_at.max(drained.last_assigned_at);
    let event = RevertConfirmedV1 {
        rollout: drained.rollout,
        gateways: drained.gateways.clone(),
        decision_to_last_assignment_s: since(decided_at, drained.last_assigned_at),
        decision_to_last_response_s: since(decided_at, last_response_at),
        first_bad_to_last_assignment_s: from_first_bad(drained.last_assigned_at),
        first_bad_to_last_response_s: from_first_bad(last_response_at),
        canary_requests: drained.canary.requests,
        canary_failures: drained.canary.failures,
        rescued: drained.canary.rescued,
        seen_by_users: drained.canary.seen_idempotent + drained.canary.seen_other,
    };
    vec![NewFact::new(stream(record), event)]
}

fn stream(record: &RolloutRecord) -> String {
    format!("rollout/{}", record.id())
}

/// The facts that a decision is: its event, and the page where users were harmed by a machine's account.
fn facts(
    state: &State,
    record: &RolloutRecord,
    event: lifecycle::Event,
    first_bad_at: Option<Timestamp>,
    cx: &mut Cx,
) -> Vec<NewFact> {
    let first_bad_at = first_bad_at.map(|at| at.min(cx.now));
    let page = match &event {
        lifecycle::Event::Reverted { cause: cause @ (Cause::Judge { .. } | Cause::Guard { .. }) } => {
            let sentence = sentence(record, cause);
            let key = format!("page-for/{}", record.id());
            page::request(state, record.service(), record.id(), sentence, first_bad_at, key, cx)
        }
        _ => None,
    };
    let rollout = record.id();
    let payload: Event = match event {
        lifecycle::Event::StepEntered { index, log_e } => RolloutStepEnteredV1 {
            rollout,
            step: u16::try_from(index).expect("a rollout has at most 16 steps"),
            share: record.steps().as_slice()[index],
            log_e,
        }
        .into(),
        lifecycle::Event::Held { by, reason } => {
            let by = match by {
                Holder::Judge => HolderV1::Judge,
                Holder::Person => HolderV1::Person,
            };
            RolloutHeldV1 { rollout, by, reason }.into()
        }
        lifecycle::Event::Resumed => RolloutResumedV1 { rollout }.into(),
        lifecycle::Event::Promoted { log_e } => RolloutPromotedV1 { rollout, log_e }.into(),
        lifecycle::Event::Reverted { cause } => reverted(record, &cause, first_bad_at).into(),
        lifecycle::Event::BakeEnded => BakeEndedV1 { rollout }.into(),
        // Only measured times confirm a revert: see `drained`.
        lifecycle::Event::RevertConfirmed => return Vec::new(),
    };
    std::iter::once(NewFact::new(stream(record), payload)).chain(page).collect()
}

fn reverted(record: &RolloutRecord, cause: &Cause, first_bad_at: Option<Timestamp>) -> RolloutRevertedV1 {
    let (kind, reason) = match cause {
        Cause::Judge { .. } => (RevertCauseV1::Judge, cause.to_string()),
        Cause::Guard { why } => (RevertCauseV1::Guard, why.clone()),
        Cause::Hand { reason, .. } => (RevertCauseV1::Hand, reason.clone().unwrap_or_default()),
        Cause::BreakGlass { by } => (RevertCauseV1::BreakGlass, by.clone()),
        Cause::StartFailure { reason } => (RevertCauseV1::StartFailure, reason.clone()),
    };
    let judge = match cause {
        Cause::Judge { metric, log_e } => Some((metric.as_str().to_owned(), *log_e)),
        _ => None,
    };
    RolloutRevertedV1 {
        rollout: record.id(),
        cause: kind,
        reason,
        metric: judge.as_ref().map(|(metric, _)| metric.clone()),
        log_e: judge.map(|(_, log_e)| log_e),
        first_bad_at,
        share: record.share(),
    }
}

fn sentence(record: &RolloutRecord, cause: &Cause) -> String {
    let back_to = record.lifecycle.baseline.as_ref().map_or("nothing", VersionId::as_str);
    let why = match cause {
        Cause::Judge { metric, .. } if metric.as_str() == "latency" => {
            format!("its requests were slower than {back_to}'s")
        }
        Cause::Judge { .. } => format!("its users failed more often than {back_to}'s"),
        other => other.to_string(),
    };
    let (service, version, share) = (record.service(), record.version(), record.share());
    format!("{service} {version} was taken off {share} of users: {why}. {back_to} serves everybody again.")
}
