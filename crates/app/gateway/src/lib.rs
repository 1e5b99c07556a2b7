//! The data plane: carries requests to versions of services.
//!
//! Its own process. Workers, one a core, carry requests and decide with what they have in memory; one thread beside
//! them talks to the control plane, to the disk and to whoever opens the gateway's own socket. No request ever waits
//! for that thread, so a dead control plane, a full disk or a slow reader costs no user anything.
//!
//! [`run`] carries until it is told to stop; [`run_as_child`] does so for a supervisor that hands its sockets over.

mod child;
mod compiled;
mod control;
mod held;
mod options;
mod row;
mod running;
mod shared;
mod telemetry;
mod trial;
mod worker;

use std::io;
use std::path::PathBuf;

pub use child::run_as_child;
pub use options::{DRAIN, GatewayOptions};
pub use running::{RunningGateway, run, start};

/// Why a gateway cannot start, or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The address of the control plane, or the token, cannot be used.
    #[error("could not use the control plane's address \"{address}\"")]
    Server {
        /// The address.
        address: String,
        /// What is wrong with it.
        #[source]
        source: Box<seaworthy_client::Error>,
    },
    /// A listening socket cannot be used.
    #[error("could not use the {which} listening socket")]
    Listener {
        /// `inbound` or `outbound`.
        which: &'static str,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The data directory cannot be used.
    #[error("could not open the break-glass journal in \"{}\"", .dir.display())]
    Journal {
        /// The directory.
        dir: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The control socket cannot be made.
    #[error("could not open the control socket \"{}\"", .path.display())]
    Socket {
        /// The path.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A thread or its runtime cannot be made.
    #[error("could not start a thread")]
    Thread(#[source] io::Error),
    /// A worker ended although nobody asked it to.
    #[error("a worker ended by itself")]
    Worker,
    /// The process was not started as a child of a supervisor.
    #[error("could not take the boot message from the supervisor")]
    Boot(#[source] io::Error),
}
