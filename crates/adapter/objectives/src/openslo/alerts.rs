//! Alert policies and conditions of OpenSLO v1: each condition on a burn rate becomes a tier.

use seaworthy_contract::catalogue::{Period, TierSpec, Urgency};
use seaworthy_yaml::diagnostic::{Placed, Severity};
use seaworthy_yaml::fields::Fields;
use seaworthy_yaml::rule::Rule;
use seaworthy_yaml::tree::{Node, Value};

use crate::{duration, number, tier};

use super::{OpenSlo, period};

/// The short window of the Workbook: a twelfth of the long one.
const SHORT_PART: u64 = 12;
/// Shortest window, in seconds: one less holds too few readings.
const WINDOW_SECONDS_MIN: u64 = 60;

/// Reads `alertPolicies`; empty where there are none, so that the standard tiers alert.
pub(super) fn tiers(spec: &Fields<'_>, all: &OpenSlo, period: &Period) -> Vec<TierSpec> {
    let policies = spec.list("alertPolicies").iter().filter_map(|item| policy(spec, item, all));
    let conditions = policies.flat_map(|policy| conditions(&policy, all));
    conditions.filter_map(|condition| condition_tier(&condition, tier::days(period))).collect()
}

/// Returns the spec of a policy: written inside, or named as a text or by `alertPolicyRef`.
fn policy<'a>(spec: &Fields<'a>, item: &'a Node, all: &'a OpenSlo) -> Option<Fields<'a>> {
    inside_or_named(spec, item, "AlertPolicy", "alertPolicyRef", all)
}

fn inside_or_named<'a>(
    parent: &Fields<'a>,
    item: &'a Node,
    kind: &str,
    reference: &'static str,
    all: &'a OpenSlo,
) -> Option<Fields<'a>> {
    let report = parent.scope.report;
    if let Value::Text(_) = item.value {
        return all.spec(kind, &parent.scope.text(item, kind)?, report);
    }
    let fields = Fields::of(&parent.scope, item, kind)?;
    match fields.text(reference) {
        Some(name) => all.spec(kind, &name, report),
        None => super::spec(&fields),
    }
}

fn conditions<'a>(policy: &Fields<'a>, all: &'a OpenSlo) -> Vec<Fields<'a>> {
    for key in ["description", "alertWhenNoData", "alertWhenResolved", "alertWhenBreaching", "notificationTargets"] {
        policy.get(key);
    }
    policy.require("conditions", "write a list of conditions");
    let items = policy.list("conditions");
    policy.left_over(Severity::Warning);
    items.iter().filter_map(|item| inside_or_named(policy, item, "AlertCondition", "conditionRef", all)).collect()
}

fn condition_tier(spec: &Fields<'_>, days: u16) -> Option<TierSpec> {
    spec.get("description");
    let urgency = spec.text("severity").map_or(Urgency::Ticket, |text| urgency(&text.value));
    spec.require("condition", "write the condition")?;
    let condition = spec.fields("condition")?;
    spec.left_over(Severity::Warning);
    condition.require("kind", "write kind: burnrate")?;
    let kind = condition.text("kind")?;
    if kind.value != "burnrate" {
        let message = format!("a condition of kind \"{}\" is not read", kind.value);
        condition.scope.report.error(Rule::NotSupported, &kind.at, message, "write kind: burnrate");
        return None;
    }
    warn_of_low_burn(&condition);
    condition.require("threshold", "write a burn rate, such as 14.4");
    condition.require("lookbackWindow", "write a window, such as 1h");
    let threshold = condition.text("threshold");
    let long = length(&condition, "lookbackWindow");
    let after = condition.get("alertAfter").is_some().then(|| alert_after(&condition)).flatten();
    condition.left_over(Severity::Warning);
    let (threshold, long) = (threshold?, long?);
    let budget = budget(&condition, &threshold, long, days)?;
    let short = after.filter(|after| *after < long).unwrap_or(long / SHORT_PART).max(WINDOW_SECONDS_MIN);
    Some(TierSpec { urgency, long_seconds: tier::whole(long), short_seconds: tier::whole(short), budget })
}

/// A severity is any text; these wake somebody.
fn urgency(severity: &str) -> Urgency {
    let wakes = ["page", "critical"].iter().any(|word| severity.eq_ignore_ascii_case(word));
    if wakes { Urgency::Page } else { Urgency::Ticket }
}

fn warn_of_low_burn(condition: &Fields<'_>) {
    if let Some(op) = condition.text("op").filter(|op| op.value.starts_with("lt")) {
        let message = format!("\"op: {}\" would alert while little burns: read as gte", op.value);
        condition.scope.report.warning(Rule::Approximated, &op.at, message, "write op: gte");
    }
}

/// Returns the share of the period's budget that is spent when a burn rate was held for a window.
fn budget(condition: &Fields<'_>, threshold: &Placed<String>, long: u64, days: u16) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a year of seconds is far below 2^52")]
    let share = |burn: f64| burn * long as f64 / (f64::from(days) * 86_400.0);
    let budget = number::plain(&threshold.value).map(share).filter(|budget| *budget > 0.0 && *budget <= 1.0);
    if budget.is_none() {
        let message = format!("a burn rate of \"{}\" over this window spends no share of the budget", threshold.value);
        let remedy = "write one above 0 that spends at most the whole budget within the window";
        condition.scope.report.error(Rule::BadValue, &threshold.at, message, remedy);
    }
    budget
}

fn alert_after(condition: &Fields<'_>) -> Option<u64> {
    let text = condition.text("alertAfter")?;
    if matches!(text.value.as_str(), "0m" | "0s" | "0h") { None } else { length(condition, "alertAfter") }
}

fn length(condition: &Fields<'_>, key: &'static str) -> Option<u64> {
    let text = condition.text(key)?;
    let seconds =
        period::shorthand(&text.value).and_then(|span| span.seconds()).or_else(|| duration::seconds(&text.value));
    if seconds.is_none() {
        let message = format!("\"{key}\" \"{}\" is not a length of time", text.value);
        condition.scope.report.error(Rule::BadDuration, &text.at, message, "write a number and one of m, h, d, w");
    }
    seconds
}
