//! Alerts: signals in, events out; and whoever is due is paged by ownership.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::{
    self as alerts, Alert, Alerts, Change, Event as Alerting, Nature, Phase, Purpose, Signal, Urgency,
};
use seaworthy_contract::catalogue::DependencyKind;
use seaworthy_contract::events::Event;
use seaworthy_contract::events::alert::{
    self, AlertFiredV1, AlertFoldedV1, AlertJoinedV1, AlertLeftV1, AlertPagedV1, AlertResolvedV1, AlertSilencedV1,
    AlertUnsilencedV1, NatureV1, PageJudgedV1, RuleChangeV1, RuleChangedV1, VerdictV1,
};
use seaworthy_contract::events::page::PageRequestedV1;
use seaworthy_model::{AlertId, PageId, ServiceId};

use super::fit::line;
use super::page;
use crate::state::Announced;
use crate::watch::objectives::{clock, is_since};
use crate::{Cx, NewFact, Refusal, State, Word};

/// Longest silence: who needs longer changes the rule.
const SILENCE_MAX: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Services looked at when following what a service cannot work without.
const HARD_MAX: usize = 2_000;

/// Takes what one rule says. A service that nobody declared has no owner to tell, so it is not an alert.
pub(super) fn signal(state: &State, signal: &Signal, cx: &mut Cx) -> Vec<NewFact> {
    let events = says(state, &state.alerts, signal, cx);
    let anew = began_since(state, signal, cx);
    events.iter().filter_map(fact).chain(anew).collect()
}

/// An alert has one page until somebody has taken it. What customers meet since then is told anew: another system's word may
/// have been little, and an alert outlasts its fault, so that the next one would come under a page that was dealt with.
fn began_since(state: &State, signal: &Signal, cx: &mut Cx) -> Vec<NewFact> {
    let ours = signal.rule.starts_with("objective/") && signal.phase == Phase::Firing;
    let open = state.alerts.open(&signal.service, &signal.symptom, signal.purpose);
    let Some((id, alert)) = open.and_then(|id| Some((id, state.alerts.alerts.get(&id)?))) else { return Vec::new() };
    let settled = alert.page.is_some_and(|(page, _)| is_since(state, page, signal.began_at));
    if !ours || signal.urgency != Urgency::Page || !settled || waits(state, alert, signal, cx.now) {
        return Vec::new();
    }
    let key = format!("page-for-alert/{id}/{}", signal.began_at.as_second());
    ask_for(state, id, alert, signal.sentence.clone(), signal.began_at, key, cx)
}

/// Whether nobody is told of an alert for now, or of this rule at all.
fn waits(state: &State, alert: &Alert, signal: &Signal, now: Timestamp) -> bool {
    let change = state.alerts.rules.get(&signal.rule).and_then(|rule| rule.change).map(|(change, _)| change);
    alert.folded_into.is_some()
        || matches!(change, Some(Change::Demote | Change::Delete))
        || state.alerts.silence(&signal.service, &signal.rule, now).is_some()
        || Announced::at(state, now).until(alert).is_some()
}

/// Takes what another system says at once: each word on what the words before it have made. Nothing is copied for words
/// that say what is known, which most do.
pub(super) fn heard(state: &State, words: &[Word], cx: &mut Cx) -> Vec<NewFact> {
    let mut known = Cow::Borrowed(&state.alerts);
    let mut facts = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let events = match word {
            Word::Says(signal) => says(state, &known, signal, cx),
            Word::Ends(rule) => alerts::end(&known, rule),
        };
        if index + 1 < words.len() {
            events.iter().for_each(|event| known.to_mut().apply(event, cx.now));
        }
        facts.extend(events.iter().filter_map(fact));
    }
    facts
}

fn says(state: &State, known: &Alerts, signal: &Signal, cx: &mut Cx) -> Vec<Alerting> {
    if state.catalogue.service(&signal.service).is_none() && signal.phase == Phase::Firing {
        return Vec::new();
    }
    let (now, entropy) = (cx.now, &mut cx.entropy);
    let hard = |service: &ServiceId| hard(state, service);
    alerts::decide(known, signal, &hard, &mut || AlertId::new(now, entropy))
}

/// Returns the services that one cannot work without, at any distance.
pub(crate) fn hard(state: &State, service: &ServiceId) -> BTreeSet<ServiceId> {
    let mut found = BTreeSet::new();
    let mut open = vec![service.clone()];
    while let Some(next) = open.pop().filter(|_| found.len() < HARD_MAX) {
        let Some(entity) = state.catalogue.service(&next) else { continue };
        let needed = entity.dependencies.iter().filter(|d| d.kind == DependencyKind::Hard);
        open.extend(needed.map(|d| d.service.clone()).filter(|d| found.insert(d.clone())));
    }
    found.remove(service);
    found
}

/// Returns what time makes due: dependants that stand for themselves again, and pages.
pub(super) fn tick(state: &State, cx: &mut Cx) -> Vec<NewFact> {
    let mut facts: Vec<NewFact> = alerts::regroup(&state.alerts).iter().filter_map(fact).collect();
    facts.extend(end_drills(state, cx.now));
    let mut room: BTreeMap<ServiceId, usize> = BTreeMap::new();
    let announced = Announced::at(state, cx.now);
    for id in alerts::due(&state.alerts, cx.now, &|alert| announced.until(alert).is_some()) {
        let Some(alert) = state.alerts.alerts.get(&id) else { continue };
        let left = room.entry(alert.service.clone()).or_insert_with(|| room_for_pages(state, &alert.service, cx.now));
        if alert.purpose == Purpose::Real {
            let Some(less) = left.checked_sub(1) else { continue };
            *left = less;
        }
        facts.extend(tell(state, id, cx));
    }
    facts
}

/// Pages of one service that wait for somebody at once: whoever was woken by five sees the others in the portal, and a
/// telephone that rings for each of a thousand symptoms tells nothing.
const PAGES_WAITING_MAX: usize = 5;

/// A page that nobody took for so long keeps no other back: somebody else may be on call by now.
const PAGES_WAIT_FOR: SignedDuration = SignedDuration::from_hours(1);

fn room_for_pages(state: &State, service: &ServiceId, now: Timestamp) -> usize {
    let untaken = |page: &PageId| state.pages.get(page).is_some_and(|record| record.acknowledged.is_none());
    let pages = state.alerts.open_of(service).filter(|(_, a)| a.purpose == Purpose::Real).filter_map(|(_, a)| a.page);
    let waiting = pages.filter(|(page, at)| now.duration_since(*at) < PAGES_WAIT_FOR && untaken(page));
    PAGES_WAITING_MAX.saturating_sub(waiting.count())
}

fn tell(state: &State, id: AlertId, cx: &mut Cx) -> Vec<NewFact> {
    let Some(alert) = state.alerts.alerts.get(&id) else { return Vec::new() };
    let sentence = match alert.purpose {
        Purpose::Real => alert.sentence.clone() + &overrun(state, alert, cx.now),
        Purpose::Drill => format!("Drill, nothing is wrong: {}", alert.sentence),
    };
    ask_for(state, id, alert, sentence, alert.began_at, format!("page-for-alert/{id}"), cx)
}

fn ask_for(
    state: &State,
    id: AlertId,
    alert: &Alert,
    sentence: String,
    began_at: Timestamp,
    key: String,
    cx: &mut Cx,
) -> Vec<NewFact> {
    let Some(requested) = page::request(state, &alert.service, None, sentence, Some(began_at), key, cx) else {
        return Vec::new();
    };
    let Event::PageRequested(PageRequestedV1 { page, .. }) = requested.event else { return Vec::new() };
    // Were the page asked for before, nobody would ever hear of the one that this names.
    let paged = NewFact::new(format!("alert/{id}"), AlertPagedV1 { alert: id, page }).only_with(requested.key.clone());
    vec![requested, paged]
}

/// Says that the page waited for the end of announced work, which is over and the symptom is not.
fn overrun(state: &State, alert: &Alert, now: Timestamp) -> String {
    let window = Announced::over(state, alert, now);
    window.map_or_else(String::new, |window| format!("; the work announced until {} has overrun", clock(window.end())))
}

/// A silence with an end and a reason; nothing is silenced for ever.
pub(super) fn silence(state: &State, wanted: &AlertSilencedV1, cx: &Cx) -> Result<Vec<NewFact>, Refusal> {
    known(state, &wanted.service)?;
    if let Some(rule) = wanted.rule.as_deref().filter(|rule| !speaks_of(state, rule).contains(&wanted.service)) {
        // A slip of the keyboard would silence nothing, and nobody would notice.
        return Err(Refusal::Unknown("rule", format!("{rule}\" of service \"{}", wanted.service)));
    }
    line("reason", &wanted.reason)?;
    if wanted.reason.trim().is_empty() {
        return Err(Refusal::Invalid("reason", "say why, for whoever looks at 3 a.m.".to_owned()));
    }
    if wanted.until <= cx.now {
        return Err(Refusal::Invalid("until", "its end is in the past".to_owned()));
    }
    if wanted.until.duration_since(cx.now) > SILENCE_MAX {
        let why = "at most 30 days; a rule that is never wanted is changed instead".to_owned();
        return Err(Refusal::Invalid("until", why));
    }
    let lasting = state.alerts.silences.iter().filter(|s| s.until > cx.now);
    if lasting.clone().any(|s| is_this(s, wanted)) {
        return Ok(Vec::new());
    }
    if lasting.count() >= SILENCES_MAX {
        let why = format!("{SILENCES_MAX} silences hold already");
        return Err(Refusal::State(why, "end one that is not needed: `seaworthy alerts unsilence`"));
    }
    Ok(vec![NewFact::new(format!("service/{}", wanted.service), wanted.clone())])
}

fn is_this(known: &alerts::Silence, wanted: &AlertSilencedV1) -> bool {
    (&known.service, &known.rule, known.until, &known.reason)
        == (&wanted.service, &wanted.rule, wanted.until, &wanted.reason)
}

pub(super) fn unsilence(state: &State, wanted: &AlertUnsilencedV1, cx: &Cx) -> Result<Vec<NewFact>, Refusal> {
    known(state, &wanted.service)?;
    let is_there = |s: &alerts::Silence| s.service == wanted.service && s.rule == wanted.rule && s.until > cx.now;
    match state.alerts.silences.iter().any(is_there) {
        true => Ok(vec![NewFact::new(format!("service/{}", wanted.service), wanted.clone())]),
        false => Ok(Vec::new()),
    }
}

/// One tap after a page. A second thought replaces the first.
pub(super) fn judge(state: &State, page: PageId, verdict: VerdictV1) -> Result<Vec<NewFact>, Refusal> {
    let record = state.pages.get(&page).ok_or_else(|| Refusal::Unknown("page", page.to_string()))?;
    if record.verdict == Some(verdict) {
        return Ok(Vec::new());
    }
    Ok(vec![NewFact::new(format!("page/{page}"), PageJudgedV1 { page, verdict })])
}

pub(super) fn change_rule(state: &State, rule: &str, change: RuleChangeV1) -> Result<Vec<NewFact>, Refusal> {
    if rule_service(state, rule).is_none() {
        return Err(Refusal::Unknown("rule", rule.to_owned()));
    }
    let known = state.alerts.rules.get(rule).and_then(|rule| rule.change).map(|(change, _)| change);
    let wanted = crate::state::change(change);
    if known == Some(wanted) || (known.is_none() && wanted == Change::Restore) {
        return Ok(Vec::new());
    }
    Ok(vec![NewFact::new(format!("rule/{rule}"), RuleChangedV1 { rule: rule.to_owned(), change })])
}

/// Silences that hold at once: a few for each service of a large company; each is looked at with every alert.
const SILENCES_MAX: usize = 1_000;

/// Returns every service that a rule speaks of: the one that its declaration names, and those of its alerts that are
/// remembered.
pub(crate) fn speaks_of(state: &State, rule: &str) -> BTreeSet<ServiceId> {
    let fired = state.alerts.rules.get(rule).into_iter().flat_map(|rule| rule.firings.iter());
    let of = |firing: &alerts::Firing| Some(state.alerts.alerts.get(&firing.alert)?.service.clone());
    fired.filter_map(of).chain(rule_service(state, rule)).collect()
}

/// Returns the service that a rule last spoke of, or the one that its declaration names.
fn rule_service(state: &State, rule: &str) -> Option<ServiceId> {
    let declared = match rule.split_once('/')? {
        ("objective", name) => state.catalogue.objective(name).map(|o| o.service.clone()),
        ("probe", name) => state.catalogue.probe(name).map(|p| p.service.clone()),
        _ => None,
    };
    declared.or_else(|| {
        let last = state.alerts.rules.get(rule)?.firings.back()?;
        Some(state.alerts.alerts.get(&last.alert)?.service.clone())
    })
}

fn known(state: &State, service: &ServiceId) -> Result<(), Refusal> {
    match state.catalogue.service(service) {
        Some(_) => Ok(()),
        None => Err(Refusal::Unknown("service", service.to_string())),
    }
}

fn fact(event: &Alerting) -> Option<NewFact> {
    let of = |id: &AlertId| format!("alert/{id}");
    Some(match event {
        Alerting::Fired { alert, signal, folded_into } => {
            NewFact::new(of(alert), fired(*alert, signal, *folded_into)).at(signal.began_at)
        }
        Alerting::Joined { alert, rule, urgency, nature } => NewFact::new(
            of(alert),
            AlertJoinedV1 { alert: *alert, rule: rule.clone(), urgency: asks(*urgency), nature: felt(*nature) },
        ),
        Alerting::Left { alert, rule } => NewFact::new(of(alert), AlertLeftV1 { alert: *alert, rule: rule.clone() }),
        Alerting::Folded { alert, into } => NewFact::new(of(alert), AlertFoldedV1 { alert: *alert, into: Some(*into) }),
        Alerting::Unfolded { alert } => NewFact::new(of(alert), AlertFoldedV1 { alert: *alert, into: None }),
        Alerting::Resolved { alert } => NewFact::new(of(alert), AlertResolvedV1 { alert: *alert }),
        // These are made here, not by the domain.
        Alerting::Paged { .. }
        | Alerting::Reached { .. }
        | Alerting::Judged { .. }
        | Alerting::Silenced(_)
        | Alerting::Unsilenced(..)
        | Alerting::RuleChanged { .. } => return None,
    })
}

fn fired(alert: AlertId, signal: &Signal, folded_into: Option<AlertId>) -> AlertFiredV1 {
    AlertFiredV1 {
        alert,
        rule: signal.rule.clone(),
        service: signal.service.clone(),
        symptom: signal.symptom.clone(),
        nature: felt(signal.nature),
        urgency: asks(signal.urgency),
        drill: signal.purpose == Purpose::Drill,
        began_at: signal.began_at,
        sentence: signal.sentence.clone(),
        folded_into,
    }
}

fn asks(urgency: Urgency) -> alert::Urgency {
    match urgency {
        Urgency::Ticket => alert::Urgency::Ticket,
        Urgency::Page => alert::Urgency::Page,
    }
}

fn felt(nature: Nature) -> NatureV1 {
    match nature {
        Nature::Symptom => NatureV1::Symptom,
        Nature::Cause => NatureV1::Cause,
    }
}

/// A drill of a rule: the signal as it would come, marked, for as long as it takes to reach somebody.
pub(super) fn drill(state: &State, rule: &str, cx: &mut Cx) -> Result<Vec<NewFact>, Refusal> {
    let service = rule_service(state, rule).ok_or_else(|| Refusal::Unknown("rule", rule.to_owned()))?;
    known(state, &service)?;
    check_wakes(state, rule, &service, cx)?;
    if state.alerts.open(&service, DRILL, Purpose::Drill).is_some() {
        return Err(Refusal::State(format!("a drill of {service} is running"), "acknowledge its page first"));
    }
    let injected = Signal {
        rule: rule.to_owned(),
        service: service.clone(),
        symptom: DRILL.to_owned(),
        nature: Nature::Symptom,
        urgency: Urgency::Page,
        phase: Phase::Firing,
        purpose: Purpose::Drill,
        began_at: cx.now,
        sentence: format!("{rule} of {service} was fired to see whether it reaches you; acknowledge, and that is all"),
    };
    Ok(signal(state, &injected, cx))
}

/// A drill that can wake nobody would fail for a reason that is known before.
fn check_wakes(state: &State, rule: &str, service: &ServiceId, cx: &Cx) -> Result<(), Refusal> {
    let change = state.alerts.rules.get(rule).and_then(|rule| rule.change).map(|(change, _)| change);
    if matches!(change, Some(Change::Demote | Change::Delete)) {
        let why = format!("{rule} wakes nobody: its team has changed it");
        return Err(Refusal::State(why, "`seaworthy rules change RULE restore` makes it as its author wrote it"));
    }
    if let Some(silence) = state.alerts.silence(service, rule, cx.now) {
        let why = format!("{service} is silent until {}: {}", silence.until, silence.reason);
        return Err(Refusal::State(why, "wait for its end, or end it: `seaworthy alerts unsilence SERVICE`"));
    }
    Ok(())
}

/// A drill ends when somebody has taken its page, or when nobody did for a quarter of an hour.
fn end_drills(state: &State, now: Timestamp) -> Vec<NewFact> {
    let over = state.alerts.drills().filter(|(_, a)| {
        let taken = a.page.is_some_and(|(page, _)| state.pages.get(&page).is_some_and(|p| p.acknowledged.is_some()));
        taken || now.duration_since(a.fired_at) > DRILL_MAX
    });
    over.map(|(id, _)| NewFact::new(format!("alert/{id}"), AlertResolvedV1 { alert: id })).collect()
}

/// The symptom of a drill: one at a time of a service, or its people are worn out for nothing.
const DRILL: &str = "drill";

/// A drill that reached nobody for so long has failed.
const DRILL_MAX: SignedDuration = SignedDuration::from_mins(15);
