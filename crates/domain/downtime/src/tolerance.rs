//! Planned downtime that the business puts up with, along hard dependencies: what a service needs is as strict as the
//! strictest that needs it (PRACTICES DWN-04, DWN-13).
//!
//! Hours and windows cannot be put in one order (two hours at any time, or any time on Sunday night?), so a service may
//! have to keep to several demands at once. A demand of none needs no other beside it.

use std::collections::{BTreeMap, VecDeque};

use jiff::civil::Date;
use seaworthy_model::ServiceId;

/// How much planned downtime is tolerated.
#[derive(Debug, Clone, PartialEq)]
pub enum Planned {
    /// None at all.
    None,
    /// So many hours a month, above 0.
    HoursPerMonth(f64),
    /// In this window only, in words, with its IANA time zone.
    Window {
        /// In words that people plan by.
        when: String,
        /// IANA time zone.
        zone: String,
    },
}

impl Planned {
    /// Returns whether keeping to `self` may break `demand`.
    pub fn is_looser_than(&self, demand: &Self) -> Looser {
        match (self, demand) {
            (Self::None, _) => Looser::No,
            (_, Self::None) => Looser::Yes,
            (Self::HoursPerMonth(own), Self::HoursPerMonth(asked)) if own <= asked => Looser::No,
            (Self::HoursPerMonth(_), _) => Looser::Yes,
            (own @ Self::Window { .. }, asked @ Self::Window { .. }) if own == asked => Looser::No,
            (Self::Window { .. }, Self::Window { .. }) => Looser::Yes,
            (Self::Window { .. }, Self::HoursPerMonth(_)) => Looser::CannotSay,
        }
    }
}

/// Whether one tolerance is looser than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looser {
    /// Who keeps to it keeps to the other.
    No,
    /// It allows what the other forbids.
    Yes,
    /// A window against hours: how many hours the window has in a month stands in words only.
    CannotSay,
}

/// What the business said of one service.
#[derive(Debug, Clone, PartialEq)]
pub struct Tolerance {
    /// The service.
    pub service: ServiceId,
    /// How much.
    pub planned: Planned,
    /// Who said so, by role.
    pub by: String,
    /// Since when.
    pub since: Date,
}

/// A dependency that its consumer cannot serve without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HardDependency {
    /// Who needs it.
    pub consumer: ServiceId,
    /// What is needed.
    pub dependency: ServiceId,
}

/// What somebody's tolerance asks of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// How much planned downtime is left to it.
    pub planned: Planned,
    /// From who asks down to the service itself, both included; one name where it is the service's own word.
    pub path: Vec<ServiceId>,
}

/// A consumer that leans hard on something looser than itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Contradiction {
    /// What the consumer was promised.
    pub asked: Planned,
    /// What its dependency is allowed.
    pub allowed: Planned,
    /// Whether that is certainly looser; never [`Looser::No`].
    pub looser: Looser,
    /// From consumer to dependency, both included: the shortest way.
    pub path: Vec<ServiceId>,
}

/// Tolerance of all services, and who needs whom.
#[derive(Debug, Clone)]
pub struct Tolerances<'a> {
    stated: BTreeMap<&'a ServiceId, &'a Tolerance>,
    needs: BTreeMap<&'a ServiceId, Vec<&'a ServiceId>>,
}

impl<'a> Tolerances<'a> {
    /// Takes what was said (the last word on a service counts) and the hard dependencies, in which cycles may be.
    pub fn new(stated: &'a [Tolerance], hard: &'a [HardDependency]) -> Self {
        let mut needs: BTreeMap<&ServiceId, Vec<&ServiceId>> = BTreeMap::new();
        for edge in hard {
            needs.entry(&edge.consumer).or_default().push(&edge.dependency);
        }
        Self { stated: stated.iter().map(|tolerance| (&tolerance.service, tolerance)).collect(), needs }
    }

    /// Returns what a service has to keep to, its own word first: none alone where anybody asks for none, else the fewest
    /// hours, and each window once. Empty where nobody said anything.
    pub fn demands(&self, service: &ServiceId) -> Vec<Demand> {
        let own =
            self.stated.get(service).map(|own| Demand { planned: own.planned.clone(), path: vec![service.clone()] });
        let others = self.stated.values().filter(|tolerance| &tolerance.service != service).filter_map(|tolerance| {
            let path = self.ways(&tolerance.service).remove(service)?;
            Some(Demand { planned: tolerance.planned.clone(), path })
        });
        strictest(own.into_iter().chain(others).collect())
    }

    /// Returns the demands of every service on which anybody's word falls: each word's ways are walked once.
    pub fn all_demands(&self) -> BTreeMap<ServiceId, Vec<Demand>> {
        let mut all: BTreeMap<ServiceId, Vec<Demand>> = BTreeMap::new();
        for (service, tolerance) in &self.stated {
            let demand = |path| Demand { planned: tolerance.planned.clone(), path };
            // A service's own word stands first, whoever else asks for the same.
            all.entry((*service).clone()).or_default().insert(0, demand(vec![(*service).clone()]));
            for (needed, path) in self.ways(service) {
                all.entry(needed.clone()).or_default().push(demand(path));
            }
        }
        all.into_iter().map(|(service, demands)| (service, strictest(demands))).collect()
    }

    /// Returns each pair of a consumer and a hard dependency, near or far, that is allowed more than the consumer.
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        for tolerance in self.stated.values() {
            for (service, path) in self.ways(&tolerance.service) {
                let Some(theirs) = self.stated.get(service) else { continue };
                let looser = theirs.planned.is_looser_than(&tolerance.planned);
                if looser != Looser::No {
                    let (asked, allowed) = (tolerance.planned.clone(), theirs.planned.clone());
                    found.push(Contradiction { asked, allowed, looser, path });
                }
            }
        }
        found
    }

    /// Shortest ways from a service to everything it needs hard, itself left out. Each service is visited once, so
    /// cycles end.
    fn ways(&self, from: &'a ServiceId) -> BTreeMap<&'a ServiceId, Vec<ServiceId>> {
        let mut ways: BTreeMap<&ServiceId, Vec<ServiceId>> = BTreeMap::from([(from, vec![from.clone()])]);
        let mut queue = VecDeque::from([from]);
        while let Some(at) = queue.pop_front() {
            for next in self.needs.get(at).into_iter().flatten() {
                if !ways.contains_key(next) {
                    let way = ways[at].iter().cloned().chain([(*next).clone()]).collect();
                    ways.insert(next, way);
                    queue.push_back(next);
                }
            }
        }
        ways.remove(from);
        ways
    }
}

/// Drops every demand that another one covers; of equals the first stays.
fn strictest(demands: Vec<Demand>) -> Vec<Demand> {
    let mut kept: Vec<Demand> = Vec::new();
    for demand in demands {
        if kept.iter().any(|other| covers(&other.planned, &demand.planned)) {
            continue;
        }
        kept.retain(|other| !covers(&demand.planned, &other.planned));
        kept.push(demand);
    }
    kept
}

fn covers(one: &Planned, other: &Planned) -> bool {
    one.is_looser_than(other) == Looser::No
}
