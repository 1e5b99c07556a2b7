//! One export: whose it is, what counts, what is bad, what is said about the rest.

use seaworthy_model::Tally;

use super::super::{answer, refusal};
use super::*;
use crate::NotUnderstood;

fn read(series: &[&str], metrics: &[Value]) -> String {
    show(&taken(&Intake::new(second(-600)), &export("checkout", metrics), &wanted(series)))
}

/// A young delta point with other attributes.
fn with(attributes: Value) -> Value {
    let mut point = point(-10, 0, 5, None);
    point["attributes"] = attributes;
    point
}

fn histogram(bounds: Value, counts: Value) -> Value {
    let point = json!({ "timeUnixNano": nanos(0), "count": "10", "explicitBounds": bounds, "bucketCounts": counts });
    json!({ "name": "took", "histogram": { "aggregationTemporality": 1, "dataPoints": [point] } })
}

#[test]
fn attributes_say_whether_events_are_bad() {
    let one = |key: &str, value: Value| json!([{ "key": key, "value": value }]);
    for (attributes, bad) in [
        (json!([]), 0),
        (one("http.response.status_code", json!({ "intValue": "500" })), 5),
        (one("http.response.status_code", json!({ "intValue": 599 })), 5),
        (one("http.response.status_code", json!({ "intValue": 499 })), 0),
        (one("http.response.status_code", json!({ "stringValue": "503" })), 5),
        (one("http.response.status_code", json!({ "stringValue": "none" })), 0),
        (one("http.status_code", json!({ "intValue": 502 })), 5),
        (one("rpc.grpc.status_code", json!({ "intValue": 0 })), 0),
        (one("rpc.grpc.status_code", json!({ "intValue": 5 })), 0),
        (one("rpc.grpc.status_code", json!({ "intValue": 14 })), 5),
        (one("status.code", json!({ "stringValue": "STATUS_CODE_ERROR" })), 5),
        (one("status.code", json!({ "stringValue": "STATUS_CODE_OK" })), 0),
        (one("error.type", json!({ "stringValue": "timeout" })), 5),
        (one("error.type", json!({ "stringValue": "" })), 0),
        (one("seaworthy.bad", json!({ "boolValue": true })), 5),
        (
            json!([
                { "key": "http.response.status_code", "value": { "intValue": 500 } },
                { "key": "seaworthy.bad", "value": { "boolValue": false } },
            ]),
            0,
        ),
        (one("http.response.status_code", json!({ "arrayValue": { "values": [] } })), 0),
        (one("http.response.status_code", json!({})), 0),
        (json!([{ "key": "http.response.status_code" }]), 0),
    ] {
        let seen = read(&["orders"], &[sum("orders", 1, &[with(attributes.clone())])]);
        assert_eq!(seen, format!("checkout orders 0 {bad}/5"), "{attributes}");
    }
}

#[test]
fn a_threshold_is_one_of_the_bounds() {
    let bounds = json!([0.1, 0.3, 1]);
    for (series, counts, expected) in [
        ("took", json!(["1", "4", "4", "1"]), "checkout took 0 0/10"),
        ("took/0.1", json!(["1", "4", "4", "1"]), "checkout took/0.1 0 9/10"),
        ("took/0.3", json!([1, 4, 4, 1]), "checkout took/0.3 0 5/10"),
        ("took/1", json!([1, 4, 4, 1]), "checkout took/1 0 1/10"),
        ("took/1.0000000000001", json!([1, 4, 4, 1]), "checkout took/1.0000000000001 0 1/10"),
        ("took/0.25", json!([1, 4, 4, 1]), "took x1: 0.25 is none of its bounds; ask for one of them, such as 0.3"),
        ("took/0.3", json!([1, 4, 4]), "took x1: 0.3 is none of its bounds; ask for one of them, such as 0.3"),
        ("took/0.3", json!([]), "took x1: 0.3 is none of its bounds; ask for one of them, such as 0.3"),
        ("took/0.3", json!([u64::MAX, u64::MAX, 1, 1]), "checkout took/0.3 0 0/10"),
    ] {
        assert_eq!(read(&[series], &[histogram(bounds.clone(), counts.clone())]), expected, "{series} {counts}");
    }
}

#[test]
fn what_counts_nothing_says_so() {
    let gauge = json!({ "name": "orders", "gauge": { "dataPoints": [point(-10, 0, 5, None)] } });
    let falling =
        json!({ "name": "orders", "sum": { "aggregationTemporality": 1, "dataPoints": [point(-10, 0, 5, None)] } });
    let exponential = json!({ "name": "orders", "exponentialHistogram": {
        "aggregationTemporality": 1, "dataPoints": [{ "timeUnixNano": nanos(0), "count": "7", "scale": 3 }] } });
    let double = |value: Value| {
        let point = json!({ "timeUnixNano": nanos(0), "asDouble": value });
        sum("orders", 1, &[point])
    };
    let no_value = "orders x1: the value is below 0 or no number; a counter only grows";
    let mut absent = point(-10, 0, 5, None);
    absent["flags"] = json!(1);
    for (metric, expected) in [
        (gauge, "orders x1: a gauge or summary counts nothing; send a counter or a histogram"),
        (falling, "orders x1: the sum goes up and down; send a counter"),
        (
            sum("orders", 0, &[point(-10, 0, 5, None)]),
            "orders x1: it does not say whether it is delta or cumulative; set the aggregation temporality",
        ),
        (
            sum("orders", 7, &[point(-10, 0, 5, None)]),
            "orders x1: it does not say whether it is delta or cumulative; set the aggregation temporality",
        ),
        (exponential, "checkout orders 0 0/7"),
        (double(json!(5.0)), "checkout orders 0 0/5"),
        (double(json!(5.99)), "checkout orders 0 0/5"),
        (double(json!("NaN")), no_value),
        (double(json!("Infinity")), no_value),
        (double(json!("-Infinity")), no_value),
        (double(json!(-0.5)), no_value),
        (double(json!(1e300)), no_value),
        (sum("orders", 1, &[point(-10, 0, -5, None)]), no_value),
        (sum("orders", 1, &[json!({ "timeUnixNano": nanos(0) })]), no_value),
        (sum("orders", 1, &[absent]), ""),
        (sum("orders", 1, &[]), ""),
        (sum("orders", 1, &[json!({ "asInt": "1" })]), "orders x1: it has no time"),
        (sum("others", 1, &[point(-10, 0, 5, None)]), "passed over 1"),
    ] {
        assert_eq!(read(&["orders"], std::slice::from_ref(&metric)), expected, "{metric}");
    }
}

#[test]
fn a_time_that_cannot_be_is_not_believed() {
    for (at, is_taken) in [(0, true), (60, true), (61, false), (-92 * 86_400, true), (-92 * 86_400 - 1, false)] {
        let taken = taken(
            &Intake::new(second(-600)),
            &export("checkout", &[sum("orders", 1, &[point(at, at, 5, None)])]),
            &wanted(&["orders"]),
        );
        assert_eq!((taken.pushed.len() == 1, taken.skipped.is_empty()), (is_taken, is_taken), "{at}: {}", show(&taken));
    }
    let far = json!({ "timeUnixNano": u64::MAX.to_string(), "asInt": "1" });
    assert!(read(&["orders"], &[sum("orders", 1, &[far])]).contains("more than a minute ahead"));
}

#[test]
fn only_the_service_that_is_asked_for_counts() {
    let metrics = [sum("orders", 1, &[point(-10, 0, 5, None)])];
    for (service, expected) in [
        ("checkout", "checkout orders 0 0/5"),
        ("Checkout!", "passed over 1"),
        ("ledger", "passed over 1"),
        ("", "passed over 1"),
    ] {
        let taken = taken(&Intake::new(second(0)), &export(service, &metrics), &wanted(&["orders"]));
        assert_eq!(show(&taken), expected, "{service:?}");
    }
    let anonymous = json!({ "resourceMetrics": [{ "scopeMetrics": [{ "metrics": metrics }] }] }).to_string();
    assert_eq!(show(&taken(&Intake::new(second(0)), anonymous.as_bytes(), &wanted(&["orders"]))), "passed over 1");
}

#[test]
fn streams_of_one_series_and_time_add_up() {
    let points = [point(-10, 0, 90, Some(200)), point(-10, 0, 10, Some(500)), point(-10, -5, 1, Some(404))];
    assert_eq!(read(&["orders"], &[sum("orders", 1, &points)]), "checkout orders -5 0/1\ncheckout orders 0 10/100");
}

#[test]
fn too_many_thresholds_of_one_metric_are_refused_and_names_with_slashes_are_names() {
    let (mut wanted, service) = (Wanted::default(), "checkout".parse().expect("a name"));
    for n in 1..=16 {
        assert!(wanted.add(&service, &format!("took/{n}")).is_ok());
    }
    assert!(wanted.add(&service, "took/1").is_ok(), "it is wanted already");
    assert_eq!(
        wanted.add(&service, "took/17").expect_err("one too many").to_string(),
        "more than 16 series of metric \"took\" of service \"checkout\"; use fewer thresholds"
    );
    for series in ["a/b", "/0.3", "a/-1", "a/0", "a/NaN", "a/inf", "a/"] {
        assert!(wanted.add(&service, series).is_ok());
        let body = export("checkout", &[sum(series, 1, &[point(-10, 0, 1, None)])]);
        let seen = show(&taken(&Intake::new(second(0)), &body, &wanted));
        assert_eq!(seen, format!("checkout {series} 0 0/1"));
    }
}

#[test]
fn a_sender_is_told_what_was_not_taken_in_its_own_encoding() {
    let taken = |points: u32| {
        let body = export("checkout", &[sum("orders", 1, &vec![point(0, 120, 1, None); points as usize])]);
        taken(&Intake::new(second(0)), &body, &wanted(&["orders"]))
    };
    assert_eq!(answer(Encoding::Protobuf, &taken(0)), b"");
    assert_eq!(answer(Encoding::Json, &taken(0)), b"{}");
    let said: Value = serde_json::from_slice(&answer(Encoding::Json, &taken(3))).expect("JSON");
    assert_eq!(said["partialSuccess"]["rejectedDataPoints"], "3");
    assert!(said["partialSuccess"]["errorMessage"].as_str().expect("text").contains("set the sender's clock"));
    let bytes = answer(Encoding::Protobuf, &taken(3));
    assert_eq!(
        &bytes[bytes.len() - said["partialSuccess"]["errorMessage"].as_str().expect("text").len()..],
        said["partialSuccess"]["errorMessage"].as_str().expect("text").as_bytes()
    );
    // Field 1 of field 1, a varint: 3.
    assert_eq!(
        (bytes[0], &bytes[bytes.iter().position(|byte| *byte == 8).expect("a field")..][..2]),
        (10, &[8, 3][..])
    );
    let error = NotUnderstood("why".to_owned());
    assert_eq!(refusal(Encoding::Protobuf, &error), b"\x08\x03\x12\x03why");
    assert_eq!(refusal(Encoding::Json, &error), br#"{"code":3,"message":"why"}"#);
}

#[test]
fn reasons_are_few_however_many_metrics_are_wrong() {
    let names: Vec<String> = (0..20).map(|n| format!("m{n}")).collect();
    let series: Vec<&str> = names.iter().map(String::as_str).collect();
    let metrics: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    let taken = taken(&Intake::new(second(0)), &export("checkout", &metrics), &wanted(&series));
    assert_eq!((taken.skipped.len(), taken.skipped.iter().map(|one| one.points).sum::<u32>()), (8, 20));
    assert_eq!(taken.pushed.iter().map(|one| one.tally).collect::<Vec<Tally>>(), []);
}
