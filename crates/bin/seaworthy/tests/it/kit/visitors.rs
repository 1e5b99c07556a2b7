//! A few lines of HTTP, and visitors with a cookie: users of a service that nobody here wrote.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::PATIENCE;

/// Visitors at the same time.
const THREADS: u32 = 4;

/// How long each of them thinks between two pages: together about 150 pages a second.
const THINKS: Duration = Duration::from_millis(25);

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In small letters, with their values.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = |line: &'_ str| line.split_once(':').filter(|(key, _)| *key == name).map(|_| ());
        let line = self.head.lines().find(|line| value(line).is_some());
        line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
    }
}

/// Gets a page on a connection of its own. `more` is header lines, each with its end.
pub(crate) fn get(base: &str, path: &str, more: &str) -> io::Result<Answer> {
    let mut stream =
        send(base, &format!("GET {path} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n{more}\r\n"))?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(|| io::Error::other(format!("no answer: {text:?}")))?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| io::Error::other(format!("no status: {head:?}")))?;
    Ok(Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() })
}

/// Opens a connection and sends a request; the answer may take a while.
pub(crate) fn send(base: &str, request: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(base.trim_start_matches("http://"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    Ok(stream)
}

/// What visitors saw.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Pages that came.
    pub(crate) pages: u32,
    /// Pages by the version that the gateway says made them.
    pub(crate) versions: BTreeMap<String, u32>,
    /// What failed, in words.
    pub(crate) failures: Vec<String>,
}

/// Visitors that come until this is dropped.
pub(crate) struct Visitors {
    seen: Arc<Mutex<Seen>>,
    threads: Vec<(Sender<()>, JoinHandle<()>)>,
}

impl Visitors {
    /// Lets them come; each page is another visitor's.
    pub(crate) fn start(base: &str) -> Self {
        let (seen, next) = (Arc::new(Mutex::new(Seen::default())), Arc::new(AtomicU32::new(0)));
        let one = |_| {
            let (stop, stopped) = channel::<()>();
            let (base, seen, next) = (base.to_owned(), seen.clone(), next.clone());
            let visit = move || {
                while stopped.recv_timeout(THINKS) == Err(RecvTimeoutError::Timeout) {
                    let visitor = next.fetch_add(1, Ordering::Relaxed);
                    let answer = get(&base, "/", &format!("cookie: session=visitor-{visitor}\r\n"));
                    seen.lock().unwrap().note(answer);
                }
            };
            (stop, std::thread::spawn(visit))
        };
        Self { seen: seen.clone(), threads: (0..THREADS).map(one).collect() }
    }

    /// What they saw since they were asked last.
    pub(crate) fn seen(&self) -> Seen {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

impl Seen {
    fn note(&mut self, answer: io::Result<Answer>) {
        self.pages += 1;
        match answer {
            Ok(answer) if answer.status < 400 => {
                *self.versions.entry(answer.header("x-seaworthy-version").to_owned()).or_default() += 1;
            }
            Ok(answer) => self.failures.push(answer.head),
            Err(error) => self.failures.push(error.to_string()),
        }
    }
}

impl Drop for Visitors {
    fn drop(&mut self) {
        for (stop, thread) in self.threads.drain(..) {
            drop(stop);
            // A panic there was printed there.
            drop(thread.join());
        }
    }
}
