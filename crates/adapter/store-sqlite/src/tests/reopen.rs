//! Opening: one writer, modes, readers beside it, and files that are not what they should be.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use crate::{LEDGER_FILE, LOCK_FILE, LedgerFile, OpenError, SIDE_FILE, SqliteLedger, SqliteSide};
use jiff::Timestamp;
use seaworthy_store::chain::verify;
use seaworthy_store::conformance::{event, run};
use seaworthy_store::{Expect, Ledger};

use super::support::Sqlite;

fn refusal(dir: &Path) -> OpenError {
    SqliteLedger::open(dir, Arc::new(Timestamp::now)).err().expect("it must be refused")
}

#[test]
fn a_second_writer_is_told_who_the_first_is() {
    let place = Sqlite::new();
    let first = place.ledger();
    let error = refusal(place.dir());
    assert!(matches!(&error, OpenError::InUse { pid, .. } if *pid == std::process::id().to_string()), "{error}");
    assert!(error.to_string().contains("in use by process"), "{error}");
    drop(first);
    place.ledger();
}

#[test]
fn a_lock_file_that_a_dead_process_left_is_no_lock() {
    let place = Sqlite::with_events(1);
    std::fs::write(place.dir().join(LOCK_FILE), "4194304 and more than a process id would need\n").unwrap();
    let ledger = place.ledger();
    let pid = std::fs::read_to_string(place.dir().join(LOCK_FILE)).unwrap();
    assert_eq!(pid.trim_end(), std::process::id().to_string());
    drop(ledger);
}

#[test]
fn only_the_owner_may_look() {
    let place = Sqlite::new();
    let (ledger, side) = (place.ledger(), SqliteSide::open(place.dir()).unwrap());
    run(async { ledger.append(vec![event(0, "a")], Expect::Any).await.map(drop).unwrap() });
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(place.dir()), 0o700);
    let wal = format!("{LEDGER_FILE}-wal");
    for file in [LEDGER_FILE, SIDE_FILE, LOCK_FILE, &wal] {
        assert_eq!(mode(&place.dir().join(file)), 0o600, "{file}");
    }
    drop((ledger, side));
    std::fs::set_permissions(place.file(), PermissionsExt::from_mode(0o644)).unwrap();
    drop(place.ledger());
    assert_eq!(mode(&place.file()), 0o600, "after a reopen");
}

#[test]
fn the_offline_reader_reads_while_the_server_writes() {
    let place = Sqlite::new();
    let ledger = place.ledger();
    let file = LedgerFile::open(place.dir()).unwrap();
    for number in 0..5 {
        run(async { ledger.append(vec![event(number, "a")], Expect::Any).await.map(drop).unwrap() });
        assert_eq!(file.head().unwrap(), ledger.head());
        assert_eq!(verify(file.records(), Some(ledger.head().hash)).unwrap().events, number + 1);
    }
    let tail: Vec<_> = file.records_from(4).map(|record| record.unwrap().position).collect();
    assert_eq!(tail, [4, 5]);
}

#[test]
fn reading_beyond_a_page_misses_nothing() {
    let place = Sqlite::new();
    let ledger = place.ledger();
    for first in [0, 1_000, 2_000] {
        let batch = (first..first + 1_000).map(|number| event(number, "a")).collect();
        run(async { ledger.append(batch, Expect::Any).await.map(drop).unwrap() });
    }
    drop(ledger);
    let file = LedgerFile::open(place.dir()).unwrap();
    assert_eq!(verify(file.records(), None).unwrap().events, 3_000);
}

#[test]
fn there_may_be_no_ledger() {
    let error = LedgerFile::open(Path::new("/nonexistent")).err().unwrap();
    assert!(matches!(error, OpenError::Missing { .. }), "{error}");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let place = Sqlite::with_events(1);
    std::fs::write(place.file(), "not a database, and long enough to be read as one".repeat(100)).unwrap();
    assert!(matches!(refusal(place.dir()), OpenError::Sqlite { .. }));
}

#[test]
fn a_directory_that_is_a_file_is_refused() {
    let place = Sqlite::with_events(1);
    assert!(matches!(refusal(&place.file()), OpenError::Io { .. }));
}

#[test]
fn a_ledger_of_a_newer_program_is_refused() {
    let place = Sqlite::with_events(1);
    place.shell().execute_batch("PRAGMA user_version = 9999").unwrap();
    assert!(matches!(refusal(place.dir()), OpenError::Newer { found: 9_999, .. }));
}
