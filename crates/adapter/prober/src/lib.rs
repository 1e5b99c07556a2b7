//! Runs probes over real sockets: HTTP journeys, TCP, DNS, TLS, in slots of their own, and tells the server.
//!
//! [`Prober`] tries one probe once, or runs it as a slot asks for: with one retry at once, and with a look at itself
//! before it blames the target. [`keep_running`] does so for a whole set, slot after slot; [`Link`] joins a server. What
//! results mean together is decided elsewhere. Nothing of an answer's content and no credential is in a result.

mod dns;
mod http_step;
mod journey;
mod json;
mod link;
mod net;
mod prober;
mod runner;
mod secrets;
mod template;

pub use link::{BUFFER_MAX, Link};
pub use prober::{Clock, Prober, StepTried, Tried};
pub use runner::keep_running;
pub use secrets::Secrets;

#[cfg(test)]
mod tests;
