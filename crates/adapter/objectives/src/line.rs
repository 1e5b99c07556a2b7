//! An objective in one line of a service: `objective: 99.9%`, and `latency: { target: 99%, threshold: 300ms }`.

use seaworthy_contract::catalogue::{Counting, Indicator, Objective, Period};
use seaworthy_model::ServiceId;
use seaworthy_yaml::fields::Fields;

use crate::parts::{Written, target};

/// Reads `objective` and `latency` of a service's spec; none, one or two objectives over 30 rolling days.
///
/// Measured is what the gateway carries, on all routes of the service.
pub fn read_objective(spec: &Fields<'_>, service: &ServiceId) -> Vec<Objective> {
    let availability = spec.text("objective").and_then(|text| target(&spec.scope, &text, Written::Percent));
    let availability =
        availability.map(|target| one(service, "availability", target, Indicator::Availability { route: None }));
    let latency = spec.fields("latency").and_then(|fields| latency(&fields, service));
    availability.into_iter().chain(latency).collect()
}

fn latency(fields: &Fields<'_>, service: &ServiceId) -> Option<Objective> {
    fields.require("target", "write the share of requests that must be fast, such as 99%");
    let share = fields.text("target").and_then(|text| target(&fields.scope, &text, Written::Percent));
    fields.require("threshold", "write how fast, such as 300ms");
    let threshold = fields.duration_ms("threshold").map(|ms| ms.value);
    fields.no_more();
    Some(one(service, "latency", share?, Indicator::Latency { route: None, threshold_ms: threshold? }))
}

fn one(service: &ServiceId, what: &str, target: f64, indicator: Indicator) -> Objective {
    Objective {
        name: format!("{service}-{what}"),
        service: service.clone(),
        description: None,
        indicator,
        target,
        period: Period::default(),
        counting: Counting::default(),
        tiers: vec![],
    }
}
