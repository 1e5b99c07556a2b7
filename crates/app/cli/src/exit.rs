//! Exit codes: the same five for every command, so that scripts need no table of their own.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// It was done, and the answer is yes where there is a question.
    Ok,
    /// It was done, and the answer is no: reverted, errors in files, nobody owns it.
    No,
    /// What was asked makes no sense: a wrong option, a name that is none, a file that cannot be read.
    Usage,
    /// The server said no: not allowed, no such thing, not now.
    Refused,
    /// The server could not be reached, could not be understood, or cannot do it at the moment.
    Unavailable,
    /// Ctrl-C while waiting; 128 + SIGINT, as shells have it.
    Interrupted,
}

impl Exit {
    /// Returns the code.
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::No => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Unavailable => 4,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
