//! The listening sockets: those of running processes where there are any, new ones otherwise.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::path::Path;

use jiff::Timestamp;
use seaworthy_contract::process::{GatewayBoot, Secret, ServerBoot};
use seaworthy_process::{Identity, Process, handover};
use serde::de::DeserializeOwned;

use crate::layout::Layout;
use crate::{DEFAULT_OUTBOUND, ProcessName, UpError, UpOptions, token};

/// The name of the one gateway and the one supervisor on a machine.
pub(crate) const LOCAL: &str = "local";

/// What a role is started with, and the process that runs it already.
#[derive(Debug)]
pub(crate) struct Prepared<T> {
    pub(crate) boot: T,
    pub(crate) fds: Vec<OwnedFd>,
    pub(crate) running: Option<Process>,
}

/// Both roles.
#[derive(Debug)]
pub(crate) struct Both {
    pub(crate) server: Prepared<ServerBoot>,
    pub(crate) gateway: Prepared<GatewayBoot>,
}

/// Takes over what runs and binds what does not.
pub(crate) fn prepare(options: &UpOptions, layout: &Layout) -> Result<Both, UpError> {
    let server = adopt::<ServerBoot>(layout, ProcessName::Server, 1)?;
    let gateway = adopt::<GatewayBoot>(layout, ProcessName::Gateway, 2)?;
    if let Some(server) = &server {
        same(ProcessName::Server, server, "--portal", options.portal, server.boot.portal)?;
    }
    if let Some(gateway) = &gateway {
        same(ProcessName::Gateway, gateway, "--gateway", options.gateway, gateway.boot.inbound)?;
    }
    let server = match server {
        Some(server) => server,
        None => new_server(options, layout, gateway.as_ref())?,
    };
    let gateway = match gateway {
        Some(gateway) => gateway,
        None => new_gateway(options, layout, &server.boot)?,
    };
    Ok(Both { server, gateway })
}

/// Returns an address that this machine can call: one that means "every interface" becomes loopback.
pub(crate) fn callable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Returns the base address behind a socket.
pub(crate) fn url(address: SocketAddr) -> String {
    format!("http://{}", callable(address))
}

fn new_server(
    options: &UpOptions,
    layout: &Layout,
    gateway: Option<&Prepared<GatewayBoot>>,
) -> Result<Prepared<ServerBoot>, UpError> {
    // A gateway that runs looks for the server where it last was.
    let known = gateway.and_then(|gateway| gateway.boot.server.strip_prefix("http://")?.parse::<SocketAddr>().ok());
    let wanted = known.filter(|_| options.portal.port() == 0).unwrap_or(options.portal);
    let (fd, portal) = bind("--portal", wanted)?;
    if let (Some(gateway), Some(known)) = (gateway, known) {
        same(ProcessName::Gateway, gateway, "--portal", callable(portal), known)?;
    }
    let gateway_token = gateway.map_or_else(make_token, |gateway| Ok(gateway.boot.token.clone()))?;
    let boot = ServerBoot {
        data: layout.data().to_owned(),
        portal,
        handover: layout.handover(ProcessName::Server),
        gateway: LOCAL.parse().expect("a constant name"),
        gateway_token,
        supervisor_token: make_token()?,
        bootstrap_admin: true,
    };
    Ok(Prepared { boot, fds: vec![fd], running: None })
}

fn new_gateway(options: &UpOptions, layout: &Layout, server: &ServerBoot) -> Result<Prepared<GatewayBoot>, UpError> {
    let (inbound_fd, inbound) = bind("--gateway", options.gateway)?;
    let (outbound_fd, outbound) = bind_outbound(options.outbound, layout.outbound())?;
    layout.keep_outbound(outbound).map_err(|error| UpError::Data { path: layout.data().to_owned(), error })?;
    let boot = GatewayBoot {
        name: LOCAL.parse().expect("a constant name"),
        server: url(server.portal),
        token: server.gateway_token.clone(),
        data: layout.gateway_data(),
        control: layout.gateway_control(),
        handover: layout.handover(ProcessName::Gateway),
        inbound,
        outbound,
    };
    Ok(Prepared { boot, fds: vec![inbound_fd, outbound_fd], running: None })
}

/// Nobody types the outbound address, so any port will do where nobody chose one; the last one is best.
fn bind_outbound(chosen: Option<SocketAddr>, last: Option<SocketAddr>) -> Result<(OwnedFd, SocketAddr), UpError> {
    if let Some(chosen) = chosen {
        return bind("--outbound", chosen);
    }
    let liked = [last, Some(DEFAULT_OUTBOUND)].into_iter().flatten();
    match liked.filter_map(|address| bind("--outbound", address).ok()).next() {
        Some(bound) => Ok(bound),
        None => bind("--outbound", SocketAddr::new(DEFAULT_OUTBOUND.ip(), 0)),
    }
}

fn bind(option: &'static str, address: SocketAddr) -> Result<(OwnedFd, SocketAddr), UpError> {
    let bound = seaworthy_process::bind(address).map_err(|error| UpError::Bind { option, error })?;
    Ok((bound.0.into(), bound.1))
}

fn adopt<T: DeserializeOwned>(
    layout: &Layout,
    name: ProcessName,
    sockets: usize,
) -> Result<Option<Prepared<T>>, UpError> {
    let path = layout.handover(name);
    let taken = handover::take::<T>(&path).map_err(|error| cannot(name, &path, error.to_string()))?;
    let Some(taken) = taken else { return Ok(None) };
    if taken.fds.len() != sockets {
        return Err(cannot(name, &path, format!("it handed over {} sockets in place of {sockets}", taken.fds.len())));
    }
    // One that ended in this moment is not adopted; its sockets are as good as before.
    let running = Identity::of(taken.pid).and_then(Process::adopt);
    Ok(Some(Prepared { boot: taken.boot, fds: taken.fds, running }))
}

fn cannot(name: ProcessName, path: &Path, why: String) -> UpError {
    let hint = format!("find the process that holds \"{}\" and end it; versions of services go on", path.display());
    UpError::Adopt { name, why, hint }
}

/// A process that runs cannot be moved to another address.
fn same<T>(
    name: ProcessName,
    running: &Prepared<T>,
    option: &str,
    wanted: SocketAddr,
    known: SocketAddr,
) -> Result<(), UpError> {
    if wanted.port() == 0 || wanted == known {
        return Ok(());
    }
    let why = format!("it works with {known}, not {wanted}");
    let pid = running.running.as_ref().map_or(String::new(), |process| format!(" {}", process.identity().pid));
    let hint = format!("give `{option} {known}`, or end it first with `kill{pid}`");
    Err(UpError::Adopt { name, why, hint })
}

fn make_token() -> Result<Secret, UpError> {
    token::generate(Timestamp::now()).map_err(|error| UpError::System { attempted: "make a credential", error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interface_is_called_by_loopback() {
        for (address, want) in [
            ("0.0.0.0:7070", "http://127.0.0.1:7070"),
            ("[::]:7070", "http://[::1]:7070"),
            ("10.0.0.7:80", "http://10.0.0.7:80"),
        ] {
            assert_eq!(url(address.parse().expect("an address")), want);
        }
    }

    #[test]
    fn the_outbound_address_is_the_last_one_or_any_but_never_another_than_chosen() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let (fd, taken) = bind("--outbound", any).expect("some port is free");
        let (_other, elsewhere) = bind_outbound(None, Some(taken)).expect("any will do");
        assert_ne!(elsewhere, taken);
        assert!(matches!(bind_outbound(Some(taken), None), Err(UpError::Bind { option: "--outbound", .. })));
        drop(fd);
        assert_eq!(bind_outbound(None, Some(taken)).expect("free again").1, taken);
    }
}
