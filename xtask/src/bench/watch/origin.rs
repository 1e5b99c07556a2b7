//! A service that answers at once until it is told to fail, and somebody who asks it a hundred times a second.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::shell::Outcome;

/// Time between two requests.
const REQUEST_EVERY: Duration = Duration::from_millis(10);

/// Longest wait for an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// A service of one process: this one.
#[derive(Clone)]
pub(super) struct Origin {
    pub(super) address: SocketAddr,
    fails: Arc<AtomicBool>,
    first_bad: Arc<OnceLock<Instant>>,
}

impl Origin {
    /// Starts it on a port of its own.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn start() -> Outcome<Self> {
        let failed = |error| format!("could not start a service: {error}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let origin = Self { address, fails: Arc::default(), first_bad: Arc::default() };
        let answers = origin.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let origin = answers.clone();
                // Whoever closes the connection opens another.
                std::thread::spawn(move || drop(origin.serve(&stream)));
            }
        });
        Ok(origin)
    }

    /// Makes every answer from now on a failure.
    pub(super) fn fail(&self) {
        self.fails.store(true, Ordering::Relaxed);
    }

    /// When the first failure was answered.
    pub(super) fn first_bad(&self) -> Option<Instant> {
        self.first_bad.get().copied()
    }

    fn serve(&self, stream: &TcpStream) -> std::io::Result<()> {
        let (mut reader, mut writer) = (BufReader::new(stream), stream);
        stream.set_nodelay(true)?;
        while read_head(&mut reader)?.is_some() {
            let fails = self.fails.load(Ordering::Relaxed);
            if fails {
                self.first_bad.get_or_init(Instant::now);
            }
            let status = if fails { "500 Internal Server Error" } else { "200 OK" };
            write!(writer, "HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\n{}", if fails { "no" } else { "ok" })?;
        }
        Ok(())
    }
}

/// The lines of a head with its content length; none when the other side has closed.
pub(in crate::bench) fn read_head(reader: &mut impl BufRead) -> std::io::Result<Option<usize>> {
    let mut length = 0;
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line.trim_end().is_empty() {
            return Ok(Some(length));
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
}

/// Asks a host through the gateway until told to stop, on one connection, at fixed times: a slow answer delays what comes
/// after it and leaves nothing out.
pub(super) fn keep_asking(gateway: SocketAddr, host: String, stop: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            // A connection that breaks is opened again.
            drop(ask_on_one(gateway, &host, &stop));
            std::thread::sleep(REQUEST_EVERY);
        }
    });
}

fn ask_on_one(gateway: SocketAddr, host: &str, stop: &AtomicBool) -> std::io::Result<()> {
    let stream = TcpStream::connect_timeout(&gateway, ANSWER_WITHIN)?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    stream.set_nodelay(true)?;
    let (mut reader, mut writer) = (BufReader::new(&stream), &stream);
    let request = format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n");
    let mut next = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        writer.write_all(request.as_bytes())?;
        let Some(length) = read_head(&mut reader)? else { return Ok(()) };
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        next += REQUEST_EVERY;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    Ok(())
}

/// True when the gateway answers for a host with a success.
pub(super) fn is_served(gateway: SocketAddr, host: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&gateway, ANSWER_WITHIN)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        write!(stream, "GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")?;
        let mut start = [0; 12];
        stream.read_exact(&mut start)?;
        Ok(&start == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}
