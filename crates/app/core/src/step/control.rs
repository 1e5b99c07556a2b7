//! Controls: set, extended, cleared by people; confirmed and over as gateways tell; set and cleared on a gateway's own
//! socket.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{CONTROL_DRILL_FOR_MS, CONTROL_FOR_MAX_MS, CONTROL_FOR_MS, ControlAsked, SetControl};
use seaworthy_contract::events::control::{
    ControlClearedV1, ControlConfirmedV1, ControlEndV1, ControlExtendedV1, ControlSetV1, ControlV1,
};
use seaworthy_contract::gateway::ControlHand;
use seaworthy_model::{ControlId, GatewayName, ServiceId, Share};
use seaworthy_traffic::control::{self, BURST_MAX, PATHS_MAX, RATE_MAX, TEXT_CHARS_MAX, USERS_MAX};

use super::fit::{line, lines, one_line};
use crate::age::ago;
use crate::desired::route_name;
use crate::input::{ControlDone, ControlTotal, ControlTotals};
use crate::state::ControlRecord;
use crate::{Cx, NewFact, Refusal, State};

/// Most controls that are set at once: gateways carry all of them in each config.
const SET_MAX: usize = 100;

/// Longest path or user key that passes, in characters.
const PASSES_CHARS_MAX: usize = 500;

/// Decides on what somebody did, or gateways told.
pub(super) fn done(state: &State, done: &ControlDone, cx: &mut Cx) -> Result<Vec<NewFact>, Refusal> {
    match done {
        ControlDone::Set { service, asked, seen } => set(state, service, asked, seen, cx),
        ControlDone::Extend { control, for_ms } => extend(state, *control, *for_ms, cx),
        ControlDone::Clear { control, seen } => {
            known(state, *control)?;
            Ok(clear(state, *control, ControlEndV1::Hand, None, seen).into_iter().collect())
        }
        ControlDone::Over { control, seen } => Ok(over(state, *control, seen, cx.now).into_iter().collect()),
        ControlDone::Confirmed(confirmed) => Ok(confirm(state, confirmed).into_iter().collect()),
        ControlDone::Hand { gateway, hand, seen } => Ok(by_hand(state, gateway, hand, seen, cx.now)),
    }
}

fn set(
    state: &State,
    service: &ServiceId,
    asked: &SetControl,
    seen: &ControlTotals,
    cx: &mut Cx,
) -> Result<Vec<NewFact>, Refusal> {
    let entity = state.catalogue.service(service).ok_or_else(|| Refusal::Unknown("service", service.to_string()))?;
    if let Some(route) = &asked.route
        && !entity.routes.iter().any(|known| route_name(known) == *route)
    {
        let names: Vec<String> = entity.routes.iter().map(route_name).collect();
        return Err(Refusal::Invalid(
            "route",
            format!("\"{service}\" has no such route; it has: {}", names.join(", ")),
        ));
    }
    line("reason", &asked.reason)?;
    if asked.reason.trim().is_empty() && !asked.dry_run {
        return Err(Refusal::Invalid("reason", "say why, for whoever finds it set".to_owned()));
    }
    let for_ms = asked.for_ms.unwrap_or(if asked.drill { CONTROL_DRILL_FOR_MS } else { CONTROL_FOR_MS });
    let control = ControlId::new(cx.now, &mut cx.entropy);
    let event = ControlSetV1 {
        control,
        service: service.clone(),
        route: asked.route.clone(),
        what: meant(&asked.what, service, control)?,
        until: end(for_ms, cx.now)?,
        reason: asked.reason.clone(),
        drill: asked.drill,
        gateway: None,
        by: None,
    };
    check_edge(state, &event)?;
    let replaced: Vec<NewFact> =
        same(state, &event).filter_map(|(id, _)| clear(state, *id, ControlEndV1::Replaced, None, seen)).collect();
    if replaced.is_empty() && state.controls_set().count() >= SET_MAX {
        let why = format!("{SET_MAX} controls are set already");
        return Err(Refusal::State(why, "clear some first: `seaworthy controls`"));
    }
    Ok(replaced.into_iter().chain([NewFact::new(stream(service), event)]).collect())
}

/// Returns the controls in force that another one takes the place of.
pub(crate) fn same<'a>(
    state: &'a State,
    event: &'a ControlSetV1,
) -> impl Iterator<Item = (&'a ControlId, &'a ControlRecord)> {
    state.controls_set().filter(|(_, record)| record.is_same_as(event))
}

/// Returns what somebody means, with every limit checked. User keys become keyed hashes here and go no further.
///
/// # Errors
/// When it makes no sense, or is more than a gateway should carry.
pub fn meant(asked: &ControlAsked, service: &ServiceId, control: ControlId) -> Result<ControlV1, Refusal> {
    match asked {
        ControlAsked::Shutter { text, paths, users } => shutter(text, paths, users, control),
        ControlAsked::Throttle { per_second, burst, users, status } => throttle(*per_second, *burst, *users, *status),
        ControlAsked::Isolate { calls_to, calls_from, status } => {
            let (caller, dependency) = match (calls_to, calls_from) {
                (Some(dependency), None) => (service.clone(), dependency.clone()),
                (None, Some(caller)) => (caller.clone(), service.clone()),
                _ => return invalid("what", "name the dependency it no longer calls, or the caller that is refused"),
            };
            if caller == dependency {
                return invalid("what", "a service does not call itself through a gateway");
            }
            Ok(ControlV1::Isolate { caller, dependency, status: refusing(status.unwrap_or(503))? })
        }
    }
}

fn shutter(text: &str, paths: &[String], users: &[String], control: ControlId) -> Result<ControlV1, Refusal> {
    lines("text", text)?;
    if text.chars().count() > TEXT_CHARS_MAX {
        return invalid("text", "a shutter's text has at most 2,000 characters");
    }
    if paths.len() > PATHS_MAX || users.len() > USERS_MAX {
        return invalid("what", "20 paths and 100 users may pass a shutter at most");
    }
    for path in paths {
        line("paths", path)?;
        if !path.starts_with('/') || path.chars().count() > PASSES_CHARS_MAX {
            return invalid("paths", "a path begins with \"/\" and has at most 500 characters");
        }
    }
    let is_key = |key: &&String| key.is_empty() || key.chars().count() > PASSES_CHARS_MAX;
    if users.iter().any(|key| is_key(&key)) {
        return invalid("users", "a user key has 1 to 500 characters");
    }
    let salt = control.as_uuid().as_u128();
    let users = users.iter().map(|key| control::mark(salt, key.as_bytes())).collect();
    Ok(ControlV1::Shutter { text: text.to_owned(), paths: paths.to_vec(), users })
}

fn throttle(
    per_second: Option<u32>,
    burst: Option<u32>,
    users: Option<f64>,
    status: Option<u16>,
) -> Result<ControlV1, Refusal> {
    if per_second.is_none() && users.is_none() {
        return invalid("what", "a throttle needs a rate, a share of users, or both");
    }
    if per_second.is_some_and(|rate| rate == 0 || rate > RATE_MAX) || burst.is_some_and(|burst| burst > BURST_MAX) {
        return invalid("per_second", "a rate is 1 to 1,000,000 requests a second; to let nobody in, set a shutter");
    }
    let points = |ratio: f64| (ratio * 10_000.0).round();
    let share = |ratio: f64| match Share::from_basis_points(points(ratio) as u16) {
        Ok(share) if (1.0..10_000.0).contains(&points(ratio)) => Ok(share),
        _ => invalid("users", "a share of users lies between 0 and 1; to let nobody in, set a shutter"),
    };
    let burst = burst.or(per_second).unwrap_or(1).max(1);
    Ok(ControlV1::Throttle {
        per_second,
        burst,
        users: users.map(share).transpose()?,
        status: refusing(status.unwrap_or(429))?,
    })
}

fn refusing(status: u16) -> Result<u16, Refusal> {
    match status {
        429 | 503 => Ok(status),
        _ => invalid("status", "a refusal is 429 or 503: clients know both as \"come again\""),
    }
}

fn invalid<T>(field: &'static str, why: &str) -> Result<T, Refusal> {
    Err(Refusal::Invalid(field, why.to_owned()))
}

fn check_edge(state: &State, event: &ControlSetV1) -> Result<(), Refusal> {
    let ControlV1::Isolate { caller, dependency, .. } = &event.what else { return Ok(()) };
    let unknown = [caller, dependency].into_iter().find(|name| state.catalogue.service(name).is_none());
    match unknown {
        Some(name) => Err(Refusal::Unknown("service", name.to_string())),
        None if event.route.is_some() => {
            invalid("route", "an isolation is about an edge between services, not a route")
        }
        None => Ok(()),
    }
}

fn end(for_ms: u64, now: Timestamp) -> Result<Timestamp, Refusal> {
    if for_ms == 0 || for_ms > CONTROL_FOR_MAX_MS {
        return invalid("for_ms", "it must end, within a day; it can be extended");
    }
    let lasts = SignedDuration::from_millis(i64::try_from(for_ms).unwrap_or(i64::MAX));
    now.checked_add(lasts).or_else(|_| invalid("for_ms", "no clock can tell that end"))
}

fn extend(state: &State, control: ControlId, for_ms: u64, cx: &Cx) -> Result<Vec<NewFact>, Refusal> {
    let record = known(state, control)?;
    if !record.is_set() {
        let hint = "set it again: `seaworthy shutter`, `throttle` or `isolate`";
        return Err(Refusal::State("it is over".to_owned(), hint));
    }
    let event = ControlExtendedV1 { control, until: end(for_ms, cx.now)? };
    Ok(vec![NewFact::new(stream(&record.set.service), event)])
}

fn known(state: &State, control: ControlId) -> Result<&ControlRecord, Refusal> {
    state.controls.get(&control).ok_or_else(|| Refusal::Unknown("control", control.to_string()))
}

/// One that is over already gives nothing.
fn clear(
    state: &State,
    control: ControlId,
    why: ControlEndV1,
    by: Option<String>,
    seen: &ControlTotals,
) -> Option<NewFact> {
    let record = state.controls.get(&control).filter(|record| record.is_set())?;
    let ControlTotal { refused, passed } = seen.get(&control).copied().unwrap_or_default();
    let event = ControlClearedV1 { control, why, by, refused, passed };
    Some(NewFact::new(stream(&record.set.service), event).once(format!("control-over/{control}")))
}

fn over(state: &State, control: ControlId, seen: &ControlTotals, now: Timestamp) -> Option<NewFact> {
    let record = state.controls.get(&control)?;
    let why = match state.catalogue.service(&record.set.service) {
        None => ControlEndV1::Retired,
        Some(_) if record.until <= now => ControlEndV1::Ended,
        Some(_) => return None,
    };
    clear(state, control, why, None, seen)
}

fn confirm(state: &State, confirmed: &ControlConfirmedV1) -> Option<NewFact> {
    let is_new = |record: &&ControlRecord| record.is_set() && record.confirmed.is_none();
    let record = state.controls.get(&confirmed.control).filter(is_new)?;
    let key = format!("control-confirmed/{}", confirmed.control);
    Some(NewFact::new(stream(&record.set.service), confirmed.clone()).once(key))
}

fn by_hand(
    state: &State,
    gateway: &GatewayName,
    hand: &ControlHand,
    seen: &ControlTotals,
    now: Timestamp,
) -> Vec<NewFact> {
    match hand {
        ControlHand::Set { control, reason, by, age_ms, .. } => {
            let is_known = state.controls.contains_key(&control.control);
            if is_known || state.catalogue.service(&control.service).is_none() {
                return Vec::new();
            }
            let event = ControlSetV1 {
                control: control.control,
                service: control.service.clone(),
                route: control.route.clone(),
                what: control.what.clone(),
                until: control.until,
                reason: one_line(reason),
                drill: control.drill,
                gateway: Some(gateway.clone()),
                by: Some(one_line(by)),
            };
            let fact = NewFact::new(stream(&control.service), event).at(ago(now, *age_ms));
            vec![fact.once(format!("control-set/{}", control.control))]
        }
        ControlHand::Cleared { control, by, age_ms, .. } => {
            let by = Some(one_line(by));
            let fact = clear(state, *control, ControlEndV1::BreakGlass, by, seen);
            fact.map(|fact| fact.at(ago(now, *age_ms))).into_iter().collect()
        }
    }
}

fn stream(service: &ServiceId) -> String {
    format!("service/{service}")
}
