//! One exchange over HTTP/1.0: no chunks, no connection that stays, so that a few lines are enough.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::shell::Outcome;

/// Longest wait for a byte of an answer.
const SILENCE_MAX: Duration = Duration::from_secs(10);

/// How often something that will come is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Asks `http://HOST:PORT`, with a bearer token where one is given; returns the body of a success.
///
/// # Errors
/// When there is no answer, or it is no success.
pub(crate) fn ask(method: &str, base: &str, path: &str, token: &str, body: Option<&Value>) -> Outcome<String> {
    let host = base.trim_start_matches("http://");
    let exchange = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(SILENCE_MAX))?;
        let body = body.map(Value::to_string).unwrap_or_default();
        write!(stream, "{method} {path} HTTP/1.0\r\nhost: {host}\r\ncontent-type: application/json\r\n")?;
        if !token.is_empty() {
            write!(stream, "authorization: Bearer {token}\r\n")?;
        }
        write!(stream, "content-length: {}\r\n\r\n{body}", body.len())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    let answer = exchange().map_err(|error| format!("could not ask {base}{path}: {error}"))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    match head.split(' ').nth(1) {
        Some(status) if status.starts_with('2') => Ok(body.to_owned()),
        _ => Err(format!("{base}{path} answered {}: {}", head.lines().next().unwrap_or_default(), body.trim())),
    }
}

/// Gets JSON.
///
/// # Errors
/// As [`ask`], and when the answer is no JSON.
pub(crate) fn get(base: &str, path: &str, token: &str) -> Outcome<Value> {
    let body = ask("GET", base, path, token, None)?;
    serde_json::from_str(&body).map_err(|error| format!("{base}{path} answered no JSON: {error}"))
}

/// Waits until `found` finds something and returns it, and how long that took.
///
/// # Errors
/// When it does not in this time; what was found last is in the text.
pub(crate) fn wait<T>(
    what: &str,
    limit: Duration,
    mut found: impl FnMut() -> Outcome<Option<T>>,
) -> Outcome<(T, Duration)> {
    let start = Instant::now();
    loop {
        let last = match found() {
            Ok(Some(found)) => return Ok((found, start.elapsed())),
            Ok(None) => String::new(),
            Err(error) => format!("; {error}"),
        };
        if start.elapsed() > limit {
            return Err(format!("{what}: not within {limit:?}{last}"));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}
