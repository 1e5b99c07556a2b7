//! A service: who, what runs, how ready, what it needs, what changed.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{
    Alert, Control, DependencyView, Objective, Probe, Readiness, Rollout, Service, VersionView,
};
use seaworthy_contract::catalogue::{DependencyKind, Route, Sticky};
use seaworthy_model::ServiceId;

use super::alerts::AlertRow;
use super::controls::ControlRow;
use super::objectives::{ObjectiveRow, worst_first};
use super::probes::ProbeRow;
use super::ready::Counts;
use super::words::{OnCallWords, RolloutLine, service_chip, version_chip};
use crate::chrome::{Nav, PageView};
use crate::part::{Chip, LedgerLink, When};
use crate::text;

/// Most open alerts on the page.
const ALERTS_MAX: usize = 10;

/// Most probes on the page.
const PROBES_MAX: usize = 20;

/// Most rollouts on the page.
const ROLLOUTS_MAX: usize = 8;

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct ServiceFacts<'a> {
    /// The service.
    pub service: &'a Service,
    /// Its readiness.
    pub readiness: &'a Readiness,
    /// Its rollouts, newest first.
    pub rollouts: &'a [Rollout],
    /// Its objectives.
    pub objectives: &'a [Objective],
    /// Its probes.
    pub probes: &'a [Probe],
    /// What holds its traffic back now.
    pub controls: &'a [Control],
    /// Its open alerts, newest first.
    pub alerts: &'a [Alert],
    /// The time.
    pub now: Timestamp,
}

/// A version that should run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRow {
    /// Its state.
    pub chip: Chip,
    /// The version.
    pub version: String,
    /// `stable`, `canary` or `warm`.
    pub role: String,
    /// What that role means.
    pub means: &'static str,
    /// Where it answers.
    pub address: Option<String>,
    /// Since when.
    pub since: Option<When>,
    /// What was seen of it, where it is not well.
    pub reason: Option<String>,
}

/// Something it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependencyRow {
    /// The other service.
    pub service: String,
    /// Whether the catalogue knows it.
    pub known: bool,
    /// Its owner.
    pub owner: String,
    /// `hard` or `soft`: declared, so a fact and no state.
    pub kind: &'static str,
    /// What happens without it.
    pub means: String,
    /// Whether calls were seen.
    pub calls: Chip,
}

/// A service's page.
#[derive(Debug, Template)]
#[template(path = "service.html")]
pub struct ServicePage {
    /// Its name.
    pub name: String,
    /// Its tier.
    pub tier: u8,
    /// Its state.
    pub chip: Chip,
    /// Is it well?
    pub sentence: String,
    /// What it does.
    pub description: Option<String>,
    /// The owning team.
    pub owner: String,
    /// Who is on call.
    pub on_call: Option<OnCallWords>,
    /// Where it was declared.
    pub source: String,
    /// When.
    pub declared: When,
    /// Where that stands.
    pub position: LedgerLink,
    /// The rollout under way.
    pub rollout: Option<String>,
    /// What holds its traffic back now.
    pub controls: Vec<ControlRow>,
    /// Its open alerts.
    pub alerts: Vec<AlertRow>,
    /// Its objectives, worst first.
    pub objectives: Vec<ObjectiveRow>,
    /// What is tried of it from outside.
    pub probes: Vec<ProbeRow>,
    /// What runs.
    pub versions: Vec<VersionRow>,
    /// How users reach it.
    pub routes: Vec<(String, String)>,
    /// What it needs.
    pub dependencies: Vec<DependencyRow>,
    /// How ready it is.
    pub counts: Counts,
    /// What changed.
    pub rollouts: Vec<RolloutLine>,
}

impl ServicePage {
    /// Makes the page.
    pub fn new(facts: &ServiceFacts<'_>) -> Self {
        let (service, now) = (facts.service, facts.now);
        Self {
            name: service.name.to_string(),
            tier: service.tier,
            chip: service_chip(service),
            sentence: service.sentence.clone(),
            description: service.description.clone(),
            owner: service.owner.to_string(),
            on_call: service.on_call.as_ref().map(OnCallWords::of),
            source: service.source.clone(),
            declared: When::age(service.declared_at, now),
            position: LedgerLink::new(service.position),
            rollout: service.rollout.map(|id| id.to_string()),
            controls: facts.controls.iter().map(|control| ControlRow::of(control, None, now)).collect(),
            alerts: facts.alerts.iter().take(ALERTS_MAX).map(|alert| AlertRow::of(alert, now)).collect(),
            objectives: worst_first(facts.objectives).into_iter().map(|o| ObjectiveRow::of(o, now)).collect(),
            probes: facts.probes.iter().take(PROBES_MAX).map(|probe| ProbeRow::of(probe, now)).collect(),
            versions: service.versions.iter().map(|version| version_row(version, now)).collect(),
            routes: service.routes.iter().map(route).collect(),
            dependencies: service.dependencies.iter().map(|needed| dependency(&service.name, needed)).collect(),
            counts: Counts::of(&facts.readiness.findings),
            rollouts: facts.rollouts.iter().take(ROLLOUTS_MAX).map(|r| RolloutLine::of(r, now)).collect(),
        }
    }
}

fn version_row(version: &VersionView, now: Timestamp) -> VersionRow {
    VersionRow {
        chip: version_chip(version),
        version: version.version.to_string(),
        role: version.role.clone(),
        means: match version.role.as_str() {
            "stable" => "serves users",
            "canary" => "serves a share of users, on trial",
            "warm" => "serves nobody, ready to be gone back to",
            _ => "",
        },
        address: version.address.clone(),
        since: version.since.map(|since| When::age(since, now)),
        reason: version.reason.as_deref().map(text::sentence),
    }
}

fn route(route: &Route) -> (String, String) {
    let hosts = if route.hosts.is_empty() { "any host".to_owned() } else { route.hosts.join(", ") };
    let sticky = match &route.sticky {
        Some(Sticky::Header(name)) => format!("users told apart by header {name}"),
        Some(Sticky::Cookie(name)) => format!("users told apart by cookie {name}"),
        None => "each request assigned at random".to_owned(),
    };
    (
        format!("{hosts}{}{}", text::NBSP, route.path),
        format!("{sticky}; at most {}", text::millis(route.timeout_ms as f64)),
    )
}

fn dependency(of: &ServiceId, dependency: &DependencyView) -> DependencyRow {
    let (kind, means) = match dependency.kind {
        DependencyKind::Hard => ("hard", format!("{of} does not work without it")),
        DependencyKind::Soft => ("soft", format!("{of} works without it, with less")),
    };
    DependencyRow {
        service: dependency.service.to_string(),
        known: dependency.known,
        owner: dependency.owner.as_ref().map_or_else(|| "not in the catalogue".to_owned(), ToString::to_string),
        kind,
        means,
        calls: match dependency.calls_seen {
            0 => Chip::unknown("none seen"),
            n => Chip::ok(text::counted(n, "call", "calls")),
        },
    }
}

impl PageView for ServicePage {
    fn title(&self) -> String {
        self.name.clone()
    }

    fn nav(&self) -> Nav {
        Nav::Services
    }
}
