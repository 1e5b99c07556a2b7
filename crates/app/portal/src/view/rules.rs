//! Every rule: when it last fired, whether it reached a person, and a drill to find out.

use std::collections::BTreeSet;

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Rule, Worth};
use seaworthy_contract::catalogue::Urgency;
use seaworthy_contract::events::alert::RuleChangeV1;
use seaworthy_model::ServiceId;

use crate::chrome::{Nav, PageView};
use crate::part::{Chip, When};
use crate::text;

/// Most rules on the page: more are looked at service by service.
const ROWS_MAX: usize = 40;

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct RulesFacts<'a> {
    /// The rules.
    pub rules: &'a [Rule],
    /// The one service whose rules these are.
    pub service: Option<&'a ServiceId>,
    /// The form token of the session.
    pub csrf: Option<&'a str>,
    /// Services that the reader may change.
    pub may_change: &'a BTreeSet<ServiceId>,
    /// The time.
    pub now: Timestamp,
}

/// A rule in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRow {
    /// Whether it is known to work.
    pub chip: Chip,
    /// Its name.
    pub name: String,
    /// Where it is shown; none for what another system says.
    pub href: Option<String>,
    /// When it last fired, test or real, and when it last reached a person.
    pub tested: String,
    /// What its team did to it.
    pub change: Option<(&'static str, When)>,
    /// What it has been worth.
    pub worth: String,
    /// Services that it speaks of.
    pub services: Vec<String>,
    /// The form token for a drill; none for readers who may not, and for what wakes nobody.
    pub drill: Option<String>,
    /// The form token for taking its change back.
    pub restore: Option<String>,
}

/// The list of rules.
#[derive(Debug, Template)]
#[template(path = "rules.html")]
pub struct RulesPage {
    /// The one service whose rules these are.
    pub service: Option<String>,
    /// The answer.
    pub headline: String,
    /// More of it.
    pub say: Option<String>,
    /// The rules, those never tested first.
    pub rows: Vec<RuleRow>,
    /// How many are not shown.
    pub left_out: usize,
}

impl RulesPage {
    /// Makes the page.
    pub fn new(facts: &RulesFacts<'_>) -> Self {
        let mut rules: Vec<&Rule> = facts.rules.iter().collect();
        rules.sort_by_key(|rule| (rule.reached_at, rule.fired_at));
        let row = |rule: &&Rule| {
            let token = facts.csrf.filter(|_| may_change(&rule.services, facts.may_change)).map(ToOwned::to_owned);
            rule_row(rule, token, facts.now)
        };
        Self {
            service: facts.service.map(ToString::to_string),
            headline: headline(facts.rules),
            say: say(facts.rules),
            rows: rules.iter().take(ROWS_MAX).map(row).collect(),
            left_out: rules.len().saturating_sub(ROWS_MAX),
        }
    }
}

/// A rule belongs to whoever owns every service that it speaks of.
pub(super) fn may_change(services: &[ServiceId], mine: &BTreeSet<ServiceId>) -> bool {
    !services.is_empty() && services.iter().all(|service| mine.contains(service))
}

fn wakes(rule: &Rule) -> bool {
    !matches!(rule.change.map(|changed| changed.change), Some(RuleChangeV1::Demote | RuleChangeV1::Delete))
}

fn rule_row(rule: &Rule, token: Option<String>, now: Timestamp) -> RuleRow {
    RuleRow {
        chip: rule_chip(rule),
        name: rule.name.clone(),
        href: rule_href(&rule.name).filter(|_| rule.declared),
        tested: tested_words(rule, now),
        change: rule
            .change
            .filter(|changed| changed.change != RuleChangeV1::Restore)
            .map(|changed| (change_words(changed.change), When::age(changed.at, now))),
        worth: worth_words(&rule.worth),
        services: rule.services.iter().map(ToString::to_string).collect(),
        drill: token.clone().filter(|_| wakes(rule)),
        restore: token.filter(|_| rule.change.is_some_and(|changed| changed.change != RuleChangeV1::Restore)),
    }
}

/// Returns where a rule is shown; none for what another system says.
pub(super) fn rule_href(name: &str) -> Option<String> {
    match name.split_once('/')? {
        ("objective", name) => Some(format!("/objectives/{name}")),
        ("probe", name) => Some(format!("/probes/{name}")),
        _ => None,
    }
}

fn rule_chip(rule: &Rule) -> Chip {
    match (rule.reached_at, rule.fired_at) {
        _ if !wakes(rule) => Chip::none("Wakes nobody"),
        (Some(_), _) => Chip::ok("Reached a person"),
        (None, Some(_)) if rule.urgency == Some(Urgency::Ticket) => Chip::none("A ticket so far"),
        (None, Some(_)) => Chip::warn("Reached nobody"),
        (None, None) => Chip::unknown("Never tested"),
    }
}

/// Says when a rule last fired, test or real, and when it last reached a person.
pub(super) fn tested_words(rule: &Rule, now: Timestamp) -> String {
    let fired = match (rule.fired_at, rule.fired_as_drill) {
        (None, _) => return "Never fired, never tested: whether it reaches anybody is not known.".to_owned(),
        (Some(at), true) => format!("Last fired {}, as a drill", text::age(at, now)),
        (Some(at), false) => format!("Last fired {}, for real", text::age(at, now)),
    };
    match rule.reached_at {
        Some(at) => format!("{fired}; last reached a person {}.", text::age(at, now)),
        None => format!("{fired}; no person has taken a page of it yet."),
    }
}

/// Says what a team did to a rule.
pub(super) fn change_words(change: RuleChangeV1) -> &'static str {
    match change {
        RuleChangeV1::Demote => "a ticket at most",
        RuleChangeV1::Raise => "raised to a page",
        RuleChangeV1::Delete => "says nothing any more",
        RuleChangeV1::Restore => "as its author wrote it",
    }
}

/// Says what a rule has been worth.
pub(super) fn worth_words(worth: &Worth) -> String {
    let times = |n: u32, one: &str, many: &str| text::counted(u64::from(n), one, many);
    if worth.fired == 0 {
        return "did not fire for real in 30 days".to_owned();
    }
    let paged = format!("{}, {}", times(worth.fired, "firing", "firings"), times(worth.paged, "page", "pages"));
    let judged = match (worth.judged, worth.paged) {
        (_, 0) => String::new(),
        (0, _) => ", none judged".to_owned(),
        (judged, _) => {
            let ours = if worth.not_ours > 0 { format!(", {} another's", worth.not_ours) } else { String::new() };
            format!(", {} of {judged} judged needed something{ours}", worth.acted)
        }
    };
    format!("{paged} in 30 days{judged}")
}

fn headline(rules: &[Rule]) -> String {
    let waking: Vec<&Rule> = rules.iter().filter(|rule| wakes(rule)).collect();
    let proven = waking.iter().filter(|rule| rule.reached_at.is_some()).count();
    match (rules.len(), waking.len() - proven) {
        (0, _) => "There is no rule yet.".to_owned(),
        (_, 0) => "Every rule has reached a person.".to_owned(),
        (1, _) => "The one rule was never seen to reach a person.".to_owned(),
        (all, n) if n == all => format!("None of {all} rules was ever seen to reach a person."),
        (all, 1) => format!("One of {all} rules was never seen to reach a person."),
        (all, n) => format!("{} of {all} rules were never seen to reach a person.", text::number_word(n)),
    }
}

fn say(rules: &[Rule]) -> Option<String> {
    (!rules.is_empty()).then(|| {
        "A drill fires the rule as it would fire for real, marked as a drill, and pages whoever is on call. It ends when the page is taken."
            .to_owned()
    })
}

impl PageView for RulesPage {
    fn title(&self) -> String {
        "Rules".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::Alerts
    }
}
