//! Controls over services' traffic, as people read them; and which were seen to work, with the time they took.

use seaworthy_contract::events::control::{ControlClearedV1, ControlEndV1, ControlV1};
use seaworthy_model::{ControlId, ControlKind, Position, ServiceId, Timestamp};

use crate::State;

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

/// Says what a control does, in words that need nothing beside them.
pub(super) fn what(service: &ServiceId, route: Option<&str>, control: &ControlV1) -> String {
    let on = route.map_or_else(|| service.to_string(), |route| format!("{service} on {route}"));
    match control {
        ControlV1::Shutter { .. } => format!("{on} is shuttered"),
        ControlV1::Throttle { per_second, burst, users, .. } => {
            let rate = per_second.map(|rate| format!("{rate} requests a second, {burst} at once, on each gateway"));
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
