//! Where pages arrive: a webhook that notes when the first page about each service came.

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::Value;

use super::origin::read_head;
use crate::shell::Outcome;

/// The webhook of one person.
#[derive(Clone)]
pub(super) struct Hook {
    pub(super) address: SocketAddr,
    came: Arc<Mutex<BTreeMap<String, Instant>>>,
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

    /// When the first page about a service came.
    pub(super) fn came(&self, service: &str) -> Option<Instant> {
        self.came.lock().unwrap_or_else(PoisonError::into_inner).get(service).copied()
    }

    fn take(&self, stream: &TcpStream) -> std::io::Result<()> {
        let (mut reader, mut writer) = (BufReader::new(stream), stream);
        while let Some(length) = read_head(&mut reader)? {
            let now = Instant::now();
            let mut body = vec![0; length];
            reader.read_exact(&mut body)?;
            let page: Value = serde_json::from_slice(&body).unwrap_or_default();
            if let Some(service) = page["service"].as_str() {
                let mut came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
                came.entry(service.to_owned()).or_insert(now);
            }
            write!(writer, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
        }
        Ok(())
    }
}
