//! Bodies of `POST /v1/kpi`.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::kpi::{BODY_BYTES_MAX, KEY_BYTES_MAX, read};

const NOW: i64 = 1_795_275_972;

fn at(ahead: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(NOW + ahead).expect("a time")
}

fn point(ahead: i64, total: u64, bad: u64) -> Value {
    json!({ "at": at(ahead).to_string(), "total": total, "bad": bad })
}

fn body(points: &[Value]) -> Value {
    json!({ "key": "k-1", "service": "checkout", "series": "orders-placed", "points": points })
}

/// What came of a body, in short: its key and points, or why not.
fn outcome(body: &Value, header: Option<&str>) -> String {
    match read(body.to_string().as_bytes(), header, at(0)) {
        Ok(sent) => {
            let points = sent.points.iter().map(|(at, t)| format!("{} {}/{}", at.as_second() - NOW, t.bad, t.total));
            format!("{}: {}", sent.key, points.collect::<Vec<_>>().join(", "))
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn points_come_out_in_order() {
    let given = [point(0, 3, 1), point(-60, 2, 0), point(60, 1, 1), point(-92 * 86_400, 0, 0)];
    assert_eq!(outcome(&body(&given), None), "k-1: -7948800 0/0, -60 0/2, 0 1/3, 60 1/1");
}

#[test]
fn what_cannot_be_is_refused_with_a_remedy() {
    let with = |field: &str, value: Value| {
        let mut body = body(&[point(0, 1, 0)]);
        body[field] = value;
        body
    };
    let half = json!({ "at": at(0).to_string(), "total": 1.5, "bad": 0 });
    let negative = json!({ "at": at(0).to_string(), "total": 1, "bad": -1 });
    let no_bad = json!({ "at": at(0).to_string(), "total": 1 });
    for (body, expected) in [
        (body(&[]), "it holds no points"),
        (body(&vec![point(0, 1, 0); 1_001]), "1001 points are too many, at most 1000; send the rest with another key"),
        (body(&[point(0, 1, 0), point(0, 1, 0)]), "two points are of"),
        (body(&[point(0, 1, 2)]), "2 bad of 1 at"),
        (body(&[point(61, 1, 0)]), "set the sender's clock"),
        (body(&[point(-92 * 86_400 - 1, 1, 0)]), "is longer ago than 92 days"),
        (body(&[point(0, (1 << 53) + 1, 0)]), "more than anything counts"),
        (body(&[half]), "this is no list of counts"),
        (body(&[negative]), "this is no list of counts"),
        (body(&[no_bad]), "missing field `bad`"),
        (with("points", json!({})), "this is no list of counts"),
        (with("service", json!("../etc")), "this is no list of counts"),
        (with("service", json!(null)), "this is no list of counts"),
        (with("series", json!("")), "a series is named by 1 to 128"),
        (with("series", json!("x".repeat(129))), "a series is named by 1 to 128"),
        (with("series", json!("a b")), "a series is named by 1 to 128"),
        (with("sereis", json!("orders")), "unknown field `sereis`"),
        (with("key", json!("")), "a key is 1 to 128 visible ASCII"),
        (with("key", json!("k".repeat(KEY_BYTES_MAX + 1))), "a key is 1 to 128 visible ASCII"),
        (with("key", json!("a\nb")), "a key is 1 to 128 visible ASCII"),
        (with("key", json!("schlüssel")), "a key is 1 to 128 visible ASCII"),
        (with("key", json!(null)), "it has no \"key\"; send one with each new list"),
        (json!([]), "this is no list of counts"),
        (json!(null), "this is no list of counts"),
    ] {
        let said = outcome(&body, None);
        assert!(said.contains(expected), "{:.80}: {said}", body.to_string());
    }
}

#[test]
fn the_key_stands_in_one_place_or_is_the_same_in_both() {
    let mut unnamed = body(&[point(0, 1, 0)]);
    unnamed["key"] = json!(null);
    let named = body(&[point(0, 1, 0)]);
    for (body, header, expected) in [
        (&named, None, "k-1: 0 0/1"),
        (&named, Some("k-1"), "k-1: 0 0/1"),
        (&named, Some("k-2"), "the header \"idempotency-key\" and \"key\" in the body differ; send one of them"),
        (&unnamed, Some("k-2"), "k-2: 0 0/1"),
        (&unnamed, Some(""), "a key is 1 to 128 visible ASCII characters, such as a UUID"),
    ] {
        assert_eq!(outcome(body, header), expected);
    }
}

#[test]
fn a_body_has_a_limit() {
    let long = vec![b' '; BODY_BYTES_MAX + 1];
    let said = read(&long, None, at(0)).expect_err("too long").to_string();
    assert!(said.ends_with("are too many, at most 262144; send fewer points at once"), "{said}");
    let points: Vec<Value> = (0..1_000).map(|n| point(-n, 1 << 53, 1 << 53)).collect();
    let body = body(&points);
    assert!(body.to_string().len() < BODY_BYTES_MAX && read(body.to_string().as_bytes(), None, at(0)).is_ok());
}

proptest! {
    #[test]
    fn no_bytes_are_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read(&bytes, Some("k"), at(0)).is_err());
    }

    /// Nothing is made up and nothing lost.
    #[test]
    fn counts_add_up(counts in prop::collection::btree_map(-1_000_i64..60, (0_u64..1 << 40, 0_u64..1 << 40), 1..50)) {
        let points: Vec<Value> = counts.iter().map(|(ahead, (good, bad))| point(*ahead, good + bad, *bad)).collect();
        let sent = read(body(&points).to_string().as_bytes(), None, at(0)).expect("understood");
        let total: u64 = sent.points.iter().map(|(_, tally)| tally.total - tally.bad).sum();
        prop_assert_eq!(total, counts.values().map(|(good, _)| good).sum::<u64>());
        prop_assert_eq!(sent.points.len(), counts.len());
    }
}
