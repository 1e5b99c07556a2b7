//! A batch that is tried again, because nobody knew whether it had arrived, arrives once.

use tokio::task::JoinSet;

use super::{Fixture, append, event, keyed, refused, sound};
use crate::{AppendError, Appended, Expect, Ledger};

async fn again(ledger: &dyn Ledger, batch: Vec<crate::NewEvent>, expect: Expect) -> Vec<crate::Record> {
    match ledger.append(batch, expect).await.expect("a repeat succeeds") {
        Appended::Before(records) => records,
        Appended::Now(records) => panic!("appended twice: {records:?}"),
    }
}

/// The second time appends nothing and returns what the first time returned, whatever came between.
pub async fn a_key_appends_once(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    let first = append(&*ledger, [keyed(0, "a", "k"), event(1, "b")]).await;
    append(&*ledger, [event(2, "a")]).await;
    let head = ledger.head();
    // A client that tries again makes ids anew.
    assert_eq!(again(&*ledger, vec![keyed(3, "a", "k"), event(4, "b")], Expect::Any).await, first);
    assert_eq!(again(&*ledger, vec![keyed(0, "a", "k"), event(1, "b")], Expect::Any).await, first);
    assert_eq!(ledger.head(), head);
    assert_eq!(ledger.find("k").await.expect("the store works"), Some(1));
    assert_eq!(ledger.find("other").await.expect("the store works"), None);
}

/// What was expected the first time is not so the second time, because of the first.
pub async fn a_repeat_expects_nothing(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    let expect = Expect::Stream { stream: "a".to_owned(), seq: 0 };
    let first = ledger.append(vec![keyed(0, "a", "k")], expect.clone()).await.expect("a new stream is at 0");
    assert_eq!(again(&*ledger, vec![keyed(1, "a", "k")], expect).await, first.records());
}

/// A key is remembered for ever.
pub async fn a_key_outlives_a_reopen(fixture: &impl Fixture) {
    let first = append(&*fixture.open().await, [keyed(0, "a", "k")]).await;
    let ledger = fixture.open().await;
    assert_eq!(again(&*ledger, vec![keyed(1, "a", "k")], Expect::Any).await, first);
}

/// The same batch from many at once is appended once, and all are told the same.
pub async fn racing_repeats_append_once(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    let mut racing = JoinSet::new();
    for number in 0..16 {
        let ledger = ledger.clone();
        racing.spawn(async move { append(&*ledger, [keyed(number, "a", "k")]).await });
    }
    let told = racing.join_all().await;
    assert!(told.iter().all(|records| *records == told[0]));
    assert_eq!(sound(&*ledger).await, told[0]);
}

/// A key that belongs to another batch is an error, not a silent success.
pub async fn a_key_is_not_for_something_else(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    append(&*ledger, [event(0, "a"), keyed(1, "a", "k"), event(2, "a")]).await;
    let other_kind = crate::NewEvent { kind: "conformance.other".to_owned(), ..keyed(9, "a", "k") };
    for batch in [
        vec![keyed(9, "b", "k")],
        vec![other_kind],
        vec![event(8, "b"), keyed(9, "a", "k")],
        vec![keyed(9, "a", "k"), event(10, "b")],
        vec![keyed(9, "a", "k"), keyed(10, "a", "new")],
        vec![keyed(9, "a", "k"), event(10, "a"), event(11, "a")],
        vec![event(7, "a"), event(8, "a"), keyed(9, "a", "k")],
    ] {
        match refused(&*ledger, batch.clone(), Expect::Any).await {
            AppendError::KeyReused { key, position } => assert_eq!((key.as_str(), position), ("k", 2)),
            other => panic!("{batch:?}: expected a reused key, got {other}"),
        }
    }
    let twice = refused(&*ledger, vec![keyed(9, "a", "n"), keyed(10, "a", "n")], Expect::Any).await;
    assert!(matches!(twice, AppendError::KeyReused { .. }), "{twice}");
    assert_eq!(sound(&*ledger).await.len(), 3);
}

/// The key may be on any event of the batch.
pub async fn a_key_in_the_middle_finds_its_batch(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    append(&*ledger, [event(0, "z")]).await;
    let first = append(&*ledger, [event(1, "a"), keyed(2, "b", "k"), event(3, "c")]).await;
    let repeat = vec![event(11, "a"), keyed(12, "b", "k"), event(13, "c")];
    assert_eq!(again(&*ledger, repeat, Expect::Any).await, first);
}

/// An id names one event.
pub async fn an_id_is_taken_once(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    append(&*ledger, [event(0, "a")]).await;
    for batch in [vec![event(0, "b")], vec![event(1, "a"), event(1, "b")]] {
        let id = batch[0].id;
        match refused(&*ledger, batch, Expect::Any).await {
            AppendError::IdTaken(taken) => assert_eq!(taken, id),
            other => panic!("expected a taken id, got {other}"),
        }
    }
}
