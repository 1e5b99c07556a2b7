//! A user's connection, read along: what its bytes reveal about framing, and whether they move at all.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};

use seaworthy_traffic::framing::{Reader, Refusal};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What is known about a connection from its bytes. Atomic only because an upgraded stream must be able to move to
/// another thread; here it never does.
#[derive(Debug)]
pub(crate) struct Wire {
    /// The first request that is refused, from 1.
    refused_from: AtomicU64,
    refusal: AtomicU8,
    is_inside_head: AtomicBool,
    is_stopped: AtomicBool,
    is_stuck: AtomicBool,
    moved: AtomicU64,
}

impl Wire {
    /// Why the request of this number, from 1, is refused.
    pub(crate) fn refused(&self, number: u64) -> Option<Refusal> {
        (number >= self.refused_from.load(Relaxed)).then(|| Refusal::from_number(self.refusal.load(Relaxed))).flatten()
    }

    /// What follows is not HTTP.
    pub(crate) fn stop_reading(&self) {
        self.is_stopped.store(true, Relaxed);
    }

    pub(crate) fn is_inside_head(&self) -> bool {
        self.is_inside_head.load(Relaxed)
    }

    /// Whether the user does not take what is sent.
    pub(crate) fn is_stuck(&self) -> bool {
        self.is_stuck.load(Relaxed)
    }

    /// Grows while bytes move, in either direction.
    pub(crate) fn moved(&self) -> u64 {
        self.moved.load(Relaxed)
    }

    fn add_moved(&self, bytes: usize) {
        self.moved.store(self.moved.load(Relaxed).wrapping_add(bytes as u64), Relaxed);
    }
}

pub(crate) struct Watched {
    stream: TcpStream,
    reader: Reader,
    wire: Arc<Wire>,
}

impl Watched {
    pub(crate) fn new(stream: TcpStream) -> (Self, Arc<Wire>) {
        let wire = Arc::new(Wire {
            refused_from: AtomicU64::new(u64::MAX),
            refusal: AtomicU8::new(0),
            is_inside_head: AtomicBool::new(false),
            is_stopped: AtomicBool::new(false),
            is_stuck: AtomicBool::new(false),
            moved: AtomicU64::new(0),
        });
        (Self { stream, reader: Reader::default(), wire: wire.clone() }, wire)
    }

    fn on_read(&mut self, bytes: &[u8]) {
        self.wire.add_moved(bytes.len());
        if self.wire.is_stopped.load(Relaxed) {
            return;
        }
        self.reader.read(bytes);
        self.wire.is_inside_head.store(self.reader.is_inside_head(), Relaxed);
        if let Some((number, why)) = self.reader.refused() {
            self.wire.refusal.store(why as u8, Relaxed);
            self.wire.refused_from.store(number, Relaxed);
        }
    }

    fn on_write(&self, written: &Poll<io::Result<usize>>) {
        self.wire.is_stuck.store(written.is_pending(), Relaxed);
        if let Poll::Ready(Ok(bytes)) = written {
            self.wire.add_moved(*bytes);
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let polled = Pin::new(&mut this.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            this.on_read(&buf.filled()[before..]);
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.on_write(&written);
        written
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, pieces);
        this.on_write(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
