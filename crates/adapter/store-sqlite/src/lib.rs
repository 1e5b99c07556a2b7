//! The ledger, the side store and the series store on SQLite.
//!
//! Three files in one directory. `ledger.sqlite` is written by one thread of one process, many batches a transaction,
//! and synced before an append returns. `side.sqlite` and `signals.sqlite` are synced by the kernel in its own time; they
//! are apart so that counts, written with every report, do not wait for anything else. All are in WAL mode, so that the
//! offline tools read while the server writes.

pub mod crash;
mod file;
mod ledger;
mod lock;
mod migrate;
mod open;
mod row;
mod series;
mod side;
#[cfg(test)]
mod tests;
mod writer;

pub use file::{LedgerFile, Records};
pub use ledger::SqliteLedger;
pub use open::OpenError;
pub use series::SqliteSeries;
pub use side::SqliteSide;

/// The ledger's file in a data directory.
pub const LEDGER_FILE: &str = "ledger.sqlite";

/// The side store's file in a data directory.
pub const SIDE_FILE: &str = "side.sqlite";

/// The series store's file in a data directory.
pub const SIGNALS_FILE: &str = "signals.sqlite";

/// The file whose lock says that a process writes the ledger; it holds that process's id.
pub const LOCK_FILE: &str = "ledger.lock";
