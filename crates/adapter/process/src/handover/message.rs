//! One JSON line and the descriptors that go with it.

use std::io::{self, IoSlice, IoSliceMut, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::cmsg_space;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
    recvmsg, sendmsg,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Most descriptors in one message: a gateway has two; the kernel's own limit is 253.
pub const FDS_MAX: usize = 8;

/// Most bytes of one message: a boot message has some hundred.
pub const MESSAGE_MAX: usize = 64 * 1024;

/// Sends a value as one line, and the descriptors with its first bytes.
///
/// # Errors
/// When the other side is gone, or there are more than [`FDS_MAX`] descriptors.
pub fn send_fds<T: Serialize>(socket: &UnixStream, value: &T, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(FDS_MAX))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() && (fds.len() > FDS_MAX || !ancillary.push(SendAncillaryMessage::ScmRights(fds))) {
        return Err(io::Error::other(format!("{} descriptors are more than {FDS_MAX}", fds.len())));
    }
    let sent = sendmsg(socket, &[IoSlice::new(&line)], &mut ancillary, SendFlags::NOSIGNAL)?;
    let mut rest = socket;
    rest.write_all(&line[sent..])
}

/// Receives one line and the descriptors that came with it. They are closed on exec.
///
/// # Errors
/// When the other side is gone, is silent for longer than the socket's read timeout, or says something else.
pub fn receive_fds<T: DeserializeOwned>(socket: impl AsFd) -> io::Result<(T, Vec<OwnedFd>)> {
    let (mut line, mut fds) = (Vec::new(), Vec::new());
    while line.last() != Some(&b'\n') {
        let mut chunk = [0; 4096];
        let received = receive_some(&socket, &mut chunk, &mut fds)?;
        line.extend_from_slice(&chunk[..received]);
        if received == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the other side went away inside a message"));
        }
        if line.len() > MESSAGE_MAX {
            return Err(io::Error::other(format!("the message is longer than {MESSAGE_MAX} bytes")));
        }
    }
    Ok((serde_json::from_slice(&line)?, fds))
}

fn receive_some(socket: &impl AsFd, chunk: &mut [u8], fds: &mut Vec<OwnedFd>) -> io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(FDS_MAX))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        match recvmsg(socket, &mut [IoSliceMut::new(chunk)], &mut ancillary, RecvFlags::CMSG_CLOEXEC) {
            Err(rustix::io::Errno::INTR) => {}
            done => break done?,
        }
    };
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            fds.extend(rights);
        }
    }
    Ok(received.bytes)
}
