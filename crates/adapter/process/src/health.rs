//! Whether a process can serve: its port is open, and its health path answers 2xx. And whether it does anything at all.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longest time of one check: a process that takes longer to say that it is well is not.
pub const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// How much of an answer is read: the status line is in it.
const LOOK: usize = 512;

/// What a check saw that is not health, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unwell {
    /// Nothing came back in time: a process that does nothing looks like this, and only that one.
    Silent(String),
    /// Something else than health came back: a refusal, a broken connection.
    Bad(String),
}

impl Unwell {
    /// Returns what was seen.
    pub fn into_reason(self) -> String {
        match self {
            Self::Silent(reason) | Self::Bad(reason) => reason,
        }
    }
}

/// Checks once.
///
/// # Errors
/// With what was seen when it is not healthy.
pub async fn check(address: &str, path: Option<&str>) -> Result<(), Unwell> {
    match timeout(CHECK_TIMEOUT, ask(address, path)).await {
        Ok(answer) => answer.map_err(Unwell::Bad),
        Err(_) => Err(Unwell::Silent(format!("no answer from {address} within {CHECK_TIMEOUT:?}"))),
    }
}

/// Tells whether anything came back within the limit, be it a refusal or a broken connection: only a process that does
/// nothing is silent. One that is stopped, or stuck, still has its connections opened by the kernel.
pub async fn answers(address: &str, path: &str, limit: Duration) -> bool {
    timeout(limit, ask(address, Some(path))).await.is_ok()
}

async fn ask(address: &str, path: Option<&str>) -> Result<(), String> {
    let connect = TcpStream::connect(address).await;
    let mut stream = connect.map_err(|error| format!("no connection to {address}: {error}"))?;
    let Some(path) = path else { return Ok(()) };
    let broken = |error| format!("{path} of {address} broke off: {error}");
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nuser-agent: seaworthy\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(broken)?;
    let mut seen = Vec::with_capacity(LOOK);
    while !seen.contains(&b'\n') && seen.len() < LOOK {
        if stream.read_buf(&mut seen).await.map_err(broken)? == 0 {
            break;
        }
    }
    match status(&seen) {
        Some(200..=299) => Ok(()),
        Some(status) => Err(format!("{path} of {address} answered {status}")),
        None => Err(format!("{path} of {address} did not answer in HTTP/1")),
    }
}

/// Reads the status of `HTTP/1.1 200 OK` (RFC 9112 §4).
fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|byte| *byte == b'\n').next()?;
    let line = str::from_utf8(line).ok()?;
    let code = line.strip_prefix("HTTP/1.")?.get(2..5)?;
    code.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines() {
        for (answer, want) in [
            (&b"HTTP/1.1 200 OK\r\nserver: x"[..], Some(200)),
            (b"HTTP/1.0 204 \r\n", Some(204)),
            (b"HTTP/1.1 503\r\n", Some(503)),
            (b"HTTP/2 200\r\n", None),
            (b"HTTP/1.1", None),
            (b"", None),
            (b"\xff\n", None),
        ] {
            assert_eq!(status(answer), want, "{answer:?}");
        }
    }
}
