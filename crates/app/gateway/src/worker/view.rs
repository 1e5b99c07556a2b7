//! The config as one worker sees it: the shared part, this worker's connections to each version and its counters.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use seaworthy_model::{Arm, ServiceId};
use seaworthy_traffic::net::Budget;
use seaworthy_traffic::split::{Arms, Trial as Split};

use crate::compiled::{ArmSpec, Compiled, Reach};
use crate::row::{Row, RowKey};
use crate::shared::Shared;
use crate::worker::pool::Endpoint;

/// How a request came to a service: by a route, or called by another service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    Route(usize),
    /// The caller's index; none for a caller that the config does not know.
    Call(Option<usize>),
}

/// One service's part of a view.
pub(crate) struct ServiceView {
    pub(crate) stable: Option<ArmView>,
    pub(crate) canary: Option<ArmView>,
    pub(crate) budget: Rc<RefCell<Budget>>,
    /// Made when a call is first seen: callers times services would be too many to make ahead.
    call_rows: RefCell<CallRows>,
}

/// Counters by the caller's index and the arm.
type CallRows = HashMap<(Option<usize>, Arm), Arc<Row>>;

impl ServiceView {
    pub(crate) fn arm(&self, arm: Arm) -> Option<&ArmView> {
        match arm {
            Arm::Stable => self.stable.as_ref(),
            Arm::Canary => self.canary.as_ref(),
        }
    }
}

/// The instances of a version, taken in turn.
pub(crate) struct ArmView {
    endpoints: Vec<Rc<Endpoint>>,
    next: Cell<usize>,
}

impl ArmView {
    /// Returns the instance whose turn it is.
    pub(crate) fn next(&self) -> &Rc<Endpoint> {
        let turn = self.next.get();
        self.next.set(turn.wrapping_add(1));
        &self.endpoints[turn % self.endpoints.len()]
    }

    pub(crate) fn len(&self) -> usize {
        self.endpoints.len()
    }
}

#[derive(Default)]
struct RouteRows {
    stable: OnceCell<Arc<Row>>,
    canary: OnceCell<Arc<Row>>,
}

pub(crate) struct View {
    pub(crate) compiled: Arc<Compiled>,
    services: Vec<ServiceView>,
    routes: Vec<RouteRows>,
    shared: Arc<Shared>,
}

impl View {
    /// Builds the view of a config. Connections and budgets of the view before are taken over.
    pub(crate) fn new(compiled: Arc<Compiled>, shared: Arc<Shared>, before: Option<&Self>, workers: usize) -> Self {
        let mut endpoints = before.map(Self::endpoints).unwrap_or_default();
        let mut arm = |spec: &ArmSpec| ArmView {
            endpoints: spec
                .addresses
                .iter()
                .map(|at| endpoints.entry(at.clone()).or_insert_with(|| Rc::new(Endpoint::new(at.clone()))).clone())
                .collect(),
            next: Cell::new(0),
        };
        let services = compiled
            .services
            .iter()
            .map(|service| ServiceView {
                stable: service.stable.as_ref().map(&mut arm),
                canary: service.canary.as_ref().map(|canary| arm(&canary.arm)),
                budget: before
                    .and_then(|view| view.budget(&service.id))
                    .unwrap_or_else(|| Rc::new(RefCell::new(Budget::new(workers, shared.now_ms())))),
                call_rows: RefCell::default(),
            })
            .collect();
        let routes = compiled.routes.iter().map(|_| RouteRows::default()).collect();
        Self { compiled, services, routes, shared }
    }

    pub(crate) fn service(&self, index: usize) -> &ServiceView {
        &self.services[index]
    }

    pub(crate) fn reach(&self, way: &Way, service: usize) -> &Reach {
        match way {
            Way::Route(route) => &self.compiled.routes[*route].reach,
            Way::Call(_) => &self.compiled.services[service].reach,
        }
    }

    /// What a service has at this moment, for the split.
    pub(crate) fn arms(&self, service: usize) -> Arms {
        let service = &self.compiled.services[service];
        let canary = service.canary.as_ref();
        Arms {
            stable: service.stable.is_some(),
            canary: canary.map(|canary| Split { share: canary.share, off: canary.trial.off().is_some() }),
        }
    }

    pub(crate) fn has_stable(&self, service: &ServiceId) -> bool {
        self.compiled.service(service.as_str()).is_some_and(|service| service.stable.is_some())
    }

    /// Returns the counters of a way into a service and an arm that it has.
    pub(crate) fn row(&self, way: &Way, service: usize, arm: Arm) -> Arc<Row> {
        let make = || self.shared.new_row(self.row_key(way, service, arm));
        match way {
            Way::Route(route) => {
                let rows = &self.routes[*route];
                let cell = if arm == Arm::Canary { &rows.canary } else { &rows.stable };
                cell.get_or_init(make).clone()
            }
            Way::Call(caller) => {
                self.services[service].call_rows.borrow_mut().entry((*caller, arm)).or_insert_with(make).clone()
            }
        }
    }

    fn row_key(&self, way: &Way, service: usize, arm: Arm) -> RowKey {
        let route = match way {
            Way::Route(route) => self.compiled.routes[*route].name.clone(),
            Way::Call(Some(caller)) => format!("from/{}", self.compiled.services[*caller].id),
            Way::Call(None) => "from/unknown".to_owned(),
        };
        let service = &self.compiled.services[service];
        let version = service.arm(arm).expect("a row is asked for an arm that was assigned").version.clone();
        let canary = service.canary.as_ref().filter(|_| arm == Arm::Canary);
        RowKey {
            service: service.id.clone(),
            route,
            version,
            arm,
            config: self.compiled.version(),
            rollout: canary.map(|canary| canary.trial.key.rollout),
        }
    }

    /// Closes upstream connections that were idle for too long.
    pub(crate) fn close_idle(&self) {
        self.endpoints().values().for_each(|endpoint| endpoint.close_idle());
    }

    fn endpoints(&self) -> HashMap<crate::compiled::Address, Rc<Endpoint>> {
        let arms = self.services.iter().flat_map(|service| service.stable.iter().chain(&service.canary));
        arms.flat_map(|arm| &arm.endpoints).map(|endpoint| (endpoint.address.clone(), endpoint.clone())).collect()
    }

    fn budget(&self, service: &ServiceId) -> Option<Rc<RefCell<Budget>>> {
        let index = self.compiled.by_name.get(service)?;
        Some(self.services[*index].budget.clone())
    }
}
