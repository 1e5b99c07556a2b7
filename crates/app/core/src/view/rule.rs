//! Rules and the weekly review as outsiders see them.

use std::collections::{BTreeMap, BTreeSet};

use seaworthy_alert::{self as alerts, Change, LOOK_BACK_DAYS_MAX, Purpose, Suggestion as Suggested};
use seaworthy_contract::api::{self, Proposal, Rule, RuleChanged, Suggestion, Worth};
use seaworthy_contract::events::alert::RuleChangeV1;
use seaworthy_model::ServiceId;

use super::Look;
use super::alert::{asks, felt};
use crate::State;
use crate::step::speaks_of;

/// Returns every service that a rule speaks of; none when there is no such rule.
pub fn rule_services(look: &Look<'_>, rule: &str) -> BTreeSet<ServiceId> {
    speaks_of(look.state, rule)
}

/// Returns rules by name, of one service where it is given; at most [`api::RULES_SHOWN_MAX`].
pub fn rules(look: &Look<'_>, service: Option<&ServiceId>) -> Vec<Rule> {
    let declared = declared(look.state);
    let looked_at = alerts::review(&look.state.alerts, &declared, look.now, LOOK_BACK_DAYS_MAX);
    let worth: BTreeMap<&str, Worth> = looked_at.iter().map(|p| (p.rule.as_str(), worth(p))).collect();
    let seen = look.state.alerts.rules.keys();
    let names: BTreeSet<&String> = seen.chain(&declared).collect();
    let shown = names.into_iter().filter_map(|name| {
        let services: Vec<ServiceId> = speaks_of(look.state, name).into_iter().collect();
        let is_wanted = service.is_none_or(|service| services.contains(service));
        is_wanted.then(|| view(look.state, name, services, worth.get(name.as_str()).copied().unwrap_or_default()))
    });
    shown.take(api::RULES_SHOWN_MAX).collect()
}

/// Returns a rule, where there is one.
pub fn rule(look: &Look<'_>, name: &str) -> Option<Rule> {
    let service = rule_services(look, name).into_iter().next()?;
    rules(look, Some(&service)).into_iter().find(|rule| rule.name == name)
}

/// Returns the weekly review of the last `days`, 30 where none are given and at most: rules with something to change
/// first. At most [`api::RULES_SHOWN_MAX`].
pub fn review(look: &Look<'_>, days: Option<u32>) -> Vec<Proposal> {
    let days = days.unwrap_or(LOOK_BACK_DAYS_MAX);
    let looked_at = alerts::review(&look.state.alerts, &declared(look.state), look.now, days);
    let view = |proposal: alerts::Proposal| Proposal {
        services: speaks_of(look.state, &proposal.rule).into_iter().collect(),
        worth: worth(&proposal),
        distinct: Some(distinct(proposal.distinct)),
        suggestion: proposal.suggestion.map(suggestion),
        change: match proposal.suggestion {
            Some(Suggested::Change(to)) => Some(change(to)),
            _ => None,
        },
        rule: proposal.rule,
        because: proposal.because,
    };
    looked_at.into_iter().take(api::RULES_SHOWN_MAX).map(view).collect()
}

/// Rules that the catalogue declares.
fn declared(state: &State) -> Vec<String> {
    let objectives = state.catalogue.objectives().map(|objective| format!("objective/{}", objective.name));
    objectives.chain(state.catalogue.probes().map(|probe| format!("probe/{}", probe.name))).collect()
}

fn view(state: &State, name: &str, services: Vec<ServiceId>, worth: Worth) -> Rule {
    let known = state.alerts.rules.get(name);
    let last = known.and_then(|rule| rule.firings.back());
    let alert = last.and_then(|firing| state.alerts.alerts.get(&firing.alert));
    let (source, rest) = name.split_once('/').unwrap_or((name, ""));
    Rule {
        name: name.to_owned(),
        source: source.to_owned(),
        declared: state.catalogue.get(source, rest).is_some(),
        services,
        urgency: alert.map(|alert| asks(alert.urgency)),
        nature: alert.map(|alert| felt(alert.nature)),
        fired_at: last.map(|firing| firing.at),
        fired_as_drill: last.is_some_and(|firing| firing.purpose == Purpose::Drill),
        reached_at: known.and_then(|rule| rule.reached_at),
        change: known.and_then(|rule| rule.change).map(|(c, at)| RuleChanged { change: change(c), at }),
        worth,
    }
}

fn worth(of: &alerts::Proposal) -> Worth {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (judged, acted) = (count(of.judged), count(of.acted));
    Worth {
        fired: count(of.fired),
        paged: count(of.paged),
        judged,
        acted,
        not_ours: count(of.not_ours),
        actionable_ratio: (judged > 0).then(|| f64::from(acted) / f64::from(judged)),
        repeats: count(of.repeats),
    }
}

fn distinct(of: alerts::Distinct) -> api::Distinct {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    api::Distinct { paged: count(of.paged), judged: count(of.judged), acted: count(of.acted) }
}

fn suggestion(of: Suggested) -> Suggestion {
    match of {
        Suggested::Change(Change::Demote) => Suggestion::Demote,
        Suggested::Change(Change::Raise) => Suggestion::Raise,
        Suggested::Change(Change::Delete) => Suggestion::Delete,
        Suggested::Change(Change::Restore) => Suggestion::Restore,
        Suggested::Mend => Suggestion::Mend,
        Suggested::Drill => Suggestion::Drill,
    }
}

fn change(of: Change) -> RuleChangeV1 {
    match of {
        Change::Demote => RuleChangeV1::Demote,
        Change::Raise => RuleChangeV1::Raise,
        Change::Delete => RuleChangeV1::Delete,
        Change::Restore => RuleChangeV1::Restore,
    }
}
