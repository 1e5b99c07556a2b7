//! Exports in, counts out: by decision tables, by what a real exporter sent, and by what nobody should send.

mod counters;
mod exponential;
mod export;
mod gzip;
mod hostile;
mod sdk;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Encoding, Intake, Taken, Wanted};

/// The second at which everything happens.
const NOW: i64 = 1_795_275_972;

fn second(ahead: i64) -> Timestamp {
    Timestamp::from_second(NOW + ahead).expect("a time")
}

fn nanos(ahead: i64) -> String {
    format!("{}000000000", NOW + ahead)
}

/// Wants these series of checkout.
fn wanted(series: &[&str]) -> Wanted {
    let mut wanted = Wanted::default();
    let service = "checkout".parse().expect("a name");
    series.iter().for_each(|series| wanted.add(&service, series).expect("few enough"));
    wanted
}

/// An export of these metrics of one process of a service.
fn export(service: &str, metrics: &[Value]) -> Vec<u8> {
    let attributes = json!([{ "key": "service.name", "value": { "stringValue": service } }]);
    let scope = json!({ "scope": { "name": "shop" }, "metrics": metrics });
    let resource = json!({ "resource": { "attributes": attributes }, "scopeMetrics": [scope] });
    json!({ "resourceMetrics": [resource] }).to_string().into_bytes()
}

/// A counter: how it counts (1 delta, 2 cumulative) and its points.
fn sum(name: &str, temporality: i32, points: &[Value]) -> Value {
    let sum = json!({ "aggregationTemporality": temporality, "isMonotonic": true, "dataPoints": points });
    json!({ "name": name, "sum": sum })
}

/// A point of a counter, with a status where there is one; seconds are from [`NOW`].
fn point(start: i64, at: i64, count: i64, status: Option<i64>) -> Value {
    let status = status.map(|status| json!({ "key": "http.response.status_code", "value": { "intValue": status } }));
    let attributes: Vec<Value> = status.into_iter().collect();
    json!({ "startTimeUnixNano": nanos(start), "timeUnixNano": nanos(at), "asInt": count.to_string(), "attributes": attributes })
}

fn taken(intake: &Intake, body: &[u8], wanted: &Wanted) -> Taken {
    intake.read(body, Encoding::Json, wanted, second(0)).expect("an export")
}

/// What came out: `series ahead bad/total`, metrics passed over, and what was skipped and why.
fn show(taken: &Taken) -> String {
    let mut lines: Vec<String> = taken
        .pushed
        .iter()
        .map(|one| {
            let ahead = one.at.as_second() - NOW;
            format!("{} {} {ahead} {}/{}", one.service, one.series, one.tally.bad, one.tally.total)
        })
        .collect();
    if taken.passed_over > 0 {
        lines.push(format!("passed over {}", taken.passed_over));
    }
    lines.extend(taken.skipped.iter().map(|one| format!("{} x{}: {}", one.metric, one.points, one.why)));
    lines.join("\n")
}
