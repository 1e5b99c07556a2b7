//! Incidents as outsiders see them.

mod suspect;

use std::collections::BTreeSet;

use seaworthy_contract::api::{
    INCIDENTS_SHOWN_MAX, Incident, IncidentBrief, IncidentClock, IncidentLine, IncidentPerson, IncidentRole,
    IncidentState, SeenBefore,
};
use seaworthy_contract::events::incident::{IncidentClockV1, IncidentRoleV1, IncidentSourceV1};
use seaworthy_incident::{ALIKE_MIN, Clock, Moment, Role, Source, Traits, likeness, needs};
use seaworthy_model::{IncidentId, PageId, ServiceId};

use super::Look;
use crate::state::IncidentRecord;

use suspect::suspects;
pub use suspect::suspects_of_page;

/// Incidents that were like one and are shown beside it: more is no help at 3 a.m.
const SEEN_BEFORE_MAX: usize = 2;

/// Which incidents are wanted.
#[derive(Debug, Clone, Default)]
pub struct IncidentFilter {
    /// Only those that go on.
    pub open: bool,
    /// Only those of one service.
    pub service: Option<ServiceId>,
}

/// Returns incidents, newest first; at most [`INCIDENTS_SHOWN_MAX`].
pub fn incidents(look: &Look<'_>, filter: &IncidentFilter) -> Vec<IncidentBrief> {
    let wanted = |(_, record): &(&IncidentId, &IncidentRecord)| {
        (!filter.open || record.incident.is_open())
            && filter.service.as_ref().is_none_or(|service| record.incident.service == *service)
    };
    let found = look.state.incidents.iter().rev().filter(wanted).take(INCIDENTS_SHOWN_MAX);
    found.map(|(id, record)| brief(look, *id, record)).collect()
}

/// Returns the incident that a page belongs to.
pub fn incident_of_page(look: &Look<'_>, page: PageId) -> Option<IncidentId> {
    let service = &look.state.pages.get(&page)?.request.service;
    let has_it = |record: &IncidentRecord| record.incident.pages.contains(&page);
    let last = look.state.incidents.last_of(service).filter(|(_, record)| has_it(record)).map(|(id, _)| id);
    last.or_else(|| look.state.incidents.iter().rev().find(|(_, record)| has_it(record)).map(|(id, _)| *id))
}

/// Returns an incident.
pub fn incident(look: &Look<'_>, id: IncidentId) -> Option<Incident> {
    let record = look.state.incidents.get(id)?;
    let known = &record.incident;
    let wants = needs(known, look.now);
    let mut people: Vec<IncidentPerson> =
        known.people.iter().map(|(who, since)| IncidentPerson { name: called(look, who), since: *since }).collect();
    people.sort_by_key(|person| person.since);
    let line = |line: &crate::state::Line| IncidentLine {
        at: line.at,
        by: called(look, &line.actor),
        service: line.service.clone(),
        sentence: line.words.clone(),
        position: line.position,
    };
    Some(Incident {
        brief: brief(look, id, record),
        clocks: Moment::ALL.into_iter().map(|moment| clock(look, record, moment)).collect(),
        people,
        roles: known.roles.iter().map(|(r, who)| IncidentRole { role: role(*r), name: called(look, who) }).collect(),
        next_update_at: known.next_update_at,
        alone_since: wants.alone_since,
        help_asked_at: known.help_asked_at,
        pages: known.pages.clone(),
        suspects: suspects(look, record),
        seen_before: seen_before(look, id, record),
        timeline: record.timeline.iter().rev().map(line).collect(),
        left_out: record.left_out,
    })
}

fn brief(look: &Look<'_>, id: IncidentId, record: &IncidentRecord) -> IncidentBrief {
    let known = &record.incident;
    IncidentBrief {
        id,
        service: known.service.clone(),
        team: look.state.catalogue.service(&known.service).map(|service| service.owner.clone()),
        source: match known.source {
            Source::Page => IncidentSourceV1::Page,
            Source::Hand => IncidentSourceV1::Hand,
            Source::Drill => IncidentSourceV1::Drill,
        },
        sentence: known.sentence.clone(),
        state: state(record),
        opened_at: known.opened_at,
        closed_at: known.closed_at,
        update_late_since: needs(known, look.now).update_late_since,
        position: record.position,
    }
}

fn state(record: &IncidentRecord) -> IncidentState {
    let known = |moment| record.incident.known(moment).is_some();
    match record.incident.is_open() {
        false => IncidentState::Closed,
        true if known(Moment::Healthy) => IncidentState::Healthy,
        true if known(Moment::Restored) => IncidentState::Restored,
        true if known(Moment::Joined) => IncidentState::Joined,
        true => IncidentState::Waiting,
    }
}

fn clock(look: &Look<'_>, record: &IncidentRecord, moment: Moment) -> IncidentClock {
    let clock = match moment {
        Moment::Started => IncidentClockV1::Started,
        Moment::Detected => IncidentClockV1::Detected,
        Moment::Joined => IncidentClockV1::Joined,
        Moment::Restored => IncidentClockV1::Restored,
        Moment::Healthy => IncidentClockV1::Healthy,
    };
    match record.incident.clock(moment) {
        Clock::Known(mark) => {
            let source = spoken(look, &mark.source);
            IncidentClock { clock, at: Some(mark.at), source, position: Some(mark.position) }
        }
        Clock::Unknown(why) => IncidentClock { clock, at: None, source: why.as_str().to_owned(), position: None },
    }
}

/// Puts what people call somebody in the place of the ledger's name for them, which is the first word where a person says so.
fn spoken(look: &Look<'_>, source: &str) -> String {
    match source.split_once(' ') {
        Some((actor, rest)) if actor.starts_with("token/") || actor.starts_with("person/") => {
            format!("{} {rest}", called(look, actor))
        }
        _ => source.to_owned(),
    }
}

/// Returns what people call an actor.
pub(super) fn called(look: &Look<'_>, actor: &str) -> String {
    let person = actor.strip_prefix("person/").and_then(|handle| handle.parse().ok());
    let name = person.map(|person| look.display_name(&person).unwrap_or_else(|| person.to_string()));
    name.unwrap_or_else(|| look.called(actor))
}

fn role(role: Role) -> IncidentRoleV1 {
    match role {
        Role::Lead => IncidentRoleV1::Lead,
        Role::Operator => IncidentRoleV1::Operator,
        Role::Communicator => IncidentRoleV1::Communicator,
    }
}

/// Returns the incidents that were most like one, newest of those as like first.
fn seen_before(look: &Look<'_>, id: IncidentId, record: &IncidentRecord) -> Vec<SeenBefore> {
    if record.incident.source == Source::Drill {
        return Vec::new();
    }
    let own = traits(look, record);
    let others = look.state.incidents.iter().filter(|(other, _)| **other < id);
    let meant = others.filter(|(_, other)| other.incident.source != Source::Drill);
    let mut alike: Vec<_> = meant
        .map(|(other, record)| (likeness(&own, &traits(look, record)), *other, record))
        .filter(|(likeness, ..)| *likeness >= ALIKE_MIN)
        .collect();
    alike.sort_by_key(|(likeness, other, _)| std::cmp::Reverse((*likeness, *other)));
    alike.into_iter().take(SEEN_BEFORE_MAX).map(|(_, id, record)| past(look, id, record)).collect()
}

fn past(look: &Look<'_>, id: IncidentId, record: &IncidentRecord) -> SeenBefore {
    let known = &record.incident;
    let restored = known.known(Moment::Restored);
    let started = known.known(Moment::Started);
    SeenBefore {
        incident: id,
        service: known.service.clone(),
        sentence: known.sentence.clone(),
        opened_at: known.opened_at,
        restored_by: restored.map(|mark| spoken(look, &mark.source)),
        took_s: restored.zip(started).map(|(end, start)| end.at.duration_since(start.at).as_secs_f64().max(0.0)),
    }
}

fn traits(look: &Look<'_>, record: &IncidentRecord) -> Traits {
    let alerts: Vec<_> = record.alerts.iter().filter_map(|id| look.state.alerts.alerts.get(id)).collect();
    let saying = |id| look.state.alerts.rules.iter().filter(move |(_, r)| r.firings.iter().any(|f| f.alert == id));
    let rules: BTreeSet<String> =
        record.alerts.iter().flat_map(|id| saying(*id)).map(|(name, _)| name.clone()).collect();
    let fails = record.changes.iter().filter(|change| change.alert.is_some());
    let others = fails.filter_map(|change| change.service.clone());
    Traits {
        service: record.incident.service.clone(),
        rules,
        symptoms: alerts.iter().map(|alert| alert.symptom.clone()).collect(),
        failing: others.filter(|service| *service != record.incident.service).collect(),
    }
}
