//! Facts for readiness checks, gathered from what the ledger holds.

use std::collections::BTreeSet;

use seaworthy_alert::{Alert, Change, Purpose, Rule};
use seaworthy_contract::catalogue::Service;
use seaworthy_contract::events::rollout::RevertCauseV1;
use seaworthy_model::{AlertId, Position, ServiceId, Timestamp};
use seaworthy_readiness::{Controlled, Drill, PagingRule, Revert, RevertTrigger};

use crate::State;
use crate::state::PageRecord;
use crate::step::CONTACTS;

/// Returns the reverts of a service that users were part of and every gateway confirmed, oldest first.
pub(crate) fn reverts(state: &State, service: &ServiceId) -> Vec<Revert> {
    let records = state.rollouts.values().filter(|record| record.service() == service);
    let mut reverts: Vec<Revert> = records
        .filter_map(|record| {
            let reverted = record.reverted.as_ref()?;
            let confirmed = record.confirmed.as_ref()?;
            let trigger = match reverted.event.cause {
                RevertCauseV1::Judge | RevertCauseV1::Guard => RevertTrigger::Machine,
                RevertCauseV1::Hand | RevertCauseV1::BreakGlass => RevertTrigger::Person,
                // No user met the version: nothing was reverted.
                RevertCauseV1::StartFailure => return None,
            };
            // Without a request there is no proof that a revert works.
            (confirmed.event.canary_requests > 0).then(|| Revert {
                version: record.version().to_string(),
                trigger,
                decided_at: reverted.at,
                confirmed_at: confirmed.at,
                took_s: confirmed.at.duration_since(reverted.at).as_secs_f64().max(0.0),
                from_first_bad_s: confirmed.event.first_bad_to_last_response_s,
                position: confirmed.position,
                gateways: confirmed.event.gateways.clone(),
            })
        })
        .collect();
    reverts.sort_by_key(|revert| revert.position);
    reverts
}

/// Returns the drills of a service that a person took and that have ended.
pub(crate) fn drills(state: &State, service: &ServiceId) -> Vec<Drill> {
    let of_it = |(_, a): &(&AlertId, &Alert)| a.purpose == Purpose::Drill && a.service == *service && !a.is_open();
    state.alerts.alerts.iter().filter(of_it).filter_map(|(id, drill)| followed(state, *id, drill)).collect()
}

fn followed(state: &State, id: AlertId, drill: &Alert) -> Option<Drill> {
    let page = state.pages.get(&drill.page?.0)?;
    let (taken_at, position) = reached(page)?;
    let mut rules = state.alerts.rules.iter();
    let after = |at: Timestamp| at.duration_since(drill.fired_at).as_secs_f64().max(0.0);
    Some(Drill {
        rule: rules.find(|(_, rule)| rule.firings.iter().any(|f| f.alert == id))?.0.clone(),
        paged_s: after(page.requested_at),
        delivered_s: page.delivered_at(CONTACTS).map(after),
        taken_s: after(taken_at),
        taken_at,
        position,
    })
}

fn reached(page: &PageRecord) -> Option<(Timestamp, Position)> {
    page.acknowledged.as_ref().map(|(at, _)| *at).zip(page.reached)
}

/// Returns the rules that may wake somebody for a service, with the last time that each did.
pub(crate) fn paging_rules(state: &State, service: &ServiceId) -> Vec<PagingRule> {
    let objectives = state.catalogue.objectives().filter(|o| o.service == *service);
    let probes = state.catalogue.probes().filter(|p| p.service == *service);
    let declared =
        objectives.map(|o| format!("objective/{}", o.name)).chain(probes.map(|p| format!("probe/{}", p.name)));
    let paged = |rule: &Rule| rule.firings.iter().any(|f| f.paged && speaks_of(state, f.alert, service));
    let told = state.alerts.rules.iter().filter(|(_, rule)| paged(rule)).map(|(name, _)| name.clone());
    let names: BTreeSet<String> = declared.chain(told).collect();
    let may_page = |name: &String| {
        let change = state.alerts.rules.get(name).and_then(|rule| rule.change).map(|(change, _)| change);
        !matches!(change, Some(Change::Demote | Change::Delete))
    };
    names
        .into_iter()
        .filter(may_page)
        .map(|name| PagingRule { reached: last_reached(state, &name, service), from_objective: false, name })
        .collect()
}

fn speaks_of(state: &State, alert: AlertId, service: &ServiceId) -> bool {
    state.alerts.alerts.get(&alert).is_some_and(|alert| alert.service == *service)
}

fn last_reached(state: &State, rule: &str, service: &ServiceId) -> Option<(Timestamp, Position)> {
    let firings = state.alerts.rules.get(rule)?.firings.iter().filter(|f| speaks_of(state, f.alert, service));
    let page = |alert| state.pages.get(&state.alerts.alerts.get(alert)?.page?.0);
    firings.filter_map(|f| reached(page(&f.alert)?)).max()
}

/// Returns the controls of a service that were seen to work, oldest first.
pub(crate) fn controls(state: &State, service: &ServiceId) -> Vec<Controlled> {
    let worked = state.controls_of(service).filter_map(|(_, record)| Some((record, record.worked()?)));
    worked
        .map(|(record, confirmed)| Controlled {
            kind: record.kind(),
            set_at: record.at,
            took_s: confirmed.event.took_s,
            from_first_bad_s: record
                .bad_since
                .map(|since| record.at.duration_since(since).as_secs_f64().max(0.0) + confirmed.event.took_s),
            drill: record.set.drill,
            position: confirmed.position,
            gateways: confirmed.event.gateways.clone(),
        })
        .collect()
}

/// Says whether a service calls another one or is called by one, as files say.
pub(crate) fn has_edges(state: &State, service: &ServiceId) -> bool {
    let calls = |entity: &Service| !entity.dependencies.is_empty();
    let is_called = |(entity, _): (&Service, _)| entity.dependencies.iter().any(|d| d.service == *service);
    state.catalogue.service(service).is_some_and(calls) || state.catalogue.services().any(is_called)
}
