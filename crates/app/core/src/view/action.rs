//! What can be done to restore a service now, each with the last time that it worked and how long it took.

use seaworthy_contract::api::{Action, ActionKind, ActionWorked, ControlAsked, SetControl};
use seaworthy_contract::catalogue::DependencyKind;
use seaworthy_model::{ControlKind, ServiceId, VersionId};
use seaworthy_rollout::lifecycle::Phase;

use super::Look;
use crate::evidence::reverts;
use crate::state::{Health, RolloutRecord};
use crate::view::{ControlWorked, controls_worked};

/// How long a control lasts that is set as an action, in milliseconds: half an hour, as its command says.
const HELD_FOR_MS: u64 = 1_800_000;

/// Share of users that a throttle lets in as an action, as its command says.
const THROTTLED_TO: f64 = 0.5;

/// Returns what exists for a service now: reverts first, then controls of its traffic and command hooks; what was seen to work before what was
/// not.
pub fn actions(look: &Look<'_>, service: &ServiceId) -> Vec<Action> {
    let Some(entity) = look.state.catalogue.service(service) else { return Vec::new() };
    let worked = controls_worked(look.state, service);
    let of = |kind| last(&worked, kind);
    let mut actions: Vec<Action> = revert(look, service).into_iter().collect();
    if !entity.routes.is_empty() {
        actions.push(throttle(service, of(ControlKind::Throttle)));
        actions.push(shutter(service, of(ControlKind::Shutter)));
    }
    let soft = entity.dependencies.iter().filter(|needed| needed.kind == DependencyKind::Soft);
    actions.extend(soft.map(|needed| isolate(service, &needed.service, of(ControlKind::Isolate))));
    actions.extend(super::hook::actions(look, service));
    actions.sort_by_key(|action| action.worked.is_none());
    actions
}

/// Returns the control that an action is, by its key: what its command would set.
pub fn action_control(key: &str) -> Option<SetControl> {
    let what = match (key, key.strip_prefix("isolate-")) {
        ("shutter", _) => ControlAsked::Shutter { text: String::new(), paths: Vec::new(), users: Vec::new() },
        ("throttle", _) => {
            ControlAsked::Throttle { per_second: None, burst: None, users: Some(THROTTLED_TO), status: None }
        }
        (_, Some(dependency)) => {
            ControlAsked::Isolate { calls_to: Some(dependency.parse().ok()?), calls_from: None, status: None }
        }
        _ => return None,
    };
    let reason = "from the page about it".to_owned();
    Some(SetControl { what, route: None, for_ms: Some(HELD_FOR_MS), reason, drill: false, dry_run: false })
}

fn last(worked: &[ControlWorked], kind: ControlKind) -> Option<ActionWorked> {
    let last = worked.iter().rev().find(|control| control.kind == kind)?;
    Some(ActionWorked { at: last.at, took_s: last.took_s, drill: last.drill, position: last.position })
}

/// The revert of the service's last rollout: one that is under way, or promoted with the old version still warm.
fn revert(look: &Look<'_>, service: &ServiceId) -> Option<Action> {
    let latest = look.state.serving.get(service)?.latest?;
    let record = look.state.rollouts.get(&latest)?;
    let baseline = goes_back_to(record)?;
    let proven = reverts(look.state, service).pop().map(|revert| ActionWorked {
        at: revert.decided_at,
        took_s: revert.took_s,
        drill: false,
        position: revert.position,
    });
    let version = record.version();
    let who = match record.lifecycle.phase {
        Phase::Starting { .. } => format!("Stops {version} before anybody meets it."),
        _ => format!("Takes every user of {version} ({} of users) back to {baseline}.", record.share()),
    };
    let undo = format!("Undo: ship {version} again; it begins with a few users.");
    Some(Action {
        key: "revert".to_owned(),
        service: service.clone(),
        kind: ActionKind::Revert,
        title: format!("Revert {version} to {baseline}"),
        preview: vec![who, health(look, service, baseline), undo],
        worked: proven,
        destructive: false,
        rollout: Some(latest),
        command: format!("seaworthy revert {service}"),
    })
}

fn goes_back_to(record: &RolloutRecord) -> Option<&VersionId> {
    match record.lifecycle.phase {
        Phase::Starting { .. } | Phase::Stepping { .. } => record.lifecycle.baseline.as_ref(),
        Phase::Promoted { .. } => record.warm_baseline(),
        Phase::Baked { .. } | Phase::Reverting { .. } | Phase::Reverted { .. } => None,
    }
}

fn health(look: &Look<'_>, service: &ServiceId, version: &VersionId) -> String {
    match look.state.version(service, version).map(|record| &record.health) {
        Some(Health::Healthy { .. }) => format!("{version} runs and answers its health check."),
        Some(Health::Exited { .. }) => format!("{version} is down now and is being started again."),
        Some(Health::Failed { .. }) => format!("{version} could not be started."),
        Some(Health::Unknown) | None => format!("Nobody has reported yet whether {version} runs."),
    }
}

fn shutter(service: &ServiceId, worked: Option<ActionWorked>) -> Action {
    Action {
        key: "shutter".to_owned(),
        service: service.clone(),
        kind: ActionKind::Shutter,
        title: format!("Shutter {service}"),
        preview: vec![
            format!("Users of {service} read that it is closed; programs get status 503."),
            "Also those who are served well now.".to_owned(),
            format!("It ends by itself; sooner with `seaworthy controls clear {service}`."),
        ],
        worked,
        destructive: true,
        rollout: None,
        command: format!("seaworthy shutter {service} --for 30m --reason \"WHY\""),
    }
}

fn throttle(service: &ServiceId, worked: Option<ActionWorked>) -> Action {
    Action {
        key: "throttle".to_owned(),
        service: service.clone(),
        kind: ActionKind::Throttle,
        title: format!("Throttle {service}"),
        preview: vec![
            "Half of the users are let in, the same ones all the time; the others are told to come back.".to_owned(),
            format!("It ends by itself; sooner with `seaworthy controls clear {service}`."),
        ],
        worked,
        destructive: false,
        rollout: None,
        command: format!("seaworthy throttle {service} --users 50% --for 30m --reason \"WHY\""),
    }
}

fn isolate(service: &ServiceId, dependency: &ServiceId, worked: Option<ActionWorked>) -> Action {
    Action {
        key: format!("isolate-{dependency}"),
        service: service.clone(),
        kind: ActionKind::Isolate,
        title: format!("Isolate {dependency}"),
        preview: vec![
            format!("Calls of {service} to {dependency} are refused at once; {service} works with less."),
            "It ends by itself.".to_owned(),
        ],
        worked,
        destructive: true,
        rollout: None,
        command: format!("seaworthy isolate {service} --calls-to {dependency} --for 30m --reason \"WHY\""),
    }
}
