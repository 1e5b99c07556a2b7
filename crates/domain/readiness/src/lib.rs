//! Turns facts seen in production into findings, one file per check.
//!
//! A check is pure over a snapshot of facts. It answers *holds*, *does not hold*, *unknown* (and which fact is missing)
//! or *does not apply*; a stale or absent fact never holds, and there is no total, letter or ranking anywhere. [`Evaluator`]
//! keeps the answers of one service up to date, [`next`] finds the exercise that proves most of them, and [`UNSEEN`] lists
//! the rows that nobody can see yet.

mod check;
pub mod checks;
mod clock;
mod evaluator;
mod exercise;
mod finding;
mod outside;
mod snapshot;
mod standing;
mod unseen;
mod words;

pub use check::{Check, Exposure, Section, evaluate};
pub use clock::Clock;
pub use evaluator::Evaluator;
pub use exercise::{EXERCISES, Exercise, Next, RENEWED_WITHIN, next};
pub use finding::{Evidence, Finding, Verdict};
pub use snapshot::{
    Called, Calls, Controlled, Declared, Drill, Edge, Ended, Fared, Incident, Kind, Kinds, Lost, Objective, OnCall,
    Page, PagingRule, Promise, Revert, RevertTrigger, Rollout, Rota, Seen, ServiceSnapshot, Value, Wakes, Watched,
    Worth,
};
pub use standing::{Attestation, Exception, Row, Rung, Says, ladder};
pub use unseen::{UNSEEN, Unseen, Why};
