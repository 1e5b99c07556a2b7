//! A secure stream.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::Validity;

/// A secure stream: what is written is private, what is read is from whom the certificate names.
#[derive(Debug)]
pub struct TlsStream(Box<tokio_rustls::client::TlsStream<TcpStream>>);

impl TlsStream {
    pub(crate) fn new(stream: tokio_rustls::client::TlsStream<TcpStream>) -> Self {
        Self(Box::new(stream))
    }

    /// Returns from when to when the other side's certificate is valid; none where that cannot be read.
    pub fn validity(&self) -> Option<Validity> {
        let (_, session) = self.0.get_ref();
        Validity::of(session.peer_certificates()?.first()?)
    }
}

impl AsyncRead for TlsStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for TlsStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
