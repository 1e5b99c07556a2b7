//! A page, for a person at three in the morning: the sentence, what restores the service, what changed, who else, and what
//! the runbook says. Nothing here needs another sign-in, and all of it is made from what is in memory.

mod hook;
mod restore;
mod runbook;
mod suspects;
mod who;

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{
    Action, Alert, Hook, Incident, OnCall, Page, PageCallee, PageState, Rollout, RunbookSection, Service, Suspects,
};
use seaworthy_model::ServiceId;

use super::alerts::alert_chip;
use super::words::{actor, page_chip, page_to};
use crate::chrome::{Nav, PageView, Rights};
use crate::part::{Chip, LadderOfCalls, LedgerLink, When};
use crate::text;

pub use hook::{HookField, HookForm, HookRunShown};
pub use restore::{ActionCard, Done};
pub use runbook::{BlockShown, RunbookShown};
pub use suspects::SuspectLine;
pub(super) use suspects::line as suspect_line;
pub(super) use who::seen;
pub use who::{ChannelRow, PersonRow, SeenLine};

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct PageFacts<'a> {
    /// The page.
    pub page: &'a Page,
    /// The rollout it is about.
    pub rollout: Option<&'a Rollout>,
    /// The alert it is about.
    pub alert: Option<&'a Alert>,
    /// The incident it belongs to.
    pub incident: Option<&'a Incident>,
    /// The service; none when it left the catalogue.
    pub service: Option<&'a Service>,
    /// What can be done for the service now.
    pub actions: &'a [Action],
    /// Its command hooks, each with its last runs.
    pub hooks: &'a [Hook],
    /// Whom a call for help would reach now.
    pub helpers: &'a [PageCallee],
    /// What changed before, most likely cause first.
    pub suspects: Option<&'a Suspects>,
    /// The section of the runbook for its alert.
    pub runbook: Option<&'a RunbookSection>,
    /// What fails and the service cannot work without, with who is on call for it.
    pub failing: &'a [(ServiceId, Option<OnCall>)],
    /// The command that takes a canary of the service off on the gateway's own socket; none when nobody knows where that is.
    pub break_glass: Option<&'a str>,
    /// Where its forms lead: `/pages/<id>`, or the link that it was opened by.
    pub base: &'a str,
    /// Whether the store takes writes.
    pub writable: bool,
    /// What the reader may do.
    pub rights: &'a Rights,
    /// The time.
    pub now: Timestamp,
}

/// A page.
#[derive(Debug, Template)]
#[template(path = "page.html")]
pub struct PagePage {
    /// Where its forms lead.
    pub base: String,
    /// The service.
    pub service: String,
    /// Where it stands.
    pub chip: Chip,
    /// Who has it.
    pub to: String,
    /// When it was requested.
    pub at: When,
    /// Where that stands.
    pub position: LedgerLink,
    /// The answer.
    pub headline: String,
    /// Since when customers feel it; none when that is not known.
    pub began: Option<When>,
    /// Who is affected, as far as it is known.
    pub affected: String,
    /// The objective that burns, where an objective said so.
    pub objective: Option<String>,
    /// The form token; none when the reader may not.
    pub token: Option<String>,
    /// Whether it waits to be taken.
    pub untaken: bool,
    /// Who took it, when.
    pub acknowledged: Option<(String, When)>,
    /// The alert it is about, and where that stands.
    pub alert: Option<(String, Chip)>,
    /// The incident it belongs to.
    pub incident: Option<String>,
    /// What was done already.
    pub done: Option<Done>,
    /// What can be done and was seen to work.
    pub tried: Vec<ActionCard>,
    /// What can be done and was never seen to work.
    pub untried: Vec<ActionCard>,
    /// Whether the store takes no writes.
    pub stopped: bool,
    /// What takes a canary off when the portal does not answer; none where no rollout is known.
    pub break_glass: Option<String>,
    /// What the changes come to.
    pub finding: Option<String>,
    /// What changed.
    pub changed: Vec<SuspectLine>,
    /// The owning team.
    pub team: String,
    /// Who else.
    pub people: Vec<PersonRow>,
    /// Since when the reader is alone with it.
    pub alone: Option<When>,
    /// Whom a call for help calls; empty where everybody was called.
    pub helpers: String,
    /// When help was asked for.
    pub helped: Option<When>,
    /// How it left.
    pub channels: Vec<ChannelRow>,
    /// Whom it called and whom it calls next.
    pub ladder: LadderOfCalls,
    /// What the runbook says of its alert.
    pub runbook: Option<RunbookShown>,
    /// What was like it.
    pub seen: Vec<SeenLine>,
    /// What it was worth.
    pub worth: Worth,
}

/// What a page was worth, and whether it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Worth {
    /// One tap says that it needed nothing: whether that also silences its rules.
    Ask {
        /// Whether an alert is behind it, whose rules are silenced.
        silences: bool,
    },
    /// It was said.
    Said(&'static str),
    /// Nobody is asked, and why.
    NotAsked(&'static str),
}

impl PagePage {
    /// Makes the page.
    pub fn new(facts: &PageFacts<'_>) -> Self {
        let (page, now) = (facts.page, facts.now);
        let cards = facts.actions.iter().map(|action| restore::card(action, facts));
        let (tried, untried): (Vec<_>, Vec<_>) = cards.partition(|card| card.worked.is_some());
        let has_canary = facts.actions.iter().any(|action| action.rollout.is_some()) || facts.rollout.is_some();
        Self {
            base: facts.base.to_owned(),
            service: page.service.to_string(),
            chip: page_chip(page),
            to: page_to(page),
            at: When::age(page.requested_at, now),
            position: LedgerLink::new(page.position),
            headline: page.sentence.clone(),
            began: page.began_at.map(When::clock),
            affected: affected(facts.rollout),
            objective: facts.alert.and_then(objective),
            token: facts.rights.token(),
            untaken: page.state != PageState::Acknowledged,
            acknowledged: page.acknowledged_at.map(|at| {
                (page.acknowledged_by.as_deref().map_or_else(|| "somebody".to_owned(), actor), When::age(at, now))
            }),
            alert: facts.alert.map(|alert| (alert.id.to_string(), alert_chip(alert))),
            incident: facts.incident.map(|incident| incident.brief.id.to_string()),
            done: facts.rollout.and_then(restore::done),
            tried,
            untried,
            stopped: !facts.writable,
            break_glass: facts.break_glass.filter(|_| has_canary).map(str::to_owned),
            finding: facts.suspects.map(|suspects| suspects.sentence.clone()),
            changed: facts.suspects.map(|suspects| suspects::lines(suspects, page)).unwrap_or_default(),
            team: page.team.to_string(),
            people: who::people(facts),
            alone: facts.incident.and_then(|incident| incident.alone_since).map(|at| When::age(at, now)),
            helpers: who::names(facts.helpers),
            helped: facts.incident.and_then(|incident| incident.help_asked_at).map(|at| When::age(at, now)),
            channels: who::channels(page, now),
            runbook: facts.runbook.map(RunbookShown::of),
            ladder: LadderOfCalls::new(&page.ladder),
            seen: facts.incident.map(seen).unwrap_or_default(),
            worth: worth(facts),
        }
    }
}

impl PagePage {
    /// Whether something that takes back what it is about is shown open: then that is the first thing to do.
    fn has_first(&self) -> bool {
        self.tried.iter().chain(&self.untried).any(|card| card.open)
    }
}

/// Who is affected: what was counted of a version on trial, and otherwise that nobody knows.
fn affected(rollout: Option<&Rollout>) -> String {
    let counted = rollout.filter(|rollout| rollout.canary.requests > 0);
    counted.map_or_else(
        || "We do not know who is affected.".to_owned(),
        |rollout| {
            let arm = rollout.canary;
            let (failed, all) = (text::count(arm.failures), text::counted(arm.requests, "request", "requests"));
            format!("{failed} of {all} of {} failed; how many customers that is, is not known.", rollout.version)
        },
    )
}

fn objective(alert: &Alert) -> Option<String> {
    let rules = alert.rules.iter().chain(&alert.said_by);
    rules.filter_map(|rule| rule.strip_prefix("objective/")).map(str::to_owned).next()
}

fn worth(facts: &PageFacts<'_>) -> Worth {
    use seaworthy_contract::events::alert::VerdictV1;
    match (facts.page.verdict, facts.alert) {
        (Some(VerdictV1::Acted), _) => Worth::Said("it was acted on"),
        (Some(VerdictV1::NothingToDo), _) => Worth::Said("there was nothing to do"),
        (Some(VerdictV1::NotOurs), _) => Worth::Said("it was another's"),
        (None, Some(alert)) if alert.drill => {
            Worth::NotAsked("A drill is not judged: taking its page is all that it wants.")
        }
        (None, _) if facts.rights.token().is_none() => {
            Worth::NotAsked("Its team and admins say what the page was worth.")
        }
        (None, alert) => Worth::Ask { silences: alert.is_some_and(|alert| !alert.rules.is_empty()) },
    }
}

impl PageView for PagePage {
    fn title(&self) -> String {
        text::cut(&self.headline, 60)
    }

    fn nav(&self) -> Nav {
        Nav::Pages
    }

    fn has_box(&self) -> bool {
        false
    }
}
