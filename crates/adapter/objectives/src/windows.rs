//! Sloth's `AlertWindows`: which windows and budgets alert for a period, in place of the standard ones.

use seaworthy_contract::catalogue::{PERIOD_DAYS_MAX, Period, TierSpec, Urgency};
use seaworthy_yaml::diagnostic::Severity;
use seaworthy_yaml::fields::Fields;
use seaworthy_yaml::rule::Rule;

use crate::declared::Declared;
use crate::duration::{self, DAY};
use crate::{number, sloth, tier};

/// Sloth's own period, which its files do not name.
const SLOTH_DAYS: u16 = 30;

/// The windows of one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Windows {
    /// The period, in days.
    pub days: u16,
    /// What alerts.
    pub tiers: Vec<TierSpec>,
}

/// Reads an `AlertWindows` document.
pub(crate) fn read(document: &Fields<'_>) -> Option<Windows> {
    for key in ["apiVersion", "kind", "metadata"] {
        document.get(key);
    }
    document.require("spec", "write spec with sloPeriod, page and ticket");
    let spec = document.fields("spec")?;
    let days = period(&spec);
    let page = pair(&spec, "page", Urgency::Page);
    let ticket = pair(&spec, "ticket", Urgency::Ticket);
    spec.left_over(Severity::Warning);
    document.left_over(Severity::Warning);
    let tiers = page?.into_iter().chain(ticket?).collect();
    Some(Windows { days: days?, tiers })
}

fn period(spec: &Fields<'_>) -> Option<u16> {
    spec.require("sloPeriod", "write the period, such as 30d")?;
    let text = spec.text("sloPeriod")?;
    let seconds = duration::seconds(&text.value).filter(|seconds| seconds.is_multiple_of(DAY));
    let days = seconds.and_then(|seconds| u16::try_from(seconds / DAY).ok());
    let days = days.filter(|days| *days <= PERIOD_DAYS_MAX);
    if days.is_none() {
        let message = format!("period \"{}\" is not a number of whole days", text.value);
        let remedy = format!("write one from 1d to {PERIOD_DAYS_MAX}d");
        spec.scope.report.error(Rule::BadDuration, &text.at, message, remedy);
    }
    days
}

fn pair(spec: &Fields<'_>, key: &'static str, urgency: Urgency) -> Option<[TierSpec; 2]> {
    spec.require(key, "write quick and slow windows")?;
    let fields = spec.fields(key)?;
    let (quick, slow) = (tier(&fields, "quick", urgency), tier(&fields, "slow", urgency));
    fields.left_over(Severity::Warning);
    Some([quick?, slow?])
}

fn tier(fields: &Fields<'_>, key: &'static str, urgency: Urgency) -> Option<TierSpec> {
    fields.require(key, "write errorBudgetPercent, shortWindow and longWindow")?;
    let fields = fields.fields(key)?;
    let budget = budget(&fields);
    let (short, long) = (length(&fields, "shortWindow"), length(&fields, "longWindow"));
    fields.left_over(Severity::Warning);
    let (short, long) = (short?, long?);
    if short >= long {
        let message = "the short window is not shorter than the long one";
        fields.scope.report.error(Rule::BadValue, &fields.at(), message, "write a twelfth of the long window");
        return None;
    }
    Some(TierSpec { urgency, long_seconds: tier::whole(long), short_seconds: tier::whole(short), budget: budget? })
}

fn budget(fields: &Fields<'_>) -> Option<f64> {
    fields.require("errorBudgetPercent", "write the share of the budget, such as 2")?;
    let text = fields.text("errorBudgetPercent")?;
    let budget = number::percent(&text.value).filter(|budget| *budget > 0.0 && *budget <= 1.0);
    if budget.is_none() {
        let message = format!("\"{}\" is not a share of the budget", text.value);
        fields.scope.report.error(Rule::BadValue, &text.at, message, "write a percentage above 0 and at most 100");
    }
    budget
}

fn length(fields: &Fields<'_>, key: &'static str) -> Option<u64> {
    fields.require(key, "write a length of time, such as 1h")?;
    let text = fields.text(key)?;
    let seconds = duration::seconds(&text.value);
    if seconds.is_none() {
        let message = format!("\"{key}\" \"{}\" is not a length of time", text.value);
        fields.scope.report.error(Rule::BadDuration, &text.at, message, "write a number and a unit, such as 1h");
    }
    seconds
}

/// Gives an objective the windows of its period. Sloth's files name no period: theirs is 30 days, or that of the only
/// windows there are.
pub(crate) fn apply(windows: &[Windows], declared: &mut Declared) {
    let sloth = [sloth::PLAIN, sloth::KUBERNETES].contains(&declared.format);
    let days = match windows {
        [only] if sloth => only.days,
        _ if sloth => SLOTH_DAYS,
        _ => tier::days(&declared.objective.period),
    };
    if sloth {
        declared.objective.period = Period::Rolling { days };
    }
    let found = windows.iter().find(|windows| windows.days == days);
    if let Some(windows) = found.filter(|_| declared.objective.tiers.is_empty()) {
        declared.objective.tiers = windows.tiers.clone();
    }
}
