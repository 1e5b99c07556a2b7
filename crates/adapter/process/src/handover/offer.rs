//! The socket on which a running process offers its sockets and boot message to the next supervisor.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::net::sockopt::socket_peercred;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{receive_fds, send_fds};

/// Longest wait for an answer: the other side does nothing but send.
const TAKE_WAIT: Duration = Duration::from_secs(2);

/// Stack of the offering thread: it holds one message at a time.
const STACK_BYTES: usize = 128 * 1024;

/// What a running process handed over. It keeps its own copies and goes on.
#[derive(Debug)]
pub struct Taken<T> {
    /// Its boot message.
    pub boot: T,
    /// Its sockets.
    pub fds: Vec<OwnedFd>,
    /// Its process id, as the kernel knows it (`SO_PEERCRED`).
    pub pid: u32,
}

/// Offers sockets and boot message at a path, for as long as this process lives. Whoever may open the path gets them:
/// its directory must be private.
///
/// # Errors
/// When the socket cannot be made at the path.
pub fn serve<T: Serialize>(path: &Path, boot: &T, fds: Vec<OwnedFd>) -> io::Result<()> {
    let boot = serde_json::to_value(boot)?;
    let listener = listen(path)?;
    let offer = move || {
        for stream in listener.incoming() {
            let borrowed: Vec<_> = fds.iter().map(AsFd::as_fd).collect();
            // A taker that went away meanwhile comes again; there is nobody else to tell.
            drop(stream.and_then(|stream| send_fds(&stream, &boot, &borrowed)));
        }
    };
    thread::Builder::new().name("handover".to_owned()).stack_size(STACK_BYTES).spawn(offer).map(drop)
}

/// Takes sockets and boot message from the process that offers them at a path; `None` when nobody does.
///
/// # Errors
/// When somebody is there but does not answer, or says something else.
pub fn take<T: DeserializeOwned>(path: &Path) -> io::Result<Option<Taken<T>>> {
    let connected = directory(path).and_then(|(directory, name)| UnixStream::connect(through(&directory, &name)));
    let stream = match connected {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    stream.set_read_timeout(Some(TAKE_WAIT))?;
    let pid = socket_peercred(&stream)?.pid.as_raw_nonzero().get().unsigned_abs();
    let (boot, fds) = receive_fds(&stream)?;
    Ok(Some(Taken { boot, fds, pid }))
}

fn listen(path: &Path) -> io::Result<UnixListener> {
    let (directory, name) = directory(path)?;
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(through(&directory, &name))?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

fn directory(path: &Path) -> io::Result<(File, PathBuf)> {
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((File::open(parent)?, name.into()))
}

/// A short name for the path: an address of a unix socket has room for 107 bytes, a data directory may be deeper.
fn through(directory: &File, name: &Path) -> PathBuf {
    Path::new(&format!("/proc/self/fd/{}", directory.as_raw_fd())).join(name)
}
