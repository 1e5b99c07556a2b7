//! Optimistic concurrency: an append happens only where its caller thinks the ledger is.

use tokio::task::JoinSet;

use super::{Fixture, append, event, refused, sound};
use crate::{AppendError, Expect, Ledger, Subject};

fn stream(stream: &str, seq: u64) -> Expect {
    Expect::Stream { stream: stream.to_owned(), seq }
}

async fn conflict(ledger: &dyn Ledger, expect: Expect) -> (Subject, u64, u64) {
    match refused(ledger, vec![event(99, "a")], expect).await {
        AppendError::Conflict { on, expected, found } => (on, expected, found),
        other => panic!("expected a conflict, got {other}"),
    }
}

/// The sequence of a stream, known or new, before or after.
pub async fn a_stream_is_where_it_should_be(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    ledger.append(vec![event(0, "a")], stream("a", 0)).await.expect("a new stream is at 0");
    ledger.append(vec![event(1, "a")], stream("a", 1)).await.expect("it is at 1");
    ledger.append(vec![event(2, "b")], stream("a", 2)).await.expect("another stream may be expected than is written");
    let on = Subject::Stream("a".to_owned());
    assert_eq!(conflict(&*ledger, stream("a", 1)).await, (on.clone(), 1, 2));
    assert_eq!(conflict(&*ledger, stream("a", 3)).await, (on, 3, 2));
    assert_eq!(conflict(&*ledger, stream("new", 1)).await, (Subject::Stream("new".to_owned()), 1, 0));
    assert_eq!(ledger.head().position, 3);
}

/// The position of the head.
pub async fn the_head_is_where_it_should_be(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    ledger.append(vec![event(0, "a"), event(1, "b")], Expect::Head(0)).await.expect("a new ledger is at 0");
    assert_eq!(conflict(&*ledger, Expect::Head(1)).await, (Subject::Head, 1, 2));
    assert_eq!(conflict(&*ledger, Expect::Head(3)).await, (Subject::Head, 3, 2));
    ledger.append(vec![event(2, "a")], Expect::Head(2)).await.expect("it is at 2");
}

/// Of many that decided on the same state, one appends.
pub async fn one_of_many_racers_wins(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    let mut racing = JoinSet::new();
    for number in 0..16 {
        let (ledger, expect) = (ledger.clone(), if number % 2 == 0 { stream("a", 0) } else { Expect::Head(0) });
        racing.spawn(async move { ledger.append(vec![event(number, "a")], expect).await.is_ok() });
    }
    let won = racing.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!((won, sound(&*ledger).await.len()), (1, 1));
}

/// The expectation is about the ledger before the batch, not about the batch's own events.
pub async fn a_batch_counts_against_itself_only_once(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    append(&*ledger, [event(0, "a")]).await;
    let batch = (1..=3).map(|number| event(number, "a")).collect();
    let appended = ledger.append(batch, stream("a", 1)).await.expect("it is at 1");
    assert_eq!((appended.first(), appended.last()), (2, 4));
}
