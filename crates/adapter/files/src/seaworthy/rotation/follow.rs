//! `calendar`: who is on call is what another system's calendar says, and whom its names mean is said here.

use std::collections::BTreeMap;

use seaworthy_contract::catalogue::{CALENDAR_NAMES_MAX, CalendarLayout, FollowedCalendar, SecretName};
use seaworthy_model::PersonId;

use crate::diagnostic::Placed;
use crate::draft::CalendarDraft;
use crate::fields::Fields;
use crate::rule::Rule;
use crate::tree::Value;

/// Minutes between two reads where the file does not say.
const EVERY_MINUTES: u32 = 15;

/// Hours for which what was read last counts where the file does not say: over a weekend.
const TRUSTED_HOURS: u32 = 72;

/// Reads a calendar that is followed.
pub(super) fn read(fields: &Fields<'_>) -> Option<CalendarDraft> {
    let people = people(fields);
    let every = within(fields, "every", 60_000, 1..=1_440, "1m to 24h").unwrap_or(EVERY_MINUTES);
    let trusted = within(fields, "trusted", 3_600_000, 1..=720, "1h to 30d").unwrap_or(TRUSTED_HOURS);
    fields.require("from", "write a file beside this one, such as nights.ics, or an https address")?;
    let from = fields.text("from")?;
    fields.no_more();
    let shown = match shown(&from.value) {
        Ok(shown) => shown,
        Err(why) => {
            // Not echoed: it may be a key.
            let message = format!("\"{}.from\" is no address that can be followed: {why}", fields.path);
            let remedy = "write https://HOST/PATH, with ${secret:NAME} for what is a key, or a file such as nights.ics";
            fields.scope.report.error(Rule::BadValue, &from.at, message, remedy);
            return None;
        }
    };
    let path = from.value.split(['?', '#']).next().unwrap_or_default();
    let is_csv = path.to_ascii_lowercase().ends_with(".csv");
    let layout = if is_csv { CalendarLayout::Csv } else { CalendarLayout::Ics };
    let followed = FollowedCalendar { from: shown, every_minutes: every, trusted_hours: trusted };
    Some(CalendarDraft { is_file: !is_address(&from.value), from, layout, people, followed })
}

fn is_address(from: &str) -> bool {
    from.contains("://") || from.starts_with("${")
}

/// Returns what may be shown of where a calendar is: a file's path, an address's host.
fn shown(from: &str) -> Result<String, &'static str> {
    if !is_address(from) {
        return Ok(from.to_owned());
    }
    if let Some(secret) = SecretName::of_reference(from) {
        return Ok(format!("the address in secret {}", secret.as_str()));
    }
    let (scheme, rest) = from.split_once("://").ok_or("a secret is named ${secret:NAME}")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    match scheme {
        _ if host.is_empty() || host.contains(['@', '$']) => Err("it begins with a host alone"),
        "https" => Ok(host.to_owned()),
        "http" if ["127.0.0.1", "localhost", "[::1]"].contains(&name) => Ok(host.to_owned()),
        _ => Err("only https is followed: whoever could change it on its way would decide who is called"),
    }
}

/// Reads whom names mean: a mapping of texts to handles.
fn people(fields: &Fields<'_>) -> BTreeMap<String, Placed<PersonId>> {
    let mut people = BTreeMap::new();
    let Some(node) = fields.require("people", "write whom each name means, such as \"Ann Miller\": ann") else {
        return people;
    };
    let Value::Map(entries) = &node.value else {
        fields.scope.wrong_type(node, &format!("\"{}.people\"", fields.path), "a mapping of names to handles");
        return people;
    };
    if entries.is_empty() || entries.len() > CALENDAR_NAMES_MAX {
        let message = format!("{} names: 1 to {CALENDAR_NAMES_MAX} can be followed", entries.len());
        fields.scope.report.error(Rule::Limit, &fields.at(), message, "write whom each name means");
    }
    for (key, value) in entries {
        if let (Some(name), Some(person)) = (key.text(), fields.scope.name(value, "a person")) {
            people.insert(name.trim().to_owned(), person);
        }
    }
    people
}

fn within(
    fields: &Fields<'_>,
    key: &'static str,
    unit_ms: u64,
    range: std::ops::RangeInclusive<u32>,
    words: &str,
) -> Option<u32> {
    let time = fields.duration_ms(key)?;
    let count = u32::try_from(time.value / unit_ms).ok().filter(|count| range.contains(count));
    if count.is_none() {
        let message = format!("\"{}.{key}\" is out of its range", fields.path);
        fields.scope.report.error(Rule::BadValue, &time.at, message, format!("write {words}"));
    }
    count
}
