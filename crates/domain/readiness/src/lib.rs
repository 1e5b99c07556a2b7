//! Turns facts seen in production into findings, one file per check.
//!
//! A check is pure over a snapshot of facts. It answers *holds*, *does not hold*, *unknown* (and which fact is missing)
//! or *does not apply*; a stale or absent fact never holds, and there is no total, letter or ranking anywhere.

mod check;
pub mod checks;
mod finding;
mod snapshot;

pub use check::{Check, evaluate};
pub use finding::{Evidence, Finding, Verdict};
pub use snapshot::{Controlled, Declared, Drill, OnCall, PagingRule, Revert, RevertTrigger, Rota, ServiceSnapshot};
