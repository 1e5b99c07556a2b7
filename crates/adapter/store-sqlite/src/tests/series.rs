//! The series store where only SQLite can go wrong.

use crate::{SIGNALS_FILE, SqliteSeries};
use seaworthy_model::Tally;
use seaworthy_signals::Resolution;
use seaworthy_store::conformance::run;
use seaworthy_store::{Row, SeriesError, SeriesStore};

use super::support::Sqlite;

fn row(series: &str, total: u64) -> Row {
    let (resolution, slot) = (Resolution::FiveMinutes, 6_000_000);
    Row { series: series.to_owned(), resolution, slot, tally: Tally::new(total, 0), histogram: None }
}

#[test]
fn a_failing_write_leaves_neither_rows_nor_names() {
    let place = Sqlite::new();
    let store = SqliteSeries::open(place.dir()).unwrap();
    let shell = rusqlite::Connection::open(place.dir().join(SIGNALS_FILE)).unwrap();
    let bad = "CREATE TRIGGER bad BEFORE INSERT ON buckets WHEN NEW.total = 13 BEGIN SELECT RAISE(ABORT, 'no'); END";
    shell.execute_batch(bad).unwrap();
    run(async {
        store.write(vec![row("old", 1)]).await.unwrap();
        for _ in 0..2 {
            let error = store.write(vec![row("new", 1), row("old", 13)]).await.unwrap_err();
            assert!(matches!(error, SeriesError::Store { doing: "write", .. }), "{error}");
            assert_eq!(store.series().await.unwrap(), ["old"]);
            assert_eq!(store.slot(Resolution::FiveMinutes, 6_000_000).await.unwrap(), [row("old", 1)]);
        }
        store.write(vec![row("new", 2)]).await.unwrap();
        assert_eq!(store.read("new", Resolution::FiveMinutes, 6_000_000..6_000_001).await.unwrap(), [row("new", 2)]);
    });
}

#[test]
fn what_was_written_needs_nobody_to_close_it() {
    let place = Sqlite::new();
    run(async {
        let killed = SqliteSeries::open(place.dir()).unwrap();
        killed.write(vec![row("a", 7)]).await.unwrap();
        // It neither checkpoints nor closes, as a process that is killed does not.
        std::mem::forget(killed);
        let next = SqliteSeries::open(place.dir()).unwrap();
        assert_eq!(next.slot(Resolution::FiveMinutes, 6_000_000).await.unwrap(), [row("a", 7)]);
    });
}

#[test]
fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Sqlite::new();
    drop(SqliteSeries::open(place.dir()).unwrap());
    let mode = std::fs::metadata(place.dir().join(SIGNALS_FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
