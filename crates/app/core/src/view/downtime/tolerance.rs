//! What the business tolerates, what follows from it along hard dependencies, and what does not add up.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use seaworthy_contract::api::{ToleranceContradiction, ToleranceDemand, ToleranceOf};
use seaworthy_contract::catalogue::{self, DependencyKind, Entity};
use seaworthy_downtime::tolerance::{Contradiction, Demand, HardDependency, Looser, Planned, Tolerance, Tolerances};
use seaworthy_model::ServiceId;

use crate::state::WindowRecord;
use crate::view::Look;

/// Contradictions of one answer: more are not read, and the first ones are the ones to mend.
const CONTRADICTIONS_MAX: usize = 100;

/// What was promised, and what follows.
pub(crate) struct Promises {
    said: BTreeMap<ServiceId, catalogue::Tolerance>,
    tolerances: Tolerances,
    /// Work that is planned where none is tolerated.
    planned: Vec<ToleranceContradiction>,
}

impl Promises {
    pub(crate) fn new(look: &Look<'_>) -> Self {
        let said: BTreeMap<ServiceId, catalogue::Tolerance> = look.state.catalogue.iter().filter_map(said).collect();
        let stated: Vec<Tolerance> = said.values().map(stated).collect();
        let tolerances = Tolerances::new(&stated, &hard(look));
        let planned = look.state.downtime.windows();
        let planned = planned.filter_map(|window| planned_all_the_same(window, &said, &tolerances)).collect();
        Self { said, tolerances, planned }
    }

    /// Returns what holds for a service.
    pub(super) fn of(&self, service: &ServiceId) -> ToleranceOf {
        let demand = |demand: Demand| ToleranceDemand { planned: shown(&demand.planned), path: demand.path };
        let demands = self.tolerances.demands(service).into_iter().map(demand).collect();
        ToleranceOf { said: self.said.get(service).cloned(), demands }
    }

    /// Returns what would not add up with a window.
    pub(super) fn broken_by(&self, window: &WindowRecord) -> Option<String> {
        planned_all_the_same(window, &self.said, &self.tolerances).map(|found| found.sentence)
    }

    /// Says in a sentence which hard dependency of a service may surely be away for longer than it may itself: the one
    /// that may for longest.
    pub(crate) fn looser_than(&self, service: &ServiceId) -> Vec<String> {
        let found = self.tolerances.leans_on(service).filter(|found| found.looser == Looser::Yes);
        found.iter().map(|found| contradiction(found).sentence).collect()
    }

    /// Says in sentences which work was planned for a service of which none is tolerated.
    pub(crate) fn planned_against(&self, service: &ServiceId) -> Vec<String> {
        let is_its = |found: &&ToleranceContradiction| found.path.last() == Some(service);
        self.planned.iter().filter(is_its).map(|found| found.sentence.clone()).collect()
    }

    /// Returns what does not add up, of one service where it is named: wherever it stands in the path.
    pub(super) fn contradictions(&self, service: Option<&ServiceId>) -> Vec<ToleranceContradiction> {
        let is_of = |path: &[ServiceId]| service.is_none_or(|service| path.contains(service));
        let looser = self.tolerances.contradictions().into_iter().filter(|found| is_of(&found.path));
        let planned = self.planned.iter().filter(|found| is_of(&found.path)).cloned();
        looser.map(|found| contradiction(&found)).chain(planned).take(CONTRADICTIONS_MAX).collect()
    }
}

fn said(declared: &crate::state::Declared) -> Option<(ServiceId, catalogue::Tolerance)> {
    match &declared.entity {
        Entity::Tolerance(tolerance) => Some((tolerance.service.clone(), tolerance.clone())),
        _ => None,
    }
}

fn stated(said: &catalogue::Tolerance) -> Tolerance {
    let planned = match &said.planned {
        catalogue::Planned::None => Planned::None,
        catalogue::Planned::HoursPerMonth(hours) => Planned::HoursPerMonth(*hours),
        catalogue::Planned::Window { when, zone } => Planned::Window { when: when.clone(), zone: zone.clone() },
    };
    Tolerance { service: said.service.clone(), planned, by: said.by.clone(), since: said.since }
}

fn shown(planned: &Planned) -> catalogue::Planned {
    match planned {
        Planned::None => catalogue::Planned::None,
        Planned::HoursPerMonth(hours) => catalogue::Planned::HoursPerMonth(*hours),
        Planned::Window { when, zone } => catalogue::Planned::Window { when: when.clone(), zone: zone.clone() },
    }
}

fn hard<'a>(look: &Look<'a>) -> Vec<HardDependency<'a>> {
    let of = |(service, _): (&'a catalogue::Service, _)| {
        let needed = service.dependencies.iter().filter(|needed| needed.kind == DependencyKind::Hard);
        needed.map(|needed| HardDependency { consumer: &service.name, dependency: &needed.service })
    };
    look.state.catalogue.services().flat_map(of).collect()
}

fn contradiction(found: &Contradiction) -> ToleranceContradiction {
    let (Some(consumer), Some(needed)) = (found.path.first(), found.path.last()) else {
        unreachable!("a path has both of its ends")
    };
    let through = match found.path.len() {
        ..=2 => String::new(),
        _ => format!(" (by way of {})", join(&found.path[1..found.path.len() - 1])),
    };
    let (asked, allowed) = (words(&found.asked), words(&found.allowed));
    let tail = if found.looser == Looser::CannotSay { "; which is looser cannot be said" } else { "" };
    ToleranceContradiction {
        sentence: format!("{consumer} tolerates {asked}, but needs {needed}{through}, which may plan {allowed}{tail}."),
        asked: shown(&found.asked),
        allowed: Some(shown(&found.allowed)),
        certain: found.looser == Looser::Yes,
        path: found.path.clone(),
        window: None,
    }
}

/// A window that plans something for a service of which none is tolerated, by its own word or a consumer's.
fn planned_all_the_same(
    window: &WindowRecord,
    said: &BTreeMap<ServiceId, catalogue::Tolerance>,
    tolerances: &Tolerances,
) -> Option<ToleranceContradiction> {
    let announced = &window.announced;
    let demand = tolerances.none_asked(&announced.service)?;
    let asks = said.get(demand.path.first()?)?;
    let day = announced.start.to_zoned(TimeZone::UTC).date();
    if window.never_began() || window.announced_at >= announced.start || day < asks.since {
        return None;
    }
    let who = if asks.service == announced.service { "it tolerates" } else { "what needs it tolerates" };
    Some(ToleranceContradiction {
        sentence: format!("{} has work planned on {day}, but {who} none since {}.", announced.service, asks.since),
        asked: catalogue::Planned::None,
        allowed: None,
        certain: true,
        path: demand.path,
        window: Some(announced.window),
    })
}

fn join(path: &[ServiceId]) -> String {
    path.iter().map(ServiceId::as_str).collect::<Vec<_>>().join(", ")
}

/// How much, as the end of a sentence.
fn words(planned: &Planned) -> String {
    match planned {
        Planned::None => "no planned downtime".to_owned(),
        Planned::HoursPerMonth(hours) => format!("{hours} h a month"),
        Planned::Window { when, zone } => format!("{when} ({zone})"),
    }
}
