//! What a catalogue document must be like, wherever it comes from: `seaworthy check` says the same of files, with line
//! and column, but a document may come from any program.

mod watched;

use jiff::tz::TimeZone;
use seaworthy_contract::catalogue::{
    CALENDAR_BYTES_MAX, CALENDAR_NAMES_MAX, CalendarDetails, Contact, Document, ENTITIES_MAX, Entity, Other,
    PersonDetails, Rotation, Route, Run, SOURCE_BYTES_MAX, Service, Sourced, Sticky, Strategy, TurnLength,
};
use seaworthy_oncall::Limits;
use seaworthy_rollout::Steps;
use serde_json::Value;

use super::fit::{HOST_BYTES_MAX, duration, line, lines, variable};
use super::ship::ITEMS_MAX;
use crate::Refusal;

/// Most people in one document: half of what the table beside the ledger lists at a start, since those of the document
/// before are there until this one is applied.
const PEOPLE_MAX: usize = 5_000;

/// Most contacts of a person, as in files.
const CONTACTS_MAX: usize = 8;

/// Most bytes of an entity as JSON: with its source it must fit into an event, which has 64 KiB.
const ENTITY_BYTES_MAX: usize = 60 * 1024;

/// Longest name of something that is only shown, in bytes: it is part of a stream's name, which has 200.
const OTHER_BYTES_MAX: usize = 180;

/// Most calendars that are followed at once: the small ones of a large company.
const CALENDARS_MAX: usize = 500;

/// Longest turn of a rotation, in days, as in files.
const DAYS_MAX: u16 = 366;

/// Longest name of a time zone; the longest there is has 32 bytes.
const ZONE_BYTES_MAX: usize = 64;

type Checked = Result<(), Refusal>;

/// Checks everything that does not depend on other entities or on state.
///
/// # Errors
/// With the first entity or person that could not be stored or acted on.
pub(super) fn check(document: &Document) -> Checked {
    at_most("entities", document.entities.len(), ENTITIES_MAX)?;
    at_most("people", document.people.len(), PEOPLE_MAX)?;
    at_most("retire", document.retire.len(), ENTITIES_MAX)?;
    at_most("take", document.take.len(), ENTITIES_MAX)?;
    document.source.iter().try_for_each(|source| check_source(source))?;
    for sourced in &document.entities {
        let (kind, name) = sourced.entity.key();
        check_entity(sourced).map_err(|why| invalid("entities", format!("{kind} {name:?}: {why}")))?;
    }
    at_most("calendars", document.calendars.len(), CALENDARS_MAX)?;
    for calendar in &document.calendars {
        let name = calendar.rotation.as_str();
        check_calendar(calendar).map_err(|why| invalid("calendars", format!("{name:?}: {why}")))?;
    }
    for person in &document.people {
        check_person(person).map_err(|why| invalid("people", format!("{:?}: {why}", person.name.as_str())))?;
    }
    Ok(())
}

fn check_source(source: &str) -> Checked {
    line("source", source)?;
    holds("source", !source.trim().is_empty(), source, "a name, such as shop/production")?;
    at_most("source", source.len(), SOURCE_BYTES_MAX)
}

fn check_entity(sourced: &Sourced) -> Checked {
    line("source", &sourced.source)?;
    let value = serde_json::to_value(&sourced.entity).expect("an entity has string keys only");
    check_texts(&value)?;
    at_most("its size in bytes", value.to_string().len(), ENTITY_BYTES_MAX)?;
    match &sourced.entity {
        Entity::Service(service) => check_service(service),
        Entity::Rotation(rotation) => check_rotation(rotation),
        Entity::Other(Other { name, .. }) => {
            line("name", name)?;
            at_most("name", name.len(), OTHER_BYTES_MAX)
        }
        Entity::Objective(objective) => watched::check_objective(objective),
        Entity::Probe(probe) => watched::check_probe(probe),
        Entity::Tolerance(tolerance) => watched::check_tolerance(tolerance),
        Entity::Action(hook) => {
            watched::check_name(&hook.name)?;
            match hook.fault() {
                Some((field, why)) => Err(invalid(field, why)),
                None => Ok(()),
            }
        }
        Entity::Outlet(outlet) => watched::check_outlet(outlet),
        // A policy is judged as a whole, with those that it hands over to.
        Entity::Team(_) | Entity::Person(_) | Entity::EscalationPolicy(_) => Ok(()),
    }
}

/// Checks every text inside, whatever field it is.
fn check_texts(value: &Value) -> Checked {
    match value {
        Value::String(text) => lines("a text", text),
        Value::Array(items) => items.iter().try_for_each(check_texts),
        Value::Object(fields) => fields.values().try_for_each(check_texts),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn check_service(service: &Service) -> Checked {
    service.routes.iter().try_for_each(check_route)?;
    service.run.iter().try_for_each(check_run)?;
    check_strategy(&service.rollout)
}

fn check_route(route: &Route) -> Checked {
    for host in &route.hosts {
        let label =
            |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        holds("hosts", host.len() <= HOST_BYTES_MAX && host.split('.').all(label), host, "a host name without port")?;
    }
    let fits = |c: char| c.is_ascii_graphic() && !"?#\\".contains(c);
    let is_path = route.path.starts_with('/') && route.path.chars().all(fits);
    holds("path", is_path, &route.path, "a path prefix such as /checkout")?;
    line("path", &route.path)?;
    if let Some(Sticky::Header(name) | Sticky::Cookie(name)) = &route.sticky {
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        holds("sticky", !name.is_empty() && name.chars().all(token), name, "the name of a header or cookie")?;
        line("sticky", name)?;
    }
    wait("timeout_ms", route.timeout_ms)?;
    wait("attempt_timeout_ms", route.attempt_timeout_ms)
}

fn check_run(run: &Run) -> Checked {
    at_most("command", run.command.len(), ITEMS_MAX)?;
    at_most("env", run.env.len(), ITEMS_MAX)?;
    run.env.keys().try_for_each(|name| variable("env", name))?;
    if let Some(health) = &run.health {
        let is_path = health.starts_with('/') && health.chars().all(|c| c.is_ascii_graphic());
        holds("health", is_path, health, "a path such as /healthz")?;
    }
    wait("start_timeout_ms", run.start_timeout_ms)?;
    duration("stop_timeout_ms", run.stop_timeout_ms)
}

fn check_strategy(strategy: &Strategy) -> Checked {
    Steps::new(&strategy.steps).map_err(|why| invalid("steps", why.to_string()))?;
    duration("dwell_ms", strategy.dwell_ms)?;
    duration("bake_ms", strategy.bake_ms)
}

/// A rotation that names nobody pages nobody, and would be noticed when a page is missed.
fn check_rotation(rotation: &Rotation) -> Checked {
    holds("participants", !rotation.participants.is_empty(), "", "at least one person, or nobody is paged")?;
    holds("days", (1..=DAYS_MAX).contains(&rotation.days), &rotation.days.to_string(), "1 to 366 days")?;
    check_zone(&rotation.zone)?;
    let layered = &rotation.layered;
    if let Some(calendar) = &layered.calendar {
        line("calendar.from", &calendar.from)?;
        holds("calendar", layered.joining.is_none(), "", "followed by a rotation that a file lists")?;
        let (every, trusted) = (calendar.every_minutes, calendar.trusted_hours);
        holds("every_minutes", (1..=1_440).contains(&every), &every.to_string(), "1 to 1440 minutes")?;
        holds("trusted_hours", (1..=720).contains(&trusted), &trusted.to_string(), "1 to 720 hours")?;
    }
    at_most("levels", usize::from(layered.levels), usize::from(Limits::LEVELS))?;
    at_most("layers", layered.layers.len(), Limits::LAYERS)?;
    at_most("overrides", layered.overrides.len(), Limits::OVERRIDES)?;
    layered.turn.iter().chain(layered.layers.iter().map(|layer| &layer.turn)).try_for_each(check_turn)?;
    layered.layers.iter().try_for_each(|layer| {
        line("name", &layer.name)?;
        check_zone(&layer.zone)
    })
}

fn check_calendar(calendar: &CalendarDetails) -> Checked {
    at_most("people", calendar.people.len(), CALENDAR_NAMES_MAX)?;
    calendar.people.keys().try_for_each(|name| line("people", name))?;
    calendar.url.iter().try_for_each(|url| line("url", url))?;
    at_most("text", calendar.text.as_ref().map_or(0, String::len), CALENDAR_BYTES_MAX)?;
    let is_one = calendar.url.is_some() != calendar.text.is_some();
    holds("url", is_one, "", "an address or a text, and one of the two")
}

fn check_turn(turn: &TurnLength) -> Checked {
    let (count, max) = match turn {
        TurnLength::Hours(count) => (*count, DAYS_MAX * 24),
        TurnLength::Days(count) => (*count, DAYS_MAX),
        TurnLength::Months(count) => (*count, DAYS_MAX / 30),
    };
    holds("turn", (1..=max).contains(&count), &count.to_string(), "above 0 and at most a year")
}

fn check_zone(zone: &str) -> Checked {
    // Looked at before the database of zones is: a name there is a path.
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+-/".contains(c);
    let is_name = zone.len() <= ZONE_BYTES_MAX && zone.chars().all(fits);
    let is_known = is_name && TimeZone::get(zone).is_ok();
    holds("zone", is_known, zone, "a time zone that is known here, such as Europe/Berlin")
}

fn check_person(person: &PersonDetails) -> Checked {
    person.display_name.iter().try_for_each(|name| line("display_name", name))?;
    at_most("contacts", person.contacts.len(), CONTACTS_MAX)?;
    person.contacts.iter().try_for_each(|contact| match &contact.contact {
        Contact::Webhook { url, .. } => line("url", url),
        Contact::Email { address } => line("address", address),
        // The name of a secret holds nothing that a line could not.
        Contact::Slack { .. } | Contact::PagerDuty { .. } => Ok(()),
        Contact::Command { command } => {
            at_most("command", command.len(), ITEMS_MAX)?;
            command.iter().try_for_each(|argument| lines("command", argument))
        }
    })
}

/// Checks a time that somebody waits for: with none, everything fails.
fn wait(field: &'static str, ms: u64) -> Checked {
    holds(field, ms > 0, "0", "a time over 0 ms")?;
    duration(field, ms)
}

fn holds(field: &'static str, holds: bool, found: &str, want: &str) -> Checked {
    if holds { Ok(()) } else { Err(invalid(field, format!("{found:?} is not {want}"))) }
}

fn at_most(field: &'static str, found: usize, max: usize) -> Checked {
    if found <= max { Ok(()) } else { Err(invalid(field, format!("{found} are over the limit of {max}"))) }
}

fn invalid(field: &'static str, why: String) -> Refusal {
    Refusal::Invalid(field, why)
}

#[cfg(test)]
mod tests;
