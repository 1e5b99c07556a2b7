//! What a gateway's report must be like. A gateway of ours never sends another; one that is refused here is dropped
//! there, while one that made the kernel fall over would come again for ever.

use seaworthy_contract::gateway::{COUNTS_MAX, Count, Report};
use seaworthy_model::latency::BUCKETS;

use super::Failure;

/// Largest number in a count: a thousand times what one gateway carries in an interval, small enough that sums over
/// weeks fit 64 bits.
const NUMBER_MAX: u64 = 1_000_000_000;

/// Largest age, in milliseconds: a year. A journal's entry may be older, and is told again until it is taken.
const AGE_MS_MAX: u64 = 366 * 24 * 3_600 * 1_000;

/// Most entries of each other list: services of the largest catalogue that is a canary at once, a journal's lines.
const ENTRIES_MAX: usize = 10_000;

/// Longest name of a route, in bytes: a host and a path, or `from/` and a service.
const ROUTE_BYTES_MAX: usize = 2_000;

/// Checks every number, age, text and list.
pub(super) fn check(report: &Report) -> Result<(), Failure> {
    let lists = [
        ("counts", report.counts.len(), COUNTS_MAX),
        ("moments", report.moments.len(), ENTRIES_MAX),
        ("in_flight", report.in_flight.len(), ENTRIES_MAX),
        ("trips", report.trips.len(), ENTRIES_MAX),
        ("break_glass", report.break_glass.len(), ENTRIES_MAX),
    ];
    for (what, found, max) in lists {
        at_most(what, found as u64, max as u64)?;
    }
    report.counts.iter().try_for_each(check_count)?;
    report.in_flight.iter().try_for_each(|inside| at_most("in_flight", inside.requests, NUMBER_MAX))?;
    check_ages(report)
}

fn check_count(count: &Count) -> Result<(), Failure> {
    let ended = &count.ended;
    let numbers = [
        count.starts,
        count.rescued,
        count.seen_idempotent,
        count.seen_other,
        count.users_in_step,
        count.users,
        count.users_failed,
        count.failed_first(),
        ended.ok,
        ended.client_error,
        ended.server_error,
        ended.connect_error,
        ended.reset,
        ended.timeout,
        ended.cancelled,
        ended.gave_up,
    ];
    let slow = count.latency.iter().map(|(_, n)| *n);
    numbers.into_iter().chain(slow).try_for_each(|n| at_most("a number of a count", n, NUMBER_MAX))?;
    at_most("latency buckets", count.latency.len() as u64, BUCKETS as u64)?;
    for (bucket, _) in &count.latency {
        at_most("a latency bucket", (*bucket).into(), BUCKETS as u64 - 1)?;
    }
    match count.route.chars().any(char::is_control) {
        true => Err(Failure::invalid("a route of the report holds a control character")),
        false => at_most("a route's length", count.route.len() as u64, ROUTE_BYTES_MAX as u64),
    }
}

fn check_ages(report: &Report) -> Result<(), Failure> {
    let moments = report.moments.iter().flat_map(|moment| {
        [moment.first_failure_age_ms, moment.last_assigned_age_ms, moment.last_response_age_ms].into_iter().flatten()
    });
    let trips = report.trips.iter().map(|trip| trip.age_ms);
    let ages = [report.age_ms, report.interval_ms].into_iter().chain(moments).chain(trips);
    ages.into_iter().try_for_each(|age| at_most("an age in ms", age, AGE_MS_MAX))
}

fn at_most(what: &str, found: u64, max: u64) -> Result<(), Failure> {
    match found <= max {
        true => Ok(()),
        false => Err(Failure::invalid(format!("{what} of the report: {found} is over the limit of {max}"))),
    }
}
