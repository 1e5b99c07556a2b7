//! Events on standard output and standard error.

use std::io::{self, Write};

use crate::UpEvent;

/// How events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people: what happens on standard output, complaints on standard error.
    Text,
    /// For programs: one JSON object a line, all on standard output.
    Json,
}

/// Returns something that writes each event as it comes.
pub fn printer(format: Format) -> Box<dyn FnMut(UpEvent) + Send> {
    Box::new(move |event| {
        let written = match format {
            Format::Json => serde_json::to_string(&event).map_err(Into::into).and_then(|line| put(io::stdout(), &line)),
            Format::Text if event.is_complaint() => put(io::stderr(), &event.to_string()),
            Format::Text => put(io::stdout(), &event.to_string()),
        };
        // A terminal that was closed is no reason to stop services.
        drop(written);
    })
}

fn put(mut out: impl Write, line: &str) -> io::Result<()> {
    writeln!(out, "{line}")?;
    out.flush()
}
