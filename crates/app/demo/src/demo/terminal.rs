//! The keyboard: single keys without Enter, and the terminal put right again however the demo ends.

use std::io::{IsTerminal, Read, stdin, stdout};
use std::thread;

use rustix::process::getpgrp;
use rustix::termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcgetpgrp, tcgetwinsize, tcsetattr};
use tokio::sync::mpsc;

use super::stage::Look;

/// Most keys that wait to be acted on; more are dropped.
const KEYS_MAX: usize = 16;
/// Columns and lines of a terminal that does not tell.
const SIZE: (usize, usize) = (80, 24);
/// Narrowest width that is written for.
const WIDTH_MIN: usize = 40;

/// A terminal that gives single keys until this is dropped, also by a panic.
///
/// Signals stay as they are, so Ctrl-C ends the demo even if it no longer listens to keys.
#[derive(Debug)]
pub(crate) struct Keyboard {
    before: Termios,
    keys: mpsc::Receiver<u8>,
}

impl Keyboard {
    /// Takes the keyboard; none where standard input is no terminal, or another job has it.
    pub(crate) fn take() -> Option<Self> {
        if !isatty(stdin()) || !in_foreground() {
            return None;
        }
        let before = tcgetattr(stdin()).ok()?;
        let mut now = before.clone();
        now.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        tcsetattr(stdin(), OptionalActions::Now, &now).ok()?;
        let (tell, keys) = mpsc::channel(KEYS_MAX);
        // A read cannot be called off: the thread ends with the process, or with the next key.
        let reading = thread::Builder::new().name("keys".to_owned()).spawn(move || read(&tell));
        let taken = Self { before, keys };
        reading.ok().map(|_| taken)
    }

    /// Waits for a key. It may be dropped half-way without loss.
    pub(crate) async fn key(&mut self) -> u8 {
        match self.keys.recv().await {
            Some(key) => key,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        // The terminal is gone: there is nothing to put right.
        let _ = tcsetattr(stdin(), OptionalActions::Now, &self.before);
    }
}

/// A background job that touches the terminal would be stopped by it.
fn in_foreground() -> bool {
    tcgetpgrp(stdin()).is_ok_and(|group| group == getpgrp())
}

fn read(tell: &mpsc::Sender<u8>) {
    let mut key = [0];
    while matches!(stdin().read(&mut key), Ok(1)) {
        if matches!(tell.try_send(key[0]), Err(mpsc::error::TrySendError::Closed(_))) {
            return;
        }
    }
}

/// Tells how much the terminal can show.
pub(crate) fn look() -> Look {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb" || term.is_empty());
    match (stdout().is_terminal(), dumb, set("NO_COLOR")) {
        (false, _, _) => Look::Plain,
        (true, true, _) => Look::Lines,
        (true, false, true) => Look::Live,
        (true, false, false) => Look::Colour,
    }
}

/// Returns the terminal's columns and lines; narrower than [`WIDTH_MIN`] it is written to as if it were not.
pub(crate) fn size() -> (usize, usize) {
    let size = tcgetwinsize(stdout()).ok().filter(|size| size.ws_col > 0 && size.ws_row > 0);
    size.map_or(SIZE, |size| (usize::from(size.ws_col).max(WIDTH_MIN), size.ws_row.into()))
}
