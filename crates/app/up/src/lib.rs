//! The supervisor: owns the sockets, runs server, gateway and versions on one machine.
//!
//! It is deliberately thin. It decides nothing about services: it keeps running what the server desires, and it keeps
//! the server and the gateway running. It holds the listening sockets, so that connections wait while either restarts;
//! it can be killed itself, and the next one adopts everything that runs.
//!
//! ```text
//! up ── sockets, boot message ─▶ server          (restarted when it dies or hangs)
//!    ── sockets, boot message ─▶ gateway         (restarted when it dies or hangs)
//!    ◀─ desired versions ── server ◀─ observed ─ up
//!    ── PORT, <DEPENDENCY>_URL ─▶ versions       (own process groups; records in DATA/run/versions)
//! ```

mod agent;
mod backoff;
mod catalogue;
mod error;
mod event;
mod layout;
mod options;
mod printer;
mod pulse;
mod reporter;
mod role;
mod roles;
mod run;
mod sockets;
mod status;
mod stop;
mod token;
mod told;

pub use error::UpError;
pub use event::{ProcessName, UpEvent};
pub use options::{
    AtStop, Commands, DEFAULT_GATEWAY, DEFAULT_OUTBOUND, DEFAULT_PORTAL, Pulses, Reload, Stdin, UpOptions,
};
pub use printer::{Format, printer};
pub use pulse::Pulse;
pub use run::run;
pub use status::{RunningVersion, UpStatus, status};
