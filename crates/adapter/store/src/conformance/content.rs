//! What goes in comes out, byte for byte; what is too large or malformed does not go in.

use jiff::Timestamp;
use seaworthy_model::EventId;
use uuid::Uuid;

use super::{Fixture, append, event, keyed, refused, sound};
use crate::limits::{BATCH_BYTES_MAX, BATCH_EVENTS_MAX, PAYLOAD_BYTES_MAX, TEXT_BYTES_MAX};
use crate::{AppendError, EventError, Expect, NewEvent, RawJson};

fn with_payload(number: u64, payload: String) -> NewEvent {
    NewEvent { payload: RawJson::new(payload).expect("it is JSON"), ..event(number, "a") }
}

fn string_of(bytes: usize) -> String {
    format!("\"{}\"", "x".repeat(bytes - 2))
}

/// Types and versions of which nobody has heard, and JSON as no program would write it.
pub async fn unknown_types_keep_every_byte(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    let odd = [" { \"b\" : 1.0e+02,\t\"a\":1,\"a\":2 }\r\n", "\"\\u00e9 é 🚢 \\/\"", "-0.0", "[[[]],{}]", "null"];
    for (number, text) in (0..).zip(odd) {
        let kind = "nobody.heard_of_it".to_owned();
        append(&*ledger, [NewEvent { kind, version: u16::MAX, ..with_payload(number, text.to_owned()) }]).await;
    }
    drop(ledger);
    let records = sound(&*fixture.open().await).await;
    let found: Vec<_> = records.iter().map(|record| record.event.payload.as_str()).collect();
    assert_eq!(found, odd);
    assert!(records.iter().all(|record| record.event.version == u16::MAX));
}

/// Every column, with values at the edge of what it takes.
pub async fn every_column_comes_back(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    let long = "é".repeat(TEXT_BYTES_MAX / 2);
    let whole = NewEvent {
        id: EventId::from_uuid(Uuid::max()),
        stream: long.clone(),
        occurred_at: Timestamp::from_nanosecond(i128::from(i64::MAX)).expect("within a timestamp"),
        actor: long.clone(),
        cause: Some(EventId::from_uuid(Uuid::nil())),
        kind: long.clone(),
        version: 0,
        payload: RawJson::found("{}"),
        key: Some(long),
    };
    let early = Timestamp::from_nanosecond(i128::from(i64::MIN)).expect("within a timestamp");
    let batch = vec![whole, NewEvent { occurred_at: early, ..event(0, "'; DROP TABLE events; --") }];
    append(&*ledger, batch.clone()).await;
    drop(ledger);
    let found: Vec<_> = sound(&*fixture.open().await).await.into_iter().map(|record| record.event).collect();
    assert_eq!(found, batch);
}

/// The largest payload, and a batch of the most bytes.
pub async fn the_largest_payload_fits(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    let fitting = (BATCH_BYTES_MAX / PAYLOAD_BYTES_MAX) as u64;
    append(&*ledger, (0..fitting).map(|number| with_payload(number, string_of(PAYLOAD_BYTES_MAX)))).await;
    append(&*ledger, (0..BATCH_EVENTS_MAX as u64).map(|number| event(1_000 + number, "many"))).await;
    assert_eq!(sound(&*ledger).await.len(), fitting as usize + BATCH_EVENTS_MAX);
}

/// One byte more than the limit.
pub async fn a_larger_payload_is_refused(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    let batch = vec![event(0, "a"), with_payload(1, string_of(PAYLOAD_BYTES_MAX + 1))];
    match refused(&*ledger, batch, Expect::Any).await {
        AppendError::Event { index: 1, why: EventError::PayloadTooLong { bytes } } => {
            assert_eq!(bytes, PAYLOAD_BYTES_MAX + 1);
        }
        other => panic!("expected a payload that is too long, got {other}"),
    }
    assert_eq!(ledger.head().position, 0);
}

/// Empty, too long, with a line break.
pub async fn bad_texts_are_refused(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    let long = "x".repeat(TEXT_BYTES_MAX + 1);
    for bad in ["", "a\nb", "a\0b", "\u{85}", &long] {
        let text = || bad.to_owned();
        for (field, event) in [
            ("stream", event(0, bad)),
            ("actor", NewEvent { actor: text(), ..event(0, "a") }),
            ("kind", NewEvent { kind: text(), ..event(0, "a") }),
            ("key", keyed(0, "a", bad)),
        ] {
            match refused(&*ledger, vec![event], Expect::Any).await {
                AppendError::Event { index: 0, why: EventError::Text { field: named, .. } } => assert_eq!(named, field),
                other => panic!("{field} {bad:?}: expected a bad text, got {other}"),
            }
        }
    }
    let late = NewEvent { occurred_at: Timestamp::MAX, ..event(0, "a") };
    let late = refused(&*ledger, vec![late], Expect::Any).await;
    assert!(matches!(late, AppendError::Event { why: EventError::Instant(_), .. }), "{late}");
    assert_eq!(ledger.head().position, 0);
}

/// No events, too many events, too many bytes.
pub async fn bad_batches_are_refused(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    let many = (0..=BATCH_EVENTS_MAX as u64).map(|number| event(number, "a")).collect();
    let fitting = (BATCH_BYTES_MAX / PAYLOAD_BYTES_MAX) as u64;
    let large = (0..=fitting).map(|number| with_payload(number, string_of(PAYLOAD_BYTES_MAX))).collect();
    for batch in [vec![], many, large] {
        let error = refused(&*ledger, batch, Expect::Any).await;
        assert!(matches!(error, AppendError::BatchSize { .. }), "{error}");
    }
    assert_eq!(ledger.head().position, 0);
}
