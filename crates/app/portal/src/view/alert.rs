//! One alert: what is wrong, who has it, what happened when, and the three things to do about it: take it, judge it, silence it.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Alert, LedgerRow, Objective, ObjectiveSeries, Rule};
use seaworthy_contract::catalogue::Urgency;
use seaworthy_contract::events::alert::NatureV1;

use super::alerts::{SilenceRow, alert_chip, is_open, told};
use super::judging::{Judging, is_taken};
use super::rules::{rule_href, tested_words};
use super::words::{actor, page_to};
use crate::chrome::{Nav, PageView, Rights};
use crate::part::{Chip, LedgerLink, Plot, When, bad_plot};
use crate::text;

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct AlertFacts<'a> {
    /// The alert.
    pub alert: &'a Alert,
    /// Rules that said so, each with what it has done.
    pub rules: &'a [Rule],
    /// The objective that one of its rules watches, with its last hour.
    pub objective: Option<(&'a Objective, &'a ObjectiveSeries)>,
    /// Events of the ledger about it that the alert itself does not tell: who joined, left and folded.
    pub history: &'a [LedgerRow],
    /// What the reader may do.
    pub rights: &'a Rights,
    /// The time.
    pub now: Timestamp,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: When,
    /// What.
    pub what: String,
    /// How long after it began.
    pub after: String,
    /// Where that stands in the ledger.
    pub position: Option<LedgerLink>,
}

/// A rule that said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidBy {
    /// Whether it says so now.
    pub chip: Chip,
    /// Its name.
    pub name: String,
    /// Where it is shown; none for what another system says.
    pub href: Option<String>,
    /// When it last fired, test or real, and when it last reached a person.
    pub tested: String,
}

/// What may be silenced, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilenceForm {
    /// The form token.
    pub token: String,
    /// Rules to choose from, the likeliest first.
    pub rules: Vec<String>,
}

/// Lengths of a silence to choose from, in seconds.
const LENGTHS: [(u32, &str); 6] = [
    (1_800, "30 minutes"),
    (3_600, "1 hour"),
    (4 * 3_600, "4 hours"),
    (12 * 3_600, "12 hours"),
    (24 * 3_600, "1 day"),
    (7 * 24 * 3_600, "7 days"),
];

/// An alert's page.
#[derive(Debug, Template)]
#[template(path = "alert.html")]
pub struct AlertView {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub chip: Chip,
    /// The service.
    pub service: String,
    /// What is wrong, in a word.
    pub symptom: String,
    /// The owning team.
    pub team: String,
    /// What is wrong.
    pub headline: String,
    /// What is so now.
    pub now: Option<String>,
    /// Since when, and for how long.
    pub lasts: String,
    /// What kind of thing it is.
    pub kind: String,
    /// Who was told.
    pub told: String,
    /// The page about it, and whether it is taken.
    pub page: Option<String>,
    /// The form token for taking the page; none when it is taken, or not by this reader.
    pub acknowledge: Option<String>,
    /// The failing dependency that stands for it.
    pub folded_into: Option<(String, String)>,
    /// Alerts of other services that it stands for.
    pub dependants: Vec<(String, String)>,
    /// What its page was worth.
    pub judging: Judging,
    /// The last hour, as its objective counts it.
    pub plot: Option<Plot>,
    /// That objective.
    pub objective: Option<String>,
    /// What happened, newest first.
    pub timeline: Vec<Moment>,
    /// Rules that said so.
    pub said_by: Vec<SaidBy>,
    /// The silence that holds.
    pub silence: Option<SilenceRow>,
    /// The form for silencing; none for readers who may not, and for what is over.
    pub silencing: Option<SilenceForm>,
    /// Lengths of a silence.
    pub lengths: [(u32, &'static str); 6],
}

impl AlertView {
    /// Makes the page.
    pub fn new(facts: &AlertFacts<'_>) -> Self {
        let (alert, now) = (facts.alert, facts.now);
        let named =
            |of: &seaworthy_contract::api::AlertRef| (of.alert.to_string(), format!("{} ({})", of.service, of.symptom));
        let token = facts.rights.token();
        let page = alert.page.as_ref();
        let (objective, hour) = facts.objective.unzip();
        Self {
            id: alert.id.to_string(),
            chip: alert_chip(alert),
            service: alert.service.to_string(),
            symptom: alert.symptom.clone(),
            team: alert
                .team
                .as_ref()
                .map_or_else(|| "no team: the service left the catalogue".to_owned(), |team| format!("team {team}")),
            headline: text::sentence(&alert.sentence),
            now: alert.now.as_deref().map(text::sentence),
            lasts: lasts(alert, now),
            kind: kind(alert),
            told: text::sentence(&told(alert, now)),
            page: page.map(|page| page.id.to_string()),
            acknowledge: token.clone().filter(|_| page.is_some_and(|page| !is_taken(page))),
            folded_into: alert.folded_into.as_ref().map(named),
            dependants: alert.dependants.iter().map(named).collect(),
            judging: Judging::of(page, alert.drill, facts.rights),
            plot: objective.zip(hour).and_then(|(objective, hour)| bad_plot(objective, hour, now)),
            objective: objective.map(|objective| objective.name.clone()),
            timeline: timeline(facts),
            said_by: said_by(facts),
            silence: alert.silence.as_ref().filter(|_| is_open(alert)).map(|s| SilenceRow::of(s, token.clone(), now)),
            silencing: token
                .filter(|_| is_open(alert) && !alert.drill)
                .map(|token| SilenceForm { token, rules: names(&alert.rules) }),
            lengths: LENGTHS,
        }
    }
}

/// Rules without which instance of them, each once.
fn names(rules: &[String]) -> Vec<String> {
    let mut names: Vec<String> = rules.iter().map(|rule| rule.split('#').next().unwrap_or(rule).to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

fn lasts(alert: &Alert, now: Timestamp) -> String {
    let long = |until: Timestamp| text::seconds(until.duration_since(alert.began_at).as_secs_f64());
    match alert.resolved_at {
        None => format!("Since {}, for {} now.", text::utc(alert.began_at, "%-d %b %H:%M UTC"), long(now)),
        Some(at) => {
            let (from, ago) = (text::utc(alert.began_at, "%-d %b %H:%M UTC"), text::age(at, now));
            format!("It began {from}, lasted {}, and ended {ago}.", long(at))
        }
    }
}

fn kind(alert: &Alert) -> String {
    let nature = match alert.nature {
        NatureV1::Symptom => "customers feel it",
        NatureV1::Cause => "a cause: customers may not feel it",
    };
    let urgency = match (alert.drill, alert.urgency) {
        (true, _) => "a drill: nothing is wrong",
        (false, Urgency::Page) => "wakes somebody",
        (false, Urgency::Ticket) => "a ticket",
    };
    format!("{urgency} · {nature}")
}

fn timeline(facts: &AlertFacts<'_>) -> Vec<Moment> {
    let alert = facts.alert;
    let mut found: Vec<(Timestamp, String, Option<u64>)> = vec![(alert.began_at, "It began".to_owned(), None)];
    found.push((alert.fired_at, fired(facts), None));
    if let Some(page) = &alert.page {
        found.push((page.requested_at, format!("Page asked for, to {}", page_to(page)), Some(page.position)));
        let left = |state: &str, channel: &str| match state {
            "delivered" => format!("Page left by {channel}"),
            other => format!("Page by {channel}: {other}"),
        };
        let channels = page.channels.iter().filter(|channel| channel.state != "waiting");
        found.extend(channels.filter_map(|c| Some((c.at?, left(&c.state, &c.channel), None))));
        let by = page.acknowledged_by.as_deref().map_or_else(|| "somebody".to_owned(), actor);
        found.extend(page.acknowledged_at.map(|at| (at, format!("{by} took the page"), None)));
    }
    found.extend(alert.resolved_at.map(|at| (at, "No rule says so any more".to_owned(), None)));
    found.extend(told_by_ledger(facts.history));
    found.sort_by_key(|(at, ..)| *at);
    let moment = |(at, what, position): (Timestamp, String, Option<u64>)| Moment {
        at: When::clock(at),
        what,
        after: match at.duration_since(alert.began_at).as_secs_f64() {
            s if s <= 0.0 => String::new(),
            s => format!("{} after it began", text::seconds(s)),
        },
        position: position.map(LedgerLink::new),
    };
    found.into_iter().rev().map(moment).collect()
}

/// What the ledger tells besides. A rule that joins twice asks for more than before.
fn told_by_ledger(history: &[LedgerRow]) -> Vec<(Timestamp, String, Option<u64>)> {
    let text = |row: &LedgerRow, name: &str| row.payload.get(name).and_then(|v| v.as_str()).map(ToOwned::to_owned);
    let mut known: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for row in history {
        let rule = text(row, "rule").unwrap_or_default();
        let is_known = known.contains(&rule);
        known.push(rule.clone());
        let what = match (row.kind.as_str(), is_known) {
            ("alert.fired", _) => continue,
            ("alert.joined", true) if text(row, "urgency").as_deref() == Some("page") => {
                format!("{rule} asks for somebody to be woken")
            }
            _ => text::sentence(&row.sentence).trim_end_matches('.').to_owned(),
        };
        found.push((row.recorded_at, what, Some(row.position)));
    }
    found
}

/// What it asked for when it fired; more may have come since.
fn fired(facts: &AlertFacts<'_>) -> String {
    let row = facts.history.iter().find(|row| row.kind == "alert.fired");
    let urgency = row.and_then(|row| row.payload.get("urgency")?.as_str());
    match (facts.alert.drill, urgency) {
        (true, _) => "The drill was fired".to_owned(),
        (false, Some("page")) => "It was sure enough to wake somebody".to_owned(),
        (false, Some("ticket")) => "It was sure enough for a ticket".to_owned(),
        (false, _) => "It fired".to_owned(),
    }
}

fn said_by(facts: &AlertFacts<'_>) -> Vec<SaidBy> {
    let now_says = names(&facts.alert.rules);
    let row = |name: String| {
        let rule = facts.rules.iter().find(|rule| rule.name == name);
        SaidBy {
            chip: match now_says.contains(&name) {
                true => Chip::bad("Says so"),
                false => Chip::none("No longer"),
            },
            href: rule_href(&name),
            tested: rule
                .map_or_else(|| "what it did before is not known".to_owned(), |rule| tested_words(rule, facts.now)),
            name,
        }
    };
    let mut all: Vec<String> = facts.alert.said_by.iter().chain(&facts.alert.rules).cloned().collect();
    all.sort();
    names(&all).into_iter().map(row).collect()
}

impl PageView for AlertView {
    fn title(&self) -> String {
        text::cut(&self.headline, 60)
    }

    fn nav(&self) -> Nav {
        Nav::Alerts
    }
}
