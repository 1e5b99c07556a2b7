//! A thing that only somebody else measures: a program that does a hundred jobs a second and, once it is broken, half of
//! them badly. It shows two counters and nothing else.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::shell::Outcome;

/// Jobs a second.
const JOBS: f64 = 100.0;

/// Share of jobs that fail once it is broken.
const BROKEN: f64 = 0.5;

/// The thing; it ends with the program.
pub(super) struct Thing {
    pub(super) address: SocketAddr,
    broken: Arc<OnceLock<Instant>>,
}

impl Thing {
    /// Starts it.
    ///
    /// # Errors
    /// When there is no port for it.
    pub(super) fn start() -> Outcome<Self> {
        let failed = |error| format!("could not start a thing to watch: {error}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let broken = Arc::<OnceLock<Instant>>::default();
        let (began, breaks) = (Instant::now(), broken.clone());
        std::thread::spawn(move || {
            // Who asks and goes away is asked again a second later.
            listener.incoming().flatten().for_each(|stream| drop(answer(stream, began, breaks.get().copied())));
        });
        Ok(Self { address, broken })
    }

    /// Breaks it, for good.
    pub(super) fn break_down(&self) {
        self.broken.get_or_init(Instant::now);
    }
}

fn answer(mut stream: TcpStream, began: Instant, broken: Option<Instant>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut request = Vec::new();
    let mut bytes = [0; 1_024];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut bytes)? {
            0 => break,
            count => request.extend_from_slice(&bytes[..count]),
        }
    }
    let jobs = began.elapsed().as_secs_f64() * JOBS;
    let failed = broken.map_or(0.0, |at| at.elapsed().as_secs_f64() * JOBS * BROKEN);
    let done = jobs - failed;
    let body = format!(
        "# TYPE jobs_total counter\njobs_total{{result=\"ok\"}} {done:.0}\njobs_total{{result=\"failed\"}} {failed:.0}\n"
    );
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\nconnection: close";
    write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}
