//! Migrations: embedded, append-only, one idea each, applied in order at start.
//!
//! The files share one numbering, as one PostgreSQL database will. `user_version` holds the number of the last one
//! that a file has. A migration must be safe while the release before still reads: expand, move, contract.

use std::path::Path;

use rusqlite::Connection;

use crate::open::OpenError;

/// Which file a migration is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Ledger,
    Side,
    Signals,
}

struct Migration {
    number: u32,
    target: Target,
    sql: &'static str,
}

macro_rules! migration {
    ($number:literal, $target:ident, $name:literal) => {
        Migration {
            number: $number,
            target: Target::$target,
            sql: include_str!(concat!("../../../../migrations/sqlite/", $name, ".sql")),
        }
    };
}

/// Newest first. Never edit one that shipped: add the next.
const MIGRATIONS: &[Migration] = &[
    // migration!(4, Ledger, "0004_what_it_adds"),
    migration!(3, Signals, "0003_signals"),
    migration!(2, Side, "0002_side"),
    migration!(1, Ledger, "0001_ledger"),
];

/// Brings a file to the newest schema; each migration is a transaction.
pub(crate) fn migrate(conn: &mut Connection, target: Target, path: &Path) -> Result<(), OpenError> {
    migrate_to(conn, target, path, u32::MAX)
}

fn migrate_to(conn: &mut Connection, target: Target, path: &Path, last: u32) -> Result<(), OpenError> {
    let mine = || MIGRATIONS.iter().rev().filter(|migration| migration.target == target);
    let known = mine().map(|migration| migration.number).max().unwrap_or(0);
    let found = conn
        .pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))
        .map_err(OpenError::sqlite("read the schema number of", path))?;
    if found > known {
        return Err(OpenError::Newer { path: path.to_owned(), found, known });
    }
    for migration in mine().filter(|migration| migration.number > found && migration.number <= last) {
        apply(conn, migration).map_err(OpenError::sqlite("migrate", path))?;
    }
    Ok(())
}

fn apply(conn: &mut Connection, migration: &Migration) -> rusqlite::Result<()> {
    let transaction = conn.transaction()?;
    transaction.execute_batch(migration.sql)?;
    transaction.pragma_update(None, "user_version", migration.number)?;
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(conn: &Connection) -> Vec<String> {
        let mut names = conn
            .prepare("SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1")
            .unwrap();
        names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    fn migrated(target: Target, stops: &[u32]) -> Vec<String> {
        let mut conn = Connection::open_in_memory().unwrap();
        for stop in stops {
            migrate_to(&mut conn, target, Path::new("x"), *stop).unwrap();
        }
        schema(&conn)
    }

    #[test]
    fn migrated_equals_fresh() {
        for target in [Target::Ledger, Target::Side, Target::Signals] {
            let fresh = migrated(target, &[u32::MAX]);
            assert!(!fresh.is_empty());
            for stop in MIGRATIONS.iter().map(|migration| migration.number) {
                assert_eq!(migrated(target, &[stop, u32::MAX]), fresh, "stopped at {stop}");
            }
            assert_eq!(migrated(target, &[u32::MAX, u32::MAX]), fresh, "twice");
        }
    }

    #[test]
    fn numbers_descend_by_one_and_match_the_files() {
        let numbers: Vec<u32> = MIGRATIONS.iter().map(|migration| migration.number).collect();
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../migrations/sqlite")).unwrap();
        assert_eq!(numbers, (1..=files.count() as u32).rev().collect::<Vec<_>>());
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.pragma_update(None, "user_version", 99).unwrap();
        let error = migrate(&mut conn, Target::Ledger, Path::new("x")).unwrap_err();
        assert!(matches!(error, OpenError::Newer { found: 99, .. }), "{error}");
    }
}
