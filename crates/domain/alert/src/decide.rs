//! What follows from a signal, and whom time makes due.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use seaworthy_model::{AlertId, ServiceId};

use crate::{Alert, Alerts, Event, Phase, Purpose, Signal, Urgency, rule_of};

/// Open alerts: a signal past it is dropped, and whoever calls says so. Ten symptoms of a thousand services.
pub const OPEN_MAX: usize = 10_000;

/// Rules that one alert remembers: more of them say nothing new.
pub const RULES_PER_ALERT_MAX: usize = 50;

/// A dependant's alert that begins at most this long before its dependency's is taken for its consequence: the time in
/// which two objectives of one outage cross their burn rates at most, with unlike traffic.
pub const FOLD_WITHIN: Duration = Duration::from_secs(120);

/// Returns what follows from a signal. `hard` gives the services that one cannot work without, at any distance.
pub fn decide(
    alerts: &Alerts,
    signal: &Signal,
    hard: &dyn Fn(&ServiceId) -> BTreeSet<ServiceId>,
    new_id: &mut dyn FnMut() -> AlertId,
) -> Vec<Event> {
    let open = alerts.open(&signal.service, &signal.symptom, signal.purpose);
    match (signal.phase, open.and_then(|id| Some((id, alerts.alerts.get(&id)?)))) {
        (Phase::Firing, None) => fire(alerts, signal, hard, new_id),
        (Phase::Firing, Some((id, alert))) => join(alerts, id, alert, signal),
        (Phase::Ended, Some((id, alert))) => leave(id, alert, &signal.rule),
        (Phase::Ended, None) => Vec::new(),
    }
}

/// Returns the urgency that counts: what the rule asks, and what its team made of it.
fn urgency(alerts: &Alerts, signal: &Signal) -> Option<Urgency> {
    match alerts.rules.get(rule_of(&signal.rule)) {
        Some(rule) => rule.urgency(signal.urgency, signal.nature),
        None => crate::Rule::default().urgency(signal.urgency, signal.nature),
    }
}

fn fire(
    alerts: &Alerts,
    signal: &Signal,
    hard: &dyn Fn(&ServiceId) -> BTreeSet<ServiceId>,
    new_id: &mut dyn FnMut() -> AlertId,
) -> Vec<Event> {
    let Some(urgency) = urgency(alerts, signal) else { return Vec::new() };
    if alerts.open_count() >= OPEN_MAX {
        return Vec::new();
    }
    let alert = new_id();
    let folded_into = stands_for(alerts, &signal.service, signal.began_at, signal.purpose, hard);
    let mut events = vec![Event::Fired { alert, signal: Signal { urgency, ..signal.clone() }, folded_into }];
    if urgency == Urgency::Page && signal.purpose == Purpose::Real {
        let mine = consequences(alerts, signal, hard);
        events.extend(mine.into_iter().map(|id| Event::Folded { alert: id, into: alert }));
    }
    events
}

/// Returns what dependants said just before: it was of this signal's making.
fn consequences(alerts: &Alerts, signal: &Signal, hard: &dyn Fn(&ServiceId) -> BTreeSet<ServiceId>) -> Vec<AlertId> {
    let own = hard(&signal.service);
    let late =
        |a: &Alert| a.folded_into.is_none() && a.purpose == Purpose::Real && is_within(a.began_at, signal.began_at);
    let others = alerts.services_open().filter(|of| **of != signal.service && !own.contains(*of));
    let of_one = |of| alerts.open_of(of).filter(|(_, a)| late(a)).map(|(id, _)| id).collect::<Vec<_>>();
    // Whom a service needs is a walk through the catalogue: only where it matters.
    let found =
        others.map(|of| (of, of_one(of))).filter(|(of, ids)| !ids.is_empty() && hard(of).contains(&signal.service));
    found.flat_map(|(_, ids)| ids).collect()
}

/// A dependant may notice up to [`FOLD_WITHIN`] before its dependency does.
fn is_within(dependant_began: Timestamp, dependency_began: Timestamp) -> bool {
    dependant_began.checked_add(FOLD_WITHIN).is_ok_and(|latest| latest >= dependency_began)
}

/// Returns the open page of a hard dependency that explains an alert. Two services that need each other explain
/// nothing: each stands for itself.
fn stands_for(
    alerts: &Alerts,
    service: &ServiceId,
    began_at: Timestamp,
    purpose: Purpose,
    hard: &dyn Fn(&ServiceId) -> BTreeSet<ServiceId>,
) -> Option<AlertId> {
    if purpose == Purpose::Drill {
        return None;
    }
    let explains = |(_, a): &(AlertId, &Alert)| {
        a.purpose == Purpose::Real
            && a.urgency == Urgency::Page
            && a.folded_into.is_none()
            && is_within(began_at, a.began_at)
    };
    let first = |of| alerts.open_of(of).filter(explains).map(|(id, a)| (a.began_at, id)).min();
    let needed = hard(service);
    let failing = needed.iter().filter(|of| *of != service).filter_map(|of| Some((first(of)?, of)));
    failing
        .filter(|(_, of)| !hard(of).contains(service))
        .map(|((began_at, id), _)| (began_at, id))
        .min()
        .map(|(_, id)| id)
}

fn join(alerts: &Alerts, id: AlertId, alert: &Alert, signal: &Signal) -> Vec<Event> {
    let Some(urgency) = urgency(alerts, signal) else { return Vec::new() };
    let is_new = !alert.rules.contains(&signal.rule);
    let (raised, nature) = (urgency.max(alert.urgency), signal.nature.min(alert.nature));
    if (!is_new && raised == alert.urgency && nature == alert.nature) || alert.rules.len() >= RULES_PER_ALERT_MAX {
        return Vec::new();
    }
    vec![Event::Joined { alert: id, rule: signal.rule.clone(), urgency: raised, nature }]
}

/// Returns what follows where a rule, or this instance of one, says nothing any more, of whatever it spoke: whose labels have
/// changed since as well, and whose service left the catalogue.
pub fn end(alerts: &Alerts, rule: &str) -> Vec<Event> {
    let said = alerts.said_by(rule).filter_map(|id| Some((id, alerts.alerts.get(&id)?)));
    said.filter(|(_, alert)| alert.purpose == Purpose::Real).flat_map(|(id, alert)| leave(id, alert, rule)).collect()
}

fn leave(id: AlertId, alert: &Alert, rule: &str) -> Vec<Event> {
    match alert.rules.contains(rule) {
        false => Vec::new(),
        true if alert.rules.len() == 1 => vec![Event::Resolved { alert: id }],
        true => vec![Event::Left { alert: id, rule: rule.to_owned() }],
    }
}

/// Returns what time alone changes: an alert whose dependency is well again stands for itself.
pub fn regroup(alerts: &Alerts) -> Vec<Event> {
    let alone = alerts.all_folded().filter(|(_, alert)| {
        alert.folded_into.is_some_and(|into| alerts.alerts.get(&into).is_none_or(|parent| !parent.is_open()))
    });
    alone.map(|(id, _)| Event::Unfolded { alert: id }).collect()
}

/// How long an alert whose dependency recovered may take to end before its own team is woken: the five minutes of the
/// shortest window that still remembers the outage, and one more.
const RECOVERY: Duration = Duration::from_secs(360);

/// Returns the alerts whose owner must be told now: open, urgent, and neither folded, nor silenced, nor told before, nor
/// of work that was announced, which `announced` says. What that work does to another service is not announced: such an
/// alert stands for itself.
pub fn due(alerts: &Alerts, now: Timestamp, announced: &dyn Fn(&Alert) -> bool) -> Vec<AlertId> {
    let waits = |parent: &Alert| parent.is_open() && parent.page.is_none() && announced(parent);
    let is_untold = |into: AlertId| alerts.alerts.get(&into).is_some_and(waits);
    let silenced = |a: &Alert| a.rules.iter().all(|rule| alerts.silence(&a.service, rule, now).is_some());
    alerts
        .waiting()
        .filter(|(_, a)| a.folded_into.is_none_or(is_untold) && !silenced(a))
        .filter(|(_, a)| a.unfolded_at.is_none_or(|at| at.checked_add(RECOVERY).is_ok_and(|end| end <= now)))
        .filter(|(_, a)| !announced(a))
        .map(|(id, _)| id)
        .collect()
}
