//! One line on stderr that says what is being done, once somebody has waited for a second.

use std::time::{Duration, Instant};

use seaworthy_git::Progress;

/// Nobody needs a line for less than this.
const PATIENCE: Duration = Duration::from_secs(1);
/// The line is written at most this often.
const PERIOD: Duration = Duration::from_millis(100);

/// The line.
#[derive(Debug)]
pub(super) struct Line {
    terminal: bool,
    started: Instant,
    written: Option<Instant>,
}

impl Line {
    /// Starts with nothing shown; never shows anything where stderr is no terminal.
    pub(super) fn new(terminal: bool) -> Self {
        Self { terminal, started: Instant::now(), written: None }
    }

    /// Says what is being done.
    pub(super) fn show(&mut self, step: Progress) {
        let now = Instant::now();
        let too_soon = self.written.is_some_and(|at| now - at < PERIOD);
        if !self.terminal || now - self.started < PATIENCE || too_soon {
            return;
        }
        self.written = Some(now);
        eprint!("\r\x1b[K{}", words(step));
    }

    /// Takes the line away.
    pub(super) fn clear(&self) {
        if self.written.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}

fn words(step: Progress) -> String {
    match step {
        Progress::Files => "listing files ...".into(),
        Progress::History(commits) => format!("reading history: {commits} commits ..."),
        Progress::Releases => "counting what waits for a release ...".into(),
        Progress::Judging => "putting it together ...".into(),
    }
}
