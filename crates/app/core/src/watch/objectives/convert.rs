//! From an objective as it is declared to what the engine and the series take, and how its counts are named on disk.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use seaworthy_contract::catalogue::{CalendarUnit, Counting, Objective, Period, TierSpec, Urgency};
use seaworthy_model::Tally;
use seaworthy_signals::SliceRule;
use seaworthy_slo as slo;

/// What the names of series of objectives begin with.
const SERIES: &str = "objective/";

/// What stands behind the name of a series for the events that slices are cut from.
pub(super) const RAW: &str = "/raw";

/// An hour, in seconds: the window that says how many events there usually are.
pub(super) const HOUR_SECONDS: u32 = 3_600;

/// What is known of a service whose first event came just now, in seconds: how often a gateway reports.
const KNOWN_SECONDS_MIN: f64 = 0.25;

/// Returns the objective as the engine takes it.
///
/// # Errors
/// When it could never work, with what stands against it.
pub(super) fn objective(declared: &Objective) -> Result<slo::Objective, String> {
    let tiers: Vec<slo::Tier> = declared.tiers.iter().map(tier).collect();
    slo::Objective::new(declared.target, period(&declared.period), &tiers).map_err(|findings| {
        let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
        texts.join("; ")
    })
}

fn tier(spec: &TierSpec) -> slo::Tier {
    let urgency = match spec.urgency {
        Urgency::Page => slo::Urgency::Page,
        Urgency::Ticket => slo::Urgency::Ticket,
    };
    slo::Tier { urgency, long_seconds: spec.long_seconds, short_seconds: spec.short_seconds, budget: spec.budget }
}

pub(super) fn period(declared: &Period) -> slo::Period {
    match declared {
        Period::Rolling { days } => slo::Period::Rolling { days: *days },
        Period::Calendar { unit, .. } => slo::Period::Calendar(match unit {
            CalendarUnit::Day => slo::CalendarUnit::Day,
            CalendarUnit::Week => slo::CalendarUnit::Week,
            CalendarUnit::Month => slo::CalendarUnit::Month,
            CalendarUnit::Quarter => slo::CalendarUnit::Quarter,
        }),
    }
}

/// Returns the zone of its dates; UTC where it has none. Zones are checked when a catalogue is applied.
pub(super) fn zone(declared: &Period) -> TimeZone {
    match declared {
        Period::Rolling { .. } => TimeZone::UTC,
        Period::Calendar { zone, .. } => TimeZone::get(zone).unwrap_or(TimeZone::UTC),
    }
}

/// Returns the period as a series sums it.
pub(super) fn summed(declared: &Period, begin: Timestamp) -> seaworthy_signals::Period {
    match declared {
        Period::Rolling { days } => seaworthy_signals::Period::Rolling { days: *days },
        Period::Calendar { .. } => seaworthy_signals::Period::Since(begin),
    }
}

/// Returns every window that its tiers look at, and the hour where there is room for it.
pub(super) fn windows(objective: &slo::Objective) -> Vec<u32> {
    let mut windows: Vec<u32> =
        objective.tiers().iter().flat_map(|tier| [tier.long_seconds, tier.short_seconds]).collect();
    windows.sort_unstable();
    windows.dedup();
    if windows.len() < seaworthy_signals::WINDOWS_MAX && !windows.contains(&HOUR_SECONDS) {
        windows.push(HOUR_SECONDS);
    }
    windows
}

/// Weighs what was counted in a window against all of it, where less than that is known: time before the first event counts
/// as well, with as many events.
///
/// Else the first second of failure of a service that is a minute old would be a sixtieth of its window, and wake somebody
/// for one in 50,000 of its budget. So it takes the same time to page as in a service that has always been there.
pub(super) fn weighed(reading: slo::Reading, window: u32, known_seconds: Option<f64>) -> slo::Reading {
    let part = known_seconds.map_or(1.0, |known| known.max(KNOWN_SECONDS_MIN) / f64::from(window));
    if part >= 1.0 {
        return reading;
    }
    match reading {
        slo::Reading::Counts(tally) => {
            let total = (tally.total as f64 / part).round() as u64;
            slo::Reading::Counts(Tally::new(total.max(tally.total), tally.bad))
        }
        slo::Reading::Ratio(ratio) => slo::Reading::Ratio(ratio * part),
        slo::Reading::Nothing => slo::Reading::Nothing,
    }
}

/// Returns how slices are cut and judged; none where each event counts.
pub(super) fn slices(counting: Counting) -> Option<(SliceRule, u32)> {
    match counting {
        Counting::Occurrences => None,
        Counting::Timeslices { slice_seconds, slice_target } => Some((SliceRule::Target(slice_target), slice_seconds)),
        Counting::RatioTimeslices { slice_seconds } => Some((SliceRule::Ratio, slice_seconds)),
    }
}

/// Returns the name of its series. Another indicator or counting under the same name is another series: what was counted
/// before says nothing about it. Another target or tier goes on with the same counts.
pub(super) fn series_name(declared: &Objective) -> String {
    // The contract's form, which is frozen: what is on disk must be found again by every later program.
    let what = (&declared.service, &declared.indicator, declared.counting);
    let what = serde_json::to_vec(&what).expect("an objective has string keys only");
    format!("{SERIES}{}/{:016x}", declared.name, fnv(&what))
}

/// Returns the objective in the name of a series, be it of what it counts or of the events behind its slices.
pub(super) fn objective_of(series: &str) -> Option<&str> {
    let named = series.strip_prefix(SERIES)?;
    let (objective, _hash) = named.strip_suffix(RAW).unwrap_or(named).rsplit_once('/')?;
    Some(objective)
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo): short, and the same in every build, which names on disk must be.
pub(super) fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use seaworthy_contract::catalogue::Indicator;

    use super::*;

    fn declared(name: &str, indicator: Indicator) -> Objective {
        let service = "checkout".parse().expect("a name");
        let (period, counting) = (Period::default(), Counting::default());
        Objective {
            name: name.to_owned(),
            service,
            description: None,
            indicator,
            target: 0.999,
            period,
            counting,
            tiers: vec![],
            by_default: false,
        }
    }

    #[test]
    fn a_series_is_named_by_what_is_counted() {
        let availability = || Indicator::Availability { route: None };
        let one = declared("a", availability());
        let stricter = Objective { target: 0.9999, ..one.clone() };
        assert_eq!(series_name(&one), series_name(&stricter), "counts go on under another target");
        let route = declared("a", Indicator::Availability { route: Some("*/".to_owned()) });
        let fast = declared("a", Indicator::Latency { route: None, threshold_ms: 300 });
        let slices = Objective { counting: Counting::RatioTimeslices { slice_seconds: 60 }, ..one.clone() };
        for other in [route, fast, slices, declared("b", availability())] {
            assert_ne!(series_name(&one), series_name(&other), "{other:?}");
        }
        // On disk, so it must never change.
        assert_eq!(series_name(&one), "objective/a/103ec659ca214e0b");
        for series in [series_name(&one), format!("{}{RAW}", series_name(&one))] {
            assert_eq!(objective_of(&series), Some("a"), "{series}");
        }
        for (series, objective) in [("objective/a/b/0f", Some("a/b")), ("objective/a", None), ("arm/a/b", None)] {
            assert_eq!(objective_of(series), objective, "{series}");
        }
        let longest = declared(&"n".repeat(120), availability());
        assert!(series_name(&longest).len() + "/raw".len() <= seaworthy_signals::NAME_BYTES_MAX);
    }

    #[test]
    fn a_young_window_weighs_as_if_it_had_been_well_before() {
        let counts = |total, bad| slo::Reading::Counts(Tally::new(total, bad));
        for (reading, known, want, why) in [
            (counts(6_000, 100), Some(60.0), counts(360_000, 100), "a minute of an hour"),
            (counts(6_000, 100), Some(3_600.0), counts(6_000, 100), "all of it"),
            (counts(6_000, 100), Some(1e9), counts(6_000, 100), "and more"),
            (counts(1, 1), Some(0.0), counts(14_400, 1), "its first request just now"),
            (counts(6, 1), None, counts(6, 1), "nobody knows since when"),
            (slo::Reading::Ratio(0.5), Some(360.0), slo::Reading::Ratio(0.05), "a ratio"),
            (slo::Reading::Nothing, Some(1.0), slo::Reading::Nothing, "nothing"),
        ] {
            assert_eq!(weighed(reading, 3_600, known), want, "{why}");
        }
    }

    #[test]
    fn an_objective_without_tiers_has_the_standard_ones() {
        let objective = objective(&declared("a", Indicator::Availability { route: None })).expect("a good one");
        assert_eq!(windows(&objective), [300, 1_800, 3_600, 7_200, 21_600, 86_400, 259_200]);
        assert!(
            super::objective(&Objective { target: 1.0, ..declared("a", Indicator::Availability { route: None }) })
                .is_err()
        );
    }
}
