//! The ledger behind one trait, its hash chain, and the suite every backend must pass.
//!
//! ```text
//! NewEvent ─► Ledger::append ─► admit (pure: limits, expectation, idempotency, chain) ─► durable ─► Appended
//! Record   ◄─ Ledger::read      Verifier (pure: the chain again)                ◄─ export, JSON Lines
//! ```
//!
//! What may be appended is decided by [`admit`] for every backend alike; a backend only stores, finds and makes
//! durable. Small mutable tables that are not history live outside the ledger, behind [`Side`]; counts in
//! time buckets behind [`SeriesStore`].

mod admit;
pub mod chain;
pub mod conformance;
mod event;
pub mod export;
mod ledger;
pub mod limits;
mod series;
mod side;

pub use admit::{Admission, Index, admit, batch_bytes, check_batch};
pub use event::{EventError, Head, NewEvent, NotJson, RawJson, Record};
pub use ledger::{Answer, AppendError, Appended, Clock, Expect, Ledger, ReadError, Subject};
pub use series::{Row, SeriesError, SeriesStore, check_rows, check_span};
pub use side::{Entry, Side, SideError, Table, Write, check_writes};
