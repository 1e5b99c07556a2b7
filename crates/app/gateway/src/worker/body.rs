//! Bodies on their way through: never collected (but for a small one that may be sent twice), counted at their end.

use std::cell::Cell;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http::StatusCode;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use seaworthy_traffic::net::Failure;
use tokio::time::{Sleep, sleep_until};

use crate::worker::pool::Lease;
use crate::worker::ticket::{Class, Ticket};

/// Why a body ended early.
#[derive(Debug)]
pub(crate) enum BodyError {
    Broken(hyper::Error),
    TooLate,
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Broken(_) => "the body broke off",
            Self::TooLate => "the body was not complete in time",
        })
    }
}

impl std::error::Error for BodyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Broken(error) => Some(error),
            Self::TooLate => None,
        }
    }
}

/// How far a streamed request body is.
#[derive(Debug, Default)]
pub(crate) struct Upload {
    /// When the last byte was handed on.
    pub(crate) done: Cell<Option<Instant>>,
    /// The next bytes are the user's to send; otherwise the version does not take what there is.
    pub(crate) is_waiting: Cell<bool>,
    /// The user's side broke off: whatever follows is not the version's fault.
    pub(crate) is_broken: Cell<bool>,
}

/// A request body towards a version.
pub(crate) enum Outgoing {
    Empty,
    Whole(Bytes),
    Stream(Incoming, Rc<Upload>),
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.get_mut() {
            Self::Empty => Poll::Ready(None),
            Self::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Self::Stream(body, upload) => {
                let polled = Pin::new(&mut *body).poll_frame(cx);
                upload.is_waiting.set(polled.is_pending());
                match &polled {
                    Poll::Ready(Some(Err(_))) => upload.is_broken.set(true),
                    Poll::Ready(_) if body.is_end_stream() => upload.done.set(Some(Instant::now())),
                    Poll::Ready(None) => upload.done.set(Some(Instant::now())),
                    Poll::Ready(Some(Ok(_))) | Poll::Pending => {}
                }
                polled.map_err(BodyError::Broken)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Stream(body, _) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Stream(body, _) => body.size_hint(),
        }
    }
}

/// A response body towards the user.
pub(crate) enum Answer {
    /// The gateway's own words.
    Own(Bytes),
    /// A version's.
    Stream(Box<Stream>),
}

/// A version's response body with its account, its connection and its deadline.
pub(crate) struct Stream {
    body: Incoming,
    status: StatusCode,
    ticket: Option<Ticket>,
    lease: Option<Lease>,
    deadline: Instant,
    /// Made when the body first has to wait: most never do.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Stream {
    pub(crate) fn new(body: Incoming, status: StatusCode, ticket: Ticket, lease: Lease, deadline: Instant) -> Self {
        let mut stream = Self { body, status, ticket: Some(ticket), lease: Some(lease), deadline, timer: None };
        if stream.body.is_end_stream() {
            stream.complete();
        }
        stream
    }

    fn complete(&mut self) {
        if let Some(mut ticket) = self.ticket.take() {
            ticket.end(Class::Answered(self.status));
        }
        if let Some(lease) = self.lease.take() {
            lease.release();
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.lease = None;
        if let Some(mut ticket) = self.ticket.take() {
            // A failed status was counted and shown already.
            if !self.status.is_server_error() {
                ticket.end(Class::Failed(failure));
                ticket.seen();
            }
        }
    }

    fn is_too_late(&mut self, cx: &mut Context<'_>) -> bool {
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(self.deadline.into())));
        timer.as_mut().poll(cx).is_ready()
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                if self.body.is_end_stream() {
                    self.complete();
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                self.fail(Failure::Reset);
                Poll::Ready(Some(Err(BodyError::Broken(error))))
            }
            Poll::Ready(None) => {
                self.complete();
                Poll::Ready(None)
            }
            Poll::Pending if self.is_too_late(cx) => {
                self.fail(Failure::Timeout);
                Poll::Ready(Some(Err(BodyError::TooLate)))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.get_mut() {
            Self::Own(bytes) => {
                let bytes = std::mem::take(bytes);
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Self::Stream(stream) => stream.poll(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Own(bytes) => bytes.is_empty(),
            Self::Stream(stream) => stream.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Own(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Stream(stream) => stream.body.size_hint(),
        }
    }
}
