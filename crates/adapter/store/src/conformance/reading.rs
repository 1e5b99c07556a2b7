//! Pages, the head, and following it.

use super::{Fixture, append, event};
use crate::Head;
use crate::limits::PAGE_RECORDS_MAX;

/// A page holds what was asked for, at most a page, from where it was asked.
pub async fn pages_end(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    let events = PAGE_RECORDS_MAX as u64 + 10;
    for first in (0..events).step_by(505) {
        append(&*ledger, (first..(first + 505).min(events)).map(|number| event(number, "a"))).await;
    }
    for (from, limit, want) in [
        (1, usize::MAX, 1..=PAGE_RECORDS_MAX as u64),
        (0, 2, 1..=2),
        (1, 1, 1..=1),
        (500, 20, 500..=519),
        (events - 1, 10, events - 1..=events),
    ] {
        let page = ledger.read(from, limit).await.expect("the store works");
        let positions: Vec<_> = page.iter().map(|record| record.position).collect();
        assert_eq!(positions, want.collect::<Vec<_>>(), "from {from}, {limit}");
    }
    assert!(ledger.read(1, 0).await.expect("the store works").is_empty());
}

/// After the head there is nothing, and no error.
pub async fn past_the_head_is_nothing(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    append(&*ledger, [event(0, "a")]).await;
    for from in [2, 1_000, u64::MAX] {
        assert!(ledger.read(from, 10).await.expect("the store works").is_empty(), "from {from}");
    }
}

/// Whoever follows the head can read up to it at once, and misses nothing.
pub async fn the_head_can_be_read_when_it_is_seen(fixture: &impl Fixture) {
    const EVENTS: u64 = 100;
    let ledger = fixture.open().await;
    let mut head = ledger.watch();
    let appending = ledger.clone();
    let appender = tokio::spawn(async move {
        for number in 0..EVENTS {
            append(&*appending, [event(number, "a")]).await;
        }
    });
    let mut seen = Head::EMPTY;
    while seen.position < EVENTS {
        head.changed().await.expect("the ledger is open");
        let now = *head.borrow_and_update();
        let news = ledger.read(seen.position + 1, usize::MAX).await.expect("the store works");
        assert_eq!(news.first().map(|record| record.prev_hash), Some(seen.hash));
        let upto = news.iter().find(|record| record.position == now.position).expect("the head can be read");
        assert_eq!(upto.hash, now.hash);
        seen = now;
    }
    appender.await.expect("the appender succeeds");
}

/// Before the first event.
pub async fn a_fresh_ledger_is_empty(fixture: &impl Fixture) {
    let ledger = fixture.open().await;
    assert_eq!((ledger.head(), *ledger.watch().borrow()), (Head::EMPTY, Head::EMPTY));
    assert!(ledger.read(1, 10).await.expect("the store works").is_empty());
    assert_eq!(ledger.find("k").await.expect("the store works"), None);
}
