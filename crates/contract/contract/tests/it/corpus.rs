//! One example of every event ever, as the bytes that stand in ledgers. Lines are added, none is changed.

use std::collections::BTreeSet;

use seaworthy_contract::events::{Event, PayloadSchema};
use serde::Deserialize;
use serde_json::value::RawValue;

const CORPUS: &str = include_str!("../corpus.jsonl");

#[derive(Deserialize)]
struct Line<'a> {
    kind: String,
    version: u16,
    #[serde(borrow)]
    payload: &'a RawValue,
}

fn lines() -> impl Iterator<Item = Line<'static>> {
    CORPUS.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")))
}

#[test]
fn every_event_ever_is_readable_and_written_the_same_way() {
    let schemas = Event::schemas();
    for Line { kind, version, payload } in lines() {
        let event = Event::decode(&kind, version, payload.get()).unwrap_or_else(|why| panic!("{kind}: {why}"));
        let is_old = Event::read_as_successor().contains(&(kind.as_str(), version));
        let latest = || schemas.iter().find(|schema| schema.kind == kind).map_or(0, |schema| schema.version);
        let written = if is_old { latest() } else { version };
        assert_eq!(event.kind(), (kind.as_str(), written));
        assert_eq!(event.encode().as_deref(), Some(payload.get()), "{kind}");
    }
}

#[test]
fn no_event_is_without_an_example() {
    let shown: BTreeSet<_> = lines().map(|line| (line.kind, line.version)).collect();
    for schema in Event::schemas() {
        let (kind, version) = (schema.kind, schema.version);
        assert!(shown.contains(&(kind.to_owned(), version)), "add a line for {kind} v{version} to tests/corpus.jsonl");
    }
}

/// The schema must be of what is written: it is made from the same types, but by other code.
#[test]
fn examples_have_what_their_schema_requires_and_nothing_else() {
    for Line { kind, version, payload } in lines() {
        let frozen = |s: &PayloadSchema| (s.kind, s.version) == (&*kind, version);
        let Some(schema) = Event::schemas().into_iter().find(frozen) else {
            assert!(Event::read_as_successor().contains(&(kind.as_str(), version)), "{kind} v{version} is not known");
            continue;
        };
        let schema = serde_json::to_value(&schema.schema).expect("a schema is JSON");
        let payload: serde_json::Value = serde_json::from_str(payload.get()).expect("JSON");
        let fields = payload.as_object().expect("an object");
        for required in schema["required"].as_array().into_iter().flatten() {
            let required = required.as_str().expect("a name");
            assert!(fields.contains_key(required), "{kind} has no \"{required}\"");
        }
        for name in fields.keys() {
            assert!(schema["properties"].get(name).is_some(), "the schema of {kind} has no \"{name}\"");
        }
    }
}

#[test]
fn what_is_not_known_is_kept_and_not_guessed() {
    for (kind, version) in [("rollout.paused", 1), ("rollout.started", 2), ("", 0)] {
        let event = Event::decode(kind, version, "{\"anything\":1}").expect("unknown is no error");
        assert_eq!(event, Event::Unknown { kind: kind.to_owned(), version });
        assert_eq!(event.kind(), (kind, version));
        assert_eq!(event.encode(), None, "its bytes are in the ledger, not here");
    }
}

#[test]
fn a_known_type_of_another_shape_is_an_error() {
    for (kind, payload) in [
        ("rollout.resumed", "{}"),
        ("rollout.resumed", "{\"rollout\":\"not an id\"}"),
        ("rollout.step_entered", "{\"rollout\":\"018f6a2c-3d1e-7abc-8def-000000000001\",\"step\":0,\"share\":10001}"),
        ("rollout.held", "{\"rollout\":\"018f6a2c-3d1e-7abc-8def-000000000001\",\"by\":\"nobody\",\"reason\":\"\"}"),
        ("version.exited", "{\"service\":\"a b\",\"version\":\"v1\",\"instance\":\"\",\"how\":\"\"}"),
        ("server.started", "not json"),
    ] {
        assert!(Event::decode(kind, 1, payload).is_err(), "{kind} {payload}");
    }
}

/// A newer program may have added a field: an older one reads what it knows.
#[test]
fn fields_that_are_not_known_do_no_harm() {
    let payload = "{\"boot\":\"018f6a2c-3d1e-7abc-8def-000000000004\",\"program\":\"9.0.0\",\"later\":true}";
    assert!(matches!(Event::decode("server.started", 1, payload), Ok(Event::ServerStarted(_))));
}
