//! A long-lived answer, read line by line.

use std::fmt;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};

use crate::connection::Connection;
use crate::{Error, Kind, LINE_MAX};

/// Lines as they come. Dropping it closes the connection.
pub struct Lines {
    attempted: String,
    body: Incoming,
    buffer: BytesMut,
    /// Bytes of the buffer that hold no line end.
    scanned: usize,
    silence: Duration,
    /// When the silence becomes too long; outlives a dropped `next`, so a caller that selects cannot extend it.
    deadline: Instant,
    state: State,
    /// Kept so that the connection stays open for reading.
    _connection: Connection,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Open,
    Over,
}

impl Lines {
    pub(crate) fn new(attempted: &str, connection: Connection, body: Incoming, silence: Duration) -> Self {
        Self {
            attempted: attempted.to_owned(),
            body,
            buffer: BytesMut::new(),
            scanned: 0,
            silence,
            deadline: Instant::now() + silence,
            state: State::Open,
            _connection: connection,
        }
    }

    /// Waits for the next line, without its end; `None` after the last one or after an error. Dropping the future
    /// loses nothing.
    ///
    /// # Errors
    /// When the connection breaks, is silent for too long, ends inside a line, or a line is longer than [`LINE_MAX`].
    pub async fn next(&mut self) -> Option<Result<String, Error>> {
        loop {
            if self.state == State::Over {
                return None;
            }
            if let Some(line) = self.take_line() {
                return Some(line);
            }
            if self.buffer.len() > LINE_MAX {
                return Some(self.fail(Kind::TooLarge(LINE_MAX)));
            }
            match timeout_at(self.deadline, self.body.frame()).await {
                Err(_) => return Some(self.fail(Kind::Timeout(self.silence))),
                Ok(Some(Err(error))) => return Some(self.fail(Kind::Broken(error))),
                Ok(Some(Ok(frame))) => self.keep(frame.into_data().unwrap_or_default()),
                Ok(None) if self.buffer.is_empty() => self.state = State::Over,
                Ok(None) => return Some(self.fail(Kind::Cut)),
            }
        }
    }

    fn keep(&mut self, data: bytes::Bytes) {
        self.buffer.extend_from_slice(&data);
        self.deadline = Instant::now() + self.silence;
    }

    fn take_line(&mut self) -> Option<Result<String, Error>> {
        let Some(end) = self.buffer[self.scanned..].iter().position(|byte| *byte == b'\n') else {
            self.scanned = self.buffer.len();
            return None;
        };
        let line = self.buffer.split_to(self.scanned + end);
        self.buffer.advance(1);
        self.scanned = 0;
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        Some(Ok(String::from_utf8_lossy(line).into_owned()))
    }

    fn fail(&mut self, kind: Kind) -> Result<String, Error> {
        self.state = State::Over;
        Err(Error::new(&self.attempted, kind))
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").field("attempted", &self.attempted).field("state", &self.state).finish_non_exhaustive()
    }
}
