//! The browser's process and the two pipes to it.
//!
//! Chromium reads commands from descriptor 3 and writes to 4, each message ended by a zero byte. A shell moves
//! our ordinary pipes there, because the standard library can only hand over 0, 1 and 2.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::BrowserError;

/// Puts standard input and output where the browser wants them, then becomes the browser.
const BECOME: &str = r#"exec "$@" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null"#;

/// A fresh, silent browser: nothing is fetched that the page does not name. The sandbox needs rights that
/// containers seldom give; the pages are our own.
const FLAGS: &[&str] = &[
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-extensions",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
];

/// Messages waiting to be read; a full queue makes the browser wait.
const QUEUE: usize = 256;

/// How long the browser's helper processes may take to end after it; a few milliseconds are usual.
const HELPERS_END_WITHIN: Duration = Duration::from_secs(2);

/// How often the profile is tried to be removed meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A running browser; dropped, it is killed and its profile removed.
pub(crate) struct Pipe {
    child: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    profile: PathBuf,
    session: Option<String>,
    sent: u64,
}

impl Pipe {
    /// Starts the browser with an empty profile under the system's temporary directory.
    pub(crate) fn start(program: &Path) -> Result<Self, BrowserError> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let profile = std::env::temp_dir().join(format!("seaworthy-browser-{}-{number}", std::process::id()));
        let failed =
            |error| BrowserError::new(format!("could not start the browser \"{}\": {error}", program.display()));
        let mut child = Command::new("sh")
            .args(["-c", BECOME, "sh"])
            .arg(program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let commands = child.stdin.take().expect("stdin was asked for as a pipe");
        let output = child.stdout.take().expect("stdout was asked for as a pipe");
        let (queue, messages) = sync_channel(QUEUE);
        std::thread::spawn(move || listen(output, &queue));
        Ok(Self { child, commands, messages, profile, session: None, sent: 0 })
    }

    /// Sends what follows to one page instead of the browser.
    pub(crate) fn talk_to(&mut self, session: &str) {
        self.session = Some(session.to_owned());
    }

    /// Sends a command and returns the number its answer will carry.
    pub(crate) fn send(&mut self, method: &str, params: &Value) -> Result<u64, BrowserError> {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let written = self.commands.write_all(&bytes).and_then(|()| self.commands.flush());
        written.map_err(|error| BrowserError::new(format!("could not send \"{method}\" to the browser: {error}")))?;
        Ok(self.sent)
    }

    /// The next message, answer or event.
    pub(crate) fn receive(&self, over: Instant) -> Result<Value, BrowserError> {
        let left = over.saturating_duration_since(Instant::now());
        self.messages
            .recv_timeout(left)
            .map_err(|_| BrowserError::new("the browser did not answer in time, or it ended"))
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        // It may have ended by itself; either way nothing of it stays.
        drop(self.child.kill());
        drop(self.child.wait());
        // Its helper processes notice a moment later, and write into the profile until then.
        let over = Instant::now() + HELPERS_END_WITHIN;
        while std::fs::remove_dir_all(&self.profile).is_err() && self.profile.exists() && Instant::now() < over {
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// Reads messages until the browser ends or nobody wants them any more.
fn listen(output: ChildStdout, queue: &SyncSender<Value>) {
    let messages = BufReader::new(output).split(0).map_while(Result::ok);
    for message in messages {
        let Ok(value) = serde_json::from_slice(&message) else { continue };
        if queue.send(value).is_err() {
            return;
        }
    }
}
