//! The gateway as a supervisor's child: boot message and listening sockets come over standard input.

use std::net::TcpListener;
use std::os::fd::OwnedFd;

use seaworthy_contract::process::{GatewayBoot, Ready};
use seaworthy_process::handover::{self, FromParent};

use crate::{DRAIN, GatewayError, GatewayOptions, RunningGateway, start};

/// Runs a gateway that a supervisor has started, until it is told to stop.
///
/// # Errors
/// When it was not started by a supervisor, or cannot start.
pub fn run_as_child() -> Result<(), GatewayError> {
    let FromParent { boot, fds, parent } = handover::from_parent::<GatewayBoot>().map_err(GatewayError::Boot)?;
    let copies = fds.iter().map(OwnedFd::try_clone).collect::<Result<Vec<_>, _>>().map_err(GatewayError::Boot)?;
    handover::serve(&boot.handover, &boot, copies).map_err(GatewayError::Boot)?;
    let mut listeners = fds.into_iter().map(TcpListener::from);
    let missing = |which| move || GatewayError::Listener { which, source: std::io::ErrorKind::NotFound.into() };
    let options = GatewayOptions {
        name: boot.name,
        server: boot.server,
        token: boot.token.expose().to_owned(),
        data_dir: boot.data,
        inbound: listeners.next().ok_or_else(missing("inbound"))?,
        outbound: listeners.next().ok_or_else(missing("outbound"))?,
        control_socket: boot.control,
        workers: None,
        drain: DRAIN,
    };
    let running: RunningGateway = start(options)?;
    parent.ready(&Ready::default());
    running.until_told()
}
