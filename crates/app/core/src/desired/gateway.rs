//! The gateways' config, from state alone.

use seaworthy_contract::catalogue;
use seaworthy_contract::gateway::{ArmConfig, Config, RouteConfig, ServiceConfig, Upstream};
use seaworthy_model::{ServiceId, VersionId};

use crate::State;
use crate::state::Serving;

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
    Config { version: state.config_version, routes, services }
}

fn route_config(service: &ServiceId, route: &catalogue::Route) -> RouteConfig {
    let host = route.hosts.first().map_or("*", String::as_str);
    RouteConfig {
        name: format!("{host}{}", route.path),
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
