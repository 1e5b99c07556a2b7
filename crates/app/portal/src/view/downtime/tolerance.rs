//! What the business tolerates, and what does not add up.

use jiff::civil::Date;
use seaworthy_contract::api::{ToleranceContradiction, ToleranceDemand, ToleranceOf};
use seaworthy_contract::catalogue::Planned;
use seaworthy_model::ServiceId;

use super::DowntimeFacts;
use crate::part::Chip;

/// Rows of the page.
const ROWS_MAX: usize = 12;

/// A promise, or what stands against one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToleranceRow {
    /// What it is.
    pub chip: Chip,
    /// In one sentence.
    pub title: String,
    /// From who asks to whom it falls on; empty where it is a service's own word.
    pub path: Vec<String>,
}

/// Returns what holds for the chosen function's service, and everything that does not add up.
pub(super) fn rows(facts: &DowntimeFacts<'_>) -> Vec<ToleranceRow> {
    let function = facts.function();
    let tolerance = function.map(|function| function.tolerance.clone()).unwrap_or_default();
    let service = function.map(|function| function.service.clone());
    let own = tolerance.demands.iter().filter_map(|demand| Some(demanded(service.as_ref()?, demand, &tolerance)));
    let broken = facts.months.contradictions.iter().map(contradiction);
    own.chain(broken).take(ROWS_MAX).collect()
}

fn demanded(service: &ServiceId, demand: &ToleranceDemand, tolerance: &ToleranceOf) -> ToleranceRow {
    let own = tolerance.said.as_ref().filter(|_| demand.path.len() == 1);
    let (chip, whose) = match own {
        Some(said) => (Chip::ok("said"), format!("said by the {} on {}", said.by, said.since.strftime("%-d %b %Y"))),
        None => (Chip::waits("inherited"), "asked by what needs it".to_owned()),
    };
    ToleranceRow {
        chip,
        title: format!("{service} may plan {}, {whose}", words(&demand.planned)),
        path: path(&demand.path),
    }
}

fn contradiction(found: &ToleranceContradiction) -> ToleranceRow {
    let chip = match (found.certain, found.window) {
        (_, Some(_)) => Chip::bad("still planned"),
        (true, None) => Chip::bad("leans on looser"),
        (false, None) => Chip::unknown("cannot be compared"),
    };
    ToleranceRow { chip, title: found.sentence.clone(), path: path(&found.path) }
}

fn path(path: &[ServiceId]) -> Vec<String> {
    let named: Vec<String> = path.iter().map(ToString::to_string).collect();
    if named.len() > 1 { named } else { Vec::new() }
}

fn words(planned: &Planned) -> String {
    match planned {
        Planned::None => "no downtime".to_owned(),
        Planned::HoursPerMonth(hours) => format!("{hours}\u{a0}h a month"),
        Planned::Window { when, zone } => format!("{when} ({zone})"),
    }
}

/// Since when none is tolerated, by the service's own word.
pub(super) fn none_since(tolerance: &ToleranceOf) -> Option<Date> {
    tolerance.said.as_ref().filter(|said| said.planned == Planned::None).map(|said| said.since)
}

/// Says what is tolerated of a function, in a few words.
pub(super) fn note(tolerance: &ToleranceOf) -> String {
    match (&tolerance.said, tolerance.demands.as_slice()) {
        (Some(said), _) if said.planned == Planned::None => {
            format!("No planned downtime since {}, says the {}.", said.since.strftime("%-d %b %Y"), said.by)
        }
        (Some(said), _) => format!("May plan {}, says the {}.", words(&said.planned), said.by),
        (None, [first, ..]) => {
            let who = first.path.first().map_or("what needs it", |who| who.as_str());
            format!("May plan {}, because {who} needs it.", words(&first.planned))
        }
        (None, []) => "No tolerance stated.".to_owned(),
    }
}
