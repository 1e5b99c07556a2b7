//! What `up` is told.

use std::env;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::PathBuf;

use seaworthy_contract::catalogue::Document;

use crate::{Pulse, UpEvent};

/// Where API and portal listen by default. Loopback: nothing is open to the network that nobody opened.
pub const DEFAULT_PORTAL: SocketAddr = loopback(7070);

/// Where users reach services by default.
pub const DEFAULT_GATEWAY: SocketAddr = loopback(8080);

/// Where services reach their dependencies, if it is free.
pub const DEFAULT_OUTBOUND: SocketAddr = loopback(8081);

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))
}

/// Asked every two seconds whether the files changed: `None` while they have not.
pub type Reload = Box<dyn FnMut() -> Option<Result<Document, String>> + Send>;

/// Everything `up` is told. Port 0 means any free one.
pub struct UpOptions {
    /// The directory of files; versions run in it, and so do the commands of people's contacts.
    pub directory: PathBuf,
    /// The directory of everything that must outlive us; made private if it is not there.
    pub data: PathBuf,
    /// Where API and portal listen.
    pub portal: SocketAddr,
    /// Where users reach services.
    pub gateway: SocketAddr,
    /// Where services reach dependencies; where it was last time, or any free port, when nobody says.
    pub outbound: Option<SocketAddr>,
    /// How server and gateway are started.
    pub commands: Commands,
    /// What the files said when they were read.
    pub catalogue: Document,
    /// What they say later. A file that goes bad never takes down what runs.
    pub reload: Reload,
    /// How long server and gateway may be silent.
    pub pulses: Pulses,
    /// What becomes of versions at a clean stop.
    pub at_stop: AtStop,
    /// What the standard input means.
    pub stdin: Stdin,
    /// Is told what happens, in order, from a thread of its own.
    pub on_event: Box<dyn FnMut(UpEvent) + Send>,
}

impl UpOptions {
    /// Returns the directory of files as every process finds it, wherever it runs itself.
    pub(crate) fn directory(&self) -> PathBuf {
        std::path::absolute(&self.directory).unwrap_or_else(|_| self.directory.clone())
    }
}

impl fmt::Debug for UpOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut options = f.debug_struct("UpOptions");
        options.field("directory", &self.directory).field("data", &self.data).field("portal", &self.portal);
        options.field("gateway", &self.gateway).field("outbound", &self.outbound).field("commands", &self.commands);
        options.field("at_stop", &self.at_stop).field("stdin", &self.stdin).finish_non_exhaustive()
    }
}

/// How long server and gateway may be silent before they are taken for hung and started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulses {
    /// The server.
    pub server: Pulse,
    /// The gateway.
    pub gateway: Pulse,
}

impl Default for Pulses {
    fn default() -> Self {
        Self { server: Pulse::SERVER, gateway: Pulse::GATEWAY }
    }
}

/// How server and gateway are started: program and arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commands {
    /// The server.
    pub server: Vec<String>,
    /// The gateway.
    pub gateway: Vec<String>,
}

impl Commands {
    /// Names this very program, with the subcommands `server` and `gateway`.
    ///
    /// # Errors
    /// When the system does not tell where this program is.
    pub fn of_this_program() -> io::Result<Self> {
        let program = env::current_exe()?.display().to_string();
        let command = |role: &str| vec![program.clone(), role.to_owned()];
        Ok(Self { server: command("server"), gateway: command("gateway") })
    }
}

/// What becomes of versions at a clean stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtStop {
    /// They are stopped, after the gateway has drained.
    StopVersions,
    /// They go on, and the next `up` adopts them.
    KeepVersions,
}

/// What the standard input means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stdin {
    /// Nothing.
    Ignored,
    /// Its end is a wish to stop: whoever started us is gone.
    EndStops,
}
