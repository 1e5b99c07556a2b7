//! What objectives, probes and tolerances must be like.

use seaworthy_contract::catalogue::{
    Counting, Indicator, Objective, Outlet, OutletWay, PERIOD_DAYS_MAX, Period, Planned, Probe, QueryIndicator,
    STEPS_MAX, Target, TierSpec, Tolerance,
};

use super::{Checked, ITEMS_MAX, at_most, check_zone, holds, line};

/// Longest name, in bytes: it is part of a stream's name, which has 200.
const NAME_BYTES_MAX: usize = 120;

/// Most people that a chat is told the ids of: a large department.
const ROOM_PEOPLE_MAX: usize = 500;

/// Most tiers of an objective.
const TIERS_MAX: usize = 8;

/// Shortest window of a tier, in seconds: two of the smallest buckets that it is summed from.
const WINDOW_SECONDS_MIN: u32 = 20;

/// Shortest time from one run of a probe to the next, in milliseconds: what tries a service must not be its load.
const EVERY_MS_MIN: u64 = 1_000;

/// Longest time from one run of a probe to the next, in milliseconds: a day.
const EVERY_MS_MAX: u64 = 86_400_000;

pub(super) fn check_objective(objective: &Objective) -> Checked {
    check_name(&objective.name)?;
    let is_ratio = objective.target > 0.0 && objective.target < 1.0;
    let want = "above 0 and below 1; an objective of 100% has no budget, so nothing could ever be changed";
    holds("target", is_ratio, &objective.target.to_string(), want)?;
    match &objective.period {
        Period::Rolling { days } => {
            holds("days", (1..=PERIOD_DAYS_MAX).contains(days), &days.to_string(), "1 to 92 days")?;
        }
        Period::Calendar { zone, .. } => check_zone(zone)?,
    }
    check_counting(objective.counting)?;
    at_most("tiers", objective.tiers.len(), TIERS_MAX)?;
    objective.tiers.iter().try_for_each(check_tier)?;
    match &objective.indicator {
        Indicator::Latency { threshold_ms, .. } => holds("threshold_ms", *threshold_ms > 0, "0", "a time over 0 ms"),
        Indicator::Query(QueryIndicator { source: Some(source), .. }) => check_url("source", source),
        Indicator::Pushed { series } => check_name(series),
        Indicator::Availability { .. } | Indicator::Probe { .. } | Indicator::Query(_) => Ok(()),
    }
}

fn check_counting(counting: Counting) -> Checked {
    let (seconds, target) = match counting {
        Counting::Occurrences => return Ok(()),
        Counting::Timeslices { slice_seconds, slice_target } => (slice_seconds, slice_target),
        Counting::RatioTimeslices { slice_seconds } => (slice_seconds, 1.0),
    };
    holds("slice_seconds", (60..=3_600).contains(&seconds), &seconds.to_string(), "60 to 3600 seconds")?;
    holds("slice_target", target > 0.0 && target <= 1.0, &target.to_string(), "above 0 and at most 1")
}

fn check_tier(tier: &TierSpec) -> Checked {
    let (short, long) = (tier.short_seconds, tier.long_seconds);
    let is_pair = short >= WINDOW_SECONDS_MIN && short < long && long <= u32::from(PERIOD_DAYS_MAX) * 86_400;
    holds("tiers", is_pair, &format!("{short} s, {long} s"), "a short window of 20 s or more and a longer one")?;
    holds("budget", tier.budget > 0.0 && tier.budget <= 1.0, &tier.budget.to_string(), "above 0 and at most 1")
}

pub(super) fn check_probe(probe: &Probe) -> Checked {
    check_name(&probe.name)?;
    probe.function.iter().try_for_each(|function| check_name(function))?;
    let every = (EVERY_MS_MIN..=EVERY_MS_MAX).contains(&probe.every_ms);
    holds("every_ms", every, &probe.every_ms.to_string(), "1 s to a day")?;
    let waits = probe.timeout_ms > 0 && probe.timeout_ms <= probe.every_ms;
    holds("timeout_ms", waits, &probe.timeout_ms.to_string(), "over 0 and at most the time between two runs")?;
    at_most("places", probe.places.len(), ITEMS_MAX)?;
    probe.places.iter().try_for_each(|place| check_name(place))?;
    match &probe.target {
        Target::Http { steps } => {
            holds("steps", !steps.is_empty(), "", "at least one step")?;
            at_most("steps", steps.len(), STEPS_MAX)?;
            steps.iter().try_for_each(|step| check_url("url", &step.url))
        }
        Target::Tcp { address } | Target::Tls { address, .. } => {
            holds("address", address.rsplit_once(':').is_some(), address, "host:port")
        }
        Target::Dns { name, .. } => line("name", name),
    }
}

pub(super) fn check_tolerance(tolerance: &Tolerance) -> Checked {
    line("by", &tolerance.by)?;
    holds("by", !tolerance.by.trim().is_empty(), "", "whoever said so, by role")?;
    match &tolerance.planned {
        Planned::None => Ok(()),
        Planned::HoursPerMonth(hours) => {
            holds("hours_per_month", *hours > 0.0 && *hours <= 744.0, &hours.to_string(), "above 0 and at most 744")
        }
        Planned::Window { when, zone } => {
            line("when", when)?;
            check_zone(zone)
        }
    }
}

pub(super) fn check_outlet(outlet: &Outlet) -> Checked {
    match &outlet.way {
        OutletWay::Tracker(tracker) => {
            at_most("headers", tracker.headers.len(), ITEMS_MAX)?;
            let calls =
                [Some(&tracker.create), tracker.comment.as_ref(), tracker.close.as_ref(), tracker.reopen.as_ref()];
            let paths = calls.into_iter().flatten().map(|call| &call.path).chain([&tracker.find.path]);
            paths
                .into_iter()
                .try_for_each(|path| holds("path", path.starts_with('/'), path, "a path, such as /rest/issue"))?;
            check_url("url", &tracker.url)
        }
        OutletWay::Webhook { url, events, .. } => {
            at_most("events", events.len(), ITEMS_MAX)?;
            check_url("url", url)
        }
        OutletWay::Rooms { api, people, .. } => {
            at_most("people", people.len(), ROOM_PEOPLE_MAX)?;
            check_url("api", api)
        }
    }
}

/// A variable may stand for any part of an address, so only its beginning is looked at.
fn check_url(field: &'static str, url: &str) -> Checked {
    line(field, url)?;
    let is_web = ["http://", "https://", "${"].iter().any(|start| url.starts_with(start));
    holds(field, is_web, url, "an http:// or https:// address")
}

pub(super) fn check_name(name: &str) -> Checked {
    line("name", name)?;
    at_most("name", name.len(), NAME_BYTES_MAX)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.+/".contains(c);
    holds("name", !name.is_empty() && name.chars().all(fits), name, "letters, digits, \"-\", \"_\", \".\" and \"/\"")
}
