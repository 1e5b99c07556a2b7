//! Every alert: what is wrong now, who was told, what is silent and why; then what is over.

use std::collections::BTreeSet;

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Alert, Page, PageState, Silence, UnownedAlert};
use seaworthy_contract::catalogue::Urgency;
use seaworthy_model::{AlertId, ServiceId};

use super::words::{actor, page_to};
use crate::chrome::{Nav, PageView};
use crate::part::{Chip, When};
use crate::text;

/// Most open alerts on the page: enough for any night that a person can follow.
const OPEN_MAX: usize = 40;

/// Most alerts that are over.
const OVER_MAX: usize = 15;

/// Most silences, and most things that nobody owns.
const OTHERS_MAX: usize = 15;

/// An alert in a list.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/alert_row.html")]
pub struct AlertRow {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub chip: Chip,
    /// What is wrong.
    pub sentence: String,
    /// What is so now.
    pub now: Option<String>,
    /// The service.
    pub service: String,
    /// What is wrong, in a word.
    pub symptom: String,
    /// Since when.
    pub began: When,
    /// When it ended.
    pub over: Option<When>,
    /// Who was told.
    pub told: String,
    /// Until when nobody is told, and why.
    pub silence: Option<(When, String)>,
    /// The failing dependency that stands for it.
    pub folded_into: Option<(String, String)>,
    /// Alerts of other services that it stands for.
    pub dependants: Vec<(String, String)>,
    /// Rules that say so.
    pub rules: String,
}

impl askama::filters::HtmlSafe for AlertRow {}

impl AlertRow {
    /// Says an alert in a row.
    pub fn of(alert: &Alert, now: Timestamp) -> Self {
        let named =
            |of: &seaworthy_contract::api::AlertRef| (of.alert.to_string(), format!("{} ({})", of.service, of.symptom));
        Self {
            id: alert.id.to_string(),
            chip: alert_chip(alert),
            sentence: text::sentence(&alert.sentence),
            now: alert.now.as_deref().map(text::sentence),
            service: alert.service.to_string(),
            symptom: alert.symptom.clone(),
            began: When::age(alert.began_at, now),
            over: alert.resolved_at.map(|at| When::age(at, now)),
            told: text::sentence(&told(alert, now)),
            silence: alert
                .silence
                .as_ref()
                .filter(|_| is_open(alert))
                .map(|s| (When::until(s.until), s.reason.clone())),
            folded_into: alert.folded_into.as_ref().map(named),
            dependants: alert.dependants.iter().map(named).collect(),
            rules: rules(alert),
        }
    }
}

/// Whether it goes on.
pub(super) fn is_open(alert: &Alert) -> bool {
    alert.resolved_at.is_none()
}

/// Names the rules that say so, without which instance of them.
fn rules(alert: &Alert) -> String {
    let said = if is_open(alert) { &alert.rules } else { &alert.said_by };
    let mut names: Vec<&str> = said.iter().map(|rule| rule.split('#').next().unwrap_or(rule)).collect();
    names.dedup();
    match names.as_slice() {
        [] => "no rule says so any more".to_owned(),
        [one] => (*one).to_owned(),
        [first, rest @ ..] => format!("{first} and {}", text::counted(rest.len() as u64, "other rule", "other rules")),
    }
}

/// Says where an alert stands.
pub(super) fn alert_chip(alert: &Alert) -> Chip {
    match (alert.drill, is_open(alert)) {
        (true, true) => Chip::run("Drill"),
        (true, false) => Chip::none("Drill, over"),
        (false, false) => Chip::none("Over"),
        (false, true) if alert.folded_into.is_some() => Chip::none("Folded"),
        (false, true) if alert.silence.is_some() => Chip::held("Silenced"),
        (false, true) if is_announced(alert) => Chip::held("Announced"),
        (false, true) => match alert.urgency {
            Urgency::Page => Chip::bad("Page"),
            Urgency::Ticket => Chip::warn("Ticket"),
        },
    }
}

/// Whether it is kept from people by announced work and nothing else.
fn is_announced(alert: &Alert) -> bool {
    let is_free = alert.folded_into.is_none() && alert.silence.is_none() && alert.page.is_none();
    is_free && alert.urgency == Urgency::Page && alert.announced_until.is_some()
}

/// Says who was told of it.
pub(super) fn told(alert: &Alert, now: Timestamp) -> String {
    match &alert.page {
        Some(page) if is_open(alert) => return paged(page, now),
        Some(page) => return was_paged(page),
        None => {}
    }
    if let Some(until) = alert.announced_until.filter(|_| is_announced(alert)) {
        return format!("nobody is told yet: announced until {}", text::utc(until, "%-d %b %H:%M UTC"));
    }
    match (&alert.folded_into, &alert.silence, alert.urgency, is_open(alert)) {
        (Some(parent), ..) => format!("nobody is woken for it: whoever has {} knows", parent.service),
        (None, Some(_), _, true) => "nobody is told: it is silenced".to_owned(),
        (None, _, Urgency::Ticket, _) => "nobody is woken: it waits for working hours".to_owned(),
        (None, _, Urgency::Page, true) => "nobody was told yet".to_owned(),
        (None, _, Urgency::Page, false) => "nobody was told".to_owned(),
    }
}

fn paged(page: &Page, now: Timestamp) -> String {
    let to = page_to(page);
    let age = text::age(page.requested_at, now);
    match (page.state, &page.to) {
        (PageState::Acknowledged, _) => {
            let by = page.acknowledged_by.as_deref().map_or_else(|| "somebody".to_owned(), actor);
            let at = page.acknowledged_at.map(|at| format!(", since {}", text::age(at, now)));
            format!("{by} has it{}", at.unwrap_or_default().replace("since now", "just now"))
        }
        (_, None) => format!("nobody is on call; asked for {age}"),
        (PageState::Delivered, _) => format!("{to} was paged {age}, and has not taken it"),
        (PageState::Requested, _) => format!("on its way to {to}, {age}"),
        (PageState::Undeliverable, _) => format!("the page to {to} reached nobody, {age}"),
    }
}

/// Says who was told of what is over.
fn was_paged(page: &Page) -> String {
    match (page.state, &page.to) {
        (PageState::Acknowledged, _) => {
            let by = page.acknowledged_by.as_deref().map_or_else(|| "somebody".to_owned(), actor);
            format!("{by} took its page")
        }
        (_, None) => "nobody was on call".to_owned(),
        (PageState::Undeliverable, _) => format!("the page to {} reached nobody", page_to(page)),
        (PageState::Delivered | PageState::Requested, _) => format!("{} was paged, and did not take it", page_to(page)),
    }
}

/// A silence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilenceRow {
    /// The service.
    pub service: String,
    /// One rule of it; empty for all.
    pub rule: String,
    /// Its end.
    pub until: When,
    /// How far away that is.
    pub left: String,
    /// Why.
    pub reason: String,
    /// The form token for ending it; none for readers who may not.
    pub token: Option<String>,
}

impl SilenceRow {
    /// Says a silence in a row.
    pub fn of(silence: &Silence, token: Option<String>, now: Timestamp) -> Self {
        Self {
            service: silence.service.to_string(),
            rule: silence.rule.clone().unwrap_or_default(),
            until: When::until(silence.until),
            left: text::age(silence.until, now),
            reason: silence.reason.clone(),
            token,
        }
    }
}

/// Something that is wrong with a service that nobody declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnownedRow {
    /// What it says.
    pub sentence: String,
    /// The rule.
    pub rule: String,
    /// Names that its service may have.
    pub names: String,
    /// Who sent it.
    pub by: String,
    /// When it was last heard.
    pub at: When,
}

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct AlertsFacts<'a> {
    /// Open alerts, newest first.
    pub open: &'a [Alert],
    /// Alerts that are over, newest first.
    pub over: &'a [Alert],
    /// Silences that hold.
    pub silences: &'a [Silence],
    /// What other systems said of services that nobody declared.
    pub unowned: &'a [UnownedAlert],
    /// The one service whose alerts these are.
    pub service: Option<&'a ServiceId>,
    /// The form token of the session.
    pub csrf: Option<&'a str>,
    /// Services that the reader may change.
    pub may_change: &'a BTreeSet<ServiceId>,
    /// The time.
    pub now: Timestamp,
}

/// The list of alerts.
#[derive(Debug, Template)]
#[template(path = "alerts.html")]
pub struct AlertsPage {
    /// The one service whose alerts these are.
    pub service: Option<String>,
    /// The answer.
    pub headline: String,
    /// More of it.
    pub say: Option<String>,
    /// What is open, each with what it stands for.
    pub open: Vec<AlertRow>,
    /// How many open ones are not shown.
    pub left_out: usize,
    /// Silences that hold.
    pub silences: Vec<SilenceRow>,
    /// What nobody owns.
    pub unowned: Vec<UnownedRow>,
    /// What is over.
    pub over: Vec<AlertRow>,
}

impl AlertsPage {
    /// Makes the page.
    pub fn new(facts: &AlertsFacts<'_>) -> Self {
        let now = facts.now;
        let shown = in_order(facts.open);
        let token =
            |service: &ServiceId| facts.csrf.filter(|_| facts.may_change.contains(service)).map(ToOwned::to_owned);
        let unowned = |unowned: &UnownedAlert| UnownedRow {
            sentence: text::sentence(&unowned.sentence),
            rule: unowned.rule.clone(),
            names: unowned.names.join(", "),
            by: unowned.by.clone(),
            at: When::age(unowned.last_heard_at, now),
        };
        let silence = |silence: &Silence| SilenceRow::of(silence, token(&silence.service), now);
        Self {
            service: facts.service.map(ToString::to_string),
            headline: headline(facts.open),
            say: say(facts),
            left_out: shown.len().saturating_sub(OPEN_MAX),
            open: shown.into_iter().take(OPEN_MAX).map(|alert| AlertRow::of(alert, now)).collect(),
            silences: facts.silences.iter().take(OTHERS_MAX).map(silence).collect(),
            unowned: facts.unowned.iter().take(OTHERS_MAX).map(unowned).collect(),
            over: facts.over.iter().take(OVER_MAX).map(|alert| AlertRow::of(alert, now)).collect(),
        }
    }
}

/// Whether somebody should know of it now: meant, not silenced, and nothing else's consequence.
fn counts(alert: &Alert) -> bool {
    !alert.drill && alert.folded_into.is_none() && alert.silence.is_none() && !is_announced(alert)
}

/// What wakes somebody first, then tickets, then what nobody is told of; what a failing dependency stands for is named in
/// the row of that dependency, and stands alone only where that row is not there.
fn in_order(open: &[Alert]) -> Vec<&Alert> {
    let ids: Vec<AlertId> = open.iter().map(|alert| alert.id).collect();
    let is_in_another = |alert: &&Alert| alert.folded_into.as_ref().is_some_and(|into| ids.contains(&into.alert));
    let mut found: Vec<&Alert> = open.iter().filter(|alert| !is_in_another(alert)).collect();
    found.sort_by_key(|alert| (!counts(alert), std::cmp::Reverse(alert.urgency), std::cmp::Reverse(alert.id)));
    found
}

fn headline(open: &[Alert]) -> String {
    let mine: Vec<&Alert> = open.iter().filter(|alert| counts(alert)).collect();
    let urgent = mine.iter().filter(|alert| alert.urgency == Urgency::Page).count();
    match (urgent, mine.as_slice(), mine.len()) {
        (1, [one], _) => text::sentence(&one.sentence),
        (1, _, n) => format!("One thing is wrong now, and {} for working hours.", waits(n - 1)),
        (n @ 2.., _, all) if n == all => format!("{} things are wrong now.", text::number_word(n)),
        (n @ 2.., _, all) => {
            format!("{} things are wrong now, and {} for working hours.", text::number_word(n), waits(all - n))
        }
        (_, [], _) => "Nothing is wrong that we know of.".to_owned(),
        (_, _, n) => format!("Nobody is needed now; {} for working hours.", waits(n)),
    }
}

fn waits(n: usize) -> String {
    text::counted(n as u64, "alert waits", "alerts wait")
}

fn say(facts: &AlertsFacts<'_>) -> Option<String> {
    let folded = facts.open.iter().filter(|alert| alert.folded_into.is_some()).count();
    let silent = facts.open.iter().filter(|alert| alert.silence.is_some() && !alert.drill).count();
    let folded = (folded > 0).then(|| {
        format!("{} folded under the dependency that fails.", text::counted(folded as u64, "alert is", "alerts are"))
    });
    let silent = (silent > 0).then(|| format!("{} silenced.", text::counted(silent as u64, "alert is", "alerts are")));
    let said: Vec<String> = folded.into_iter().chain(silent).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

impl PageView for AlertsPage {
    fn title(&self) -> String {
        "Alerts".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::Alerts
    }
}
