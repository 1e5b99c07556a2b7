//! `seaworthy demo`: sets itself up in a directory of its own, tells the story, and stays up for questions.

mod api;
mod directory;
#[cfg(test)]
mod fake;
mod layout;
mod leftover;
mod live;
mod play;
mod report;
mod row;
mod stage;
mod tale;
mod terminal;
mod up;
mod watch;
mod words;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::load::LoadError;
use directory::DirectoryError;
use seaworthy_client::Error as ApiError;
use tale::{Pace, StoryError};
use up::UpError;

/// How the demo is run.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoOptions {
    /// Tell the story and end, without keys.
    pub headless: bool,
    /// Headless, and print the report as JSON on standard output; what happens is told on standard error.
    pub json: bool,
    /// Keep the demo's directory here; it must be empty or not there yet.
    pub keep_dir: Option<PathBuf>,
    /// Requests a second of all users together.
    pub rate: f64,
    /// How many users there are.
    pub users: u32,
    /// The program that is run as `up` and as samples; this one where it is none.
    pub program: Option<PathBuf>,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self { headless: false, json: false, keep_dir: None, rate: 200.0, users: 10_000, program: None }
    }
}

/// What to do when nothing better is known.
const LOOK_CLOSER: &str =
    "a machine that is very busy may need another try; `--keep DIR` keeps all logs and the ledger";

/// Why the demo broke off.
#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Up(#[from] UpError),
    #[error(transparent)]
    Story(#[from] StoryError),
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error("could not {0}")]
    System(&'static str, #[source] io::Error),
    #[error("stopped before the story was over")]
    Interrupted,
}

impl DemoError {
    /// What to do about it.
    fn hint(&self) -> Option<&str> {
        match self {
            Self::Directory(_) => Some("`--keep DIR` takes another directory, TMPDIR another place for it"),
            Self::Up(error) => Some(error.hint().unwrap_or(LOOK_CLOSER)),
            Self::Api(error) | Self::Story(StoryError::Api(error)) => Some(error.hint().unwrap_or(LOOK_CLOSER)),
            Self::Story(StoryError::Late(_)) => Some(LOOK_CLOSER),
            Self::Load(_) | Self::Story(StoryError::Load(_)) => Some("`seaworthy demo --help` says what users can do"),
            Self::System(..) | Self::Interrupted => None,
        }
    }
}

/// Runs the demo. Headless, the exit code is 0 only when the whole story happened.
pub fn demo(mut options: DemoOptions) -> ExitCode {
    // A report is for a program, which has no keys to press.
    options.headless |= options.json;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let played = match runtime {
        Ok(runtime) => runtime.block_on(play::play(&options, Pace::default())),
        Err(error) => Err(DemoError::System("start the runtime", error)),
    };
    match played {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", chain(&error));
            if let Some(hint) = error.hint() {
                eprintln!("hint: {hint}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Writes an error with its sources; an error that shows another one's text adds none.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        source = cause.source();
    }
    text
}
