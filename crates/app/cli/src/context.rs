//! What a command works with: the server, and where its words go.

use std::io::Write;

use seaworthy_client::Client;
use serde::Serialize;

use crate::Failure;
use crate::view::View;

/// What a command works with.
pub(crate) struct Context<'a> {
    pub(crate) api: Client,
    pub(crate) view: View,
    pub(crate) out: &'a mut dyn Write,
    pub(crate) err: &'a mut dyn Write,
}

impl Context<'_> {
    /// Prints an answer: as it is for programs, as `text` tells it for people.
    pub(crate) fn answer<T: Serialize + ?Sized>(
        &mut self,
        answer: &T,
        text: impl FnOnce(&T, &View) -> String,
    ) -> Result<(), Failure> {
        let mut written = if self.view.json {
            serde_json::to_string_pretty(answer).expect("API types have string keys only")
        } else {
            text(answer, &self.view)
        };
        if !written.ends_with('\n') {
            written.push('\n');
        }
        self.out.write_all(written.as_bytes())?;
        self.out.flush()?;
        Ok(())
    }

    /// Says something on the way, for people only.
    pub(crate) fn say(&mut self, line: &str) {
        if !self.view.json {
            // Without standard error there is nobody to tell; the answer does not depend on it.
            writeln!(self.err, "{line}").unwrap_or_default();
        }
    }
}
