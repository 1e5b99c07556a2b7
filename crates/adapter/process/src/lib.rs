//! Local processes and sockets: start, health-check, adopt, stop, hand over.
//!
//! A process that we start outlives us: it has its own process group, its own log file, and a record on disk by which
//! the next supervisor finds it again. Linux only: identity is read from `/proc`, exits are seen through pidfds.

pub mod handover;
pub mod health;
mod identity;
mod launch;
mod listener;
mod log;
mod port;
mod process;
mod record;
mod words;

pub use identity::{Identity, kernel_boot};
pub use launch::{Environment, Launch, LaunchError};
pub use listener::{BindError, bind, holder_of};
pub use log::{LOG_MAX, bound, tail};
pub use port::Ports;
pub use process::{Exit, Process, Stopped};
pub use record::{Record, Records, write_atomically};
pub use words::last_words;

#[cfg(test)]
mod tests;
