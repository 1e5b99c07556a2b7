//! Listening sockets that outlive the process which answers on them.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};

use rustix::net::listen;

/// Connections that wait while nobody accepts: at 1,000 a second, four seconds of a restart. The kernel caps it at
/// `net.core.somaxconn`, 4096 by default.
const BACKLOG: i32 = 4096;

/// The state `LISTEN` in `/proc/net/tcp`.
const LISTEN: &str = "0A";

/// Why a socket could not be bound. `Display` says all of it.
#[derive(Debug, thiserror::Error)]
#[error("could not listen on \"{address}\": {}", reason(.error, .holder.as_deref()))]
pub struct BindError {
    /// The address.
    pub address: SocketAddr,
    /// Who listens there, if it is taken and the system tells.
    pub holder: Option<String>,
    /// Why.
    pub error: io::Error,
}

fn reason(error: &io::Error, holder: Option<&str>) -> String {
    match holder {
        Some(holder) => format!("{holder} listens there"),
        None if error.kind() == io::ErrorKind::AddrInUse => "another process listens there".to_owned(),
        None => error.to_string(),
    }
}

/// Binds a socket and lets it listen; nothing is accepted. Port 0 takes any free one.
///
/// # Errors
/// When the address is taken, not ours, or may not be used.
pub fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), BindError> {
    let open = || -> io::Result<_> {
        let listener = TcpListener::bind(address)?;
        listen(&listener, BACKLOG)?;
        listener.set_nonblocking(true)?;
        let bound = listener.local_addr()?;
        Ok((listener, bound))
    };
    open().map_err(|error| {
        let holder = (error.kind() == io::ErrorKind::AddrInUse).then(|| holder_of(address.port())).flatten();
        BindError { address, holder, error }
    })
}

/// Names the process that listens on a port, `nginx (process 812)`; `None` when it is not ours to see.
pub fn holder_of(port: u16) -> Option<String> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].iter().filter_map(|path| fs::read_to_string(path).ok());
    let inode = tables.into_iter().find_map(|table| inode(&table, port).map(str::to_owned))?;
    let socket = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| has_open(*pid, &socket)).map(|pid| format!("\"{}\" (process {pid})", name(pid))).next()
}

/// Finds the inode of the socket that listens on a port (proc(5), `/proc/net/tcp`).
fn inode(table: &str, port: u16) -> Option<&str> {
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<_> = line.split_ascii_whitespace().collect();
        let (_, hex) = fields.get(1)?.rsplit_once(':')?;
        let wanted = *fields.get(3)? == LISTEN && u16::from_str_radix(hex, 16) == Ok(port);
        wanted.then(|| fields.get(9).copied()).flatten()
    })
}

fn has_open(pid: u32, socket: &str) -> bool {
    let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    files.into_iter().any(|file| fs::read_link(file.path()).is_ok_and(|target| target.as_os_str() == socket))
}

fn name(pid: u32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm"))
        .map_or_else(|_| "a process".to_owned(), |name| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_sockets() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            \x20  0: 0100007F:1B9E 0100007F:9999 01 00000000:00000000 00:00000000 00000000  1000        0 11 1\n\
            \x20  1: 0100007F:1B9E 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12 1\n";
        assert_eq!(inode(table, 7070), Some("12"));
        assert_eq!(inode(table, 7071), None);
        assert_eq!(inode("", 7070), None);
    }

    #[test]
    fn a_taken_address_names_who_has_it() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let (_listener, bound) = bind(any).expect("some port is free");
        let error = bind(bound).expect_err("it is taken");
        let text = error.to_string();
        assert!(
            text.contains(&bound.to_string()) && text.contains(&format!("process {}", std::process::id())),
            "{text}"
        );
    }
}
