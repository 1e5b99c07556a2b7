//! Incidents: opened by the page of an alert, by hand or as a drill; joined, told of and closed by people.
//!
//! A revert that a machine ended is no incident: who was paged for it has nothing to restore. Where customers still feel it,
//! an alert fires, and its page opens one.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use seaworthy_contract::events::Event;
use seaworthy_contract::events::incident::{
    IncidentClockSetV1, IncidentClosedV1, IncidentHelpAskedV1, IncidentJoinedV1, IncidentOpenedV1,
    IncidentPageJoinedV1, IncidentReopenedV1, IncidentRestoredV1, IncidentRoleTakenV1, IncidentSourceV1,
    IncidentUpdatePostedV1,
};
use seaworthy_incident::{Moment, OnPage, check_set, closes_by_itself, on_page};
use seaworthy_model::{AlertId, IncidentId, PageId, ServiceId, Timestamp};

use super::fit::line;
use super::{escalation, page};
use crate::state::{IncidentRecord, is_meant, moment, role};
use crate::{Cx, IncidentDone, IncidentWanted, NewFact, Refusal, State};

/// Longest promise: who says nothing for a day is not in an incident.
const NEXT_UPDATE_MAX: SignedDuration = SignedDuration::from_hours(24);

/// How long ago an incident that is opened by hand may have begun: longer ago is a slip of the keyboard.
const BEGAN_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Incidents that go on at once: one for each service of a large company. A page beyond that is still a page.
const OPEN_MAX: usize = 500;

/// Adds to what alerts came to what follows from their pages, for the same append.
pub(super) fn told(state: &State, mut facts: Vec<NewFact>, cx: &mut Cx) -> Vec<NewFact> {
    let mut opened = BTreeMap::new();
    let told = facts.iter().filter_map(|fact| match &fact.event {
        Event::AlertPaged(e) => Some((e.alert, e.page, fact.only_with.clone())),
        _ => None,
    });
    let told: Vec<_> = told.filter(|(alert, ..)| is_meant(state, *alert)).collect();
    facts.extend(told.into_iter().filter_map(|(alert, page, with)| {
        let fact = paged(state, alert, page, &with, &mut opened, cx)?;
        Some(fact.only_with(with))
    }));
    facts
}

/// Incidents that this decision opens or opens again, and what that is nothing without.
type Opened = BTreeMap<ServiceId, (IncidentId, Vec<String>)>;

fn paged(
    state: &State,
    alert: AlertId,
    page: PageId,
    with: &[String],
    opened: &mut Opened,
    cx: &mut Cx,
) -> Option<NewFact> {
    let record = state.alerts.alerts.get(&alert)?;
    let service = record.service.clone();
    if let Some((incident, with)) = opened.get(&service).cloned() {
        return Some(fact(incident, IncidentPageJoinedV1 { incident, page, alert }).only_with(with));
    }
    let last = state.incidents.last_of(&service);
    let known = last.map(|(id, _)| id);
    Some(match (on_page(last.map(|(_, record)| &record.incident), cx.now), known) {
        (OnPage::Joins, Some(incident)) => fact(incident, IncidentPageJoinedV1 { incident, page, alert }),
        (OnPage::Reopens, Some(incident)) => {
            opened.insert(service, (incident, with.to_vec()));
            fact(incident, IncidentReopenedV1 { incident, page, alert })
        }
        _ if state.incidents.open().count() >= OPEN_MAX => return None,
        _ => {
            let incident = IncidentId::new(cx.now, &mut cx.entropy);
            opened.insert(service.clone(), (incident, with.to_vec()));
            let event = IncidentOpenedV1 {
                incident,
                service,
                source: IncidentSourceV1::Page,
                page: Some(page),
                alert: Some(alert),
                sentence: record.sentence.clone(),
                began_at: Some(record.began_at),
            };
            fact(incident, event)
        }
    })
}

/// What a person wants of an incident.
pub(super) fn wanted(state: &State, wanted: &IncidentWanted, cx: &mut Cx) -> Result<Vec<NewFact>, Refusal> {
    match wanted {
        IncidentWanted::Open { service, sentence, began_at, drill } => {
            open(state, service, sentence, *began_at, *drill, cx)
        }
        IncidentWanted::In(id, done) => {
            let record = state.incidents.get(*id).ok_or_else(|| Refusal::Unknown("incident", id.to_string()))?;
            let mut facts = done_in(*id, record, done, cx)?;
            match done {
                // Asking calls: the newest page has the ladder that is known to be about it.
                IncidentDone::HelpAsked => {
                    let page = record.incident.pages.iter().next_back();
                    facts.extend(page.and_then(|page| escalation::help(state, *page, &cx.actor, cx.now)));
                }
                IncidentDone::OwnerCalled(service) => facts.extend(owner(state, *id, record, service, cx)?),
                _ => {}
            }
            Ok(facts)
        }
    }
}

fn open(
    state: &State,
    service: &ServiceId,
    sentence: &str,
    began_at: Option<Timestamp>,
    drill: bool,
    cx: &mut Cx,
) -> Result<Vec<NewFact>, Refusal> {
    if state.catalogue.service(service).is_none() {
        return Err(Refusal::Unknown("service", service.to_string()));
    }
    said("sentence", sentence)?;
    if began_at.is_some_and(|at| at > cx.now || cx.now.duration_since(at) > BEGAN_MAX) {
        return Err(Refusal::Invalid("began_at", "it must be within the last seven days".to_owned()));
    }
    let going_on = |(_, record): &(IncidentId, &IncidentRecord)| {
        record.incident.service == *service && (record.incident.source == seaworthy_incident::Source::Drill) == drill
    };
    if let Some((id, _)) = state.incidents.open().find(going_on) {
        let why = format!("an incident of {service} goes on: {id}");
        return Err(Refusal::State(why, "join it: `seaworthy incident join ID`"));
    }
    if state.incidents.open().count() >= OPEN_MAX {
        let why = format!("{OPEN_MAX} incidents go on already");
        return Err(Refusal::State(why, "close those that are over: `seaworthy incident close ID`"));
    }
    let incident = IncidentId::new(cx.now, &mut cx.entropy);
    let event = IncidentOpenedV1 {
        incident,
        service: service.clone(),
        source: if drill { IncidentSourceV1::Drill } else { IncidentSourceV1::Hand },
        page: None,
        alert: None,
        sentence: sentence.trim().to_owned(),
        began_at,
    };
    // Whoever opens one is there.
    Ok(vec![fact(incident, event), fact(incident, IncidentJoinedV1 { incident })])
}

fn done_in(
    incident: IncidentId,
    record: &IncidentRecord,
    done: &IncidentDone,
    cx: &Cx,
) -> Result<Vec<NewFact>, Refusal> {
    let known = &record.incident;
    let is_clock = matches!(done, IncidentDone::ClockSet { .. });
    if *done == IncidentDone::Closed && !known.is_open() {
        return Ok(Vec::new());
    }
    if !known.is_open() && !is_clock {
        let why = "the incident is closed".to_owned();
        return Err(Refusal::State(why, "open another: `seaworthy incident open SERVICE \"SENTENCE\"`"));
    }
    Ok(vec![match done {
        IncidentDone::Joined if known.people.contains_key(&cx.actor) => return Ok(Vec::new()),
        IncidentDone::Joined => fact(incident, IncidentJoinedV1 { incident }),
        IncidentDone::RoleTaken(wanted) if known.roles.get(&role(*wanted)) == Some(&cx.actor) => {
            return Ok(Vec::new());
        }
        IncidentDone::RoleTaken(role) => fact(incident, IncidentRoleTakenV1 { incident, role: *role }),
        IncidentDone::Updated { sentence, next_update_at } => {
            said("sentence", sentence)?;
            promised(*next_update_at, cx.now)?;
            let (sentence, next_update_at) = (sentence.trim().to_owned(), *next_update_at);
            fact(incident, IncidentUpdatePostedV1 { incident, sentence, next_update_at })
        }
        IncidentDone::HelpAsked => fact(incident, IncidentHelpAskedV1 { incident }),
        // The page that it asks for says it.
        IncidentDone::OwnerCalled(_) => return Ok(Vec::new()),
        IncidentDone::Restored if known.known(Moment::Restored).is_some() => return Ok(Vec::new()),
        IncidentDone::Restored => fact(incident, IncidentRestoredV1 { incident }),
        IncidentDone::Closed => fact(incident, IncidentClosedV1 { incident }),
        IncidentDone::ClockSet { clock, at, source } => {
            said("source", source)?;
            check_set(known, moment(*clock), *at, cx.now).map_err(|why| Refusal::Invalid("at", why.to_string()))?;
            fact(incident, IncidentClockSetV1 { incident, clock: *clock, at: *at, source: source.trim().to_owned() })
        }
    }])
}

/// Pages whoever is on call for what the service of an incident needs: once an incident.
fn owner(
    state: &State,
    incident: IncidentId,
    record: &IncidentRecord,
    service: &ServiceId,
    cx: &mut Cx,
) -> Result<Option<NewFact>, Refusal> {
    let known = &record.incident;
    let needs =
        state.catalogue.service(&known.service).map(|entity| entity.dependencies.as_slice()).unwrap_or_default();
    if !needs.iter().any(|needed| needed.service == *service) {
        let why = format!("{} does not declare that it needs {service}", known.service);
        return Err(Refusal::State(why, "its team declares dependencies in its files"));
    }
    let sentence = format!("{} needs {service}, and its people call you: {}", known.service, known.sentence);
    let key = format!("incident/{incident}/owner/{service}");
    Ok(page::request(state, service, None, sentence, None, key, cx))
}

fn said(field: &'static str, text: &str) -> Result<(), Refusal> {
    line(field, text)?;
    match text.trim().is_empty() {
        true => Err(Refusal::Invalid(field, "write one sentence; it stays in the ledger".to_owned())),
        false => Ok(()),
    }
}

fn promised(next: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    match next {
        Some(at) if at <= now || at.duration_since(now) > NEXT_UPDATE_MAX => {
            Err(Refusal::Invalid("next_update_at", "promise the next update within a day".to_owned()))
        }
        _ => Ok(()),
    }
}

/// Closes what is long over and what nobody leads.
pub(super) fn tick(state: &State, cx: &Cx) -> Vec<NewFact> {
    let over = state.incidents.open().filter(|(_, record)| closes_by_itself(&record.incident, cx.now));
    over.map(|(incident, _)| fact(incident, IncidentClosedV1 { incident })).collect()
}

fn fact(incident: IncidentId, event: impl Into<Event>) -> NewFact {
    NewFact::new(format!("incident/{incident}"), event)
}
