//! The side store: last write wins, batches are atomic, limits are kept.

use super::Fixture;
use crate::limits::{SIDE_KEY_BYTES_MAX, SIDE_VALUE_BYTES_MAX, SIDE_WRITES_MAX};
use crate::{Side, SideError, Table, Write};

fn put(table: Table, key: &str, value: &[u8]) -> Write {
    Write::Put { table, key: key.to_owned(), value: value.to_vec() }
}

fn delete(table: Table, key: &str) -> Write {
    Write::Delete { table, key: key.to_owned() }
}

async fn get(side: &dyn Side, table: Table, key: &str) -> Option<Vec<u8>> {
    side.get(table, key).await.expect("the store works")
}

/// Put, put again, delete, delete again.
pub async fn values_come_and_go(fixture: &impl Fixture) {
    let side = fixture.open_side().await;
    assert_eq!(get(&*side, Table::Meta, "k").await, None);
    for value in [&b"one"[..], b"", b"\0\xff"] {
        side.write(vec![put(Table::Meta, "k", value)]).await.expect("the store works");
        assert_eq!(get(&*side, Table::Meta, "k").await.as_deref(), Some(value));
    }
    for _ in 0..2 {
        side.write(vec![delete(Table::Meta, "k")]).await.expect("what is not there can be deleted");
        assert_eq!(get(&*side, Table::Meta, "k").await, None);
    }
}

/// The same key in two tables is two entries; a table lists its own, by key.
pub async fn tables_are_apart(fixture: &impl Fixture) {
    let side = fixture.open_side().await;
    let writes = Table::ALL.map(|table| put(table, "k", table.name().as_bytes()));
    side.write(writes.to_vec()).await.expect("the store works");
    side.write(vec![put(Table::Tokens, "b", b"2"), put(Table::Tokens, "a", b"1")]).await.expect("the store works");
    for table in Table::ALL {
        assert_eq!(get(&*side, table, "k").await.as_deref(), Some(table.name().as_bytes()));
    }
    let listed = side.list(Table::Tokens).await.expect("the store works");
    assert_eq!(listed.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["a", "b", "k"]);
}

/// A batch happens in its order, or not at all.
pub async fn a_batch_of_writes_is_atomic(fixture: &impl Fixture) {
    let side = fixture.open_side().await;
    let writes = vec![put(Table::Meta, "k", b"1"), delete(Table::Meta, "k"), put(Table::Meta, "k", b"2")];
    side.write(writes).await.expect("the store works");
    assert_eq!(get(&*side, Table::Meta, "k").await.as_deref(), Some(&b"2"[..]));
    let long = "x".repeat(SIDE_KEY_BYTES_MAX + 1);
    let writes = vec![put(Table::Meta, "k", b"3"), put(Table::Meta, &long, b"")];
    side.write(writes).await.expect_err("the second key is too long");
    assert_eq!(get(&*side, Table::Meta, "k").await.as_deref(), Some(&b"2"[..]));
}

/// One more than every limit, and exactly the limit.
pub async fn limits_are_kept(fixture: &impl Fixture) {
    let side = fixture.open_side().await;
    let (key, value) = ("x".repeat(SIDE_KEY_BYTES_MAX), vec![0; SIDE_VALUE_BYTES_MAX]);
    side.write(vec![put(Table::Meta, &key, &value)]).await.expect("exactly the limit");
    let larger = vec![0; SIDE_VALUE_BYTES_MAX + 1];
    let many = vec![delete(Table::Meta, "k"); SIDE_WRITES_MAX + 1];
    for writes in [vec![put(Table::Meta, "k", &larger)], vec![delete(Table::Meta, &format!("{key}x"))], many] {
        let error = side.write(writes).await.expect_err("a limit is passed");
        assert!(matches!(error, SideError::TooMuch { .. }), "{error}");
    }
}

/// What was written is there after a reopen.
pub async fn values_outlive_a_reopen(fixture: &impl Fixture) {
    fixture.open_side().await.write(vec![put(Table::Sessions, "k", b"v")]).await.expect("the store works");
    assert_eq!(get(&*fixture.open_side().await, Table::Sessions, "k").await.as_deref(), Some(&b"v"[..]));
}
