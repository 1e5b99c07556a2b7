//! One objective of an SLO: its target, what is counted, and from which value on something is good.

use seaworthy_contract::catalogue::{Counting, Indicator};
use seaworthy_yaml::diagnostic::{Placed, Severity};
use seaworthy_yaml::fields::Fields;
use seaworthy_yaml::rule::Rule;

use crate::parts::{Written, target};
use crate::{number, tier};

use super::metric::Metric;
use super::period;

/// Shortest and longest slice, in seconds.
const SLICE_SECONDS: std::ops::RangeInclusive<u64> = 60..=3_600;

/// `budgetingMethod`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Occurrences,
    Timeslices,
    RatioTimeslices,
}

/// Reads `budgetingMethod`.
pub(super) fn method(spec: &Fields<'_>) -> Option<Method> {
    spec.require("budgetingMethod", "write Occurrences, Timeslices or RatioTimeslices")?;
    let text = spec.text("budgetingMethod")?;
    match text.value.as_str() {
        "Occurrences" => Some(Method::Occurrences),
        "Timeslices" => Some(Method::Timeslices),
        "RatioTimeslices" => Some(Method::RatioTimeslices),
        other => {
            let message = format!("budgeting method \"{other}\" does not exist");
            let remedy = "write Occurrences, Timeslices or RatioTimeslices";
            spec.scope.report.error(Rule::BadValue, &text.at, message, remedy);
            None
        }
    }
}

/// How a value is compared with a threshold; what fits is good.
#[derive(Debug, Clone)]
pub(super) struct Threshold {
    /// `<`, `<=`, `>` or `>=`.
    pub op: &'static str,
    /// The threshold, as it was written.
    pub value: String,
}

/// What one objective says.
pub(super) struct Part {
    pub indicator: Indicator,
    pub target: f64,
    pub counting: Counting,
    pub line: u32,
}

/// Reads one of v1.
pub(super) fn read(item: &Fields<'_>, method: Option<&Method>, metric: Option<&Metric>) -> Option<Part> {
    for key in ["indicator", "indicatorRef", "compositeWeight"] {
        if let Some(node) = item.get(key) {
            let message = format!("\"{key}\" in an objective makes a composite SLO, which is not read");
            let remedy = "write one SLO for each indicator";
            item.scope.report.error(Rule::NotSupported, &item.scope.place(node.at), message, remedy);
            return None;
        }
    }
    common(item, method, |threshold| metric?.indicator(item, threshold))
}

/// Reads what v1 and v1alpha have in common; `indicator` gives what is measured.
pub(super) fn common<'a>(
    item: &Fields<'a>,
    method: Option<&Method>,
    indicator: impl FnOnce(Option<Threshold>) -> Option<Indicator>,
) -> Option<Part> {
    item.get("displayName");
    let target = read_target(item);
    let threshold = threshold(item);
    let counting = method.and_then(|method| counting(item, *method));
    let indicator = indicator(threshold);
    item.left_over(Severity::Warning);
    Some(Part { indicator: indicator?, target: target?, counting: counting?, line: item.node.at.line })
}

fn read_target(item: &Fields<'_>) -> Option<f64> {
    match (item.text("target"), item.text("targetPercent")) {
        (Some(ratio), None) => target(&item.scope, &ratio, Written::Ratio),
        (None, Some(percent)) => target(&item.scope, &percent, Written::Percent),
        _ => {
            let message = "an objective has one of target and targetPercent";
            item.scope.report.error(Rule::MissingField, &item.at(), message, "write target: 0.999");
            None
        }
    }
}

/// Reads `op` and `value`; both are about thresholds only, and other indicators do without.
fn threshold(item: &Fields<'_>) -> Option<Threshold> {
    let (op, value) = (item.text("op"), item.text("value"));
    let op = op.and_then(|op| operator(item, &op))?;
    let value = value?;
    if number::plain(&value.value).is_none() {
        let message = format!("threshold \"{}\" is not a number", value.value);
        item.scope.report.error(Rule::BadValue, &value.at, message, "write a number such as 0.5");
        return None;
    }
    Some(Threshold { op, value: value.value })
}

fn operator(item: &Fields<'_>, op: &Placed<String>) -> Option<&'static str> {
    match op.value.as_str() {
        "lt" => Some("<"),
        "lte" => Some("<="),
        "gt" => Some(">"),
        "gte" => Some(">="),
        other => {
            let message = format!("operator \"{other}\" does not exist");
            item.scope.report.error(Rule::BadValue, &op.at, message, "write lt, lte, gt or gte");
            None
        }
    }
}

fn counting(item: &Fields<'_>, method: Method) -> Option<Counting> {
    let (window, share) = (item.text("timeSliceWindow"), item.text("timeSliceTarget"));
    match method {
        Method::Occurrences => Some(Counting::Occurrences),
        Method::Timeslices => {
            item.require("timeSliceTarget", "write the share that makes a slice good, such as 0.95");
            let share = share.and_then(|share| target(&item.scope, &share, Written::Ratio));
            let slice_seconds = slice(item, window.as_ref());
            Some(Counting::Timeslices { slice_seconds: slice_seconds?, slice_target: share? })
        }
        Method::RatioTimeslices => {
            slice(item, window.as_ref()).map(|slice_seconds| Counting::RatioTimeslices { slice_seconds })
        }
    }
}

fn slice(item: &Fields<'_>, window: Option<&Placed<String>>) -> Option<u32> {
    item.require("timeSliceWindow", "write the length of a slice, such as 1m")?;
    let window = window?;
    let seconds = period::shorthand(&window.value).and_then(|span| span.seconds());
    let seconds = seconds.filter(|seconds| SLICE_SECONDS.contains(seconds));
    if seconds.is_none() {
        let message = format!("\"{}\" is not the length of a slice", window.value);
        item.scope.report.error(Rule::BadDuration, &window.at, message, "write one from 1m to 1h");
    }
    seconds.map(tier::whole)
}
