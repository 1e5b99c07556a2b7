//! A small HTTP/1.1 client, also over TLS: one exchange or one long-lived stream of lines.
//!
//! It deliberately has no pool, no redirects and no retries: it talks to our own processes, to webhooks and to servers
//! of metrics. One idle connection is kept, so a caller that posts each 250 ms does not connect each time.
//!
//! ```no_run
//! # async fn example() -> Result<(), seaworthy_client::Error> {
//! let client = seaworthy_client::Client::new("http://127.0.0.1:7070", Some("secret".to_owned()))?;
//! let ready: serde_json::Value = client.get_json("/readyz").await?;
//! # Ok(()) }
//! ```

mod client;
mod connection;
mod error;
mod lines;
mod names;
mod target;

pub use client::{Client, Response};
pub use error::{ApiError, Error, Kind};
pub use lines::Lines;
pub use names::resolve;

/// Most bytes of one answer: above any page of the API, low enough that a wrong server cannot fill the memory.
pub const BODY_MAX: usize = 4 * 1024 * 1024;

/// Most bytes of one line of a stream: a full gateway config of 20,000 services stays below it.
pub const LINE_MAX: usize = 16 * 1024 * 1024;

#[cfg(test)]
mod tests;
