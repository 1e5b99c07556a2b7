//! What is said to another system about an event, made when it leaves.

use jiff::Timestamp;
use seaworthy_contract::catalogue::{Outlet, OutletWay};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::outward::OutwardMadeV1;
use seaworthy_contract::events::ticket::TicketMatterV1;
use seaworthy_core::outbox::OutwardMessage;
use seaworthy_core::view::{Look, sentence};
use seaworthy_integrations::{Gaps, TrackerStep};
use seaworthy_model::{IncidentId, PersonId, Position, TicketId};
use seaworthy_store::Record;

use super::clock;
use crate::kernel::decode;

/// Longest title of a ticket, in characters: Jira takes 255, others more.
const TITLE_CHARS_MAX: usize = 200;

/// A message on its way.
pub(super) struct Parcel {
    pub(super) outlet: Outlet,
    pub(super) thread: String,
    pub(super) about: Position,
    pub(super) at: Timestamp,
    pub(super) key: String,
    pub(super) made: Option<OutwardMadeV1>,
}

impl Parcel {
    pub(super) fn of(message: &OutwardMessage<'_>) -> Self {
        Self {
            outlet: message.outlet.clone(),
            thread: message.thread.to_owned(),
            about: message.item.about,
            at: message.item.at,
            key: message.key(),
            made: message.made.cloned(),
        }
    }

    /// Returns what only one message goes along at a time.
    pub(super) fn lane(&self) -> String {
        format!("{}/{}", self.outlet.name, self.thread)
    }
}

/// What is said.
pub(super) struct About {
    /// The service.
    pub(super) service: String,
    /// What happened.
    pub(super) sentence: String,
    /// What is done in a tracker.
    pub(super) step: TrackerStep,
    /// What fills a tracker's gaps.
    pub(super) gaps: Gaps,
    /// What a room is called.
    pub(super) room_name: String,
    /// What is said in a room.
    pub(super) text: String,
    /// Whom Slack knows of those who are to be there.
    pub(super) people: Vec<String>,
    /// Whether it is the end of an incident.
    pub(super) is_closing: bool,
}

impl About {
    pub(super) fn of(look: &Look<'_>, parcel: &Parcel, record: &Record, base: &str) -> Self {
        let event = decode(record).event;
        let sentence = sentence(&event);
        let by = look.called(&record.event.actor);
        let incident = parcel.thread.strip_prefix("incident/").and_then(|id| id.parse::<IncidentId>().ok());
        let ticket = parcel.thread.strip_prefix("ticket/").and_then(|id| id.parse::<TicketId>().ok());
        let of_service = parcel.thread.strip_prefix("service/").map(str::to_owned);
        let known = incident.and_then(|id| look.state.incidents.get(id));
        let service = known.map(|record| record.incident.service.to_string()).or(of_service).unwrap_or_default();
        let link = incident.map(|id| format!("{base}/incidents/{id}"));
        let text = match (&event, link) {
            (Event::IncidentOpened(e), Some(link)) => {
                format!("{}: {}\nOpened {}. {link}", e.service, e.sentence, clock(record.recorded_at))
            }
            (_, Some(_)) => format!("{sentence} ({by}, {})", clock(record.recorded_at)),
            (_, None) => sentence.clone(),
        };
        Self {
            room_name: incident.map(|id| room_name(&service, id)).unwrap_or_default(),
            people: incident.map(|id| people(look, parcel, id, &record.event.actor)).unwrap_or_default(),
            step: step(&event),
            gaps: ticket.map(|id| gaps(look, parcel, id, &comment(&event, &by, record), base)).unwrap_or_default(),
            is_closing: matches!(event, Event::IncidentClosed(_)),
            service,
            sentence,
            text,
        }
    }
}

fn step(event: &Event) -> TrackerStep {
    match event {
        Event::TicketOpened(_) => TrackerStep::Create,
        Event::TicketClosed(_) => TrackerStep::Close,
        Event::TicketReopened(_) => TrackerStep::Reopen,
        _ => TrackerStep::Comment,
    }
}

fn comment(event: &Event, by: &str, record: &Record) -> String {
    let at = clock(record.recorded_at);
    match event {
        Event::TicketJoined(_) => format!("It is there again since {at}."),
        Event::TicketEnded(_) => format!("Nothing of it goes on since {at}."),
        Event::TicketClosed(_) => format!("Closed by {by}, {at}."),
        Event::TicketReopened(_) => format!("Opened again by {by}, {at}."),
        event => sentence(event),
    }
}

/// The first part of an id is its time, so its end tells incidents of one minute apart.
fn room_name(service: &str, incident: IncidentId) -> String {
    let id = incident.as_uuid().simple().to_string();
    let service: String = service.chars().take(40).collect();
    format!("inc-{service}-{}", &id[id.len() - 8..])
}

/// What fills the gaps of a tracker's requests for a ticket.
pub(super) fn ticket_gaps(look: &Look<'_>, ticket: TicketId, made: Option<&OutwardMadeV1>, base: &str) -> Gaps {
    let Some(record) = look.state.tickets.get(ticket) else { return Gaps::default() };
    let opened = &record.opened;
    let title: String = format!("{}: {}", opened.service, opened.sentence).chars().take(TITLE_CHARS_MAX).collect();
    let (what, link) = match &opened.matter {
        TicketMatterV1::Alert { alert, .. } => ("alert", format!("{base}/alerts/{alert}")),
        TicketMatterV1::Incident { incident } => ("incident", format!("{base}/incidents/{incident}")),
    };
    let mut gaps: Gaps = [
        ("key", format!("sw-{ticket}")),
        ("title", title),
        ("sentence", opened.sentence.clone()),
        ("service", opened.service.to_string()),
        ("team", opened.team.to_string()),
        ("began_at", opened.began_at.to_string()),
        ("link", link),
        ("what", what.to_owned()),
    ]
    .into();
    if let Some(made) = made {
        gaps.extend([("ticket.key", made.key.clone()), ("ticket.id", made.id.clone())]);
    }
    gaps
}

fn gaps(look: &Look<'_>, parcel: &Parcel, ticket: TicketId, comment: &str, base: &str) -> Gaps {
    let mut gaps = ticket_gaps(look, ticket, parcel.made.as_ref(), base);
    gaps.insert("comment", comment.to_owned());
    gaps
}

/// Returns Slack's ids of those who were called by the incident's pages or did something in it.
fn people(look: &Look<'_>, parcel: &Parcel, incident: IncidentId, actor: &str) -> Vec<String> {
    let OutletWay::Rooms { people: known, .. } = &parcel.outlet.way else { return Vec::new() };
    let record = look.state.incidents.get(incident);
    let pages = record.into_iter().flat_map(|record| &record.incident.pages).filter_map(|id| look.state.pages.get(id));
    let called = pages.flat_map(|page| page.request.to.iter().chain(page.climb.calls.iter().flat_map(|c| &c.people)));
    let acting = actor.strip_prefix("person/").and_then(|handle| handle.parse::<PersonId>().ok());
    let mut ids: Vec<String> = called.chain(acting.iter()).filter_map(|person| known.get(person).cloned()).collect();
    ids.sort();
    ids.dedup();
    ids
}
