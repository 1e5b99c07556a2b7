//! Events and when they are: recurrence, exceptions, and single times that were changed.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan};

use crate::line::Line;
use crate::place::{Place, duration, shortened};
use crate::recur::each;
use crate::rule::Rule;
use crate::who::{Said, said};
use crate::{Calendar, Period, Shift};

/// An event as it is written.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    line: usize,
    uid: String,
    start: Place,
    length: Length,
    rule: Option<Rule>,
    more: Vec<Place>,
    except: Vec<Place>,
    /// Which time of its series this one replaces.
    replaces: Option<Place>,
    cancelled: bool,
    said: Said,
}

/// How long each time of an event is.
#[derive(Debug, Clone)]
enum Length {
    /// On the clock: a night from 22:00 to 6:00 is that also when clocks change. RFC 5545 would have the exact length of the first
    /// time, which leaves an hour to nobody; calendars that people use keep the clock.
    Clock(Span),
    /// Start and end are on different clocks.
    Exact(SignedDuration),
}

/// Lines and what is wrong with one.
type Wrong = (usize, String);

impl Event {
    /// Reads an event; none where it is of no time, as reminders are.
    ///
    /// # Errors
    /// The line, and what is wrong with it.
    pub(crate) fn parse(lines: &[Line], floating: &TimeZone) -> Result<Option<Self>, Wrong> {
        let one = |name: &str| lines.iter().find(|line| line.name == name);
        let Some(at) = one("DTSTART") else { return Ok(None) };
        let place = |line: &Line| Place::parse(line, floating).map_err(|why| (line.number, why));
        let many = |name: &str| -> Result<Vec<Place>, Wrong> {
            let of = lines.iter().filter(|line| line.name == name);
            let values = of.flat_map(|line| line.value.split(',').map(move |value| (line, value)));
            // A period of RDATE is its start; the length is that of the others.
            let read = |(line, value): (&Line, &str)| {
                let value = value.split('/').next().unwrap_or(value);
                Place::of(value, line.param("TZID"), floating).map_err(|why| (line.number, why))
            };
            values.map(read).collect()
        };
        let start = place(at)?;
        let length =
            length(&start, one("DTEND").map(place).transpose()?, one("DURATION")).map_err(|why| (at.number, why))?;
        let rule = |line: &Line| Rule::parse(&line.value, &start.zone).map_err(|why| (line.number, why));
        let rule = one("RRULE").map(rule).transpose()?;
        let attendees: Vec<Line> = lines.iter().filter(|line| line.name == "ATTENDEE").cloned().collect();
        let text = |name: &str| one(name).map(Line::text).unwrap_or_default();
        Ok(Some(Self {
            line: at.number,
            uid: text("UID"),
            length,
            rule,
            more: many("RDATE")?,
            except: many("EXDATE")?,
            replaces: one("RECURRENCE-ID").map(place).transpose()?,
            cancelled: text("STATUS").eq_ignore_ascii_case("CANCELLED"),
            said: said(&text("SUMMARY"), &attendees),
            start,
        }))
    }
}

fn length(start: &Place, end: Option<Place>, lasting: Option<&Line>) -> Result<Length, String> {
    let span = match (end, lasting) {
        (Some(end), _) if end.zone == start.zone => start.local.until(end.local).map_err(|_| "its end is too far")?,
        (Some(end), _) => {
            let exact = start.instant().zip(end.instant()).map(|(start, end)| start.duration_until(end));
            let exact = exact.filter(|exact| exact.is_positive());
            return exact.map(Length::Exact).ok_or_else(|| "ends before it begins".to_owned());
        }
        (None, Some(line)) => duration(&line.value)
            .ok_or_else(|| format!("\"{}\" is no duration such as PT12H", shortened(&line.value)))?,
        (None, None) if start.whole_day => 1.day(),
        (None, None) => return Err("has no end: write DTEND or DURATION".to_owned()),
    };
    match start.local.checked_add(span) {
        Ok(end) if end > start.local => Ok(Length::Clock(span)),
        _ => Err("ends before it begins".to_owned()),
    }
}

/// Adds the shifts of every event that touch the time.
pub(crate) fn expand(events: &[Event], period: Period, calendar: &mut Calendar) {
    let changed: BTreeSet<(&str, Timestamp)> =
        events.iter().filter_map(|event| Some((event.uid.as_str(), event.replaces.as_ref()?.instant()?))).collect();
    for event in events.iter().filter(|event| !event.cancelled) {
        if event.said.names.is_empty() {
            calendar.wrong(event.line, "names nobody: neither its summary nor an attendee says whose shift it is");
            continue;
        }
        let except: BTreeSet<Timestamp> = event.except.iter().filter_map(Place::instant).collect();
        let series = event.replaces.is_none();
        let replaced = |at: Timestamp| series && changed.contains(&(event.uid.as_str(), at));
        let stands = |at: Timestamp| !except.contains(&at) && !replaced(at);
        let mut times = Vec::new();
        if let Err(why) = starts(event, period, &mut times) {
            calendar.wrong(event.line, why);
        }
        for (local, zone) in times {
            let Some((start, end)) = span(event, local, &zone) else { continue };
            if end > period.from && start < period.to && stands(start) {
                calendar.add(event.line, shift(event, start, end));
            }
        }
    }
}

fn shift(event: &Event, start: Timestamp, end: Timestamp) -> Shift {
    Shift {
        start,
        end,
        names: event.said.names.clone(),
        priority: event.said.priority,
        level: None,
        source: if event.uid.is_empty() { format!("line {}", event.line) } else { shortened(&event.uid) },
    }
}

fn span(event: &Event, local: DateTime, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let start = zone.to_timestamp(local).ok()?;
    let end = match &event.length {
        Length::Clock(span) => zone.to_timestamp(local.checked_add(*span).ok()?).ok()?,
        Length::Exact(exact) => start.checked_add(*exact).ok()?,
    };
    (start < end).then_some((start, end))
}

/// Collects the times at which an event begins and that may touch the time asked for.
fn starts(event: &Event, period: Period, times: &mut Vec<(DateTime, TimeZone)>) -> Result<(), &'static str> {
    let start = &event.start;
    // RDATE adds to the series whose first time is DTSTART itself.
    times.extend(event.more.iter().map(|place| (place.local, place.zone.clone())));
    let Some(rule) = &event.rule else {
        times.push((start.local, start.zone.clone()));
        return Ok(());
    };
    let skip_to = start.zone.to_datetime(period.from).date();
    let skip_to = earlier(skip_to, &event.length, start.local);
    let until = rule.until.as_ref();
    let within = |at: DateTime, instant: Timestamp| match until {
        None => true,
        Some(until) if until.whole_day => at.date() <= until.local.date(),
        Some(until) => until.instant().is_none_or(|until| instant <= until),
    };
    each(start.local, rule, skip_to, |at| {
        let Some(instant) = start.at(at) else { return false };
        if !within(at, instant) || instant >= period.to {
            return false;
        }
        times.push((at, start.zone.clone()));
        times.len() <= crate::SHIFTS_MAX
    })
}

/// Returns the day by so much earlier that what began there is over.
fn earlier(day: Date, length: &Length, start: DateTime) -> Date {
    let days = match length {
        Length::Clock(span) => start.checked_add(*span).ok().and_then(|end| start.date().until(end.date()).ok()),
        Length::Exact(exact) => Span::new().try_days(exact.as_hours() / 24).ok(),
    };
    let days = i64::from(days.map_or(0, |span| span.get_days())) + 2;
    day.checked_sub(days.days()).unwrap_or(Date::MIN)
}
