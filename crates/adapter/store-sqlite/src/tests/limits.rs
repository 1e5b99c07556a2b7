//! The queue before the writer: when it is full, the caller is told, and nothing of the batch is kept.

use std::sync::{Arc, Mutex};

use crate::SqliteLedger;
use jiff::Timestamp;
use seaworthy_store::conformance::{event, run};
use seaworthy_store::limits::{PAYLOAD_BYTES_MAX, QUEUE_BATCHES_MAX, QUEUE_BYTES_MAX};
use seaworthy_store::{AppendError, Expect, Ledger, NewEvent, RawJson};

use super::support::Sqlite;

/// Appends more than may wait while the writer stands still, and returns how many of them were kept and refused.
fn crowd(batch: impl Fn(u64) -> NewEvent, appends: usize) -> (usize, usize) {
    let place = Sqlite::new();
    let gate = Arc::new(Mutex::new(()));
    let shut = gate.lock().unwrap();
    let clock = gate.clone();
    // The writer asks for the time before it writes: a clock that waits holds it.
    let clock = move || {
        drop(clock.lock().unwrap());
        Timestamp::now()
    };
    let ledger = SqliteLedger::open(place.dir(), Arc::new(clock)).unwrap();
    let waiting: Vec<_> = (0..appends as u64).map(|n| ledger.append(vec![batch(n)], Expect::Any)).collect();
    drop(shut);
    let (mut kept, mut busy) = (0, 0);
    run(async {
        for append in waiting {
            match append.await {
                Ok(_) => kept += 1,
                Err(AppendError::Busy) => busy += 1,
                Err(other) => panic!("{other}"),
            }
        }
    });
    assert_eq!(ledger.head().position as usize, kept);
    (kept, busy)
}

#[test]
fn too_many_batches_are_told_to_come_again() {
    let (kept, busy) = crowd(|number| event(number, "a"), 3 * QUEUE_BATCHES_MAX);
    assert!(kept >= QUEUE_BATCHES_MAX && busy > 0, "kept {kept}, busy {busy}");
}

#[test]
fn too_many_bytes_are_told_to_come_again() {
    let payload = RawJson::new(format!("\"{}\"", "x".repeat(PAYLOAD_BYTES_MAX - 2))).unwrap();
    let large = |number| NewEvent { payload: payload.clone(), ..event(number, "a") };
    let fitting = QUEUE_BYTES_MAX / PAYLOAD_BYTES_MAX;
    assert_eq!(crowd(large, fitting + 5), (fitting, 5));
}
