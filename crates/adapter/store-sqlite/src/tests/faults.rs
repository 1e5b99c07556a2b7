//! A disk that is full, and a ledger that somebody else wrote to while it was open.

use std::sync::Arc;

use jiff::Timestamp;
use seaworthy_store::chain::verify;
use seaworthy_store::conformance::{event, run};
use seaworthy_store::limits::PAYLOAD_BYTES_MAX;
use seaworthy_store::{AppendError, Expect, Ledger, NewEvent, RawJson};

use super::support::Sqlite;
use crate::migrate::Target;
use crate::open::{self, Sync};
use crate::writer::Acknowledge;
use crate::{LedgerFile, SqliteLedger, lock};

/// Opens a ledger whose file may not grow past this many pages, which SQLite reports as it reports a full disk.
fn on_a_small_disk(place: &Sqlite, pages: u32) -> SqliteLedger {
    open::data_dir(place.dir()).unwrap();
    let lock = lock::lock(place.dir()).unwrap();
    let conn = open::for_writing(&place.file(), Target::Ledger, Sync::EveryCommit).unwrap();
    conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    SqliteLedger::start(place.file(), conn, lock, Arc::new(Timestamp::now), Acknowledge::AfterCommit).unwrap()
}

fn large(number: u64) -> NewEvent {
    let payload = RawJson::new(format!("\"{}\"", "x".repeat(PAYLOAD_BYTES_MAX - 2))).unwrap();
    NewEvent { payload, ..event(number, "a") }
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let place = Sqlite::new();
    let ledger = on_a_small_disk(&place, 60);
    let appended = run_until_refused(&ledger);
    assert!(appended > 1, "some must fit before the disk is full");
    let head = ledger.head();
    assert_eq!(head.position, appended);
    run(async {
        // What was acknowledged can be read, what is small may still fit, and a refusal does not stop the writer.
        assert_eq!(ledger.read(1, 100).await.unwrap().len() as u64, appended);
        for _ in 0..3 {
            let error = ledger.append(vec![large(99)], Expect::Any).await.unwrap_err();
            assert!(matches!(error, AppendError::Full { .. }), "{error}");
            assert_eq!(ledger.head(), head);
        }
        ledger.append(vec![event(100, "b")], Expect::Head(appended)).await.unwrap();
    });
    drop(ledger);
    let verified = verify(LedgerFile::open(place.dir()).unwrap().records(), None).unwrap();
    assert_eq!(verified.events, appended + 1);
    // With room, it goes on where it was.
    let ledger = place.ledger();
    run(async { ledger.append(vec![large(99)], Expect::Head(appended + 1)).await.map(drop).unwrap() });
}

/// Appends until the disk is full; returns how many fitted.
fn run_until_refused(ledger: &SqliteLedger) -> u64 {
    for number in 0..100 {
        let mut refusal = None;
        run(async { refusal = ledger.append(vec![large(number)], Expect::Any).await.err() });
        if let Some(error) = refusal {
            assert!(matches!(error, AppendError::Full { .. }), "{error}");
            assert!(error.to_string().contains("disk is full; free some space"), "{error}");
            return number;
        }
    }
    panic!("the disk never filled");
}

#[test]
fn a_foreign_row_stops_the_writer_and_says_so() {
    let place = Sqlite::with_events(1);
    let ledger = place.ledger();
    let foreign = "INSERT INTO events SELECT 2, randomblob(16), 'x', 1, 0, 0, 'a', NULL, 'k', 1, '{}', NULL, 1, hash, hash \
                   FROM events";
    place.shell().execute_batch(foreign).unwrap();
    run(async {
        for number in 1..3 {
            let error = ledger.append(vec![event(number, "a")], Expect::Any).await.unwrap_err();
            assert!(matches!(&error, AppendError::Stopped { why: Some(_), .. }), "{error:?}");
        }
        // Reading goes on: the portal shows the last state.
        assert_eq!(ledger.read(1, 10).await.unwrap().len(), 1);
    });
}

#[test]
fn a_lock_held_by_a_tool_is_busy_and_passes() {
    let place = Sqlite::new();
    open::data_dir(place.dir()).unwrap();
    let lock = lock::lock(place.dir()).unwrap();
    let conn = open::for_writing(&place.file(), Target::Ledger, Sync::EveryCommit).unwrap();
    conn.busy_timeout(std::time::Duration::ZERO).unwrap();
    let clock = Arc::new(Timestamp::now);
    let ledger = SqliteLedger::start(place.file(), conn, lock, clock, Acknowledge::AfterCommit).unwrap();
    let tool = place.shell();
    tool.execute_batch("BEGIN IMMEDIATE").unwrap();
    run(async {
        let error = ledger.append(vec![event(0, "a")], Expect::Any).await.unwrap_err();
        assert!(matches!(error, AppendError::Busy), "{error}");
        tool.execute_batch("ROLLBACK").unwrap();
        ledger.append(vec![event(0, "a")], Expect::Head(0)).await.unwrap();
    });
}

/// A process that died on a full disk starts again: its id, a hint for people, is all that cannot be written.
#[test]
fn a_lock_that_takes_no_id_is_a_lock() {
    let place = Sqlite::new();
    open::data_dir(place.dir()).unwrap();
    std::os::unix::fs::symlink("/dev/full", place.dir().join(crate::LOCK_FILE)).unwrap();
    let ledger = place.ledger();
    run(async { ledger.append(vec![event(0, "a")], Expect::Any).await.map(drop).unwrap() });
    let second = SqliteLedger::open(place.dir(), Arc::new(Timestamp::now));
    assert!(matches!(second.err(), Some(crate::OpenError::InUse { .. })), "one writer all the same");
}
