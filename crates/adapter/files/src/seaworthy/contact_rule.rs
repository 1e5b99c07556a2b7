//! When a contact is used: `after`, `for`, `hours` and `zone`, beside whatever way it is.

use jiff::tz::TimeZone;
use seaworthy_contract::catalogue::{ContactRule, Urgencies};

use crate::fields::Fields;
use crate::rule::Rule;

use super::rotation::hours;

/// Longest time after a call: a page that nobody took for an hour has climbed long ago.
const AFTER_MAX_MS: u64 = 60 * 60 * 1_000;

/// Reads the rule of a contact; what is wrong with it is reported, and left out.
pub(super) fn read(fields: &Fields<'_>) -> ContactRule {
    let written = fields.texts("hours");
    let rule = ContactRule {
        after_ms: after(fields).unwrap_or(0),
        urgencies: urgencies(fields).unwrap_or_default(),
        hours: written
            .iter()
            .filter_map(|text| {
                let read = hours::hours(&text.value);
                if read.is_none() {
                    let message = format!("\"{}\" are no hours of a week", text.value);
                    fields.scope.report.error(Rule::BadValue, &text.at, message, hours::FORM);
                }
                read
            })
            .collect(),
        zone: zone(fields),
    };
    if !written.is_empty() && rule.zone.is_none() {
        fields.require("zone", "write whose clock the hours are by, such as Europe/Berlin");
    }
    if !written.is_empty() && rule.urgencies == Urgencies::Pages {
        let message = "hours are kept by tickets, and this contact is for pages only: a page comes at any hour";
        fields.scope.report.warning(Rule::BadValue, &fields.at(), message, "leave the hours out, or write for: all");
    }
    rule
}

fn after(fields: &Fields<'_>) -> Option<u64> {
    let after = fields.duration_ms("after")?;
    if after.value > AFTER_MAX_MS {
        let message = format!("\"after\" is {} ms, over the limit of an hour", after.value);
        fields.scope.report.error(Rule::Limit, &after.at, message, "by then the page is somebody else's: write 15m");
    }
    Some(after.value)
}

fn urgencies(fields: &Fields<'_>) -> Option<Urgencies> {
    let text = fields.text("for")?;
    match text.value.as_str() {
        "all" => Some(Urgencies::All),
        "pages" => Some(Urgencies::Pages),
        "tickets" => Some(Urgencies::Tickets),
        _ => {
            let message = format!("\"{}\" is not what a contact is for", text.value);
            fields.scope.report.error(Rule::BadValue, &text.at, message, "write all, pages or tickets");
            None
        }
    }
}

fn zone(fields: &Fields<'_>) -> Option<String> {
    let text = fields.text("zone")?;
    if TimeZone::get(&text.value).is_err() {
        let message = format!("time zone \"{}\" is not known", text.value);
        fields.scope.report.error(Rule::BadValue, &text.at, message, "write an IANA name, such as Europe/Berlin");
    }
    Some(text.value)
}
