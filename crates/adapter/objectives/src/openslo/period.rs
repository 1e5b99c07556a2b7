//! Time windows of OpenSLO, rolling and of the calendar.

use jiff::civil::{DateTime, Weekday};
use seaworthy_contract::catalogue::{CalendarUnit, PERIOD_DAYS_MAX, Period};
use seaworthy_yaml::diagnostic::{Placed, Severity};
use seaworthy_yaml::fields::Fields;
use seaworthy_yaml::rule::Rule;

use crate::duration::{DAY, HOUR};

/// A number and a unit: `30d`, `1M`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    number: u64,
    unit: char,
}

/// Reads OpenSLO's short form: `m`, `h`, `d`, `w`, and `M`, `Q`, `Y` of the calendar.
pub(super) fn shorthand(text: &str) -> Option<Span> {
    let unit = text.chars().last().filter(|unit| "mhdwMQY".contains(*unit))?;
    let number = text[..text.len() - 1].parse().ok().filter(|number| (1..=100_000).contains(number))?;
    Some(Span { number, unit })
}

impl Span {
    /// Returns seconds; none for units whose length the calendar decides.
    pub(super) fn seconds(self) -> Option<u64> {
        let unit = match self.unit {
            'm' => 60,
            'h' => HOUR,
            'd' => DAY,
            'w' => 7 * DAY,
            _ => return None,
        };
        Some(self.number * unit)
    }

    /// Returns days of a rolling window, and whether that is exact.
    fn days(self) -> Option<(u64, Exact)> {
        match self.unit {
            'M' => Some((self.number * 30, Exact::No)),
            'Q' => Some((self.number * 90, Exact::No)),
            'Y' => Some((self.number * 365, Exact::No)),
            _ => {
                self.seconds().filter(|seconds| seconds.is_multiple_of(DAY)).map(|seconds| (seconds / DAY, Exact::Yes))
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exact {
    Yes,
    No,
}

/// Reads `timeWindow` of v1, a list of one.
pub(super) fn window(spec: &Fields<'_>) -> Option<Period> {
    spec.require("timeWindow", "write the time over which the target holds")?;
    let item = only(spec, "timeWindow")?;
    item.require("duration", "write a length such as 30d");
    let text = item.text("duration");
    let span = text.as_ref().and_then(|text| {
        let span = shorthand(&text.value);
        if span.is_none() {
            refuse(&item, text, "is not a length of time", "write a number and one of m, h, d, w, M, Q, Y");
        }
        span
    });
    let period = of(&item, text.as_ref(), span);
    item.left_over(Severity::Warning);
    period
}

/// Reads `timeWindows` of v1alpha, a list of one.
pub(super) fn alpha(spec: &Fields<'_>) -> Option<Period> {
    spec.require("timeWindows", "write the time over which the target holds")?;
    let item = only(spec, "timeWindows")?;
    let (count, unit) = (item.count("count"), item.text("unit"));
    let span = unit.as_ref().and_then(|text| {
        let unit = match text.value.as_str() {
            "Day" => 'd',
            "Week" => 'w',
            "Month" => 'M',
            "Quarter" => 'Q',
            "Year" => 'Y',
            "Hour" => 'h',
            _ => {
                refuse(&item, text, "is not a unit of time", "write Day, Week, Month or Quarter");
                return None;
            }
        };
        Some(Span { number: count.unwrap_or(1).min(100_000), unit })
    });
    let period = of(&item, unit.as_ref(), span);
    item.left_over(Severity::Warning);
    period
}

fn only<'a>(spec: &Fields<'a>, key: &'static str) -> Option<Fields<'a>> {
    match spec.list(key) {
        [one] => Fields::of(&spec.scope, one, key),
        items => {
            let message = format!("\"{key}\" has {} items", items.len());
            spec.scope.report.error(Rule::BadValue, &spec.at(), message, "write exactly one");
            None
        }
    }
}

fn of(item: &Fields<'_>, text: Option<&Placed<String>>, span: Option<Span>) -> Option<Period> {
    let calendar = item.fields("calendar");
    let rolling = crate::parts::flag(item, "isRolling").unwrap_or(calendar.is_none());
    let (text, span) = (text?, span?);
    match (rolling, calendar) {
        (true, _) => rolling_days(item, text, span),
        (false, Some(calendar)) => of_calendar(&calendar, text, span),
        (false, None) => {
            let message = "a window that does not roll needs a calendar";
            let remedy = "write calendar with startTime and timeZone, or isRolling: true";
            item.scope.report.error(Rule::MissingField, &item.at(), message, remedy);
            None
        }
    }
}

fn rolling_days(item: &Fields<'_>, text: &Placed<String>, span: Span) -> Option<Period> {
    let longest = format!("write whole days, at most {PERIOD_DAYS_MAX}: signals are kept that long");
    let Some((days, exact)) = span.days().filter(|(days, _)| *days <= u64::from(PERIOD_DAYS_MAX)) else {
        refuse(item, text, "is not a window that can roll here", &longest);
        return None;
    };
    if exact == Exact::No {
        approximated(item, text, &format!("a rolling \"{}\" is read as {days} days", text.value));
    }
    Some(Period::Rolling { days: u16::try_from(days).ok()? })
}

fn of_calendar(calendar: &Fields<'_>, text: &Placed<String>, span: Span) -> Option<Period> {
    let zone = zone(calendar);
    let start = start(calendar);
    calendar.left_over(Severity::Warning);
    let unit = match (span.number, span.unit) {
        (1, 'd') => CalendarUnit::Day,
        (1, 'w') => CalendarUnit::Week,
        (1, 'M') => CalendarUnit::Month,
        (1, 'm') => {
            approximated(calendar, text, "\"1m\" is a minute, which no calendar counts: read as a month, \"1M\"");
            CalendarUnit::Month
        }
        (1, 'Q') | (3, 'M') => CalendarUnit::Quarter,
        _ => {
            refuse(calendar, text, "is not a window of the calendar here", "write 1d, 1w, 1M or 1Q");
            return None;
        }
    };
    let zone = zone?;
    if let Some(start) = start.filter(|start| !begins(&start.value, unit)) {
        let from = match unit {
            CalendarUnit::Day => "midnight",
            CalendarUnit::Week => "Monday, midnight",
            CalendarUnit::Month => "the first of the month, midnight",
            CalendarUnit::Quarter => "the first of January, April, July and October, midnight",
        };
        approximated(calendar, &start.map(|_| String::new()), &format!("windows begin on {from} of {zone}"));
    }
    Some(Period::Calendar { unit, zone })
}

fn zone(calendar: &Fields<'_>) -> Option<String> {
    calendar.require("timeZone", "write an IANA time zone, such as Europe/Berlin")?;
    let text = calendar.text("timeZone")?;
    if jiff::tz::TimeZone::get(&text.value).is_err() {
        refuse(calendar, &text, "is not a time zone", "write an IANA name, such as Europe/Berlin");
        return None;
    }
    Some(text.value)
}

fn start(calendar: &Fields<'_>) -> Option<Placed<DateTime>> {
    let text = calendar.text("startTime")?;
    match text.value.parse() {
        Ok(value) => Some(Placed { value, at: text.at }),
        Err(_) => {
            refuse(calendar, &text, "is not a date and time", "write it as 2026-01-01 00:00:00");
            None
        }
    }
}

/// Returns whether a window of the calendar begins there anyway.
fn begins(start: &DateTime, unit: CalendarUnit) -> bool {
    let midnight = start.time() == jiff::civil::Time::midnight();
    midnight
        && match unit {
            CalendarUnit::Day => true,
            CalendarUnit::Week => start.weekday() == Weekday::Monday,
            CalendarUnit::Month => start.day() == 1,
            CalendarUnit::Quarter => start.day() == 1 && start.month() % 3 == 1,
        }
}

fn refuse(fields: &Fields<'_>, text: &Placed<String>, what: &str, remedy: &str) {
    fields.scope.report.error(Rule::BadDuration, &text.at, format!("\"{}\" {what}", text.value), remedy);
}

fn approximated(fields: &Fields<'_>, at: &Placed<String>, message: &str) {
    fields.scope.report.warning(Rule::Approximated, &at.at, message, "write what is meant, if it is something else");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms() {
        for (text, want) in [
            ("30d", Some(30 * DAY)),
            ("1w", Some(7 * DAY)),
            ("5m", Some(300)),
            ("0d", None),
            ("1M", None),
            ("d", None),
            ("", None),
            ("1é", None),
            ("1D", None),
        ] {
            assert_eq!(shorthand(text).and_then(Span::seconds), want, "{text:?}");
        }
        assert_eq!(shorthand("1M").and_then(Span::days), Some((30, Exact::No)));
        assert_eq!(shorthand("36h").and_then(Span::days), None, "not whole days");
    }
}
