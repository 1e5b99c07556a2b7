//! The chain: what it finds, what it cannot, and that the documented order is the one hashed.

use proptest::prelude::*;

use super::*;
use crate::conformance::{event, keyed};
use seaworthy_model::EventId;
use uuid::Uuid;

fn chained(events: u64) -> Vec<Record> {
    let mut head = Head::EMPTY;
    (0..events)
        .map(|number| {
            let record =
                seal(head, number + 1, Timestamp::UNIX_EPOCH, keyed(number, "a", &format!("k{number}"))).unwrap();
            head = Head::from(&record);
            record
        })
        .collect()
}

fn broken(records: &[Record]) -> Position {
    verify(records.iter().cloned().map(Ok), None).unwrap_err().position
}

/// The hash of a first record, computed by hand from the documented order with another program's SHA-256.
#[test]
fn the_documented_order_is_hashed() {
    let mut event = event(0, "s");
    event.payload = crate::RawJson::new("{}").unwrap();
    let record = seal(Head::EMPTY, 1, Timestamp::UNIX_EPOCH, event).unwrap();
    assert_eq!(record.hash.to_string(), "cf830bb9a17a70332b9a54ba6735d6c4af7a06a24e56e6ec8e7d3c9536bd4d7a");
}

#[test]
fn a_change_of_any_column_is_found_where_it_is() {
    type Change = fn(&mut Record);
    let changes: &[(&str, Change)] = &[
        ("position", |r| r.position += 1),
        ("id", |r| r.event.id = EventId::from_uuid(Uuid::max())),
        ("stream", |r| r.event.stream.push('x')),
        ("stream_seq", |r| r.stream_seq += 1),
        ("occurred_at", |r| r.event.occurred_at = Timestamp::from_nanosecond(1).unwrap()),
        ("recorded_at", |r| r.recorded_at = Timestamp::from_nanosecond(1).unwrap()),
        ("actor", |r| r.event.actor.push('x')),
        ("cause", |r| r.event.cause = Some(EventId::from_uuid(Uuid::nil()))),
        ("kind", |r| r.event.kind.push('x')),
        ("version", |r| r.event.version += 1),
        ("payload", |r| r.event.payload = crate::RawJson::found("{} ")),
        ("key", |r| r.event.key = None),
        ("empty key", |r| r.event.key = Some(String::new())),
        ("algorithm", |r| r.algorithm = 2),
        ("prev_hash", |r| r.prev_hash.0[31] ^= 1),
        ("hash", |r| r.hash.0[0] ^= 1),
        ("text moved to the next column", |r| {
            r.event.actor = r.event.stream.clone() + &r.event.actor;
            r.event.stream = String::new();
        }),
        ("an instant that cannot be hashed", |r| r.recorded_at = Timestamp::MAX),
    ];
    for (name, change) in changes {
        for at in [1, 4, 7] {
            let mut records = chained(7);
            change(&mut records[at - 1]);
            assert_eq!(broken(&records), at as u64, "{name} at {at}");
        }
    }
}

#[test]
fn an_absent_key_turned_into_an_empty_one_is_found() {
    let mut record = seal(Head::EMPTY, 1, Timestamp::UNIX_EPOCH, event(0, "a")).unwrap();
    record.event.key = Some(String::new());
    assert_eq!(broken(&[record]), 1);
}

#[test]
fn records_taken_out_put_in_or_moved_are_found() {
    for at in 1..=6 {
        let mut records = chained(7);
        records.remove(at - 1);
        assert_eq!(broken(&records), at as u64, "taken out");
        let mut records = chained(7);
        records.insert(at, records[at - 1].clone());
        assert_eq!(broken(&records), at as u64 + 1, "put in");
        let mut records = chained(7);
        records.swap(at - 1, at);
        assert_eq!(broken(&records), at as u64, "moved");
    }
}

#[test]
fn a_cut_tail_is_found_only_with_a_head_kept_elsewhere() {
    let records = chained(7);
    let kept = records[6].hash;
    let cut = || records[..5].iter().cloned().map(Ok);
    assert_eq!(verify(cut(), None).unwrap().events, 5);
    let found = verify(cut(), Some(kept)).unwrap_err();
    assert_eq!((found.position, found.why), (6, Why::Head { expected: kept, found: records[4].hash }));
    assert!(verify(records.iter().cloned().map(Ok), Some(kept)).is_ok());
}

#[test]
fn a_record_that_cannot_be_read_has_a_position() {
    let unreadable = Unreadable { why: "torn".to_owned() };
    let rows = chained(3).into_iter().map(Ok).chain([Err(unreadable.clone())]);
    let found = verify(rows, None).unwrap_err();
    assert_eq!(found, Broken { position: 4, why: Why::Unreadable(unreadable) });
}

#[test]
fn an_empty_ledger_verifies() {
    assert_eq!(verify([], None), Ok(Verified { events: 0, head: GENESIS }));
}

#[test]
fn hashes_have_one_text() {
    let hash = Hash([0xa5; 32]);
    assert_eq!(hash.to_string().parse(), Ok(hash));
    for bad in ["", "a5", &hash.to_string().to_uppercase(), &format!("{hash}0"), &"é".repeat(32)] {
        assert_eq!(bad.parse::<Hash>(), Err(NotAHash), "{bad:?}");
    }
}

proptest! {
    /// Columns cannot lend bytes to each other: equal hashes only for equal columns.
    #[test]
    fn text_columns_hash_apart(
        a in ("[ab]{1,3}", "[ab]{1,3}", "[ab]{1,3}", proptest::option::of("[ab]{1,3}")),
        b in ("[ab]{1,3}", "[ab]{1,3}", "[ab]{1,3}", proptest::option::of("[ab]{1,3}")),
    ) {
        let hashed = |(stream, actor, kind, key): (String, String, String, Option<String>)| {
            let event = NewEvent { actor, kind, key, ..event(0, &stream) };
            seal(Head::EMPTY, 1, Timestamp::UNIX_EPOCH, event).unwrap().hash
        };
        prop_assert_eq!(a == b, hashed(a) == hashed(b));
    }
}
