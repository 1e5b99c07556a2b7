//! The gateways' config, from state alone.

use seaworthy_contract::catalogue;
use seaworthy_contract::events::control::ControlV1;
use seaworthy_contract::gateway::{ArmConfig, Config, ControlConfig, RouteConfig, ServiceConfig, Upstream};
use seaworthy_model::{ControlId, ServiceId, VersionId};

use crate::State;
use crate::state::{ControlRecord, Serving};

/// Returns what every gateway should do. Its version is the position of the last event that changed it.
pub fn gateway_config(state: &State) -> Config {
    let routes = state
        .catalogue
        .services()
        .flat_map(|(service, _)| service.routes.iter().map(|route| route_config(&service.name, route)))
        .collect();
    let services = state
        .catalogue
        .services()
        .filter_map(|(service, _)| Some(service_config(state, &service.name, state.serving.get(&service.name)?)))
        .filter(|service| service.stable.is_some() || service.canary.is_some())
        .collect();
    let controls = state.controls_set().map(|(id, record)| control_config(state, *id, record)).collect();
    Config { version: state.config_version, routes, services, controls }
}

/// A health check passes a shutter: whoever asks it asks about the process, not about what customers are told. One that is
/// itself what customers come for does not.
fn control_config(state: &State, control: ControlId, record: &ControlRecord) -> ControlConfig {
    let mut what = record.set.what.clone();
    let service = state.catalogue.service(&record.set.service);
    if let (ControlV1::Shutter { paths, .. }, Some(service)) = (&mut what, service) {
        let health = service.run.as_ref().and_then(|run| run.health.clone());
        let is_own = |path: &String| !service.routes.iter().any(|route| route.path == *path);
        paths.extend(health.filter(is_own));
    }
    ControlConfig {
        control,
        service: record.set.service.clone(),
        route: record.set.route.clone(),
        what,
        until: record.until,
        drill: record.set.drill,
    }
}

/// Returns the name of a route in counts: `host/path`, `*` for every host.
pub fn route_name(route: &catalogue::Route) -> String {
    let host = route.hosts.first().map_or("*", String::as_str);
    format!("{host}{}", route.path)
}

fn route_config(service: &ServiceId, route: &catalogue::Route) -> RouteConfig {
    RouteConfig {
        name: route_name(route),
        hosts: route.hosts.clone(),
        path: route.path.clone(),
        service: service.clone(),
        sticky: route.sticky.clone(),
        timeout_ms: route.timeout_ms,
        attempt_timeout_ms: route.attempt_timeout_ms,
    }
}

fn service_config(state: &State, service: &ServiceId, serving: &Serving) -> ServiceConfig {
    let arm = |version: &VersionId| {
        let addresses = serving.address(version).map(str::to_owned).into_iter().collect();
        ArmConfig { version: version.clone(), addresses }
    };
    let canary =
        serving.latest.and_then(|id| state.rollouts.get(&id)).and_then(|record| {
            let share = record.share();
            (share > seaworthy_model::Share::ZERO && serving.stable.as_ref() != Some(record.version())).then(|| {
                Upstream { rollout: record.id(), step: record.step_position, arm: arm(record.version()), share }
            })
        });
    let stable = serving.stable.as_ref().filter(|version| serving.address(version).is_some()).map(arm);
    ServiceConfig { service: service.clone(), stable, canary }
}
