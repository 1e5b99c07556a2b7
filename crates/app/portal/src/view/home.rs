//! Home: does anything need somebody, what is on its way, what proves that the rest is quiet.

mod needs;
mod proofs;

use std::collections::BTreeMap;

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Objective, OpenAlert, PageMatter, Rollout, Series, Status};
use seaworthy_contract::catalogue::Urgency;
use seaworthy_model::RolloutId;

use super::controls::ControlRow;
use super::objectives::{ObjectiveRow, is_of_note, worst_first};
use super::services::ServiceRow;
use super::words::{RolloutLine, is_told};
use crate::chrome::{Nav, PageView};
use crate::part::{Chip, MiniLadder, Spark, When, mini_ladder, spark};
use crate::text;
use needs::{Need, needs, unread};
use proofs::{Proof, proofs, without_contact};

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
    /// What holds traffic back.
    pub controls: Vec<ControlRow>,
    /// What needs somebody.
    pub needs: Vec<Need>,
    /// Pages of what is over, and of drills: they wait for a word, and nothing is wrong.
    pub unread: Vec<Need>,
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
            controls: status.controls.iter().map(|control| ControlRow::of(control, None, now)).collect(),
            calm: needs.is_empty()
                && status.controls.is_empty()
                && status.rollouts.is_empty()
                && !status.services.is_empty(),
            needs,
            unread: unread(status),
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
    let unread = status.pages.iter().filter(|page| page.matter != PageMatter::GoesOn).count();
    let waits = |n: usize| text::counted(n as u64, "page waits", "pages wait");
    let pages = match (status.pages.len() - unread, unread) {
        (0, 0) => "No page waits.".to_owned(),
        (0, unread) => format!("{} for a word only.", waits(unread)),
        (n, 0) => format!("{} for somebody.", waits(n)),
        (n, unread) => format!("{} for somebody, {unread} for a word only.", waits(n)),
    };
    let rollouts = match status.rollouts.len() {
        0 => "Nothing is rolling out.".to_owned(),
        n => format!("{} on the way to users.", text::counted(n as u64, "change is", "changes are")),
    };
    let uncovered = status.services.iter().filter(|service| service.on_call.is_none()).count();
    let on_call = match (uncovered, without_contact(status)) {
        (0, 0) => "Every service has somebody on call.".to_owned(),
        (0, n) if n == status.services.len() => "Nobody who is on call has a contact.".to_owned(),
        (0, n) => {
            format!("{} somebody on call who has no contact.", text::counted(n as u64, "service has", "services have"))
        }
        (n, _) => format!("{} nobody on call.", text::counted(n as u64, "service has", "services have")),
    };
    let needed = if needs.is_empty() { "" } else { " Soonest harm is first." };
    Some(format!("{pages} {rollouts} {on_call}{needed}"))
}

/// Whether an alert is to wake somebody.
fn wakes(alert: &OpenAlert) -> bool {
    is_told(alert) && alert.urgency == Urgency::Page
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

impl PageView for HomePage {
    fn title(&self) -> String {
        "Now".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::Home
    }
}
