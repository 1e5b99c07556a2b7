//! Controls over services' traffic, as people read them; and which were seen to work, with the time they took.

use seaworthy_contract::api::{CONTROLS_SHOWN_MAX, Control, ControlPreview, ControlState, ControlWay, SetControl};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::control::{ControlClearedV1, ControlEndV1, ControlSetV1, ControlV1};
use seaworthy_model::{ControlId, ControlKind, Entropy, Position, ServiceId, Timestamp};

use super::Look;
use crate::input::{ControlDone, ControlTotal, ControlTotals};
use crate::state::ControlRecord;
use crate::step::control::same;
use crate::watch::REFUSED;
use crate::{Cx, Input, Refusal, State, step};

/// The way of calls that an isolation refuses.
const ISOLATED: &str = "refused by isolate";

/// A control that was seen to work: every gateway had it in force, and a request met it and was refused.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlWorked {
    /// The control.
    pub control: ControlId,
    /// Which of the three.
    pub kind: ControlKind,
    /// The route that it was for; all of the service where there is none.
    pub route: Option<String>,
    /// When it was set.
    pub at: Timestamp,
    /// From the decision until the last gateway had it in force, in seconds.
    pub took_s: f64,
    /// Whether it was an exercise.
    pub drill: bool,
    /// Gateways that confirmed.
    pub gateways: Vec<String>,
    /// Ledger position of the confirmation.
    pub position: Position,
}

/// Returns every control of a service that was seen to work, oldest first: the last of a kind is when it last worked.
pub fn controls_worked(state: &State, service: &ServiceId) -> Vec<ControlWorked> {
    let worked = state.controls_of(service).filter_map(|(id, record)| Some((id, record, record.worked()?)));
    worked
        .map(|(id, record, confirmed)| ControlWorked {
            control: *id,
            kind: record.kind(),
            route: record.set.route.clone(),
            at: record.at,
            took_s: confirmed.event.took_s,
            drill: record.set.drill,
            gateways: confirmed.event.gateways.clone(),
            position: confirmed.position,
        })
        .collect()
}

/// Returns a control.
pub fn control(look: &Look<'_>, control: ControlId) -> Option<Control> {
    look.state.controls.get(&control).map(|record| view(look, control, record))
}

/// Returns what is set, then what is over, the last first; of one service where it is named.
pub fn controls(look: &Look<'_>, service: Option<&ServiceId>) -> Vec<Control> {
    let mine = |record: &&ControlRecord| service.is_none_or(|service| record.set.service == *service);
    let all = || look.state.controls.iter().rev().filter(|(_, record)| mine(record));
    let (set, over) = (all().filter(|(_, record)| record.is_set()), all().filter(|(_, record)| !record.is_set()));
    set.chain(over).take(CONTROLS_SHOWN_MAX).map(|(id, record)| view(look, *id, record)).collect()
}

/// Returns the controls of a service that are set: what its customers meet now.
pub fn controls_set(look: &Look<'_>, service: Option<&ServiceId>) -> Vec<Control> {
    let mut controls = controls(look, service);
    controls.retain(|control| control.state != ControlState::Over);
    controls
}

fn view(look: &Look<'_>, id: ControlId, record: &ControlRecord) -> Control {
    let set = &record.set;
    let told = look.watch.controls.total(id);
    let ControlTotal { refused, passed } = match &record.cleared {
        Some(cleared) => ControlTotal { refused: cleared.event.refused, passed: cleared.event.passed },
        None => told,
    };
    let confirmed = record.confirmed.as_ref();
    let state = match (&record.cleared, confirmed) {
        (Some(_), _) => ControlState::Over,
        (None, Some(_)) => ControlState::InForce,
        (None, None) => ControlState::Setting,
    };
    let unheard = look.watch.gateways.unheard(record.position, look.now).into_iter().map(|(name, _)| name.to_string());
    Control {
        id,
        kind: record.kind().to_string(),
        service: set.service.clone(),
        route: set.route.clone(),
        sentence: format!("{}.", what(&set.service, set.route.as_deref(), &set.what)),
        state,
        reason: set.reason.clone(),
        drill: set.drill,
        by: match &set.gateway {
            Some(gateway) => format!("{} on {gateway} itself", record.by),
            None => look.called(&record.by),
        },
        set_at: record.at,
        until: record.until,
        took_s: confirmed.map(|confirmed| confirmed.event.took_s),
        gateways: confirmed
            .map_or_else(|| look.watch.controls.held_by(id), |confirmed| confirmed.event.gateways.clone()),
        unheard: if record.is_set() { unheard.collect() } else { Vec::new() },
        refused,
        passed,
        cleared_at: record.cleared.as_ref().map(|cleared| cleared.at),
        cleared_why: record.cleared.as_ref().map(|cleared| cleared.event.why),
        position: record.position,
        undo: format!("seaworthy controls clear {id}"),
    }
}

/// Says whom a control would concern. Nothing is set.
///
/// # Errors
/// As setting it.
pub fn control_preview(look: &Look<'_>, service: &ServiceId, asked: &SetControl) -> Result<ControlPreview, Refusal> {
    let mut cx = Cx { now: look.now, actor: String::new(), entropy: Entropy::new(0) };
    let asked = SetControl { dry_run: true, ..asked.clone() };
    let done = ControlDone::Set { service: service.clone(), asked, seen: ControlTotals::new() };
    let facts = step(look.state, &Input::Control(Box::new(done)), &mut cx)?;
    let set = facts.into_iter().find_map(|fact| match fact.event {
        Event::ControlSet(set) => Some(set),
        _ => None,
    });
    Ok(preview(look, &set.expect("setting a control gives the event that says so")))
}

fn preview(look: &Look<'_>, set: &ControlSetV1) -> ControlPreview {
    let ways: Vec<ControlWay> = met(look, set);
    let gateways: Vec<String> = look.watch.gateways.names(look.now).map(ToString::to_string).collect();
    let rate: f64 = ways.iter().map(|way| way.requests_per_second).sum();
    let come = match ways.len() {
        0 => "no request met it in the last minute".to_owned(),
        1 => format!("about {} a second meet it now", requests(rate)),
        many => format!("about {} a second on {many} ways meet it now", requests(rate)),
    };
    ControlPreview {
        sentence: format!("{}: {come}.", what(&set.service, set.route.as_deref(), &set.what)),
        requests_per_second: (!gateways.is_empty()).then_some(rate),
        warnings: warnings(look, set, rate, gateways.len()),
        ways,
        gateways,
        until: set.until,
    }
}

/// Returns the ways that it is about, the busiest first.
fn met(look: &Look<'_>, set: &ControlSetV1) -> Vec<ControlWay> {
    let (service, caller) = match &set.what {
        ControlV1::Isolate { caller, dependency, .. } => (dependency, Some(format!("from/{caller}"))),
        _ => (&set.service, None),
    };
    let is_met = |way: &str| match (&caller, &set.route, &set.what) {
        (Some(caller), ..) => way == caller || way == ISOLATED,
        // Customers who are refused already would meet it all the same.
        _ if way.starts_with(REFUSED) => way != ISOLATED,
        (None, Some(route), _) => way == route,
        (None, None, ControlV1::Shutter { .. }) => !way.starts_with("from/"),
        (None, None, _) => true,
    };
    let ways = look.watch.traffic.ways(service, look.now).into_iter().filter(|(way, _)| is_met(way));
    let mut ways: Vec<_> =
        ways.map(|(name, rate)| ControlWay { name: name.to_owned(), requests_per_second: rate }).collect();
    ways.sort_by(|a, b| b.requests_per_second.total_cmp(&a.requests_per_second));
    ways
}

fn warnings(look: &Look<'_>, set: &ControlSetV1, rate: f64, gateways: usize) -> Vec<String> {
    let mut warnings = Vec::new();
    if gateways == 0 {
        warnings.push("no gateway reports now: nobody knows when it would be in force".to_owned());
    }
    let unheard = look.watch.gateways.unheard(Position::MAX, look.now);
    if !unheard.is_empty() {
        let names: Vec<&str> = unheard.iter().map(|(name, _)| name.as_str()).collect();
        warnings.push(format!("not heard, so perhaps without it: {}", names.join(", ")));
    }
    if let Some((id, _)) = same(look.state, set).next() {
        warnings.push(format!("it takes the place of {id}"));
    }
    match &set.what {
        ControlV1::Throttle { per_second: Some(most), .. } if rate > 0.0 && rate < f64::from(*most) => {
            warnings.push("fewer come now than it lets in: it would refuse nothing".to_owned());
        }
        ControlV1::Shutter { .. } => {
            warnings.push("calls of other services and open WebSockets go on".to_owned());
            if !is_announced(look, set) {
                warnings.push("no window announces it: it counts as unplanned downtime".to_owned());
            }
        }
        _ => {}
    }
    warnings
}

/// Says whether a window that was declared before it began covers all of it.
fn is_announced(look: &Look<'_>, set: &ControlSetV1) -> bool {
    let mut windows = look.state.downtime.windows();
    windows.any(|window| {
        let announced = &window.announced;
        announced.service == set.service
            && announced.function.is_none()
            && window.announced_at < announced.start
            && announced.start <= look.now
            && set.until <= window.end()
    })
}

/// `12 requests`, `0.4 requests`.
fn requests(rate: f64) -> String {
    if rate < 9.95 { format!("{rate:.1} requests") } else { format!("{rate:.0} requests") }
}

/// Says what a control does, in words that need nothing beside them.
pub(super) fn what(service: &ServiceId, route: Option<&str>, control: &ControlV1) -> String {
    let on = route.map_or_else(|| service.to_string(), |route| format!("{service} on {route}"));
    match control {
        ControlV1::Shutter { .. } => format!("{on} is shuttered"),
        ControlV1::Throttle { per_second, burst, users, .. } => {
            let counted = |rate: u32| if rate == 1 { "1 request".to_owned() } else { format!("{rate} requests") };
            let rate = per_second.map(|rate| format!("{} a second, {burst} at once, on each gateway", counted(rate)));
            let share = users.map(|share| format!("{share} of users"));
            let both: Vec<String> = rate.into_iter().chain(share).collect();
            format!("{on} is throttled to {}", both.join(" and "))
        }
        ControlV1::Isolate { caller, dependency, .. } => format!("calls of {caller} to {dependency} are refused"),
    }
}

/// Says how a control ended.
pub(super) fn ended(event: &ControlClearedV1) -> String {
    let why = match (event.why, &event.by) {
        (ControlEndV1::BreakGlass, Some(by)) => format!("cleared on a gateway itself by {by}"),
        (ControlEndV1::Hand | ControlEndV1::BreakGlass, _) => "cleared by a person".to_owned(),
        (ControlEndV1::Ended, _) => "ended by itself".to_owned(),
        (ControlEndV1::Replaced, _) => "another took its place".to_owned(),
        (ControlEndV1::Retired, _) => "ended: its service left the catalogue".to_owned(),
    };
    format!("{why}; {} requests refused, {} passed", event.refused, event.passed)
}
