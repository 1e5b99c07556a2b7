//! The side store where only SQLite can go wrong.

use crate::{SIDE_FILE, SqliteSide};
use seaworthy_store::conformance::run;
use seaworthy_store::limits::SIDE_LIST_MAX;
use seaworthy_store::{Side, SideError, Table, Write};

use super::support::Sqlite;

#[test]
fn a_failing_batch_leaves_nothing() {
    let place = Sqlite::new();
    let side = SqliteSide::open(place.dir()).unwrap();
    let shell = rusqlite::Connection::open(place.dir().join(SIDE_FILE)).unwrap();
    shell
        .execute_batch(
            "CREATE TRIGGER bad BEFORE INSERT ON side WHEN NEW.key = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
        .unwrap();
    let put = |key: &str| Write::Put { table: Table::Meta, key: key.to_owned(), value: vec![1] };
    run(async {
        let error = side.write(vec![put("good"), put("bad")]).await.unwrap_err();
        assert!(matches!(error, SideError::Store { doing: "write", .. }), "{error}");
        assert_eq!(side.get(Table::Meta, "good").await.unwrap(), None);
    });
}

#[test]
fn a_table_without_end_is_refused() {
    let place = Sqlite::new();
    let side = SqliteSide::open(place.dir()).unwrap();
    let fill = format!(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {SIDE_LIST_MAX}) \
         INSERT INTO side SELECT 'meta', i, x'' FROM n"
    );
    rusqlite::Connection::open(place.dir().join(SIDE_FILE)).unwrap().execute_batch(&fill).unwrap();
    run(async {
        let error = side.list(Table::Meta).await.unwrap_err();
        assert!(matches!(error, SideError::TooLong { table: "meta", .. }), "{error}");
        assert_eq!(side.list(Table::Tokens).await.unwrap(), []);
    });
}
