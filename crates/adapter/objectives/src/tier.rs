//! Objectives as the engine takes them: it decides what the standard tiers are, how fast they burn and which never fire.

use seaworthy_contract::catalogue::{CalendarUnit, Objective, Period, TierSpec, Urgency};
use seaworthy_slo as engine;

use crate::declared::Declared;
use crate::duration;

/// Returns an objective with the tiers that were not switched off, as the engine takes it.
///
/// # Errors
/// When the engine refuses it; the findings say why.
pub fn for_engine(declared: &Declared) -> Result<engine::Objective, Vec<engine::Finding>> {
    let tiers: Vec<engine::Tier> = declared.tiers().iter().map(tier).collect();
    engine::Objective::new(declared.objective.target, period(&declared.objective.period), &tiers)
}

/// Returns what is wrong with an objective or worth knowing.
pub(crate) fn findings(declared: &Declared) -> Vec<engine::Finding> {
    let tiers: Vec<engine::Tier> = declared.tiers().iter().map(tier).collect();
    engine::validate(declared.objective.target, period(&declared.objective.period), &tiers, None)
}

/// Returns what is wrong with an objective that has the standard tiers.
pub(crate) fn findings_of(objective: &Objective) -> Vec<engine::Finding> {
    let of = period(&objective.period);
    engine::validate(objective.target, of, &engine::Objective::standard_tiers(of), None)
}

/// Returns a length of time as windows are called: `5m`, `1d12h`.
pub fn window(seconds: u32) -> String {
    duration::prometheus(seconds.into())
}

/// Returns seconds as tiers hold them.
pub(crate) fn whole(seconds: u64) -> u32 {
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

/// Returns the standard tiers of a period.
pub(crate) fn standard(of: &Period) -> Vec<TierSpec> {
    let spec = |tier: engine::Tier| TierSpec {
        urgency: match tier.urgency {
            engine::Urgency::Page => Urgency::Page,
            engine::Urgency::Ticket => Urgency::Ticket,
        },
        long_seconds: tier.long_seconds,
        short_seconds: tier.short_seconds,
        budget: tier.budget,
    };
    engine::Objective::standard_tiers(period(of)).map(spec).to_vec()
}

/// Returns how many times faster than evenly the budget burns when a tier fires.
pub(crate) fn burn(spec: &TierSpec, of: &Period) -> f64 {
    tier(spec).burn(period(of).nominal_seconds())
}

/// Returns the length of a period in days; for one of the calendar its usual length.
pub fn days(of: &Period) -> u16 {
    period(of).nominal_days()
}

fn tier(spec: &TierSpec) -> engine::Tier {
    engine::Tier {
        urgency: match spec.urgency {
            Urgency::Page => engine::Urgency::Page,
            Urgency::Ticket => engine::Urgency::Ticket,
        },
        long_seconds: spec.long_seconds,
        short_seconds: spec.short_seconds,
        budget: spec.budget,
    }
}

fn period(of: &Period) -> engine::Period {
    match of {
        Period::Rolling { days } => engine::Period::Rolling { days: *days },
        Period::Calendar { unit, .. } => engine::Period::Calendar(match unit {
            CalendarUnit::Day => engine::CalendarUnit::Day,
            CalendarUnit::Week => engine::CalendarUnit::Week,
            CalendarUnit::Month => engine::CalendarUnit::Month,
            CalendarUnit::Quarter => engine::CalendarUnit::Quarter,
        }),
    }
}
