//! Every limit of the ledger, of the side store and of the series store, with its reason.

/// Longest payload, in bytes. Events are small and structured; what is larger is a file, and belongs beside the ledger.
pub const PAYLOAD_BYTES_MAX: usize = 64 * 1024;

/// Most events in one batch: one decision of the core. An `apply` of more files than this goes in several batches.
pub const BATCH_EVENTS_MAX: usize = 1_000;

/// Most payload bytes in one batch; a batch is held in memory, hashed and written as one.
pub const BATCH_BYTES_MAX: usize = 1024 * 1024;

/// Longest stream, actor, kind and idempotency key, in bytes: they are indexed and shown on one line.
pub const TEXT_BYTES_MAX: usize = 200;

/// Most batches that wait for the writer. At 5,000 batches a second this is a fifth of a second of waiting; a caller
/// is better told "busy" than left waiting for longer.
pub const QUEUE_BATCHES_MAX: usize = 1_024;

/// Most payload bytes that wait for the writer: bounds memory where [`QUEUE_BATCHES_MAX`] large batches would not.
pub const QUEUE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Most batches that one transaction makes durable together, so that the first of them does not wait for ever.
pub const GROUP_BATCHES_MAX: usize = 512;

/// Most records a read returns.
pub const PAGE_RECORDS_MAX: usize = 1_000;

/// A page ends after the record that passes this many payload bytes; it always holds at least one record.
pub const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Longest line of an export, in bytes: a payload in which every byte is escaped, and the other columns.
pub const LINE_BYTES_MAX: usize = 6 * (PAYLOAD_BYTES_MAX + 4 * TEXT_BYTES_MAX) + 1_024;

/// Longest key of the side store, in bytes.
pub const SIDE_KEY_BYTES_MAX: usize = 200;

/// Longest value of the side store, in bytes: the largest is a judge's checkpoint, some tens of KiB.
pub const SIDE_VALUE_BYTES_MAX: usize = 1024 * 1024;

/// Most writes in one atomic batch of the side store.
pub const SIDE_WRITES_MAX: usize = 1_000;

/// Most entries that a side table may list; a table that grows past it is in the wrong place.
pub const SIDE_LIST_MAX: usize = 10_000;

/// Most rows in one atomic write of the series store: four for each of 2,500 series, held in memory and written as one.
pub const SERIES_ROWS_MAX: usize = 10_000;

/// Most series that are stored at once: twenty times what is held in memory, since names of versions stay as long as
/// what was counted under them.
pub const SERIES_MAX: usize = 20_000;

/// Most slots that one read, or one sum, spans: 92 days of five minutes, the longest period of an objective.
pub const SERIES_SPAN_MAX: i64 = 92 * 288;

/// Largest count in a row; what a signed column holds.
pub const SERIES_COUNT_MAX: u64 = i64::MAX as u64;
