//! One order, without gaps, in one chain.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use super::{Fixture, all, append, event, refused, sound};
use crate::{Expect, Head};

/// Many appenders at once: every event once, positions without gaps, each appender's own order kept.
pub async fn concurrent_appenders_leave_no_gaps(fixture: &impl Fixture) {
    const APPENDERS: u64 = 16;
    const APPENDS: u64 = 20;
    let ledger = fixture.open().await;
    let mut running = JoinSet::new();
    for appender in 0..APPENDERS {
        let ledger = ledger.clone();
        running.spawn(async move {
            let stream = format!("appender/{appender}");
            for number in 0..APPENDS {
                let first = 2 * (appender * APPENDS + number);
                append(&*ledger, (0..=number % 2).map(|more| event(first + more, &stream))).await;
            }
        });
    }
    while let Some(done) = running.join_next().await {
        done.expect("an appender succeeds");
    }
    let records = sound(&*ledger).await;
    assert_eq!(records.len() as u64, APPENDERS * APPENDS * 3 / 2);
    let mut seqs = BTreeMap::new();
    let mut ids = BTreeMap::new();
    for record in records {
        let seq = seqs.entry(record.event.stream.clone()).or_insert(0);
        assert_eq!(record.stream_seq, *seq + 1, "{}", record.event.stream);
        *seq += 1;
        assert!(
            ids.insert(record.event.stream, record.event.id) < Some(record.event.id),
            "an appender's order changed"
        );
    }
}

/// A batch's events stand next to each other, in its order.
pub async fn a_batch_is_next_to_itself(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    append(&*ledger, [event(0, "a")]).await;
    let batch: Vec<_> = (1..=50).map(|number| event(number, "b")).collect();
    let records = append(&*ledger, batch.clone()).await;
    assert_eq!(records.iter().map(|record| record.position).collect::<Vec<_>>(), (2..=51).collect::<Vec<_>>());
    assert_eq!(records.into_iter().map(|record| record.event).collect::<Vec<_>>(), batch);
}

/// Each stream has a sequence of its own, also within one batch.
pub async fn streams_count_for_themselves(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    append(&*ledger, [event(0, "a"), event(1, "b"), event(2, "a")]).await;
    append(&*ledger, [event(3, "b"), event(4, "c"), event(5, "a")]).await;
    let seqs: Vec<_> = all(&*ledger).await.into_iter().map(|record| (record.event.stream, record.stream_seq)).collect();
    let want = [("a", 1), ("b", 1), ("a", 2), ("b", 2), ("c", 1), ("a", 3)];
    assert_eq!(seqs, want.map(|(stream, seq)| (stream.to_owned(), seq)));
}

/// A batch of which one event is bad leaves no trace, and the next takes its place.
pub async fn a_refused_batch_leaves_nothing(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    append(&*ledger, [event(0, "a")]).await;
    let before = ledger.head();
    for bad in [event(0, "a"), event(2, "")] {
        refused(&*ledger, vec![event(1, "a"), bad], Expect::Any).await;
        assert_eq!(ledger.head(), before);
    }
    let next = append(&*ledger, [event(1, "a")]).await;
    assert_eq!((next[0].position, next[0].stream_seq), (2, 2));
    assert_eq!(sound(&*ledger).await.len(), 2);
}

/// Every record hashes, on the one before, to the head.
pub async fn the_chain_holds(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    for number in 0..20 {
        let records = append(&*ledger, [event(number, "a")]).await;
        assert_eq!(Head::from(&records[0]), ledger.head());
    }
    sound(&*ledger).await;
}

/// A ledger that is opened again has the same head, and goes on from it.
pub async fn a_reopened_ledger_goes_on(fixture: &impl Fixture) {
    for opening in 0..3_u64 {
        let ledger = fixture.open().await;
        assert_eq!(ledger.head().position, 2 * opening);
        let records = append(&*ledger, [event(2 * opening, "a"), event(2 * opening + 1, "a")]).await;
        assert_eq!(records[1].stream_seq, 2 * opening + 2);
        sound(&*ledger).await;
    }
}
