//! One line on stderr that says how far a scan is, once somebody has waited for a second.

use std::time::{Duration, Instant};

use seaworthy_credential_files::Progress;

/// Nobody needs a line for less than this.
const PATIENCE: Duration = Duration::from_secs(1);
/// The line is written at most this often.
const PERIOD: Duration = Duration::from_millis(100);

/// The line.
pub(super) struct Line {
    is_terminal: bool,
    started: Instant,
    written: Option<Instant>,
}

impl Line {
    /// Starts with nothing shown; never shows anything where stderr is no terminal.
    pub(super) fn new(is_terminal: bool) -> Self {
        Self { is_terminal, started: Instant::now(), written: None }
    }

    /// Says how far it is.
    pub(super) fn show(&mut self, at: Progress) {
        let now = Instant::now();
        let too_soon = self.written.is_some_and(|written| now - written < PERIOD);
        if self.is_terminal && now - self.started >= PATIENCE && !too_soon {
            self.written = Some(now);
            eprint!("\r\x1b[K{} of {} files read ...", at.read, at.of);
        }
    }

    /// Takes the line away.
    pub(super) fn clear(&self) {
        if self.written.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}
