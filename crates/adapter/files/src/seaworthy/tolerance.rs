//! `Tolerance`: how much planned downtime of a service the business puts up with, by whose word and since when (DWN-04).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use seaworthy_contract::catalogue::{Planned, Tolerance};
use seaworthy_model::ServiceId;

use crate::draft::AttachedDraft;
use crate::envelope::Envelope;
use crate::fields::Fields;
use crate::rule::Rule;
use crate::tree::Value;

/// Most hours a month: all of the longest.
const HOURS_MAX: f64 = 744.0;

/// Reads a tolerance. Its name is the service's, unless it names one.
pub(super) fn read(envelope: &Envelope<'_>) -> Option<AttachedDraft<Tolerance>> {
    let spec = super::spec(envelope)?;
    let named = spec.name::<ServiceId>("service");
    let planned = planned(spec);
    spec.require("by", "write whose word it is, by role: head of retail");
    let by = spec.text("by");
    let since = since(spec);
    spec.no_more();
    let service = match spec.node.get("service") {
        Some(_) => named?,
        None => envelope.metadata.name::<ServiceId>("name")?,
    };
    let body = Tolerance { service: service.value.clone(), planned: planned?, by: by?.value, since: since? };
    Some(AttachedDraft { at: envelope.kind.at.clone(), name: service.value.to_string(), service, body })
}

/// Reads `none`, `{ hours: 4 }` or `{ window: Sunday 02:00-04:00, zone: Europe/Berlin }`.
fn planned(spec: &Fields<'_>) -> Option<Planned> {
    let remedy = "write none, { hours: 4 } a month, or { window: Sunday 02:00-04:00, zone: Europe/Berlin }";
    let node = spec.require("planned", remedy)?;
    if let Value::Text(_) = node.value {
        let text = spec.text("planned")?;
        if text.value == "none" {
            return Some(Planned::None);
        }
        let message = format!("\"spec.planned\" \"{}\" is not a tolerance", text.value);
        spec.scope.report.error(Rule::BadValue, &text.at, message, remedy);
        return None;
    }
    let fields = spec.fields("planned")?;
    let (hours, window, zone) = (fields.text("hours"), fields.text("window"), fields.text("zone"));
    fields.no_more();
    match (hours, window, zone) {
        (Some(hours), None, None) => {
            let number = hours.value.parse::<f64>().ok().filter(|number| *number > 0.0 && *number <= HOURS_MAX);
            if number.is_none() {
                let message = format!("\"{}\" is not a number of hours a month", hours.value);
                let remedy = "write a number above 0, such as 4 or 0.5; none where nothing is tolerated";
                spec.scope.report.error(Rule::BadValue, &hours.at, message, remedy);
            }
            number.map(Planned::HoursPerMonth)
        }
        (None, Some(window), Some(zone)) => {
            if TimeZone::get(&zone.value).is_err() {
                let message = format!("time zone \"{}\" is not known", zone.value);
                let remedy = "write an IANA name, such as Europe/Berlin or UTC";
                spec.scope.report.error(Rule::BadValue, &zone.at, message, remedy);
                return None;
            }
            Some(Planned::Window { when: window.value, zone: zone.value })
        }
        _ => {
            let message = "a tolerance is none, hours a month, or a window with its zone";
            spec.scope.report.error(Rule::BadValue, &fields.at(), message, remedy);
            None
        }
    }
}

fn since(spec: &Fields<'_>) -> Option<Date> {
    spec.require("since", "write the day since when, such as 2026-01-05")?;
    let text = spec.text("since")?;
    let date = text.value.parse().ok();
    if date.is_none() {
        let message = format!("\"spec.since\" \"{}\" is not a day", text.value);
        spec.scope.report.error(Rule::BadValue, &text.at, message, "write it as 2026-01-05");
    }
    date
}
