//! Shipping: what a request and the catalogue make of a version, and the rollout that begins.

use seaworthy_contract::api::ShipRequest;
use seaworthy_contract::catalogue::{Run, Service};
use seaworthy_contract::events::rollout::RolloutStartedV1;
use seaworthy_contract::events::version::VersionRegisteredV1;
use seaworthy_contract::process::{Launch, LaunchFrom};
use seaworthy_model::{RolloutId, ServiceId, Share, VersionId};
use seaworthy_rollout::Steps;

use super::fit::{duration, is_address, line, lines, variable};
use crate::{Cx, NewFact, Refusal, State};

/// Most variables, and most arguments, of one version; as in files.
pub(super) const ITEMS_MAX: usize = 256;

/// Most versions of one service that are remembered; a service that ships every hour fills them in a year.
const VERSIONS_MAX: usize = 10_000;

pub(super) fn ship(
    state: &State,
    service: &ServiceId,
    request: &ShipRequest,
    cx: &mut Cx,
) -> Result<Vec<NewFact>, Refusal> {
    let entity = state.catalogue.service(service).ok_or_else(|| Refusal::Unknown("service", service.to_string()))?;
    let version: VersionId = request.version.parse().map_err(|why| Refusal::Invalid("version", format!("{why}")))?;
    check_request(request)?;
    check_free(state, service, &version)?;
    let launch = launch(entity, &version, request)?;
    let registered = register(state, service, &version, &launch, request)?;
    let steps = match &request.steps {
        Some(shares) => shares.iter().map(|share| ratio(*share)).collect::<Result<Vec<_>, _>>()?,
        None => entity.rollout.steps.clone(),
    };
    let steps = Steps::new(&steps).map_err(|why| Refusal::Invalid("steps", why.to_string()))?;
    let rollout = RolloutId::new(cx.now, &mut cx.entropy);
    let started = RolloutStartedV1 {
        rollout,
        service: service.clone(),
        version,
        baseline: state.serving.get(service).and_then(|serving| serving.stable.clone()),
        steps: steps.as_slice().to_vec(),
        dwell_ms: request.dwell_ms.unwrap_or(entity.rollout.dwell_ms),
        requests_min: entity.rollout.requests_min,
        bake_ms: entity.rollout.bake_ms,
        start_timeout_ms: launch.start_timeout_ms,
    };
    Ok(registered.into_iter().chain([NewFact::new(format!("rollout/{rollout}"), started)]).collect())
}

/// What a request brings along is stored, shown, and handed to a process: nothing in it may break a line or a limit.
fn check_request(request: &ShipRequest) -> Result<(), Refusal> {
    for argument in request.command.iter().flatten() {
        lines("command", argument)?;
    }
    for (name, value) in &request.env {
        variable("env", name)?;
        lines("env", value)?;
    }
    request.commit.iter().try_for_each(|commit| line("commit", commit))?;
    request.dwell_ms.iter().try_for_each(|ms| duration("dwell_ms", *ms))
}

/// One change at a time: two canaries of one service could not be told apart by what users see.
fn check_free(state: &State, service: &ServiceId, version: &VersionId) -> Result<(), Refusal> {
    let Some(serving) = state.serving.get(service) else { return Ok(()) };
    let latest = serving.latest.and_then(|id| state.rollouts.get(&id));
    if let Some(record) = latest.filter(|record| !record.is_over() || record.is_reverting()) {
        let why = format!("{service} {} is still on its way", record.version());
        return Err(Refusal::State(why, "wait until it is promoted, or `seaworthy revert` it"));
    }
    if serving.stable.as_ref() == Some(version) {
        return Err(Refusal::State(format!("{service} {version} serves everybody already"), ""));
    }
    Ok(())
}

/// A version is immutable: the same name with another launch is refused, the same launch is no event.
fn register(
    state: &State,
    service: &ServiceId,
    version: &VersionId,
    launch: &Launch,
    request: &ShipRequest,
) -> Result<Option<NewFact>, Refusal> {
    match state.version(service, version) {
        Some(known) if known.launch == *launch => return Ok(None),
        Some(_) => {
            let why = format!("{service} {version} exists and is launched another way; a version never changes");
            return Err(Refusal::State(why, "give the new one another name"));
        }
        None => {}
    }
    if state.serving.get(service).is_some_and(|serving| serving.versions.len() >= VERSIONS_MAX) {
        return Err(Refusal::State(format!("{service} has {VERSIONS_MAX} versions already"), ""));
    }
    let event = VersionRegisteredV1 {
        service: service.clone(),
        version: version.clone(),
        launch: launch.clone(),
        commit: request.commit.clone(),
    };
    Ok(Some(NewFact::new(format!("service/{service}"), event)))
}

fn launch(service: &Service, version: &VersionId, request: &ShipRequest) -> Result<Launch, Refusal> {
    let run = service.run.clone().unwrap_or_else(|| default_run(service));
    let fill = |text: &String| text.replace("${version}", version.as_str());
    let command: Vec<String> = request.command.as_ref().unwrap_or(&run.command).iter().map(fill).collect();
    let from = match &request.address {
        Some(address) if is_address(address) => LaunchFrom::Address(address.clone()),
        Some(address) => {
            return Err(Refusal::Invalid("address", format!("\"{address}\" is not host:port, such as 127.0.0.1:9000")));
        }
        None if command.is_empty() => {
            let why = format!("{} declares no command, so a version needs a command or an address", service.name);
            return Err(Refusal::Invalid("command", why));
        }
        None => {
            let env = run.env.iter().chain(&request.env).map(|(key, value)| (key.clone(), fill(value))).collect();
            LaunchFrom::Command { command, env, directory: run.directory }
        }
    };
    if let LaunchFrom::Command { command, env, .. } = &from
        && (command.len() > ITEMS_MAX || env.len() > ITEMS_MAX)
    {
        return Err(Refusal::Invalid("command", format!("at most {ITEMS_MAX} arguments and variables")));
    }
    let (start_timeout_ms, stop_timeout_ms) = (run.start_timeout_ms, run.stop_timeout_ms);
    Ok(Launch { from, health: run.health, start_timeout_ms, stop_timeout_ms })
}

/// A service without `run` takes versions at addresses.
fn default_run(service: &Service) -> Run {
    serde_json::from_str("{}").unwrap_or_else(|_| unreachable!("every field of run has a default: {}", service.name))
}

fn ratio(share: f64) -> Result<Share, Refusal> {
    let points = (share * 10_000.0).round();
    let whole = (1.0..=10_000.0).contains(&points) && (points - share * 10_000.0).abs() < 1e-6;
    match whole {
        // In range as just checked.
        true => Share::from_basis_points(points as u16).map_err(|why| Refusal::Invalid("steps", why.to_string())),
        false => {
            Err(Refusal::Invalid("steps", format!("{share} is no share: a ratio over 0 and up to 1, such as 0.05")))
        }
    }
}
