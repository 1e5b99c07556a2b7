//! Services as outsiders see them.

use seaworthy_alert::{Alert, Urgency};
use seaworthy_contract::api::{DependencyView, Service, VersionState, VersionView};
use seaworthy_contract::catalogue;
use seaworthy_model::{ServiceId, Timestamp, VersionId};

use super::alert::counts;
use super::{Look, on_call, open_alerts};
use crate::desired::{Role, wanted};
use crate::state::{Declared, Health};
use crate::watch::FailedCheck;
use crate::watch::objectives::clock;

/// Returns a service.
pub fn service(look: &Look<'_>, name: &ServiceId) -> Option<Service> {
    let declared = look.state.catalogue.get("service", name.as_str())?;
    let entity = look.state.catalogue.service(name)?;
    Some(view(look, entity, declared))
}

/// Returns the service that a name which none has most likely means.
pub fn nearest_service(look: &Look<'_>, name: &str) -> Option<ServiceId> {
    let known = look.state.catalogue.services().map(|(service, _)| service.name.as_str());
    seaworthy_catalog::nearest(name, known)?.parse().ok()
}

/// Returns every service, by name.
pub fn services(look: &Look<'_>) -> Vec<Service> {
    look.state.catalogue.services().map(|(entity, declared)| view(look, entity, declared)).collect()
}

fn view(look: &Look<'_>, entity: &catalogue::Service, declared: &Declared) -> Service {
    let serving = look.state.serving.get(&entity.name);
    let live = serving
        .and_then(|s| s.latest)
        .filter(|id| look.state.rollouts.get(id).is_some_and(|record| !record.is_over() || record.is_reverting()));
    let on_call = on_call::view(look, entity);
    Service {
        name: entity.name.clone(),
        description: entity.description.clone(),
        owner: entity.owner.clone(),
        tier: entity.tier.into(),
        sentence: sentence(look, entity, on_call.is_some()),
        on_call,
        alerts: open_alerts(look, Some(&entity.name)),
        stable: serving.and_then(|s| s.stable.clone()),
        rollout: live,
        versions: versions(look, &entity.name),
        objectives: super::objective::briefs(look, &entity.name),
        failing_since: failing_since(look, &entity.name),
        routes: entity.routes.clone(),
        dependencies: entity.dependencies.iter().map(|d| dependency(look, &entity.name, d)).collect(),
        source: declared.source.clone(),
        declared_at: declared.at,
        position: declared.position,
    }
}

fn versions(look: &Look<'_>, service: &ServiceId) -> Vec<VersionView> {
    let Some(serving) = look.state.serving.get(service) else { return Vec::new() };
    let view = |(version, role): (&VersionId, Role)| {
        let record = serving.versions.get(version)?;
        let (state, since, reason) = match &record.health {
            Health::Unknown => (VersionState::Unknown, None, None),
            Health::Healthy { since, .. } => match failed_check(look, service, version) {
                Some(check) => (VersionState::Failing, Some(check.since), Some(&check.reason)),
                None => (VersionState::Healthy, Some(*since), None),
            },
            Health::Exited { at, how, .. } => (VersionState::Exited, Some(*at), Some(how)),
            Health::Failed { at, reason } => (VersionState::Failed, Some(*at), Some(reason)),
        };
        let serves = matches!(state, VersionState::Healthy | VersionState::Failing);
        let (address, reason) = (record.address.clone().filter(|_| serves), reason.cloned());
        Some(VersionView { version: version.clone(), role: role.word().to_owned(), state, address, since, reason })
    };
    wanted(look.state, serving).into_iter().filter_map(view).collect()
}

/// Returns how the health check of a version that was healthy fails now.
fn failed_check<'a>(look: &Look<'a>, service: &ServiceId, version: &VersionId) -> Option<&'a FailedCheck> {
    match &look.state.version(service, version)?.health {
        Health::Healthy { instance, .. } => look.watch.failed_checks.of(service, version, instance),
        _ => None,
    }
}

/// Returns whether a service is not well: somebody is to be woken for it, it fails its users, or what should serve them
/// is down or fails its health check.
pub(super) fn is_unwell(look: &Look<'_>, service: &ServiceId) -> bool {
    let stable = look.state.serving.get(service).and_then(|serving| serving.stable.as_ref());
    let is_down =
        |version| matches!(health(look, service, version), Some(Health::Exited { .. } | Health::Failed { .. }));
    worst(look, service).is_some()
        || failing_since(look, service).is_some()
        || stable.is_some_and(|version| is_down(version) || failed_check(look, service, version).is_some())
}

fn health<'a>(look: &Look<'a>, service: &ServiceId, version: &VersionId) -> Option<&'a Health> {
    look.state.version(service, version).map(|record| &record.health)
}

fn dependency(look: &Look<'_>, consumer: &ServiceId, declared: &catalogue::Dependency) -> DependencyView {
    let known = look.state.catalogue.service(&declared.service);
    let edge = (consumer.to_string(), declared.service.clone());
    DependencyView {
        service: declared.service.clone(),
        kind: declared.kind,
        known: known.is_some(),
        owner: known.map(|service| service.owner.clone()),
        calls_seen: look.watch.calls.get(&edge).copied().unwrap_or(0),
    }
}

/// Returns the oldest alert that wakes somebody for a service, and that is its own.
fn worst<'a>(look: &Look<'a>, service: &'a ServiceId) -> Option<&'a Alert> {
    let mine = look.state.alerts.open_of(service).map(|(_, alert)| alert);
    mine.filter(|a| counts(look, a) && a.urgency == Urgency::Page).min_by_key(|a| a.began_at)
}

/// Returns since when a service fails its users, as is seen within two seconds.
pub(super) fn failing_since(look: &Look<'_>, service: &ServiceId) -> Option<Timestamp> {
    look.watch.objectives.failing_since(service, look.now)
}

/// Is it well? Worst thing first; what nobody watches is said to be unknown.
fn sentence(look: &Look<'_>, entity: &catalogue::Service, somebody_on_call: bool) -> String {
    let name = &entity.name;
    if let Some(alert) = worst(look, name) {
        return format!("{name}: {}", alert.sentence.trim_end_matches('.')) + ".";
    }
    if let Some(since) = failing_since(look, name) {
        return format!("{name} fails most of what is asked of it since {}.", clock(since));
    }
    let Some(serving) = look.state.serving.get(name) else {
        return format!("{name} is known, but no version of it was shipped through Seaworthy.");
    };
    let latest = serving.latest.and_then(|id| look.state.rollouts.get(&id));
    match &serving.stable {
        Some(stable) if matches!(health(look, name, stable), Some(Health::Exited { .. } | Health::Failed { .. })) => {
            format!("{name} {stable} is down and is being started again.")
        }
        Some(stable) if failed_check(look, name, stable).is_some() => {
            let check = failed_check(look, name, stable).expect("checked in the guard");
            format!("{name} {stable} fails its health check since {}: {}.", clock(check.since), check.reason)
        }
        _ if latest.is_some_and(|record| record.is_reverting()) => {
            format!("{name} {} is being taken off its users.", latest.map_or("", |record| record.version().as_str()))
        }
        _ if latest.is_some_and(|record| !record.is_over()) => {
            let record = latest.expect("checked in the guard");
            format!("{name} {} serves {} of users.", record.version(), record.share())
        }
        None => format!("{name} serves nobody yet."),
        Some(stable) if !somebody_on_call => format!("{name} {stable} serves everybody, and nobody is on call."),
        Some(stable) => format!("{name} {stable} serves everybody."),
    }
}
