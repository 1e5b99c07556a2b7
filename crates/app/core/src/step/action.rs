//! Command hooks: who may run which now, that one runs at a time, and what is said of a run that nobody saw end.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{CommandHook, HOOK_TIMEOUT_MS_MAX};
use seaworthy_contract::events::action::{ActionAskedV1, ActionEndedV1, ActionOutcomeV1, ActionStartedV1};
use seaworthy_model::ActionRunId;

use crate::input::ActionDone;
use crate::state::RunRecord;
use crate::{Cx, NewFact, Refusal, State};

/// After so long nobody is running it any more: the longest time that a hook has, and a minute for the disk.
const LOST_AFTER: SignedDuration = SignedDuration::from_millis(HOOK_TIMEOUT_MS_MAX as i64 + 60_000);

/// Decides on what somebody wants, or what was seen of a run.
pub(super) fn done(state: &State, done: &ActionDone, cx: &mut Cx) -> Result<Vec<NewFact>, Refusal> {
    match done {
        ActionDone::Ask { action, parameters, dry_run, elevation: _ } => ask(state, action, parameters, *dry_run, cx),
        ActionDone::Started(run) => {
            let record = state.runs.get(run).filter(|record| record.is_open() && record.started_at.is_none());
            let Some(record) = record else {
                return Err(Refusal::State("the run is over, or has begun".to_owned(), ""));
            };
            let service = record.asked.service.clone();
            Ok(vec![fact(record, ActionStartedV1 { run: *run, service })])
        }
        ActionDone::Ended { run, outcome, took_s } => {
            Ok(state.runs.get(run).and_then(|record| end(*run, record, outcome, *took_s)).into_iter().collect())
        }
    }
}

fn ask(
    state: &State,
    action: &str,
    parameters: &BTreeMap<String, String>,
    dry_run: bool,
    cx: &mut Cx,
) -> Result<Vec<NewFact>, Refusal> {
    let hook = state.catalogue.hook(action).ok_or_else(|| Refusal::Unknown("action", action.to_owned()))?;
    fits(hook, parameters)?;
    if dry_run && !hook.has_dry_run() {
        let why = format!("\"{action}\" declares no dry run");
        return Err(Refusal::State(why, "its team writes `dryRun` beside its command"));
    }
    if state.runs_of(&hook.service, action).any(|(_, run)| run.is_open()) {
        let why = format!("\"{action}\" is running: one run at a time");
        return Err(Refusal::State(why, "`seaworthy action list` shows when it has ended"));
    }
    if hook.destructive && !dry_run {
        let why = format!("\"{action}\" is destructive: it is not run on the word of one person");
        return Err(Refusal::State(why, "do it by hand, with somebody beside you; its dry run can be seen here"));
    }
    let event = ActionAskedV1 {
        run: ActionRunId::new(cx.now, &mut cx.entropy),
        action: action.to_owned(),
        service: hook.service.clone(),
        parameters: parameters.clone(),
        dry_run,
        elevation: None,
    };
    Ok(vec![NewFact::new(format!("service/{}", hook.service), event)])
}

/// Every parameter has a value of its type, and nothing else has one.
pub(super) fn fits(hook: &CommandHook, parameters: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let refused = |why: String| Err(Refusal::Invalid("parameters", why));
    for parameter in &hook.parameters {
        match parameters.get(&parameter.name) {
            None => return refused(format!("\"{}\" has no value", parameter.name)),
            // What was typed is not repeated: it may be anything.
            Some(value) if !parameter.values.takes(value) => {
                return refused(format!("\"{}\" does not take that value", parameter.name));
            }
            Some(_) => {}
        }
    }
    let known = |name: &String| hook.parameters.iter().any(|parameter| parameter.name == *name);
    match parameters.keys().all(known) {
        true => Ok(()),
        false => refused(format!("\"{}\" has no such parameter", hook.name)),
    }
}

/// A server that starts runs nothing: what is open was begun by one that is gone. What had not begun never will.
pub(super) fn lost(state: &State) -> Vec<NewFact> {
    state.runs.iter().filter_map(|(run, record)| end(*run, record, &nobody_saw(record), None)).collect()
}

/// The same while the server goes on, should whoever ran it have been lost in it.
pub(super) fn tick(state: &State, now: Timestamp) -> Vec<NewFact> {
    let is_lost = |record: &RunRecord| now.duration_since(record.started_at.unwrap_or(record.at)) > LOST_AFTER;
    let lost = state.runs.iter().filter(|(_, record)| record.is_open() && is_lost(record));
    lost.filter_map(|(run, record)| end(*run, record, &nobody_saw(record), None)).collect()
}

fn nobody_saw(record: &RunRecord) -> ActionOutcomeV1 {
    match record.started_at {
        Some(_) => ActionOutcomeV1::Unknown,
        None => ActionOutcomeV1::NotStarted { why: "the server ended before it began".to_owned() },
    }
}

fn end(run: ActionRunId, record: &RunRecord, outcome: &ActionOutcomeV1, took_s: Option<f64>) -> Option<NewFact> {
    let event = ActionEndedV1 { run, service: record.asked.service.clone(), outcome: outcome.clone(), took_s };
    record.is_open().then(|| fact(record, event).once(format!("action-ended/{run}")))
}

fn fact(record: &RunRecord, event: impl Into<seaworthy_contract::events::Event>) -> NewFact {
    NewFact::new(format!("service/{}", record.asked.service), event)
}
