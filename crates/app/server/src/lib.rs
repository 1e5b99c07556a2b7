//! The control plane: ledger, decisions, API, portal, notifications.
//!
//! Invariants: the server never sits on a user's request path; nothing is answered as done before it is durable;
//! reads are from memory and go on when the store takes no writes.

mod access;
mod actions;
mod calendars;
mod channels;
mod contacts;
mod http;
mod kernel;
mod run;
mod runbooks;
mod task;

pub use http::document as openapi;
pub use kernel::{CommandError, OpenError};
pub use run::{ServerError, run};

#[cfg(test)]
mod tests;
