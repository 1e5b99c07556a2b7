//! Records as rows of the `events` table, both ways.

use jiff::Timestamp;
use rusqlite::types::{FromSql, ValueRef};
use rusqlite::{Row, Statement, params};
use seaworthy_model::EventId;
use seaworthy_store::chain::{Hash, Unreadable};
use seaworthy_store::{NewEvent, RawJson, Record};
use uuid::Uuid;

/// Every column, in the order in which this file reads and writes them.
pub(crate) const COLUMNS: &str = "position, id, stream, stream_seq, occurred_at, recorded_at, actor, cause, kind, \
     version, payload, key, algorithm, prev_hash, hash";

/// Inserts one record.
pub(crate) const INSERT: &str =
    "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";

/// Finds the position of an idempotency key.
pub(crate) const FIND: &str = "SELECT position FROM events WHERE key = ?1";

/// Runs [`INSERT`].
pub(crate) fn insert(statement: &mut Statement<'_>, record: &Record) -> rusqlite::Result<()> {
    let event = &record.event;
    statement.execute(params![
        record.position as i64,
        event.id.as_uuid().as_bytes(),
        event.stream,
        record.stream_seq as i64,
        nanos(event.occurred_at),
        nanos(record.recorded_at),
        event.actor,
        event.cause.map(|id| id.as_uuid().into_bytes()),
        event.kind,
        event.version,
        event.payload.as_str(),
        event.key,
        record.algorithm,
        record.prev_hash.0,
        record.hash.0,
    ])?;
    Ok(())
}

fn nanos(instant: Timestamp) -> i64 {
    i64::try_from(instant.as_nanosecond()).expect("a record was sealed, so its instants fit")
}

/// Reads the record of a row of [`COLUMNS`], or says what is wrong with it: the file may have been edited.
pub(crate) fn record(row: &Row<'_>) -> Result<Record, Unreadable> {
    Ok(Record {
        position: number(row, 0)?,
        stream_seq: number(row, 3)?,
        recorded_at: instant(row, 5)?,
        prev_hash: Hash(column(row, 13)?),
        hash: Hash(column(row, 14)?),
        algorithm: column(row, 12)?,
        event: NewEvent {
            id: id(column(row, 1)?),
            stream: column(row, 2)?,
            occurred_at: instant(row, 4)?,
            actor: column(row, 6)?,
            cause: column::<Option<[u8; 16]>>(row, 7)?.map(id),
            kind: column(row, 8)?,
            version: column(row, 9)?,
            payload: RawJson::found(column::<String>(row, 10)?),
            key: column(row, 11)?,
        },
    })
}

fn id(bytes: [u8; 16]) -> EventId {
    EventId::from_uuid(Uuid::from_bytes(bytes))
}

fn column<T: FromSql>(row: &Row<'_>, index: usize) -> Result<T, Unreadable> {
    row.get(index).map_err(|error| {
        let name = COLUMNS.split(", ").nth(index).unwrap_or("?");
        let found = row.get_ref(index).map_or("nothing", |value| kind(&value));
        Unreadable { why: format!("column {name:?} holds {found}: {error}") }
    })
}

fn kind(value: &ValueRef<'_>) -> &'static str {
    match value {
        ValueRef::Null => "nothing",
        ValueRef::Integer(_) => "an integer",
        ValueRef::Real(_) => "a real",
        ValueRef::Text(_) => "a text",
        ValueRef::Blob(_) => "bytes",
    }
}

fn number(row: &Row<'_>, index: usize) -> Result<u64, Unreadable> {
    let found: i64 = column(row, index)?;
    u64::try_from(found).map_err(|_| Unreadable { why: format!("it has the number {found}") })
}

fn instant(row: &Row<'_>, index: usize) -> Result<Timestamp, Unreadable> {
    let nanos: i64 = column(row, index)?;
    Timestamp::from_nanosecond(i128::from(nanos)).map_err(|error| Unreadable { why: error.to_string() })
}
