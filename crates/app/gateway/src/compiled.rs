//! The config as workers use it: checked as a whole, then immutable, shared by all workers.
//!
//! A config that holds one mistake is refused whole: half of a picture may send users where nobody wanted them.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use http::header::{COOKIE, HeaderName};
use seaworthy_contract::catalogue::Sticky;
use seaworthy_contract::events::control::ControlV1;
use seaworthy_contract::gateway::{ArmConfig, Config, ControlConfig, RouteConfig, ServiceConfig, Upstream};
use seaworthy_model::{Arm, ControlId, RolloutId, ServiceId, Share, VersionId};
use seaworthy_traffic::route::{Pattern, RouteError, Routes};

use crate::held::Held;
use crate::trial::{Off, Trial, TrialKey};

/// Longest whole request of a call to a service that has no route to say so.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Longest wait for response headers of such a call.
const CALL_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a config is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("the config is not readable: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("route \"{route}\": {error}")]
    Route { route: String, error: RouteError },
    #[error("route \"{route}\": \"{name}\" cannot be the name of a header or cookie")]
    Sticky { route: String, name: String },
    #[error("service \"{service}\", version \"{version}\": \"{address}\" is not host:port")]
    Address { service: ServiceId, version: VersionId, address: String },
    #[error("service \"{0}\" stands there twice")]
    Twice(ServiceId),
}

/// Where an instance listens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Address {
    Ip(SocketAddr),
    Name(Box<str>, u16),
}

impl Address {
    fn parse(text: &str) -> Option<Self> {
        if let Ok(address) = text.parse::<SocketAddr>() {
            return (address.port() != 0).then_some(Self::Ip(address));
        }
        let (host, port) = text.rsplit_once(':')?;
        let port = port.parse().ok().filter(|port| *port != 0)?;
        let is_name = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
        is_name.then(|| Self::Name(host.into(), port))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            Self::Name(host, port) => write!(f, "{host}:{port}"),
        }
    }
}

/// Where the user key is.
#[derive(Debug, Clone)]
pub(crate) enum Key {
    Header(HeaderName),
    Cookie(Box<str>),
}

impl Key {
    fn parse(sticky: &Sticky, route: &str) -> Result<Self, Refused> {
        let bad = |name: &str| Refused::Sticky { route: route.to_owned(), name: name.to_owned() };
        match sticky {
            Sticky::Header(name) => name.parse().map(Self::Header).map_err(|_| bad(name)),
            // A cookie name is a token, as a header name is (RFC 6265 §4.1.1).
            Sticky::Cookie(name) => {
                name.parse::<HeaderName>().map_err(|_| bad(name))?;
                Ok(Self::Cookie(name.as_str().into()))
            }
        }
    }

    /// Finds the user key in a request's headers.
    pub(crate) fn find<'a>(&self, headers: &'a http::HeaderMap) -> Option<&'a [u8]> {
        match self {
            Self::Header(name) => headers.get(name).map(HeaderValue::as_bytes).filter(|value| !value.is_empty()),
            Self::Cookie(name) => headers
                .get_all(COOKIE)
                .iter()
                .filter_map(|value| value.to_str().ok())
                .find_map(|value| seaworthy_traffic::split::cookie(value, name))
                .map(str::as_bytes),
        }
    }
}

/// How requests reach a service.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    pub(crate) key: Option<Key>,
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
}

#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) name: String,
    /// Index of the service; none while it has no version to serve.
    pub(crate) service: Option<usize>,
    pub(crate) reach: Reach,
    /// Shutters and throttles that its requests meet.
    pub(crate) controls: Vec<Arc<Held>>,
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) id: ServiceId,
    pub(crate) stable: Option<ArmSpec>,
    pub(crate) canary: Option<Canary>,
    /// For calls of other services: as its first route, but never by cookie.
    pub(crate) reach: Reach,
    /// Isolations and throttles that calls of other services meet.
    pub(crate) controls: Vec<Arc<Held>>,
}

impl Service {
    pub(crate) fn arm(&self, arm: Arm) -> Option<&ArmSpec> {
        match arm {
            Arm::Stable => self.stable.as_ref(),
            Arm::Canary => self.canary.as_ref().map(|canary| &canary.arm),
        }
    }
}

/// One version with at least one address.
#[derive(Debug)]
pub(crate) struct ArmSpec {
    pub(crate) version: VersionId,
    /// The version, ready for a response header.
    pub(crate) header: HeaderValue,
    pub(crate) addresses: Vec<Address>,
}

#[derive(Debug)]
pub(crate) struct Canary {
    pub(crate) arm: ArmSpec,
    pub(crate) share: Share,
    pub(crate) trial: Arc<Trial>,
}

/// Everything a worker needs to decide about a request.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    /// As it came; none before the first.
    pub(crate) config: Option<Config>,
    pub(crate) table: Routes,
    pub(crate) routes: Vec<Route>,
    pub(crate) services: Vec<Service>,
    pub(crate) by_name: HashMap<ServiceId, usize>,
    /// Every control in force, those set on this gateway's own socket included.
    pub(crate) controls: Vec<Arc<Held>>,
}

/// What was done on the gateway's own socket and is in force.
#[derive(Debug, Default)]
pub(crate) struct ByHand {
    /// Rollouts whose canary is off.
    pub(crate) broken: HashMap<ServiceId, RolloutId>,
    /// Controls that the control plane does not name yet.
    pub(crate) controls: Vec<ControlConfig>,
    /// Controls that it still names.
    pub(crate) cleared: HashSet<ControlId>,
}

impl Compiled {
    /// Compiles a config. Canaries that were there before keep their guard and their users; those of a rollout that
    /// was reverted by hand are off from the start. Controls that were there before go on.
    ///
    /// # Errors
    /// When anything in it cannot be used.
    pub(crate) fn new(config: Config, previous: &Self, by_hand: &ByHand) -> Result<Self, Refused> {
        let patterns = config.routes.iter().map(|route| Pattern { hosts: &route.hosts, path: &route.path });
        let table = Routes::build(patterns)
            .map_err(|error| Refused::Route { route: refused_route(&config.routes, &error), error })?;
        let mut compiled = Self { table, ..Self::default() };
        for service in &config.services {
            compiled.add_service(service, &config, previous, &by_hand.broken)?;
        }
        for route in &config.routes {
            let service = compiled.by_name.get(&route.service).copied();
            compiled.routes.push(Route {
                name: route.name.clone(),
                service,
                reach: reach(route)?,
                controls: Vec::new(),
            });
        }
        compiled.hold(&config, previous, by_hand);
        compiled.config = Some(config);
        Ok(compiled)
    }

    fn add_service(
        &mut self,
        service: &ServiceConfig,
        config: &Config,
        previous: &Self,
        broken: &HashMap<ServiceId, RolloutId>,
    ) -> Result<(), Refused> {
        let id = service.service.clone();
        let stable = service.stable.as_ref().map(|arm| arm_spec(&id, arm)).transpose()?.flatten();
        let canary = service.canary.as_ref().map(|canary| canary_spec(&id, canary, previous, broken));
        let canary = canary.transpose()?.flatten();
        let first_route = config.routes.iter().find(|route| route.service == id);
        if self.by_name.insert(id.clone(), self.services.len()).is_some() {
            return Err(Refused::Twice(id));
        }
        self.services.push(Service { id, stable, canary, reach: call_reach(first_route)?, controls: Vec::new() });
        Ok(())
    }

    /// Puts every control where its requests come by. One whose route or service is not there holds nothing back, and is no
    /// reason to refuse a config.
    fn hold(&mut self, config: &Config, previous: &Self, by_hand: &ByHand) {
        let ours = by_hand.controls.iter().filter(|c| !config.controls.iter().any(|known| known.control == c.control));
        for control in config.controls.iter().chain(ours).filter(|c| !by_hand.cleared.contains(&c.control)) {
            let before = previous.controls.iter().find(|held| held.id() == control.control);
            let held = Arc::new(Held::new(control.clone(), before.map(Arc::as_ref)));
            self.place(config, &held);
            self.controls.push(held);
        }
        // Whoever is told to stay away at all is not counted against a rate.
        let order = |held: &Arc<Held>| held.config.what.kind();
        self.routes.iter_mut().for_each(|route| route.controls.sort_by_key(order));
        self.services.iter_mut().for_each(|service| service.controls.sort_by_key(|held| Reverse(order(held))));
    }

    fn place(&mut self, config: &Config, held: &Arc<Held>) {
        let control = &held.config;
        if let ControlV1::Isolate { dependency, .. } = &control.what {
            let service = self.by_name.get(dependency).copied();
            service.into_iter().for_each(|index| self.services[index].controls.push(held.clone()));
            return;
        }
        let routes = self.routes.iter_mut().zip(&config.routes).filter(|(_, route)| route.service == control.service);
        let mine = routes.filter(|(_, route)| control.route.as_ref().is_none_or(|name| *name == route.name));
        mine.for_each(|(route, _)| route.controls.push(held.clone()));
        // A throttle protects the service from whoever asks; a shutter is for customers.
        let is_for_calls = matches!(control.what, ControlV1::Throttle { .. }) && control.route.is_none();
        if let Some(index) = self.by_name.get(&control.service).filter(|_| is_for_calls) {
            self.services[*index].controls.push(held.clone());
        }
    }

    pub(crate) fn version(&self) -> u64 {
        self.config.as_ref().map_or(0, |config| config.version)
    }

    pub(crate) fn service(&self, name: &str) -> Option<&Service> {
        self.by_name.get(name).map(|index| &self.services[*index])
    }

    fn trial(&self, key: &TrialKey) -> Option<&Arc<Trial>> {
        let canary = self.service(key.service.as_str())?.canary.as_ref()?;
        (canary.trial.key == *key).then_some(&canary.trial)
    }
}

/// Names the route an error is about; the error itself holds the offending text.
fn refused_route(routes: &[RouteConfig], error: &RouteError) -> String {
    let is_it = |route: &&RouteConfig| match error {
        RouteError::Path(path) => route.path == *path,
        RouteError::Host(host) => route.hosts.contains(host),
    };
    routes.iter().find(is_it).map(|route| route.name.clone()).unwrap_or_default()
}

fn reach(route: &RouteConfig) -> Result<Reach, Refused> {
    let key = route.sticky.as_ref().map(|sticky| Key::parse(sticky, &route.name)).transpose()?;
    let timeout = Duration::from_millis(route.timeout_ms);
    Ok(Reach { key, timeout, attempt_timeout: Duration::from_millis(route.attempt_timeout_ms).min(timeout) })
}

fn call_reach(first_route: Option<&RouteConfig>) -> Result<Reach, Refused> {
    let Some(route) = first_route else {
        return Ok(Reach { key: None, timeout: CALL_TIMEOUT, attempt_timeout: CALL_ATTEMPT_TIMEOUT });
    };
    let reach = reach(route)?;
    Ok(Reach { key: reach.key.filter(|key| matches!(key, Key::Header(_))), ..reach })
}

/// A version without any address is as good as none.
fn arm_spec(service: &ServiceId, arm: &ArmConfig) -> Result<Option<ArmSpec>, Refused> {
    let parse = |text: &String| {
        let bad = || Refused::Address { service: service.clone(), version: arm.version.clone(), address: text.clone() };
        Address::parse(text).ok_or_else(bad)
    };
    let addresses = arm.addresses.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let header = HeaderValue::from_str(arm.version.as_str()).expect("a version's characters may stand in a header");
    Ok((!addresses.is_empty()).then(|| ArmSpec { version: arm.version.clone(), header, addresses }))
}

fn canary_spec(
    service: &ServiceId,
    canary: &Upstream,
    previous: &Compiled,
    broken: &HashMap<ServiceId, RolloutId>,
) -> Result<Option<Canary>, Refused> {
    let Some(arm) = arm_spec(service, &canary.arm)? else { return Ok(None) };
    let key =
        TrialKey { service: service.clone(), version: arm.version.clone(), rollout: canary.rollout, step: canary.step };
    let trial = previous.trial(&key).cloned().unwrap_or_else(|| Arc::new(Trial::new(key)));
    if broken.get(service) == Some(&canary.rollout) {
        trial.take_off(Off::BreakGlass);
    }
    Ok(Some(Canary { arm, share: canary.share, trial }))
}
