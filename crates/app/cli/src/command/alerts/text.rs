//! What a person reads of alerts.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use seaworthy_contract::api::{Alert, AlertRef};
use seaworthy_contract::events::alert::{NatureV1, Urgency};

use crate::command::pages::{state, to};
use crate::ids::{beginning, tell_apart};
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::ago;

/// Where there is no alert.
pub(super) const NOTHING: &str = "nothing is wrong that anybody watches";

/// Lays alerts out, one a row.
pub(super) fn table(alerts: &[Alert], more: bool, view: &View) -> String {
    let columns = [Column::Text, Column::Gives, Column::Text, Column::Text, Column::Gives, Column::Gives, Column::Text];
    let header = ["SERVICE", "SYMPTOM", "ASKS FOR", "SINCE", "WHO", "WHAT", "ID"].map(str::to_owned).to_vec();
    let chars = tell_apart(alerts.iter().map(|alert| alert.id));
    let rows = alerts.iter().map(|alert| row(alert, chars, view));
    let mut lines = lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width());
    if more {
        lines.push("there are older ones: `GET /v1/alerts` has all of them".to_owned());
    }
    lines.join("\n")
}

fn row(alert: &Alert, chars: usize, view: &View) -> Vec<String> {
    vec![
        alert.service.to_string(),
        harmless(&alert.symptom),
        asks(alert).to_owned(),
        ago(view.seconds_since(alert.began_at)),
        who(alert, view),
        what(alert),
        beginning(alert.id, chars),
    ]
}

fn asks(alert: &Alert) -> &'static str {
    match (alert.drill, alert.urgency) {
        (true, _) => "drill",
        (false, Urgency::Page) => "page",
        (false, Urgency::Ticket) => "ticket",
    }
}

/// Says who has it, or why nobody was told.
fn who(alert: &Alert, view: &View) -> String {
    if let Some(at) = alert.resolved_at {
        return format!("over, {}", ago(view.seconds_since(at)));
    }
    let silent = alert.silence.as_ref().map(|silence| format!("; silent until {}", clock(silence.until, view)));
    match (&alert.page, &alert.folded_into, &alert.silence) {
        (Some(page), _, _) => format!("{}: {}{}", to(page), state(page, view), silent.unwrap_or_default()),
        (None, Some(into), _) => format!("folded into {}", into.service),
        (None, None, Some(silence)) => format!("silent: {}", harmless(&silence.reason)),
        (None, None, None) if alert.urgency == Urgency::Page => match alert.announced_until {
            Some(until) => format!("announced until {}", clock(until, view)),
            None => "about to be told".to_owned(),
        },
        (None, None, None) => "nobody, it can wait".to_owned(),
    }
}

/// The time of day in UTC, with the day where it is another one: the ledger has the fractions of a second.
fn clock(at: Timestamp, view: &View) -> String {
    let (at, now) = (at.to_zoned(TimeZone::UTC), view.now.to_zoned(TimeZone::UTC));
    let format = if at.date() == now.date() { "%H:%M UTC" } else { "%-d %b %H:%M UTC" };
    at.strftime(format).to_string()
}

fn what(alert: &Alert) -> String {
    let names = names(&alert.dependants);
    let also = if names.is_empty() { String::new() } else { format!("; {names} with it") };
    harmless(&alert.sentence) + &also
}

fn names(of: &[AlertRef]) -> String {
    of.iter().map(|AlertRef { service, .. }| service.to_string()).collect::<Vec<_>>().join(", ")
}

/// Tells of one alert in full.
pub(super) fn one(alert: &Alert, view: &View) -> String {
    let nature = match alert.nature {
        NatureV1::Symptom => "customers feel it",
        NatureV1::Cause => "a cause: customers may not feel it",
    };
    let owner = alert.team.as_ref().map_or_else(|| "nobody: it left the catalogue".to_owned(), ToString::to_string);
    let mut lines = vec![
        harmless(&alert.sentence),
        format!("service   {} of {owner}", alert.service),
        format!("symptom   {}, {nature}", harmless(&alert.symptom)),
        format!("asks for  a {}", asks(alert)),
        format!(
            "since     {}, fired {}",
            ago(view.seconds_since(alert.began_at)),
            ago(view.seconds_since(alert.fired_at))
        ),
        format!("who       {}", who(alert, view)),
    ];
    lines.extend(alert.now.iter().map(|now| format!("now       {}", harmless(now))));
    if let Some(silence) = alert.silence.as_ref().filter(|_| alert.resolved_at.is_none()) {
        lines.push(format!("silent    until {}: {}", clock(silence.until, view), harmless(&silence.reason)));
    }
    if let Some(into) = &alert.folded_into {
        let why = "which it cannot work without, fails";
        lines.push(format!("folded    {}, {why}: `seaworthy alerts show {}`", into.service, into.alert));
    }
    if !alert.dependants.is_empty() {
        lines.push(format!("with it   {}", names(&alert.dependants)));
    }
    lines.extend(alert.rules.iter().map(|rule| format!("says so   {}", harmless(rule))));
    let before = alert.said_by.iter().filter(|rule| !alert.rules.iter().any(|now| of_rule(now) == rule.as_str()));
    lines.extend(before.map(|rule| format!("said so   {}", harmless(rule))));
    if let Some(page) = &alert.page {
        lines.push(format!("page      {}", page.id));
    }
    lines.push(format!("id        {}", alert.id));
    lines.join("\n")
}

/// The rule without the instance behind its `#`.
fn of_rule(instance: &str) -> &str {
    instance.split_once('#').map_or(instance, |(rule, _)| rule)
}
