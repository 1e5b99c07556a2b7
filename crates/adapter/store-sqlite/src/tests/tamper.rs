//! Somebody with a shell: what SQLite refuses, and what the chain finds where SQLite was told not to refuse.

use crate::{LedgerFile, OpenError, SqliteLedger};
use rusqlite::Connection;
use seaworthy_store::chain::{Broken, Verified, verify};

use super::support::Sqlite;

const EVENTS: u64 = 9;

fn verified(place: &Sqlite) -> Result<Verified, Broken> {
    verify(LedgerFile::open(place.dir()).unwrap().records(), None)
}

/// Runs statements as an intruder who knows how to switch every check off.
fn intrude(place: &Sqlite, sql: &str) {
    let shell = place.shell();
    shell
        .execute_batch("DROP TRIGGER events_no_update; DROP TRIGGER events_no_delete; DROP TRIGGER events_only_append;")
        .unwrap();
    shell.execute_batch(&format!("PRAGMA ignore_check_constraints = ON; {sql}")).unwrap();
}

#[test]
fn update_delete_and_replace_are_refused() {
    let place = Sqlite::with_events(EVENTS);
    let shell = place.shell();
    let columns =
        "id, stream, stream_seq, occurred_at, recorded_at, actor, cause, kind, version, payload, key, algorithm";
    for sql in [
        "UPDATE events SET payload = '{}' WHERE position = 3".to_owned(),
        "UPDATE events SET position = position + 100".to_owned(),
        "DELETE FROM events WHERE position = 9".to_owned(),
        "DELETE FROM events".to_owned(),
        "REPLACE INTO events SELECT * FROM events WHERE position = 3".to_owned(),
        format!("REPLACE INTO events SELECT 10, {columns}, hash, hash FROM events WHERE position = 9"),
        format!("INSERT INTO events SELECT 12, {columns}, hash, hash FROM events WHERE position = 9"),
        "INSERT INTO events SELECT 10, randomblob(16), 's', 1, 0, 0, '', NULL, '', 1, '', NULL, 1, zeroblob(32), hash \
         FROM events WHERE position = 9"
            .to_owned(),
    ] {
        let error = shell.execute_batch(&sql).expect_err(&sql).to_string();
        assert!(error.contains("the ledger is append-only"), "{sql}: {error}");
    }
    assert_eq!(verified(&place).unwrap().events, EVENTS);
}

#[test]
fn a_changed_byte_in_any_column_is_found_where_it_is() {
    for change in [
        "position = 70",
        "position = -5",
        "position = 0",
        "position = 9223372036854775807",
        "id = CAST(x'ff' || substr(id, 2) AS BLOB)",
        "id = x'00'",
        "stream = stream || 'x'",
        "stream_seq = stream_seq + 100",
        "stream_seq = -1",
        "occurred_at = occurred_at + 1",
        "recorded_at = recorded_at + 1",
        "actor = 'b'",
        "cause = id",
        "cause = x''",
        "kind = 'conformance.checkee'",
        "version = 2",
        "version = 70000",
        "payload = payload || ' '",
        "payload = CAST(x'ff' AS TEXT)",
        "key = 'k'",
        "key = ''",
        "algorithm = 0",
        "algorithm = 300",
        "prev_hash = CAST(x'ff' || substr(prev_hash, 2) AS BLOB)",
        "prev_hash = x''",
        "hash = CAST(substr(hash, 1, 31) || x'ff' AS BLOB)",
        "hash = zeroblob(31)",
    ] {
        let place = Sqlite::with_events(EVENTS);
        intrude(&place, &format!("UPDATE events SET {change} WHERE position = 4"));
        let found = verified(&place).expect_err(change).position;
        // A row that sorts before the first stands in the first's place.
        let want =
            if change.starts_with("position") && (change.ends_with(" 0") || change.contains('-')) { 1 } else { 4 };
        assert_eq!(found, want, "{change}");
    }
}

#[test]
fn a_row_taken_out_or_put_in_is_found() {
    for (sql, want) in [
        ("DELETE FROM events WHERE position = 1", 1),
        ("DELETE FROM events WHERE position = 5", 5),
        (
            "INSERT INTO events SELECT 10, randomblob(16), 'x', 1, 0, 0, 'a', NULL, 'k', 1, '{}', NULL, 1, hash, hash \
          FROM events WHERE position = 9",
            10,
        ),
    ] {
        let place = Sqlite::with_events(EVENTS);
        intrude(&place, sql);
        assert_eq!(verified(&place).expect_err(sql).position, want, "{sql}");
    }
}

/// The file itself, byte by byte: no changed byte of a payload goes unseen.
#[test]
fn a_byte_changed_on_disk_is_found() {
    let place = Sqlite::with_events(EVENTS);
    let needle = br#"{"number":4}"#;
    let mut bytes = std::fs::read(place.file()).unwrap();
    let at = bytes.windows(needle.len()).position(|window| window == needle).unwrap();
    bytes[at + 10] = b'7';
    std::fs::write(place.file(), bytes).unwrap();
    assert_eq!(verified(&place).unwrap_err().position, 5);
}

#[test]
fn a_ruined_file_is_an_error_not_a_panic() {
    let place = Sqlite::with_events(500);
    let mut bytes = std::fs::read(place.file()).unwrap();
    bytes[8_192..].fill(0xa5);
    std::fs::write(place.file(), bytes).unwrap();
    assert!(verified(&place).is_err());
}

#[test]
fn a_cut_tail_is_found_with_the_head_that_was_kept() {
    let place = Sqlite::with_events(EVENTS);
    let kept = verified(&place).unwrap().head;
    intrude(&place, "DELETE FROM events WHERE position > 6");
    assert_eq!(verified(&place).unwrap().events, 6);
    let found = verify(LedgerFile::open(place.dir()).unwrap().records(), Some(kept)).unwrap_err();
    assert_eq!(found.position, 7);
}

#[test]
fn a_ledger_whose_last_record_was_changed_is_not_opened() {
    let place = Sqlite::with_events(EVENTS);
    intrude(&place, "UPDATE events SET actor = 'b' WHERE position = 9");
    let error = SqliteLedger::open(place.dir(), std::sync::Arc::new(jiff::Timestamp::now)).err().unwrap();
    assert!(matches!(error, OpenError::Damaged { position: 9, .. }), "{error}");
    assert!(error.to_string().contains("seaworthy ledger verify"), "{error}");
}

#[test]
fn a_missing_table_is_an_error() {
    let place = Sqlite::with_events(1);
    Connection::open(place.file()).unwrap().execute_batch("DROP TABLE events").unwrap();
    assert!(verified(&place).is_err());
}
