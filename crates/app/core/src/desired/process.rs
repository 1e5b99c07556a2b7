//! The versions that should run, from state alone.

use seaworthy_contract::process::{Desired, Duty, Instance};
use seaworthy_model::VersionId;

use crate::State;
use crate::state::Serving;

/// Returns every version that should run: what serves, what is on trial, and what is kept warm.
pub fn desired_processes(state: &State) -> Desired {
    let mut instances = Vec::new();
    for (service, _) in state.catalogue.services() {
        let Some(serving) = state.serving.get(&service.name) else { continue };
        let dependencies: Vec<_> = service.dependencies.iter().map(|d| d.service.clone()).collect();
        instances.extend(wanted(state, serving).into_iter().filter_map(|(version, role)| {
            let launch = serving.versions.get(version)?.launch.clone();
            let dependencies = dependencies.clone();
            let duty = role.duty();
            Some(Instance { service: service.name.clone(), version: version.clone(), launch, dependencies, duty })
        }));
    }
    Desired { version: state.desired_version, instances }
}

/// What a version that should run is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It serves.
    Stable,
    /// It is on trial, or its last requests are ending.
    Canary,
    /// It could serve again at once.
    Warm,
}

impl Role {
    /// Returns how long its start is tried.
    fn duty(self) -> Duty {
        match self {
            Self::Canary => Duty::Trial,
            Self::Stable | Self::Warm => Duty::Serve,
        }
    }

    /// Returns the role's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Canary => "canary",
            Self::Warm => "warm",
        }
    }
}

/// Returns the versions of one service that should run, each once.
pub fn wanted<'a>(state: &'a State, serving: &'a Serving) -> Vec<(&'a VersionId, Role)> {
    let mut wanted: Vec<(&VersionId, Role)> = serving.stable.iter().map(|v| (v, Role::Stable)).collect();
    if let Some(record) = serving.latest.and_then(|id| state.rollouts.get(&id)) {
        let needed = [
            record.needs_canary().then_some((record.version(), Role::Canary)),
            record.warm_baseline().map(|version| (version, Role::Warm)),
        ];
        for (version, role) in needed.into_iter().flatten() {
            if !wanted.iter().any(|(v, _)| *v == version) {
                wanted.push((version, role));
            }
        }
    }
    wanted
}
