//! Why a look could not be taken, each with what the person can do about it.

use std::path::PathBuf;
use std::time::Duration;

/// Why nothing could be said about a repository.
///
/// `Display` never prints the remedy; [`LookError::remedy`] has it.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The `git` command is not installed or not on the path.
    #[error("could not start \"git\"")]
    NoGit(#[source] std::io::Error),
    /// The path does not exist or is not a directory.
    #[error("could not open \"{}\": there is no such directory", .0.display())]
    NoSuchDirectory(PathBuf),
    /// The path is not inside a git repository.
    #[error("could not look at \"{}\": it is not inside a git repository", .0.display())]
    NotARepository(PathBuf),
    /// The repository belongs to somebody else and git refuses to read it (CVE-2022-24765).
    #[error("could not look at \"{}\": git does not read a repository that another user owns", .0.display())]
    ForeignOwner(PathBuf),
    /// There is no commit on the branch asked for.
    #[error("could not read branch \"{0}\": no commit found there")]
    NoCommit(String),
    /// One git command failed.
    #[error("could not run \"git {command}\": {stderr}")]
    Failed {
        /// The subcommand and its arguments.
        command: String,
        /// What git said, its first line.
        stderr: String,
    },
    /// One git command did not finish in time.
    #[error("could not finish \"git {command}\" within {} s", .limit.as_secs())]
    TooSlow {
        /// The subcommand and its arguments.
        command: String,
        /// How long it was given.
        limit: Duration,
    },
    /// One git command printed more than is kept in memory.
    #[error("could not keep what \"git {command}\" printed: more than {limit_bytes} bytes")]
    TooLarge {
        /// The subcommand and its arguments.
        command: String,
        /// How much is kept.
        limit_bytes: usize,
    },
    /// Reading from the child process failed.
    #[error("could not read from \"git {command}\"")]
    Pipe {
        /// The subcommand and its arguments.
        command: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl LookError {
    /// Returns what the person can do about it, in one line.
    pub fn remedy(&self) -> String {
        match self {
            Self::NoGit(_) => "install git 2.20 or newer and make sure it is on PATH".into(),
            Self::NoSuchDirectory(_) => "give the path of a checkout".into(),
            Self::NotARepository(_) => {
                "give the path of a clone; \"git clone URL\" makes one, an unpacked archive has no history".into()
            }
            Self::ForeignOwner(path) => format!(
                "if you trust it, allow it for yourself: git config --global --add safe.directory '{}'",
                path.display()
            ),
            Self::NoCommit(_) => {
                "commit something first, or name a branch that has commits with --branch (git branch --all)".into()
            }
            Self::Failed { command, .. } => format!("run it yourself to see all of what it says: git {command}"),
            Self::TooSlow { .. } => "look at fewer days with --since, or give it more time with --seconds".into(),
            Self::TooLarge { .. } => "look at fewer days with --since".into(),
            Self::Pipe { .. } => "try again; if it stays, run \"git fsck\" in the repository".into(),
        }
    }
}
