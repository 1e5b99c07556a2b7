//! A page, for a person at three in the morning: the sentence, what restores the service, what changed, who else.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Alert, Page, PageChannel, PageState, Readiness, Rollout, RolloutState, Service};

use super::alerts::alert_chip;
use super::judging::Judging;
use super::rollout::Way;
use super::words::{OnCallWords, RolloutLine, actor, page_chip, page_to};
use crate::chrome::{Nav, PageView, Rights};
use crate::part::{Chip, LedgerLink, When};
use crate::text;

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct PageFacts<'a> {
    /// The page.
    pub page: &'a Page,
    /// The rollout it is about.
    pub rollout: Option<&'a Rollout>,
    /// The alert it is about.
    pub alert: Option<&'a Alert>,
    /// The service's rollout under way, or the newest one, when it is another.
    pub latest: Option<&'a Rollout>,
    /// The service; none when it left the catalogue.
    pub service: Option<&'a Service>,
    /// The service's readiness.
    pub readiness: Option<&'a Readiness>,
    /// Rollouts of the service and its dependencies in the last two hours, newest first.
    pub changed: &'a [Rollout],
    /// The command that takes a canary of the service off on the gateway's own socket; none when nobody knows where that is.
    pub break_glass: Option<&'a str>,
    /// What the reader may do.
    pub rights: &'a Rights,
    /// The time.
    pub now: Timestamp,
}

/// What was done already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Where it stands.
    pub chip: Chip,
    /// What was done.
    pub title: String,
    /// Why, and how fast.
    pub detail: String,
    /// Where that is proven.
    pub position: Option<LedgerLink>,
    /// Where it is shown.
    pub href: String,
}

/// How it left by one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRow {
    /// Its state.
    pub chip: Chip,
    /// The channel.
    pub name: String,
    /// When that was last known.
    pub at: Option<When>,
}

/// A page.
#[derive(Debug, Template)]
#[template(path = "page.html")]
pub struct PagePage {
    /// Its id.
    pub id: String,
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
    /// The form token for taking it; none when it is taken, or not by this reader.
    pub acknowledge: Option<String>,
    /// Who took it, when.
    pub acknowledged: Option<(String, When)>,
    /// The alert it is about, and where that stands.
    pub alert: Option<(String, Chip)>,
    /// What it was worth.
    pub judging: Judging,
    /// What was done already.
    pub done: Option<Done>,
    /// What can be done, and whether it takes back what the page is about.
    pub ways: Vec<(Way, bool)>,
    /// What takes a canary off when the portal does not answer; none where no rollout is known.
    pub break_glass: Option<String>,
    /// What changed.
    pub changed: Vec<(RolloutLine, bool)>,
    /// The owning team.
    pub team: String,
    /// Who is on call now.
    pub on_call: Option<OnCallWords>,
    /// How it left.
    pub channels: Vec<ChannelRow>,
}

impl PagePage {
    /// Makes the page.
    pub fn new(facts: &PageFacts<'_>) -> Self {
        let (page, now) = (facts.page, facts.now);
        let mut candidates: Vec<&Rollout> = facts.rollout.into_iter().chain(facts.latest).collect();
        candidates.dedup_by_key(|rollout| rollout.id);
        let way = |rollout: &Rollout| {
            let way = Way::of(rollout, facts.service, facts.readiness, facts.rights, now)?;
            Some((way, Some(rollout.id) == page.rollout))
        };
        let suspect = |rollout: &Rollout| Some(rollout.id) == page.rollout;
        Self {
            id: page.id.to_string(),
            service: page.service.to_string(),
            chip: page_chip(page),
            to: page_to(page),
            at: When::age(page.requested_at, now),
            position: LedgerLink::new(page.position),
            headline: page.sentence.clone(),
            began: page.began_at.map(When::clock),
            acknowledge: facts.rights.token().filter(|_| page.state != PageState::Acknowledged),
            acknowledged: page.acknowledged_at.map(|at| {
                (page.acknowledged_by.as_deref().map_or_else(|| "somebody".to_owned(), actor), When::age(at, now))
            }),
            alert: facts.alert.map(|alert| (alert.id.to_string(), alert_chip(alert))),
            judging: Judging::of(Some(page), facts.alert.is_some_and(|alert| alert.drill), facts.rights),
            done: facts.rollout.and_then(done),
            break_glass: facts.break_glass.filter(|_| !candidates.is_empty()).map(str::to_owned),
            ways: candidates.into_iter().filter_map(way).collect(),
            changed: facts.changed.iter().map(|r| (RolloutLine::of(r, now), suspect(r))).collect(),
            team: page.team.to_string(),
            on_call: facts.service.and_then(|service| service.on_call.as_ref()).map(OnCallWords::of),
            channels: page.channels.iter().map(|channel| channel_row(channel, now)).collect(),
        }
    }

    /// Whether taking the page is the first thing to do: nothing is left to take back of what it is about.
    fn acknowledge_first(&self) -> bool {
        !self.ways.iter().any(|(_, about)| *about)
    }
}

fn done(rollout: &Rollout) -> Option<Done> {
    let (chip, title) = match rollout.state {
        RolloutState::Reverting => (Chip::run("Under way"), format!("{} is being taken off", rollout.version)),
        RolloutState::Reverted => (Chip::ok("Done"), format!("{} is already taken off", rollout.version)),
        _ => return None,
    };
    let fast = rollout.revert.as_ref().and_then(|times| times.first_bad_to_last_assignment_s);
    let fast = fast.map(|s| format!("The last user was sent to it {} after its first bad response.", text::seconds(s)));
    let users = rollout.baseline.as_ref().map(|baseline| format!("Users are on {baseline}."));
    let reason = rollout.reason.as_deref().map(text::sentence);
    Some(Done {
        chip,
        title,
        detail: [reason, fast, users].into_iter().flatten().collect::<Vec<_>>().join(" "),
        position: rollout.revert.as_ref().map(|times| LedgerLink::new(times.position)),
        href: format!("/rollouts/{}", rollout.id),
    })
}

fn channel_row(channel: &PageChannel, now: Timestamp) -> ChannelRow {
    ChannelRow {
        chip: match channel.state.as_str() {
            "delivered" => Chip::ok("delivered"),
            "waiting" => Chip::waits("waiting"),
            _ => Chip::bad(channel.state.clone()),
        },
        name: channel.channel.clone(),
        at: channel.at.map(|at| When::age(at, now)),
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
