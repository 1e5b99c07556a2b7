//! Command hooks as outsiders see them, and what each is as an action of its service.

use seaworthy_contract::api::{Action, ActionKind, ActionRun, ActionRunState, ActionWorked, Hook};
use seaworthy_contract::catalogue::{CommandHook, HookRun};
use seaworthy_contract::events::action::ActionOutcomeV1;
use seaworthy_model::{ActionRunId, ServiceId};

use super::Look;
use crate::state::{Declared, RunRecord};

/// Returns every hook, of one service where one is asked for, by name.
pub fn hooks(look: &Look<'_>, service: Option<&ServiceId>) -> Vec<Hook> {
    let all = look.state.catalogue.hooks();
    all.filter(|(hook, _)| service.is_none_or(|service| hook.service == *service))
        .map(|(hook, declared)| view(look, hook, declared))
        .collect()
}

/// Returns a hook.
pub fn hook(look: &Look<'_>, name: &str) -> Option<Hook> {
    look.state.catalogue.hooks().find(|(hook, _)| hook.name == name).map(|(hook, declared)| view(look, hook, declared))
}

/// Returns a run.
pub fn run(look: &Look<'_>, id: ActionRunId) -> Option<ActionRun> {
    look.state.runs.get(&id).map(|record| run_view(look, id, record))
}

fn view(look: &Look<'_>, hook: &CommandHook, declared: &Declared) -> Hook {
    let last = |dry: bool| {
        let mut runs = look.state.runs_of(&hook.service, &hook.name).rev();
        runs.find(|(_, run)| run.asked.dry_run == dry).map(|(id, run)| run_view(look, *id, run))
    };
    Hook {
        name: hook.name.clone(),
        service: hook.service.clone(),
        owner: look.state.catalogue.service(&hook.service).map(|service| service.owner.clone()),
        does: hook.does.clone(),
        how: how(&hook.run),
        parameters: hook.parameters.clone(),
        timeout_ms: hook.timeout_ms,
        dry_run: hook.has_dry_run(),
        destructive: hook.destructive,
        worked: worked(look, hook),
        last: last(false),
        last_dry: last(true),
        source: declared.source.clone(),
    }
}

fn how(run: &HookRun) -> String {
    match run {
        HookRun::Command { command, .. } => command.join(" "),
        HookRun::Call { url, .. } => format!("POST {url}"),
    }
}

fn worked(look: &Look<'_>, hook: &CommandHook) -> Option<ActionWorked> {
    let mut runs = look.state.runs_of(&hook.service, &hook.name).rev();
    runs.find_map(|(_, run)| {
        let ended = run.worked()?;
        let took_s = ended.event.took_s.unwrap_or_default();
        Some(ActionWorked { at: ended.at, took_s, drill: false, position: ended.position })
    })
}

/// Returns what a service's hooks are as actions.
pub(super) fn actions(look: &Look<'_>, service: &ServiceId) -> Vec<Action> {
    let mine = look.state.catalogue.hooks().filter(|(hook, _)| hook.service == *service);
    mine.map(|(hook, _)| action(look, hook)).collect()
}

fn action(look: &Look<'_>, hook: &CommandHook) -> Action {
    let with: String = hook.parameters.iter().map(|parameter| format!(" --with {}=VALUE", parameter.name)).collect();
    let place = match &hook.run {
        HookRun::Command { .. } => {
            format!("Runs on the server's host, at most {} s: {}", seconds(hook), how(&hook.run))
        }
        HookRun::Call { .. } => format!("Asks another system, at most {} s: {}", seconds(hook), how(&hook.run)),
    };
    let proof = match hook.has_dry_run() {
        true => "Its dry run says what it would do; nothing is done before you confirm.",
        false => "It declares no dry run: nobody can see beforehand what it would do.",
    };
    Action {
        key: format!("run-{}", hook.name),
        service: hook.service.clone(),
        kind: ActionKind::Command,
        title: hook.does.clone(),
        preview: vec![place, proof.to_owned()],
        worked: worked(look, hook),
        destructive: hook.destructive,
        rollout: None,
        command: format!("seaworthy action run {}{with}", hook.name),
    }
}

fn seconds(hook: &CommandHook) -> u64 {
    hook.timeout_ms.div_ceil(1_000)
}

fn run_view(look: &Look<'_>, id: ActionRunId, record: &RunRecord) -> ActionRun {
    let ended = record.ended.as_ref();
    ActionRun {
        id,
        action: record.asked.action.clone(),
        service: record.asked.service.clone(),
        parameters: record.asked.parameters.clone(),
        dry_run: record.asked.dry_run,
        by: look.called(&record.by),
        asked_at: record.at,
        state: state(record),
        sentence: match ended {
            Some(ended) => outcome(&ended.event.outcome, ended.event.took_s),
            None if record.started_at.is_some() => "it runs".to_owned(),
            None => "it is about to begin".to_owned(),
        },
        took_s: ended.and_then(|ended| ended.event.took_s),
        position: ended.map_or(record.position, |ended| ended.position),
        tail: None,
    }
}

fn state(record: &RunRecord) -> ActionRunState {
    match record.ended.as_ref().map(|ended| &ended.event.outcome) {
        None if record.started_at.is_some() => ActionRunState::Running,
        None => ActionRunState::Asked,
        Some(ActionOutcomeV1::Succeeded) => ActionRunState::Succeeded,
        Some(ActionOutcomeV1::Failed { .. }) => ActionRunState::Failed,
        Some(ActionOutcomeV1::TimedOut) => ActionRunState::TimedOut,
        Some(ActionOutcomeV1::NotStarted { .. }) => ActionRunState::NotStarted,
        Some(ActionOutcomeV1::Unknown) => ActionRunState::Unknown,
    }
}

/// Says how a run ended.
pub(super) fn outcome(outcome: &ActionOutcomeV1, took_s: Option<f64>) -> String {
    let after = took_s.map_or_else(String::new, |s| format!(" after {s:.1} s"));
    match outcome {
        ActionOutcomeV1::Succeeded => format!("done{after}"),
        ActionOutcomeV1::Failed { how } => format!("failed{after}: {how}"),
        ActionOutcomeV1::TimedOut => format!("ended at its time{after}; what it did until then is not known"),
        ActionOutcomeV1::NotStarted { why } => format!("never begun: {why}"),
        ActionOutcomeV1::Unknown => {
            "unknown how it ended: the server ended while it ran; look before you repeat".to_owned()
        }
    }
}
