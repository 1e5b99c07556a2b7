//! Between a supervisor and the child it starts: boot message and sockets down, one answer up.

use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{receive_fds, send_fds};

/// Longest wait of a child for its boot message, which is sent right after it was started.
const BOOT_WAIT: Duration = Duration::from_secs(10);

/// The supervisor's end.
#[derive(Debug)]
pub struct Child {
    socket: UnixStream,
}

/// Makes a channel: the supervisor's end, and the child's standard input.
///
/// # Errors
/// When the process has too many open files.
pub fn channel() -> io::Result<(Child, OwnedFd)> {
    let (ours, theirs) = UnixStream::pair()?;
    Ok((Child { socket: ours }, theirs.into()))
}

impl Child {
    /// Sends the boot message and the sockets that belong to it. A child that is not reading yet gets them later.
    ///
    /// # Errors
    /// As [`send_fds`].
    pub fn boot<T: Serialize>(&self, boot: &T, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
        send_fds(&self.socket, boot, fds)
    }

    /// Returns the socket, on which the child's answer comes as one JSON line.
    pub fn into_answer(self) -> UnixStream {
        self.socket
    }
}

/// What a child got.
#[derive(Debug)]
pub struct FromParent<T> {
    /// The boot message.
    pub boot: T,
    /// The sockets, in the order that the message documents.
    pub fds: Vec<OwnedFd>,
    /// For the answer.
    pub parent: Parent,
}

/// The child's end.
#[derive(Debug)]
pub struct Parent {
    socket: UnixStream,
}

/// Takes boot message and sockets from the standard input.
///
/// # Errors
/// When this process was not started by a supervisor, which says so.
pub fn from_parent<T: DeserializeOwned>() -> io::Result<FromParent<T>> {
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    // A terminal or a file is not a socket: it fails here, not after a wait.
    socket.set_read_timeout(Some(BOOT_WAIT)).map_err(|error| {
        io::Error::new(
            error.kind(),
            "standard input is not a supervisor's socket; `seaworthy up DIR` starts this process",
        )
    })?;
    let (boot, fds) = receive_fds(&socket)?;
    Ok(FromParent { boot, fds, parent: Parent { socket } })
}

impl Parent {
    /// Says that this process serves. A supervisor that is gone by now is no reason to stop, so nothing comes back.
    pub fn ready<T: Serialize>(&self, answer: &T) {
        let mut line = serde_json::to_vec(answer).unwrap_or_else(|_| b"{}".to_vec());
        line.push(b'\n');
        let mut socket = &self.socket;
        // Dropped on purpose: see above.
        drop(socket.write_all(&line));
    }
}
