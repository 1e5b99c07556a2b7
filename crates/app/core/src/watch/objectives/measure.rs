//! What a gateway's counts mean to users.
//!
//! A request counts when its user knows how it went. Each attempt that ends with a verdict is one request of one user,
//! and where it failed exactly one of two things is counted later: that stable answered in its place (`rescued`), or that
//! the user saw the failure (`seen_*`). So `ok + client_error + rescued + seen` is every request whose user was answered,
//! once, and `seen` are the bad ones: a canary that failed and was rescued has hurt nobody. A user who waited and went away
//! without an answer (`gave_up`) is bad too; what was cancelled sooner is neither.
//!
//! A latency counts when response headers came, or when it was clear that none would. Slow is bad, whoever was asked; a
//! failure that was not slow is bad too. A timeout that the user saw is slow and failed, and is one bad request.

use seaworthy_contract::catalogue::Indicator;
use seaworthy_contract::gateway::{Count, GAVE_UP_MS};
use seaworthy_model::{Tally, latency};

/// How one indicator reads counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Measure {
    /// Good is what did not fail.
    Availability { route: Option<String> },
    /// Good is what did not fail and was fast enough.
    Latency { route: Option<String>, slowest_good: u8 },
}

impl Measure {
    /// Returns how an indicator reads counts; none for one that gateways do not measure.
    pub(super) fn of(indicator: &Indicator) -> Option<Self> {
        match indicator {
            Indicator::Availability { route } => Some(Self::Availability { route: route.clone() }),
            Indicator::Latency { route, threshold_ms } => {
                Some(Self::Latency { route: route.clone(), slowest_good: slowest_good(*threshold_ms) })
            }
            Indicator::Probe { .. } | Indicator::Pushed { .. } | Indicator::Query(_) => None,
        }
    }

    /// Returns what a count of its service says.
    pub(super) fn read(&self, count: &Count) -> Tally {
        match self {
            Self::Availability { route } if is_on(route.as_ref(), count) => availability(count),
            Self::Latency { route, slowest_good } if is_on(route.as_ref(), count) => fast(count, *slowest_good),
            Self::Availability { .. } | Self::Latency { .. } => Tally::default(),
        }
    }
}

fn is_on(route: Option<&String>, count: &Count) -> bool {
    route.is_none_or(|route| *route == count.route)
}

/// Failures that a user saw.
fn seen(count: &Count) -> u64 {
    count.seen_idempotent.saturating_add(count.seen_other)
}

/// Users who gave up, as a latency: too slow for sure where the threshold is no longer than they waited.
fn gave_up(count: &Count, slowest_good: u8) -> u64 {
    let is_sure = latency::upper_us(slowest_good) <= GAVE_UP_MS.saturating_mul(1_000);
    if is_sure { count.ended.gave_up } else { 0 }
}

pub(super) fn availability(count: &Count) -> Tally {
    let good = [count.ended.ok, count.ended.client_error, count.rescued];
    let bad = seen(count).saturating_add(count.ended.gave_up);
    Tally::new(good.into_iter().fold(bad, u64::saturating_add), bad)
}

fn fast(count: &Count, slowest_good: u8) -> Tally {
    let sum = |from: u8| {
        count.latency.iter().filter(|(bucket, _)| *bucket >= from).fold(0_u64, |all, (_, n)| all.saturating_add(*n))
    };
    let (total, slow) = (sum(0), sum(slowest_good + 1));
    let quick_failures = seen(count).saturating_sub(slow.min(count.ended.timeout));
    let gave_up = gave_up(count, slowest_good);
    Tally::new(total.saturating_add(gave_up), slow.saturating_add(quick_failures).saturating_add(gave_up))
}

/// The bucket whose upper edge is nearest to the threshold: what is in it and below is fast enough.
fn slowest_good(threshold_ms: u64) -> u8 {
    let threshold = threshold_ms.saturating_mul(1_000);
    let last = u8::try_from(latency::BUCKETS - 2).expect("77 buckets");
    (0..=last).min_by_key(|bucket| latency::upper_us(*bucket).abs_diff(threshold)).expect("there are buckets")
}

/// Returns the threshold that is counted by, in milliseconds: the edge of the gateways' latency buckets that is nearest.
pub(crate) fn counted_at_ms(threshold_ms: u64) -> f64 {
    latency::upper_us(slowest_good(threshold_ms)) as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use seaworthy_contract::gateway::Classes;
    use seaworthy_model::Arm;

    use super::*;

    fn count(ended: Classes, rescued: u64, seen: u64, latency: &[(u64, u64)]) -> Count {
        Count {
            service: "checkout".parse().expect("a name"),
            route: "*/".to_owned(),
            version: "v1".parse().expect("a name"),
            arm: Arm::Stable,
            config: 1,
            starts: 0,
            ended,
            rescued,
            seen_idempotent: seen / 2,
            seen_other: seen - seen / 2,
            users_in_step: 0,
            users: 0,
            users_failed: 0,
            users_failed_in_step: None,
            latency: latency.iter().map(|(ms, n)| (latency::bucket(ms * 1_000), *n)).collect(),
        }
    }

    fn read(indicator: &Indicator, count: &Count) -> (u64, u64) {
        let tally = Measure::of(indicator).expect("gateways measure it").read(count);
        (tally.total, tally.bad)
    }

    #[test]
    fn what_users_saw_counts_once() {
        let availability = Indicator::Availability { route: None };
        let some = |ok, client_error, server_error, timeout, cancelled| Classes {
            ok,
            client_error,
            server_error,
            timeout,
            cancelled,
            ..Classes::default()
        };
        for (ended, rescued, seen, expected, why) in [
            (some(90, 5, 5, 0, 0), 0, 5, (100, 5), "the caller's mistakes are no failures"),
            (some(90, 0, 10, 0, 0), 10, 0, (100, 0), "who was rescued saw nothing"),
            (some(90, 0, 10, 0, 0), 6, 4, (100, 4), "who was not did"),
            (some(0, 0, 10, 0, 0), 0, 0, (0, 0), "how it went is not known yet"),
            (some(0, 0, 0, 0, 0), 0, 10, (10, 10), "and now it is, a report later"),
            (some(1, 0, 0, 0, 9), 0, 0, (1, 0), "who went away does not count"),
            (Classes { gave_up: 9, ..some(1, 0, 0, 0, 9) }, 0, 0, (10, 9), "who waited in vain was not served"),
            (some(u64::MAX, 1, 0, 0, 0), 1, 1, (u64::MAX, 1), "absurd counts are no panic"),
        ] {
            assert_eq!(read(&availability, &count(ended, rescued, seen, &[])), expected, "{why}");
        }
    }

    #[test]
    fn who_gave_up_is_slow_where_the_threshold_was_over() {
        let ended = Classes { ok: 1, gave_up: 4, ..Classes::default() };
        for (threshold_ms, expected) in [(320, (5, 4)), (10_000, (1, 0))] {
            let indicator = Indicator::Latency { route: None, threshold_ms };
            assert_eq!(read(&indicator, &count(ended, 0, 0, &[(10, 1)])), expected, "{threshold_ms}");
        }
    }

    #[test]
    fn slow_is_bad_and_so_is_failed() {
        let fast = Indicator::Latency { route: None, threshold_ms: 320 };
        let timeouts = |timeout| Classes { timeout, ..Classes::default() };
        for (ended, seen, latency, expected, why) in [
            (timeouts(0), 0, &[(10, 90), (319, 5), (321, 4), (5_000, 1)][..], (100, 5), "above the edge"),
            (timeouts(0), 3, &[(10, 90), (500, 10)][..], (100, 13), "failed quickly, others were slow"),
            (timeouts(10), 10, &[(10, 90), (10_000, 10)][..], (100, 10), "a timeout is one bad request"),
            (timeouts(10), 0, &[(10, 90), (10_000, 10)][..], (100, 10), "rescued, and waited for"),
            (timeouts(0), 0, &[][..], (0, 0), "nothing came"),
        ] {
            assert_eq!(read(&fast, &count(ended, 0, seen, latency)), expected, "{why}");
        }
    }

    #[test]
    fn a_route_is_one_route() {
        let ended = Classes { ok: 7, ..Classes::default() };
        for (route, total) in [(None, 7), (Some("*/"), 7), (Some("*/buy"), 0)] {
            let indicator = Indicator::Availability { route: route.map(str::to_owned) };
            assert_eq!(read(&indicator, &count(ended, 0, 0, &[])), (total, 0), "{route:?}");
        }
    }

    #[test]
    fn a_threshold_is_counted_at_the_nearest_edge() {
        for (threshold_ms, counted) in
            [(1, 1.0), (250, 256.0), (290, 320.0), (300, 320.0), (1_000, 1_024.0), (u64::MAX, 131_072.0 / 8.0 * 7.0)]
        {
            assert!(
                (counted_at_ms(threshold_ms) - counted).abs() < 1e-9,
                "{threshold_ms}: {}",
                counted_at_ms(threshold_ms)
            );
        }
    }
}
