//! What an alert says at three in the morning: what customers cannot do, since when, how many, and what it costs.

use jiff::Timestamp;
use seaworthy_contract::catalogue::{CalendarUnit, Indicator, Period};
use seaworthy_model::Tally;
use seaworthy_signals::{Resolution, Series};
use seaworthy_slo::{Alert, Reason};

use super::measure::counted_at_ms;
use super::watched::Watched;

/// A gap between bad buckets that is still the same fault, in buckets of ten seconds.
const GAP_SLOTS: i64 = 6;

/// What a fault has come to so far.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Fault {
    began_at: Timestamp,
    tally: Tally,
    /// Without the bucket in which it began, part of which was well.
    since: Tally,
}

/// Returns since when something is wrong, and the sentence that says what.
pub(super) fn speak(watched: &Watched, alert: &Alert, now: Timestamp) -> (Timestamp, String) {
    let service = &watched.declared.service;
    let named = format!("({}, {})", watched.declared.name, percent(watched.declared.target));
    match alert.reason {
        Reason::Burn { .. } => {
            let fault = fault(watched, alert.opened_at);
            let (what, spent) = (bad(watched, fault.since), spent(watched, fault, now));
            (fault.began_at, format!("{what} since {}{spent} {named}", clock(fault.began_at)))
        }
        Reason::Down => {
            let since = watched.seen().and_then(|seen| seen.last_event_at).unwrap_or(alert.opened_at);
            (since, format!("{service} is gone: nothing has reached it since {} {named}", clock(since)))
        }
        Reason::NoTelemetry => {
            let since = watched.seen().and_then(|seen| seen.last_telemetry_at).unwrap_or(alert.opened_at);
            let sentence = format!(
                "Nobody sees how {service} is: what measures it has been silent since {} {named}",
                clock(since)
            );
            (since, sentence)
        }
    }
}

/// How far back what is so now reaches, in buckets of ten seconds: the one that is being filled, and a minute before it.
const NOW_SLOTS: i64 = 6;

/// Says what is so now of what an alert was about: `in the last minute 0.2% of 310 requests failed`. None where nothing is
/// counted.
pub(crate) fn at_present(watched: &Watched, now: Timestamp) -> Option<String> {
    let allowed = watched.engine()?.objective().allowed_ratio();
    let (when, tally) = match watched.events() {
        Some(events) => ("in the last minute", last_minute(events, now)),
        None => {
            let ratio = watched.seen()?.tiers.first()?.short.ratio()?;
            let short = f64::from(watched.engine()?.objective().tiers().first()?.short_seconds);
            return Some(format!("in the last {} {} is bad{}", lasting(short), percent(ratio), ends(ratio, allowed)));
        }
    };
    let (what, how) = match &watched.declared.indicator {
        Indicator::Availability { .. } => ("requests", "failed"),
        Indicator::Latency { .. } => ("requests", "were too slow or failed"),
        Indicator::Probe { .. } => ("runs", "failed"),
        Indicator::Pushed { .. } | Indicator::Query(_) => ("events", "were bad"),
    };
    let Some(ratio) = tally.bad_ratio() else { return Some(format!("{when} there were no {what}")) };
    let share = if tally.bad == 0 { "none".to_owned() } else { percent(ratio) };
    Some(format!("{when} {share} of {} {what} {how}{}", tally.total, ends(ratio, allowed)))
}

fn last_minute(events: &Series, now: Timestamp) -> Tally {
    let head = Resolution::TenSeconds.slot(now);
    let mut sum = Tally::default();
    let recent = events.recent(Resolution::TenSeconds).into_iter();
    recent.filter(|bucket| bucket.slot >= head - NOW_SLOTS).for_each(|bucket| sum.add(bucket.tally));
    sum
}

/// Why an alert goes on although what it is about is as it should be.
fn ends(ratio: f64, allowed: f64) -> &'static str {
    if ratio > allowed { "" } else { "; it ends by itself once that has lasted" }
}

/// What customers cannot do.
fn bad(watched: &Watched, tally: Tally) -> String {
    let declared = &watched.declared;
    let service = &declared.service;
    let share = match tally.bad_ratio() {
        Some(ratio) => percent(ratio),
        None => "Too much".to_owned(),
    };
    let on = |route: &Option<String>| route.as_ref().map_or_else(String::new, |route| format!(" on {route}"));
    match &declared.indicator {
        Indicator::Availability { route } => format!("{share} of requests to {service}{} fail", on(route)),
        Indicator::Latency { route, threshold_ms } => {
            let (edge, route) = (counted_at_ms(*threshold_ms), on(route));
            format!("{share} of requests to {service}{route} take longer than {edge:.0} ms or fail")
        }
        Indicator::Probe { probe } => format!("{share} of the runs of probe {probe} against {service} fail"),
        Indicator::Pushed { series } => format!("{share} of {series} of {service} is bad"),
        Indicator::Query(_) => format!("{share} of what is measured of {service} is bad"),
    }
}

/// Returns since when the present fault is there, or the last one, and how many bad events it has come to.
pub(super) fn began(watched: &Watched, or: Timestamp) -> (Timestamp, u64) {
    let fault = fault(watched, or);
    (fault.began_at, fault.tally.bad)
}

/// Since when: the first of the bad buckets of ten seconds that lead up to now, at most an hour back.
fn fault(watched: &Watched, or: Timestamp) -> Fault {
    let none = Fault { began_at: or, tally: Tally::default(), since: Tally::default() };
    let (Some(events), Some(engine)) = (watched.events(), watched.engine()) else { return none };
    let allowed = engine.objective().allowed_ratio();
    let (mut tally, mut since, mut passed, mut found) = <(Tally, Tally, Tally, Option<i64>)>::default();
    for bucket in events.recent(Resolution::TenSeconds).iter().rev() {
        if found.is_some_and(|slot| slot - bucket.slot > GAP_SLOTS) {
            break;
        }
        passed.add(bucket.tally);
        if bucket.tally.bad_ratio().is_some_and(|ratio| ratio > allowed) {
            (found, since) = (Some(bucket.slot), tally);
            tally.add(std::mem::take(&mut passed));
        }
    }
    let since = if since.total == 0 { tally } else { since };
    found.map_or(none, |slot| Fault { began_at: Resolution::TenSeconds.start(slot), tally, since })
}

/// What it has cost so far; nothing where that is not known, or too little to be said.
fn spent(watched: &Watched, fault: Fault, now: Timestamp) -> String {
    let allowed = watched.seen().and_then(|seen| seen.projected()?.allowed_events).filter(|allowed| *allowed > 0.0);
    let seconds = now.duration_since(fault.began_at).as_secs_f64();
    let spent = allowed.map_or(0.0, |allowed| fault.tally.bad as f64 / allowed);
    match (spent >= 0.001, &watched.declared.counting) {
        (true, seaworthy_contract::catalogue::Counting::Occurrences) => {
            let period = budget_of(&watched.declared.period);
            format!("; {} of {period} went in {}", percent(spent), lasting(seconds))
        }
        _ => String::new(),
    }
}

fn budget_of(period: &Period) -> String {
    match period {
        Period::Rolling { days } => format!("the budget of {days} days"),
        Period::Calendar { unit, .. } => match unit {
            CalendarUnit::Day => "the day's budget",
            CalendarUnit::Week => "the week's budget",
            CalendarUnit::Month => "the month's budget",
            CalendarUnit::Quarter => "the quarter's budget",
        }
        .to_owned(),
    }
}

/// `03:12 UTC`: who is woken is somewhere, and the ledger has the date.
pub(crate) fn clock(at: Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%H:%M UTC").to_string()
}

/// A ratio in per cent, with as many digits as matter; not everything is never all of it.
fn percent(ratio: f64) -> String {
    let percent = ratio * 100.0;
    let digits = |text: String| {
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    };
    match percent {
        p if ratio < 1.0 && p > 99.0 => {
            // As many nines as it has.
            let text = digits(format!("{p:.4}"));
            if text == "100" { ">99.999%".to_owned() } else { format!("{text}%") }
        }
        p if p >= 10.0 => format!("{p:.0}%"),
        p if p >= 1.0 => format!("{}%", digits(format!("{p:.1}"))),
        p => format!("{}%", digits(format!("{p:.2}"))),
    }
}

/// What is left of a budget, in per cent with one decimal; not everything is never all of it, and something never nothing.
pub(crate) fn share(ratio: f64) -> String {
    let tenths = (ratio * 1_000.0).round();
    let tenths = if (f64::MIN_POSITIVE..1.0).contains(&ratio) { tenths.clamp(1.0, 999.0) } else { tenths };
    let text = format!("{:.1}", tenths / 10.0);
    format!("{}%", text.trim_end_matches(".0"))
}

/// A length of time in its largest units: `52 s`, `8 min`, `3 h 36 min`, `2 d 12 h`, `30 d`.
pub(crate) fn lasting(seconds: f64) -> String {
    let whole = seconds.clamp(0.0, 1e12).round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3_600 => format!("{} min", whole / 60),
        3_600..86_400 => two(whole / 3_600, "h", whole % 3_600 / 60, "min"),
        _ => two(whole / 86_400, "d", whole % 86_400 / 3_600, "h"),
    }
}

fn two(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    match small {
        0 => format!("{large} {large_unit}"),
        _ => format!("{large} {large_unit} {small} {small_unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_as_people_say_them() {
        for (ratio, said) in [
            (1.0, "100%"),
            (0.999, "99.9%"),
            (0.9995, "99.95%"),
            (0.999_999_9, ">99.999%"),
            (0.123, "12%"),
            (0.0144, "1.4%"),
            (0.02, "2%"),
            (0.0003, "0.03%"),
            (0.0, "0%"),
            (3.5, "350%"),
        ] {
            assert_eq!(percent(ratio), said, "{ratio}");
        }
    }

    #[test]
    fn what_is_left_has_one_decimal() {
        for (ratio, said) in [
            (0.996_723, "99.7%"),
            (0.999_99, "99.9%"),
            (1.0, "100%"),
            (0.921, "92.1%"),
            (0.5, "50%"),
            (0.1, "10%"),
            (0.000_01, "0.1%"),
            (0.0, "0%"),
        ] {
            assert_eq!(share(ratio), said, "{ratio}");
        }
    }

    #[test]
    fn lengths_as_people_say_them() {
        for (seconds, said) in [
            (51.84, "52 s"),
            (518.4, "8 min"),
            (7_200.0, "2 h"),
            (12_960.0, "3 h 36 min"),
            (216_000.0, "2 d 12 h"),
            (2_592_000.0, "30 d"),
            (-1.0, "0 s"),
        ] {
            assert_eq!(lasting(seconds), said);
        }
        assert_eq!(clock("2026-11-21T03:12:40Z".parse().expect("a time")), "03:12 UTC");
    }
}
