//! Where pages arrive: a webhook that notes each page and when it came.

use std::io::{BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::Value;

use super::watch::origin::read_head;
use crate::shell::Outcome;

/// The webhook of one person.
#[derive(Clone)]
pub(super) struct Hook {
    pub(super) address: SocketAddr,
    came: Arc<Mutex<Vec<(Value, Instant)>>>,
}

impl Hook {
    /// Starts it on a port of its own.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn start() -> Outcome<Self> {
        let failed = |error| format!("could not start a webhook: {error}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let hook = Self { address: listener.local_addr().map_err(failed)?, came: Arc::default() };
        let takes = hook.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let hook = takes.clone();
                // Whoever did not get an answer sends the page again; the first one counts.
                std::thread::spawn(move || drop(hook.take(&stream)));
            }
        });
        Ok(hook)
    }

    /// When the first page of which this holds came.
    pub(super) fn came(&self, is_it: impl Fn(&Value) -> bool) -> Option<Instant> {
        let came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        came.iter().find(|(page, _)| is_it(page)).map(|(_, at)| *at)
    }

    fn take(&self, stream: &TcpStream) -> std::io::Result<()> {
        let (mut reader, mut writer) = (BufReader::new(stream), stream);
        while let Some(length) = read_head(&mut reader)? {
            let now = Instant::now();
            let mut body = vec![0; length];
            reader.read_exact(&mut body)?;
            let page: Value = serde_json::from_slice(&body).unwrap_or_default();
            self.came.lock().unwrap_or_else(PoisonError::into_inner).push((page, now));
            write!(writer, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
        }
        Ok(())
    }
}
