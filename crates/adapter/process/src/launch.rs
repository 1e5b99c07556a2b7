//! Starting a program as a process of its own.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Process;

/// What a version gets of our own environment: where programs, home, temporary files are, language and time zone.
/// Everything else may be a secret of whoever started us.
const PASSED_ON: [&str; 9] = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR"];

/// A program to start. It gets its own process group, so that a Ctrl-C meant for us does not reach it and so that it
/// can be stopped together with what it started.
#[derive(Debug)]
pub struct Launch {
    /// Program and arguments.
    pub command: Vec<String>,
    /// Environment, added to what `environment` says.
    pub env: BTreeMap<String, String>,
    /// What it gets of ours.
    pub environment: Environment,
    /// Its working directory; ours where it is none.
    pub directory: Option<PathBuf>,
    /// Where its output goes: a file that it appends to, so that it never waits for us.
    pub log: PathBuf,
    /// Its standard input; empty where it is none.
    pub stdin: Option<OwnedFd>,
}

/// What a process gets of our own environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Path, home, language, time zone.
    Minimal,
    /// All of it: the process is our own program.
    Whole,
}

/// Why a program could not be started. `Display` says all of it.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// There is no program.
    #[error("could not start a program: the command is empty")]
    Empty,
    /// The log file cannot be written.
    #[error("could not open the log \"{path}\": {error}")]
    Log {
        /// Its path.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// The working directory is not there.
    #[error("could not start \"{program}\": there is no directory \"{directory}\"")]
    Directory {
        /// The program.
        program: String,
        /// The directory.
        directory: String,
    },
    /// The system refused.
    #[error("could not start \"{program}\": {error}")]
    Spawn {
        /// The program.
        program: String,
        /// Why.
        error: io::Error,
    },
}

impl Launch {
    /// Starts it.
    ///
    /// # Errors
    /// When there is no such program or directory, it may not be run, or the log cannot be written.
    pub fn start(self) -> Result<Process, LaunchError> {
        let (program, arguments) = self.command.split_first().ok_or(LaunchError::Empty)?;
        if let Some(directory) = self.directory.as_deref().filter(|directory| !directory.is_dir()) {
            let directory = directory.display().to_string();
            return Err(LaunchError::Directory { program: program.clone(), directory });
        }
        let log = |error| LaunchError::Log { path: self.log.display().to_string(), error };
        let out = open_log(&self.log).map_err(log)?;
        let err = out.try_clone().map_err(log)?;
        let mut command = Command::new(program);
        command.args(arguments).process_group(0).stdout(out).stderr(err);
        command.stdin(self.stdin.map_or_else(Stdio::null, Stdio::from));
        if self.environment == Environment::Minimal {
            command.env_clear().envs(PASSED_ON.iter().filter_map(|name| Some((name, env::var_os(name)?))));
        }
        command.envs(&self.env);
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        let child = command.spawn().map_err(|error| LaunchError::Spawn { program: program.clone(), error })?;
        Ok(Process::child(child))
    }
}

fn open_log(path: &Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}
