//! Documents that somebody wrote to hurt, one flaw each.

use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::view::on_call;
use crate::watch::Used;
use crate::{Cx, Input, State, step};

/// A document with one of everything, of which one value is replaced: the path is a JSON pointer from the root.
fn document(pointer: &str, value: Value) -> Document {
    let mut whole = json!({
        "entities": [
            { "source": "a.yaml:1", "entity": { "kind": "person", "name": "ines" } },
            { "source": "a.yaml:2", "entity": { "kind": "team", "name": "shop", "members": ["ines"] } },
            { "source": "a.yaml:3", "entity": { "kind": "rotation", "name": "shop", "team": "shop", "participants": ["ines"],
                "start": "2026-01-05T09:00:00Z", "zone": "Europe/Berlin", "days": 7 } },
            { "source": "a.yaml:4", "entity": { "kind": "other", "name": "api/orders", "description": "two\nlines" } },
            { "source": "a.yaml:5", "entity": { "kind": "service", "name": "checkout", "owner": "shop",
                "description": "sells",
                "routes": [{ "hosts": ["shop.example"], "path": "/x", "sticky": { "cookie": "session" },
                    "timeout_ms": 1, "attempt_timeout_ms": 1 }],
                "run": { "command": ["sh", "-c", "a\nb"], "env": { "A": "x\ny" }, "health": "/healthz",
                    "start_timeout_ms": 1, "stop_timeout_ms": 0 },
                "rollout": { "steps": [500, 10_000], "dwell_ms": 0, "requests_min": 0, "bake_ms": 0 } } },
        ],
        "people": [{ "name": "ines", "display_name": "Inés", "contacts": [{ "channel": "webhook", "url": "http://a/b" }] }],
    });
    if !pointer.is_empty() {
        *whole.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}")) = value;
    }
    serde_json::from_value(whole).expect("a document by its types")
}

fn cx() -> Cx {
    let now = "2026-06-01T00:00:00Z".parse().expect("a time");
    Cx { now, actor: "test".to_owned(), entropy: seaworthy_model::Entropy::new(1) }
}

#[test]
fn a_good_document_is_taken() {
    let facts = step(&State::default(), &Input::Apply(Box::new(document("", Value::Null)), Used::new()), &mut cx());
    assert_eq!(facts.map(|facts| facts.len()), Ok(5));
}

#[test]
fn every_flaw_is_refused_before_anything_is_decided() {
    let year = u64::from(u32::MAX) * 1_000;
    let entity = |index: usize, field: &str| format!("/entities/{index}/entity/{field}");
    let table = [
        ("/entities/0/source".to_owned(), json!("a\nb")),
        (entity(1, "members"), json!(vec!["ines"; 20_000])),
        (entity(2, "participants"), json!([])),
        (entity(2, "days"), json!(0)),
        (entity(2, "days"), json!(367)),
        (entity(2, "zone"), json!("")),
        (entity(2, "zone"), json!("Mars/Olympus")),
        (entity(2, "zone"), json!("../../../etc/passwd")),
        (entity(2, "zone"), json!("Europe/Berlin\u{0}")),
        (entity(3, "name"), json!("api/\u{1b}[31m")),
        (entity(3, "name"), json!("api/two\nlines")),
        (entity(3, "name"), json!("x".repeat(OTHER_BYTES_MAX + 1))),
        (entity(3, "description"), json!("nul\u{0}")),
        (entity(4, "description"), json!("x".repeat(30_000))),
        (entity(4, "routes/0/hosts/0"), json!("a:80")),
        (entity(4, "routes/0/hosts/0"), json!("a\r\nx")),
        (entity(4, "routes/0/hosts/0"), json!("x".repeat(254))),
        (entity(4, "routes/0/path"), json!("x")),
        (entity(4, "routes/0/path"), json!("/a b")),
        (entity(4, "routes/0/path"), json!(format!("/{}", "x".repeat(2_000)))),
        (entity(4, "routes/0/sticky/cookie"), json!("a;b")),
        (entity(4, "routes/0/sticky/cookie"), json!("")),
        (entity(4, "routes/0/timeout_ms"), json!(0)),
        (entity(4, "routes/0/timeout_ms"), json!(year)),
        (entity(4, "routes/0/attempt_timeout_ms"), json!(u64::MAX)),
        (entity(4, "run/command"), json!(vec!["x"; ITEMS_MAX + 1])),
        (entity(4, "run/command/2"), json!("a\u{0}b")),
        (entity(4, "run/env"), json!({ "A=B": "x" })),
        (entity(4, "run/env"), json!({ "A": "x\u{0}" })),
        (entity(4, "run/health"), json!("/x HTTP/1.1\r\nhost: y")),
        (entity(4, "run/start_timeout_ms"), json!(u64::MAX)),
        (entity(4, "run/stop_timeout_ms"), json!(u64::MAX)),
        (entity(4, "rollout/steps"), json!([])),
        (entity(4, "rollout/steps"), json!([500, 500])),
        (entity(4, "rollout/dwell_ms"), json!(u64::MAX)),
        (entity(4, "rollout/bake_ms"), json!(u64::MAX)),
        ("/people/0/display_name".to_owned(), json!("a\nb")),
        ("/people/0/contacts/0/url".to_owned(), json!("http://a/\r\nx: y")),
        ("/people/0/contacts".to_owned(), json!(vec![json!({ "channel": "email", "address": "a@b" }); 9])),
        ("/people".to_owned(), json!(vec![json!({ "name": "ines" }); PEOPLE_MAX + 1])),
    ];
    for (pointer, value) in table {
        let shown: String = value.to_string().chars().take(60).collect();
        let refused =
            step(&State::default(), &Input::Apply(Box::new(document(&pointer, value)), Used::new()), &mut cx());
        assert!(matches!(refused, Err(Refusal::Invalid(..))), "{pointer} = {shown}: {refused:?}");
    }
}

#[test]
fn a_rotation_at_either_end_of_time_names_somebody_or_nobody_without_a_panic() {
    for start in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
        for (days, zone) in [(1, "UTC"), (366, "Pacific/Apia")] {
            let mut document = document("/entities/2/entity/start", json!(start));
            for sourced in &mut document.entities {
                if let Entity::Rotation(rotation) = &mut sourced.entity {
                    (rotation.days, rotation.zone) = (days, zone.to_owned());
                }
            }
            assert!(check(&document).is_ok(), "{start}");
            let mut state = State::default();
            for (index, fact) in step(&state, &Input::Apply(Box::new(document), Used::new()), &mut cx())
                .expect("taken")
                .iter()
                .enumerate()
            {
                let position = index as u64 + 1;
                let id = seaworthy_model::EventId::from_uuid(uuid::Uuid::from_u128(position.into()));
                let at = cx().now;
                state.apply(&crate::Fact { position, id, at, actor: "test".to_owned(), event: fact.event.clone() });
            }
            let service = state.catalogue.services().next().expect("declared").0.clone();
            for now in [Timestamp::MIN, cx().now, Timestamp::MAX] {
                drop(on_call(&state, &service, now));
            }
        }
    }
}
