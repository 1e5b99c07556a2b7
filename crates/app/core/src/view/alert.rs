//! Alerts and silences as outsiders see them, and which service another system's names mean.

use std::collections::{BTreeMap, BTreeSet};

use seaworthy_alert::{self as alerts, Nature, Purpose, Urgency};
use seaworthy_catalog::{Because, Candidate, Catalogue, Sure};
use seaworthy_contract::api::{ALERTS_SHOWN_MAX, Alert, AlertPage, AlertRef, OpenAlert, Silence};
use seaworthy_contract::events::alert::{self, NatureV1};
use seaworthy_model::{AlertId, ServiceId};

use super::{Look, page};
use crate::state::Announced;
use crate::watch::objectives;

/// Open alerts shown beside a service or the whole: more are a list of their own.
const OPEN_SHOWN_MAX: usize = 50;

/// Which alerts are wanted.
#[derive(Debug, Clone, Default)]
pub struct AlertFilter {
    /// Only those that go on.
    pub open: bool,
    /// Only those of one service.
    pub service: Option<ServiceId>,
    /// Only those older than one.
    pub before: Option<AlertId>,
    /// At most so many; never more than [`ALERTS_SHOWN_MAX`].
    pub limit: usize,
}

/// Returns alerts, newest first.
pub fn alerts(look: &Look<'_>, filter: &AlertFilter) -> AlertPage {
    let limit = filter.limit.clamp(1, ALERTS_SHOWN_MAX);
    let known = &look.state.alerts.alerts;
    let is_wanted = |(id, alert): &(&AlertId, &alerts::Alert)| {
        filter.before.is_none_or(|before| **id < before)
            && (!filter.open || alert.is_open())
            && filter.service.as_ref().is_none_or(|service| alert.service == *service)
    };
    let mut found: Vec<_> = known.iter().rev().filter(is_wanted).take(limit + 1).collect();
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(id, _)| **id);
    AlertPage { alerts: views(look, &found), next }
}

/// Returns an alert.
pub fn alert(look: &Look<'_>, id: AlertId) -> Option<Alert> {
    let record = look.state.alerts.alerts.get(&id)?;
    views(look, &[(&id, record)]).pop()
}

fn views(look: &Look<'_>, found: &[(&AlertId, &alerts::Alert)]) -> Vec<Alert> {
    let wanted: BTreeSet<AlertId> = found.iter().map(|(id, _)| **id).collect();
    // Each of these is one walk, however many alerts are asked for.
    let mut said_by: BTreeMap<AlertId, Vec<String>> = BTreeMap::new();
    for (name, rule) in &look.state.alerts.rules {
        for firing in rule.firings.iter().filter(|firing| wanted.contains(&firing.alert)) {
            said_by.entry(firing.alert).or_default().push(name.clone());
        }
    }
    let mut dependants: BTreeMap<AlertId, Vec<AlertRef>> = BTreeMap::new();
    for (id, alert) in look.state.alerts.all_open() {
        if let Some(into) = alert.folded_into.filter(|into| wanted.contains(into)) {
            dependants.entry(into).or_default().push(named(id, alert));
        }
    }
    let announced = Announced::at(look.state, look.now);
    let view = |(id, record): &(&AlertId, &alerts::Alert)| {
        let view = view(look, **id, record, &announced);
        let mut said_by = said_by.remove(id).unwrap_or_default();
        said_by.dedup();
        Alert { said_by, dependants: dependants.remove(id).unwrap_or_default(), ..view }
    };
    found.iter().map(view).collect()
}

fn view(look: &Look<'_>, id: AlertId, record: &alerts::Alert, announced: &Announced<'_>) -> Alert {
    let parent = record.folded_into.and_then(|into| Some(named(into, look.state.alerts.alerts.get(&into)?)));
    Alert {
        id,
        service: record.service.clone(),
        team: look.state.catalogue.service(&record.service).map(|service| service.owner.clone()),
        symptom: record.symptom.clone(),
        nature: felt(record.nature),
        urgency: asks(record.urgency),
        drill: record.purpose == Purpose::Drill,
        sentence: record.sentence.clone(),
        now: at_present(look, record),
        began_at: record.began_at,
        fired_at: record.fired_at,
        resolved_at: record.resolved_at,
        rules: record.rules.iter().cloned().collect(),
        said_by: Vec::new(),
        folded_into: parent,
        dependants: Vec::new(),
        silence: silence(look, record).map(shown),
        announced_until: announced.until(record).filter(|_| record.is_open()),
        page: record.page.and_then(|(page, _)| page::page(look, page)),
    }
}

/// What is so now: of an objective that says so, or else of a probe. What another system watches, it knows alone.
fn at_present(look: &Look<'_>, alert: &alerts::Alert) -> Option<String> {
    let rules = || alert.rules.iter().filter(|_| alert.is_open() && alert.purpose == Purpose::Real);
    let objectives = rules().filter_map(|rule| look.watch.objectives.get(rule.strip_prefix("objective/")?));
    let mut said = objectives.filter_map(|watched| objectives::at_present(watched, look.now));
    said.next().or_else(|| {
        let mut probes = rules().filter_map(|rule| look.watch.probes.get(rule.strip_prefix("probe/")?));
        probes.next().map(|probed| probed.at_present())
    })
}

fn named(id: AlertId, alert: &alerts::Alert) -> AlertRef {
    AlertRef { alert: id, service: alert.service.clone(), symptom: alert.symptom.clone() }
}

/// Returns open alerts in few words, newest first, of one service where it is given; at most fifty.
pub fn open_alerts(look: &Look<'_>, service: Option<&ServiceId>) -> Vec<OpenAlert> {
    let mut open: Vec<_> = match service {
        Some(service) => look.state.alerts.open_of(service).collect(),
        None => look.state.alerts.all_open().collect(),
    };
    open.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
    open.truncate(OPEN_SHOWN_MAX);
    let announced = Announced::at(look.state, look.now);
    open.into_iter().map(|(id, alert)| brief(look, id, alert, &announced)).collect()
}

fn brief(look: &Look<'_>, id: AlertId, alert: &alerts::Alert, announced: &Announced<'_>) -> OpenAlert {
    let record = alert.page.and_then(|(page, _)| look.state.pages.get(&page));
    OpenAlert {
        id,
        service: alert.service.clone(),
        symptom: alert.symptom.clone(),
        urgency: asks(alert.urgency),
        drill: alert.purpose == Purpose::Drill,
        sentence: alert.sentence.clone(),
        now: at_present(look, alert),
        began_at: alert.began_at,
        page: record.map(page::state),
        folded: alert.folded_into.is_some(),
        silenced: silence(look, alert).is_some(),
        announced: announced.until(alert).is_some(),
    }
}

/// Says whether an open alert stands for itself: meant, not silenced, and nothing else's consequence.
pub(super) fn counts(look: &Look<'_>, alert: &alerts::Alert) -> bool {
    alert.purpose == Purpose::Real && alert.folded_into.is_none() && silence(look, alert).is_none()
}

/// An alert is silent while all of its rules are: as soon as one silence ends, somebody is told.
fn silence<'a>(look: &Look<'a>, alert: &alerts::Alert) -> Option<&'a alerts::Silence> {
    let silences = alert.rules.iter().map(|rule| look.state.alerts.silence(&alert.service, rule, look.now));
    silences.collect::<Option<Vec<_>>>()?.into_iter().min_by_key(|silence| silence.until)
}

/// Returns the silences that hold, by their end; of one service where it is given.
pub fn silences(look: &Look<'_>, service: Option<&ServiceId>) -> Vec<Silence> {
    let lasting = look.state.alerts.silences.iter().filter(|s| s.until > look.now);
    let mut found: Vec<Silence> =
        lasting.filter(|s| service.is_none_or(|service| s.service == *service)).map(shown).collect();
    found.sort_by(|a, b| (a.until, &a.service).cmp(&(b.until, &b.service)));
    found
}

fn shown(silence: &alerts::Silence) -> Silence {
    let alerts::Silence { service, rule, until, reason } = silence.clone();
    Silence { service, rule, until, reason }
}

/// Returns open alerts that are meant and of which this rule says so now; for another system's word that a thing is over
/// or taken, which names the rule and nothing else.
pub fn open_by(look: &Look<'_>, rule: &str) -> Vec<AlertId> {
    let known = &look.state.alerts;
    known.said_by(rule).filter(|id| known.alerts.get(id).is_some_and(|a| a.purpose == Purpose::Real)).collect()
}

/// Returns the rules that say so now of some open alert, begin so, and fit.
pub fn rules_saying(look: &Look<'_>, beginning: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
    look.state.alerts.saying(beginning).filter(|rule| fits(rule)).map(str::to_owned).collect()
}

/// Returns the labels of the credentials that are in force, each once: whoever else said something says nothing any more.
pub fn senders(look: &Look<'_>) -> BTreeSet<String> {
    let there = look.state.tokens.values().filter(|record| record.is_in_force(look.now));
    there.map(|record| record.label.clone()).collect()
}

/// Says whether what a rule says of a service now was left out, because as many alerts are open as are looked after.
pub fn is_left_out(look: &Look<'_>, service: &ServiceId, symptom: &str) -> bool {
    let known = &look.state.alerts;
    known.open_count() >= alerts::OPEN_MAX && known.open(service, symptom, Purpose::Real).is_none()
}

/// Returns the catalogue as the rules of ownership see it; a copy, so that looking takes nobody's time.
pub fn ownership(look: &Look<'_>) -> Catalogue {
    look.state.catalogue.as_rules()
}

/// How the route of every path of every host is written.
const EVERYTHING: &str = "*/";

/// Returns the service that one of these names means, best name first: by exactly its name, by its name in another case,
/// or as "who owns this?" finds it, and finds no other.
pub fn means(rules: &Catalogue, names: &[String]) -> Option<ServiceId> {
    let of = |fits: &dyn Fn(&str, &str) -> bool| {
        let found = |name: &String| rules.services().find(|service| fits(service.name.as_str(), name));
        names.iter().find_map(found).map(|service| service.name.clone())
    };
    // A route that takes every path of every host says nothing about a host that is named.
    let says = |c: &Candidate| c.sure != Sure::Possible && c.because != Because::Route(EVERYTHING.to_owned());
    let asked = |name: &String| {
        let mut found = seaworthy_catalog::who(rules, name).into_iter().filter(says);
        let (best, next) = (found.next()?, found.next());
        next.is_none_or(|next| next.sure > best.sure).then_some(best.service)
    };
    of(&|known, name| known == name)
        .or_else(|| of(&|known, name| known.eq_ignore_ascii_case(name)))
        .or_else(|| names.iter().find_map(asked))
}

pub(super) fn asks(urgency: Urgency) -> alert::Urgency {
    match urgency {
        Urgency::Ticket => alert::Urgency::Ticket,
        Urgency::Page => alert::Urgency::Page,
    }
}

pub(super) fn felt(nature: Nature) -> NatureV1 {
    match nature {
        Nature::Symptom => NatureV1::Symptom,
        Nature::Cause => NatureV1::Cause,
    }
}
