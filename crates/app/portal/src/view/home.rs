//! Home: does anything need somebody, what is on its way, what proves that the rest is quiet.

use std::collections::BTreeMap;

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{
    Objective, OpenAlert, Page, PageState, Rollout, RolloutState, Series, Service, Status, VersionState,
};
use seaworthy_contract::catalogue::Urgency;
use seaworthy_model::{Position, RolloutId};

use super::objectives::{ObjectiveRow, is_measured, is_of_note, remaining, source, worst_first};
use super::services::ServiceRow;
use super::words::{OnCallWords, RolloutLine, is_told, page_chip, page_to};
use crate::chrome::{Nav, PageView};
use crate::part::{Chip, LedgerLink, MiniLadder, Spark, When, mini_ladder, spark};
use crate::text;

/// Age of a gateway's report from which it counts as silent, in milliseconds: ten reports missed.
const SILENT_MS: u64 = 2_500;

/// Most alerts that wake nobody, and objectives of note, on the page: the whole lists are a tap away.
const QUIET_MAX: usize = 8;
const NOTED_MAX: usize = 5;

/// What the home page is made from.
#[derive(Debug, Clone, Copy)]
pub struct HomeFacts<'a> {
    /// The whole.
    pub status: &'a Status,
    /// Both arms of each live rollout, where they were counted.
    pub series: &'a BTreeMap<RolloutId, Series>,
    /// The newest rollouts that are over, newest first.
    pub finished: &'a [Rollout],
    /// Every objective.
    pub objectives: &'a [Objective],
}

/// Something that needs somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Its state.
    pub chip: Chip,
    /// Where it is dealt with.
    pub href: String,
    /// What it is.
    pub title: String,
    /// Why.
    pub reason: Option<String>,
    /// Who or what says so.
    pub source: &'static str,
    /// When.
    pub at: When,
    /// Where it stands in the ledger.
    pub position: Option<LedgerLink>,
    /// Whose it is.
    pub who: Vec<String>,
}

/// A rollout on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveRow {
    /// Its line.
    pub line: RolloutLine,
    /// Its steps.
    pub steps: MiniLadder,
    /// Its share.
    pub share: String,
    /// Both arms; none where nothing was counted yet.
    pub spark: Option<Spark>,
}

/// An open alert that wakes nobody now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietAlert {
    /// Why it wakes nobody.
    pub chip: Chip,
    /// Its id.
    pub id: String,
    /// What is wrong.
    pub sentence: String,
    /// The service.
    pub service: String,
    /// Since when.
    pub began: When,
}

/// Something that proves quiet, or says that nothing does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Its state.
    pub chip: Chip,
    /// What is so.
    pub title: String,
    /// Who saw it, when.
    pub source: String,
}

/// The home page.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// The time.
    pub now: When,
    /// How much there is.
    pub size: String,
    /// The answer.
    pub headline: String,
    /// More of it.
    pub say: Option<String>,
    /// Whether nobody is needed and nothing moves.
    pub calm: bool,
    /// What needs somebody.
    pub needs: Vec<Need>,
    /// Alerts that wake nobody now: tickets, folded, silenced, drills.
    pub alerts: Vec<QuietAlert>,
    /// Objectives that burn, or that nobody sees, worst first.
    pub objectives: Vec<ObjectiveRow>,
    /// What is on its way.
    pub live: Vec<LiveRow>,
    /// What ended lately.
    pub finished: Vec<RolloutLine>,
    /// Services.
    pub services: Vec<ServiceRow>,
    /// What proves quiet.
    pub proofs: Vec<Proof>,
}

impl HomePage {
    /// Makes the page.
    pub fn new(facts: &HomeFacts<'_>) -> Self {
        let (status, now) = (facts.status, facts.status.now);
        let needs = needs(status);
        let live = status.rollouts.iter().map(|rollout| LiveRow {
            line: RolloutLine::of(rollout, now),
            steps: mini_ladder(rollout),
            share: text::percent(rollout.share),
            spark: facts.series.get(&rollout.id).map(spark),
        });
        let mut teams: Vec<_> = status.services.iter().map(|service| &service.owner).collect();
        teams.sort();
        teams.dedup();
        let services = text::counted(status.services.len() as u64, "service", "services");
        Self {
            now: When::day(now),
            size: format!("{services}, {}", text::counted(teams.len() as u64, "team", "teams")),
            headline: headline(status, &needs),
            say: say(status, &needs),
            calm: needs.is_empty() && status.rollouts.is_empty() && !status.services.is_empty(),
            needs,
            alerts: status.alerts.iter().filter(|alert| !wakes(alert)).take(QUIET_MAX).map(|a| quiet(a, now)).collect(),
            objectives: noted(facts.objectives).take(NOTED_MAX).map(|o| ObjectiveRow::of(o, now)).collect(),
            live: live.collect(),
            finished: facts.finished.iter().map(|rollout| RolloutLine::of(rollout, now)).collect(),
            services: status.services.iter().map(ServiceRow::of).collect(),
            proofs: proofs(facts),
        }
    }
}

/// The status says it best, but it does not know of things that nobody was paged for.
fn headline(status: &Status, needs: &[Need]) -> String {
    let urgent = status.alerts.iter().filter(|alert| wakes(alert)).count();
    let failing = status.services.iter().filter(|service| service.failing_since.is_some()).count();
    match (status.pages.len() + status.rollouts.len() + urgent + failing, needs.len()) {
        (0, 1) => "One thing needs somebody.".to_owned(),
        (0, n @ 2..) => format!("{} things need somebody.", text::number_word(n)),
        _ => status.sentence.clone(),
    }
}

fn say(status: &Status, needs: &[Need]) -> Option<String> {
    if status.services.is_empty() {
        return None;
    }
    let pages = match status.pages.len() {
        0 => "No page waits.".to_owned(),
        n => format!(
            "{} waiting.",
            text::sentence(&text::counted(n as u64, "page is", "pages are")).trim_end_matches('.')
        ),
    };
    let rollouts = match status.rollouts.len() {
        0 => "Nothing is rolling out.".to_owned(),
        n => format!("{} on the way to users.", text::counted(n as u64, "change is", "changes are")),
    };
    let uncovered = status.services.iter().filter(|service| service.on_call.is_none()).count();
    let on_call = match uncovered {
        0 => "Every service has somebody on call.".to_owned(),
        n => format!("{} nobody on call.", text::counted(n as u64, "service has", "services have")),
    };
    let needed = if needs.is_empty() { "" } else { " Soonest harm is first." };
    Some(format!("{pages} {rollouts} {on_call}{needed}"))
}

fn needs(status: &Status) -> Vec<Need> {
    let pages = status.pages.iter().map(|page| page_need(page, status));
    let down = status.services.iter().filter_map(|service| down_need(service, status));
    let held = status.rollouts.iter().filter(|r| r.state == RolloutState::Held).map(|r| held_need(r, status));
    let nobody = status.services.iter().filter(|s| s.on_call.is_none()).map(|service| nobody_need(service, status));
    let is_paged = |alert: &&OpenAlert| status.pages.iter().any(|page| page.alert == Some(alert.id));
    let alerts = status.alerts.iter().filter(|alert| wakes(alert) && !is_paged(alert)).map(|a| alert_need(a, status));
    let failing = status.services.iter().filter_map(|service| failing_need(service, status));
    pages.chain(alerts).chain(failing).chain(down).chain(held).chain(nobody).collect()
}

/// Whether an alert is to wake somebody.
fn wakes(alert: &OpenAlert) -> bool {
    is_told(alert) && alert.urgency == Urgency::Page
}

/// An alert whose page somebody took, or of which nobody was told yet.
fn alert_need(alert: &OpenAlert, status: &Status) -> Need {
    let service = status.services.iter().find(|service| service.name == alert.service);
    let is_taken = alert.page == Some(PageState::Acknowledged);
    Need {
        chip: if is_taken { Chip::run("Being dealt with") } else { Chip::bad("Alert") },
        href: format!("/alerts/{}", alert.id),
        title: text::sentence(&alert.sentence),
        reason: is_taken.then(|| "Somebody has its page.".to_owned()),
        source: "began",
        at: When::age(alert.began_at, status.now),
        position: None,
        who: service.map(owners).unwrap_or_default(),
    }
}

/// A service that fails its users as was seen within two seconds, before its budget says so.
fn failing_need(service: &Service, status: &Status) -> Option<Need> {
    // An alert says more; and where it is folded or silenced, that is why nobody else is woken.
    let is_known = |alert: &OpenAlert| wakes(alert) || alert.folded || alert.silenced || alert.announced;
    let since = service.failing_since.filter(|_| !service.alerts.iter().any(is_known))?;
    Some(Need {
        chip: Chip::bad("Failing"),
        href: format!("/services/{}", service.name),
        title: service.sentence.clone(),
        reason: Some("Nobody is paged yet: that takes a share of its budget.".to_owned()),
        source: "gateways, since",
        at: When::age(since, status.now),
        position: None,
        who: owners(service),
    })
}

fn quiet(alert: &OpenAlert, now: Timestamp) -> QuietAlert {
    QuietAlert {
        chip: match (alert.drill, alert.silenced, alert.folded) {
            (true, ..) => Chip::run("Drill"),
            (_, true, _) => Chip::held("Silenced"),
            (_, _, true) => Chip::none("Folded"),
            (..) if alert.announced => Chip::held("Announced"),
            (false, false, false) => Chip::warn("Ticket"),
        },
        id: alert.id.to_string(),
        sentence: text::sentence(&alert.sentence),
        service: alert.service.to_string(),
        began: When::age(alert.began_at, now),
    }
}

fn noted(objectives: &[Objective]) -> impl Iterator<Item = &Objective> {
    worst_first(objectives).into_iter().filter(|objective| is_of_note(objective))
}

fn page_need(page: &Page, status: &Status) -> Need {
    Need {
        chip: page_chip(page),
        href: format!("/pages/{}", page.id),
        title: page.sentence.clone(),
        reason: None,
        source: "paged",
        at: When::age(page.requested_at, status.now),
        position: link(page.position),
        who: vec![page.team.to_string(), page_to(page)],
    }
}

fn down_need(service: &Service, status: &Status) -> Option<Need> {
    let stable = service.versions.iter().find(|version| version.role == "stable")?;
    let (word, title, reason) = match stable.state {
        VersionState::Exited | VersionState::Failed => ("Down", service.sentence.clone(), None),
        VersionState::Failing => {
            let title = format!("{} {} fails its health check", service.name, stable.version);
            ("Failing", title, stable.reason.as_deref().map(text::sentence))
        }
        VersionState::Unknown | VersionState::Healthy => return None,
    };
    Some(Need {
        chip: Chip::bad(word),
        href: format!("/services/{}", service.name),
        title,
        reason,
        source: "supervisor",
        at: When::age(stable.since.unwrap_or(status.now), status.now),
        position: link(service.position),
        who: owners(service),
    })
}

fn held_need(rollout: &Rollout, status: &Status) -> Need {
    let service = status.services.iter().find(|service| service.name == rollout.service);
    Need {
        chip: Chip::held(format!("Held at {}", text::percent(rollout.share))),
        href: format!("/rollouts/{}", rollout.id),
        title: rollout.sentence.clone(),
        reason: rollout.reason.as_deref().map(text::sentence),
        source: "shipped",
        at: When::age(rollout.started_at, status.now),
        position: link(rollout.position),
        who: service.map(owners).unwrap_or_default(),
    }
}

fn nobody_need(service: &Service, status: &Status) -> Need {
    Need {
        chip: Chip::bad("Nobody"),
        href: format!("/services/{}", service.name),
        title: format!("{} has nobody on call", service.name),
        reason: Some(format!("A page about it would reach nobody. A rotation of team {} ends that.", service.owner)),
        source: "catalogue, read",
        at: When::age(service.declared_at, status.now),
        position: link(service.position),
        who: vec![service.owner.to_string()],
    }
}

fn link(position: Position) -> Option<LedgerLink> {
    Some(LedgerLink::new(position))
}

fn owners(service: &Service) -> Vec<String> {
    let on_call = service.on_call.as_ref().map(OnCallWords::of);
    let person = on_call.map_or_else(|| "nobody is on call".to_owned(), |words| format!("{} is on call", words.name));
    vec![service.owner.to_string(), person]
}

fn proofs(facts: &HomeFacts<'_>) -> Vec<Proof> {
    let status = facts.status;
    let mut proofs = gateways(status);
    proofs.extend(objectives(facts));
    proofs.extend(versions(status));
    if let Some(until) = status.services.iter().filter_map(|s| s.on_call.as_ref()).map(|on_call| on_call.until).min() {
        let staffed = status.services.iter().filter(|service| service.on_call.is_some()).count();
        proofs.push(Proof {
            chip: match staffed == status.services.len() {
                true => Chip::ok("Staffed"),
                false => Chip::bad("Not all"),
            },
            title: match staffed == status.services.len() {
                true => "Every service has somebody on call".to_owned(),
                false => format!("{staffed} of {} have somebody on call", services(status)),
            },
            source: format!("rotations of the catalogue, read now; next hand-over {}", text::age(until, status.now)),
        });
    }
    proofs.push(match status.store_writable {
        true => Proof {
            chip: Chip::ok("Kept"),
            title: format!("{} on record, and the store takes more", text::counted(status.position, "event", "events")),
            source: format!("ledger, last write succeeded; program {}", status.program),
        },
        false => Proof {
            chip: Chip::bad("Stopped"),
            title: "The store takes no writes".to_owned(),
            source: format!("ledger, last write failed; program {}", status.program),
        },
    });
    proofs
}

/// What is wanted of the services, and how much of it holds.
fn objectives(facts: &HomeFacts<'_>) -> Option<Proof> {
    let all = facts.objectives.len();
    let noted = noted(facts.objectives).count();
    if facts.status.services.is_empty() {
        return None;
    }
    let worst_first = worst_first(facts.objectives);
    let known = worst_first.iter().filter_map(|objective| Some((*objective, remaining(objective)?)));
    let source = match known.min_by(|a, b| a.1.total_cmp(&b.1)) {
        Some((least, left)) => {
            format!("the least budget is that of {}: {}; {}", least.name, text::left_of_budget(left), source(least))
        }
        None if worst_first.iter().any(|objective| is_measured(objective)) => {
            "too little was seen to say what is left of their budgets".to_owned()
        }
        None => "nothing was counted for any of them yet".to_owned(),
    };
    Some(match (all, noted) {
        (0, _) => Proof {
            chip: Chip::unknown("No objective"),
            title: "No service says how good it must be for its users".to_owned(),
            source: "so nobody is woken when they suffer; a line objective: 99.9% in a service's file ends that"
                .to_owned(),
        },
        (1, 0) => Proof { chip: Chip::ok("Met"), title: "The one objective is met".to_owned(), source },
        (all, 0) => Proof { chip: Chip::ok("Met"), title: format!("All {all} objectives are met"), source },
        (all, noted) => Proof {
            chip: Chip::warn("Not all"),
            title: format!("{} of {} met", all - noted, text::counted(all as u64, "objective", "objectives")),
            source,
        },
    })
}

fn services(status: &Status) -> String {
    text::counted(status.services.len() as u64, "service", "services")
}

fn gateways(status: &Status) -> Vec<Proof> {
    if status.gateways.is_empty() {
        return vec![Proof {
            chip: Chip::unknown("Not seen"),
            title: "No gateway has reported since the server started".to_owned(),
            source: "so nothing is known of traffic, and nothing can be judged".to_owned(),
        }];
    }
    let proof = |gateway: &seaworthy_contract::api::GatewayStatus| {
        let age = text::seconds(gateway.report_age_ms as f64 / 1_000.0);
        let requests = text::counted(gateway.requests, "request", "requests");
        Proof {
            chip: match gateway.report_age_ms {
                0..SILENT_MS => Chip::ok("Watched"),
                _ => Chip::unknown("Silent"),
            },
            title: format!("Gateway {} has carried {requests} since it started", gateway.name),
            source: format!("its own report, {age} ago; it applies config #{}", text::count(gateway.applied)),
        }
    };
    status.gateways.iter().map(proof).collect()
}

fn versions(status: &Status) -> Option<Proof> {
    let all: Vec<_> = status.services.iter().flat_map(|service| &service.versions).collect();
    if all.is_empty() {
        return None;
    }
    let healthy = all.iter().filter(|version| version.state == VersionState::Healthy).count();
    let unknown = all.iter().filter(|version| version.state == VersionState::Unknown).count();
    let chip = match (healthy == all.len(), unknown) {
        (true, _) => Chip::ok("Running"),
        (false, 0) => Chip::bad("Not all"),
        (false, _) => Chip::unknown("Not all seen"),
    };
    let title = match (healthy == all.len(), all.len()) {
        (true, 1) => "The one version that should run answers".to_owned(),
        (true, n) => format!("All {n} versions that should run answer"),
        (false, n) => format!("{healthy} of {} that should run answer", text::counted(n as u64, "version", "versions")),
    };
    Some(Proof {
        chip,
        title,
        source: format!("supervisor, health checks of every version, as last reported{}", failing(status)),
    })
}

/// The last check of each version that should serve and is not well.
fn failing(status: &Status) -> String {
    let versions = status.services.iter().flat_map(|service| service.versions.iter().map(move |v| (&service.name, v)));
    let failing = versions.filter(|(_, version)| version.state == VersionState::Failing);
    failing
        .map(|(service, version)| {
            format!("; {service} {}: {}", version.version, version.reason.as_deref().unwrap_or("it fails"))
        })
        .collect()
}

impl PageView for HomePage {
    fn title(&self) -> String {
        "Now".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::Home
    }
}
