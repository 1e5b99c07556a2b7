//! How answers look here: for a person or a program, in how many columns, at what time.

use std::io::IsTerminal;

use jiff::Timestamp;

/// How answers look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    /// For programs.
    pub(crate) json: bool,
    /// Columns of the terminal; none where it is none: lines are as long as they are.
    pub(crate) columns: Option<usize>,
    /// Columns of the terminal that standard error is, for a line that changes.
    pub(crate) progress: Option<usize>,
    /// Whether words may be coloured.
    pub(crate) colour: bool,
    /// The time, for ages.
    pub(crate) now: Timestamp,
}

impl View {
    /// Looks at where the answer goes.
    pub(crate) fn of_this_process(json: bool) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let columns = columns(&std::io::stdout());
        Self {
            json,
            columns,
            progress: columns_of_stderr(),
            colour: columns.is_some() && !plain && !json,
            now: Timestamp::now(),
        }
    }

    /// Returns the width for a table.
    pub(crate) fn width(&self) -> usize {
        self.columns.unwrap_or(usize::MAX)
    }

    /// Returns how long ago a time was, in seconds; never negative.
    pub(crate) fn seconds_since(&self, at: Timestamp) -> f64 {
        self.now.duration_since(at).as_secs_f64().max(0.0)
    }

    /// Makes a word stand out; the word says everything without it.
    pub(crate) fn alarm(&self, text: &str) -> String {
        if self.colour { format!("\x1b[1;31m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn columns_of_stderr() -> Option<usize> {
    columns(&std::io::stderr())
}

fn columns(stream: &(impl IsTerminal + rustix::fd::AsFd)) -> Option<usize> {
    let size = stream.is_terminal().then(|| rustix::termios::tcgetwinsize(stream).ok()).flatten();
    size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0)
}
