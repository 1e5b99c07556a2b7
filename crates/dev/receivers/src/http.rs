//! As much of HTTP/1.1 as a receiver of small messages needs.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::{Answer, Request};

/// Longest silence of a sender that keeps its connection.
const IDLE: Duration = Duration::from_secs(30);

/// Largest body that is read: above every limit of every contract, so that reaching one is seen.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Answers what comes over a connection, until it ends.
pub(crate) fn serve(stream: TcpStream, mut answer: impl FnMut(Request) -> Answer) -> io::Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    while let Some(request) = read(&mut reader)? {
        let answer = answer(request);
        let more: String = answer.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let Answer { status, body, .. } = answer;
        write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: {}\r\n{more}\r\n{body}", body.len())?;
        stream.flush()?;
    }
    Ok(())
}

/// Reads a request; none where the connection ended before it.
fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut words = first.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
            None => break,
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let length: usize = length.unwrap_or(0);
    if length > BODY_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Request { method, path, headers, body }))
}
