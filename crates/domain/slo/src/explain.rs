//! Says in words when an objective would page, so that its author can agree before the night in which it does.

use std::fmt::Write as _;

use crate::{
    Detection, Finding, Objective, PER_HOUR_MAX, Period, Tier, Urgency, detection,
    finding::{percent, validate},
};

/// The faults that are spelt out: share of events that fail.
const FAULTS: [f64; 4] = [1.0, 0.1, 0.01, 0.002];

/// Returns some lines of text: what the budget is, when each tier fires, how long faults of several sizes take to be seen at
/// `per_hour` events an hour, and what the guard for low traffic costs. Without `per_hour` there are no counts, as with a bare
/// ratio: no guard holds it, and the text says so.
pub fn explain(objective: &Objective, per_hour: Option<f64>) -> String {
    let mut text = String::new();
    budget_line(&mut text, objective);
    for (tier, number) in objective.tiers().iter().zip(1..) {
        tier_line(&mut text, objective, tier, number);
    }
    match per_hour {
        Some(per_hour) if per_hour > 0.0 => counted(&mut text, objective, per_hour.min(PER_HOUR_MAX)),
        _ => bare(&mut text, objective),
    }
    for finding in validate(objective.target(), objective.period(), objective.tiers(), per_hour) {
        line(&mut text, format_args!("note: {finding}"));
    }
    text
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    writeln!(text, "{words}").expect("text grows in memory");
}

fn budget_line(text: &mut String, objective: &Objective) {
    let period = match objective.period() {
        Period::Rolling { days: 1 } => "the last day".to_owned(),
        Period::Rolling { days } => format!("the last {days} days"),
        Period::Calendar(unit) => format!("a {unit:?}").to_lowercase(),
    };
    let allowed = objective.allowed_ratio();
    let outage = f64::from(objective.period().nominal_seconds()) * allowed;
    line(
        text,
        format_args!(
            "{} of {period}: {} of events may be bad, as many as in {} of a total outage",
            percent(objective.target()),
            percent(allowed),
            duration(outage)
        ),
    );
}

fn tier_line(text: &mut String, objective: &Objective, tier: &Tier, number: usize) {
    line(
        text,
        format_args!(
            "tier {number}, {}: above {} bad in the last {} and in the last {} (burn {:.1}, {} of the budget)",
            tier.urgency.word(),
            percent(objective.threshold_ratio(tier)),
            duration(f64::from(tier.long_seconds)),
            duration(f64::from(tier.short_seconds)),
            objective.burn(tier),
            percent(tier.budget)
        ),
    );
}

fn counted(text: &mut String, objective: &Objective, per_hour: f64) {
    for fault in FAULTS {
        let page = first(objective, Urgency::Page, fault, per_hour);
        let ticket = first(objective, Urgency::Ticket, fault, per_hour);
        line(
            text,
            format_args!(
                "{} failing at {}: page {}, ticket {}",
                percent(fault),
                rate(per_hour),
                when(page.as_ref()),
                when(ticket.as_ref())
            ),
        );
    }
    guard_line(text, objective, per_hour);
}

/// What a bare ratio says: times without counts are those of traffic without end.
fn bare(text: &mut String, objective: &Objective) {
    const ENDLESS_PER_HOUR: f64 = 1e12;
    for fault in FAULTS {
        let page = first(objective, Urgency::Page, fault, ENDLESS_PER_HOUR);
        let ticket = first(objective, Urgency::Ticket, fault, ENDLESS_PER_HOUR);
        line(
            text,
            format_args!("{} failing: page {}, ticket {}", percent(fault), when(page.as_ref()), when(ticket.as_ref())),
        );
    }
    line(
        text,
        format_args!("a ratio without counts has no guard for low traffic: one bad event of a quiet hour may page"),
    );
}

fn guard_line(text: &mut String, objective: &Objective, per_hour: f64) {
    let Some(outage) = first(objective, Urgency::Page, 1.0, per_hour) else { return };
    let enough = validate(objective.target(), objective.period(), objective.tiers(), Some(0.0)).into_iter().find_map(
        |finding| match finding {
            Finding::LowTraffic { enough_per_hour, .. } => Some(enough_per_hour),
            _ => None,
        },
    );
    if let Some(enough) = enough {
        line(
            text,
            format_args!("below {enough:.1} events an hour one error would page without the guard for low traffic"),
        );
    }
    if outage.guard_seconds > 0.0 {
        line(
            text,
            format_args!(
                "the guard waits for {} bad events here and delays the page of a total outage by {}, to {}",
                outage.bad_events,
                duration(outage.guard_seconds),
                duration(outage.seconds)
            ),
        );
    } else {
        line(text, format_args!("the guard for low traffic costs nothing at this rate"));
    }
}

/// The tier of this urgency that fires first.
fn first(objective: &Objective, urgency: Urgency, fault: f64, per_hour: f64) -> Option<Detection> {
    let tiers = objective.tiers().iter().filter(|tier| tier.urgency == urgency);
    tiers
        .filter_map(|tier| detection(objective, tier, fault, per_hour))
        .min_by(|left, right| left.seconds.total_cmp(&right.seconds))
}

fn when(found: Option<&Detection>) -> String {
    found.map_or("never".to_owned(), |found| format!("after {}", duration(found.seconds)))
}

fn rate(per_hour: f64) -> String {
    let (number, unit) = if per_hour >= 3_600.0 { (per_hour / 3_600.0, "s") } else { (per_hour, "h") };
    let digits = usize::from(number < 10.0 && number.fract() > 0.0);
    format!("{number:.digits$} req/{unit}")
}

/// A length of time in its two largest units: `52 s`, `8 min 38 s`, `3 h 36 min`, `2 d 12 h`.
fn duration(seconds: f64) -> String {
    let shown = if seconds < 60.0 { seconds.round() } else { seconds.floor() };
    let whole = shown.clamp(0.0, 1e12) as u64;
    let two = |large: u64, large_unit: &str, small: u64, small_unit: &str| match small {
        0 => format!("{large} {large_unit}"),
        _ => format!("{large} {large_unit} {small} {small_unit}"),
    };
    match whole {
        0..60 => format!("{whole} s"),
        60..3_600 => two(whole / 60, "min", whole % 60, "s"),
        3_600..86_400 => two(whole / 3_600, "h", whole % 3_600 / 60, "min"),
        _ => two(whole / 86_400, "d", whole % 86_400 / 3_600, "h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(target: f64, per_hour: Option<f64>) -> String {
        explain(&Objective::new(target, Period::Rolling { days: 30 }, &[]).unwrap(), per_hour)
    }

    fn check(text: &str, lines: &[&str]) {
        assert_eq!(text.lines().collect::<Vec<_>>(), lines, "{text}");
    }

    #[test]
    fn a_busy_service() {
        check(
            &said(0.999, Some(360_000.0)),
            &[
                "99.9% of the last 30 days: 0.1% of events may be bad, as many as in 43 min 12 s of a total outage",
                "tier 1, page: above 1.44% bad in the last 1 h and in the last 5 min (burn 14.4, 2% of the budget)",
                "tier 2, page: above 0.6% bad in the last 6 h and in the last 30 min (burn 6.0, 5% of the budget)",
                "tier 3, ticket: above 0.3% bad in the last 1 d and in the last 2 h (burn 3.0, 10% of the budget)",
                "tier 4, ticket: above 0.1% bad in the last 3 d and in the last 6 h (burn 1.0, 10% of the budget)",
                "100% failing at 100 req/s: page after 52 s, ticket after 4 min 19 s",
                "10% failing at 100 req/s: page after 8 min 38 s, ticket after 43 min 12 s",
                "1% failing at 100 req/s: page after 3 h 36 min, ticket after 7 h 12 min",
                "0.2% failing at 100 req/s: page never, ticket after 1 d 13 h",
                "below 69.4 events an hour one error would page without the guard for low traffic",
                "the guard for low traffic costs nothing at this rate",
            ],
        );
    }

    #[test]
    fn a_quiet_one() {
        let text = said(0.999, Some(60.0));
        for part in [
            "100% failing at 60 req/h: page after 5 min, ticket after 12 min",
            "the guard waits for 5 bad events here and delays the page of a total outage by 4 min, to 5 min",
            "note: at 60.0 events an hour one bad one would page",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
    }

    #[test]
    fn a_tier_that_can_never_fire_and_a_ratio_without_counts() {
        let text = said(0.9, Some(360_000.0));
        assert!(text.contains("note: tier 1 can never fire"), "{text}");
        assert!(text.contains("100% failing at 100 req/s: page after 3 h 36 min"), "{text}");
        let text = said(0.999, None);
        assert!(text.contains("100% failing: page after 52 s"), "{text}");
        assert!(text.contains("has no guard"), "{text}");
    }
}
