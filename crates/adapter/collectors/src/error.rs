//! Why nothing could be collected, each with what to do about it.

use std::io;
use std::path::PathBuf;

/// Why nothing could be collected.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// A file or directory cannot be read.
    #[error("could not read \"{}\"", .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// It is over a limit.
    #[error("could not read \"{}\": {why}", .path.display())]
    Limit {
        /// Which.
        path: PathBuf,
        /// Which limit.
        why: String,
    },
    /// There is nothing of the kind in it.
    #[error("found no {what} in \"{}\"", .path.display())]
    Nothing {
        /// Where.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
    },
    /// It is of the kind, but broken.
    #[error("could not understand \"{file}\" as {what}: {why}")]
    Broken {
        /// Which file.
        file: String,
        /// As what.
        what: &'static str,
        /// Why not, with the line where there is one.
        why: String,
    },
    /// A fact must not leave.
    #[error("could not take fact \"{key}\": {why}")]
    Refused {
        /// Its key.
        key: String,
        /// Why not.
        why: &'static str,
    },
    /// The repository cannot be asked.
    #[error("could not ask git")]
    Git(#[from] seaworthy_git::LookError),
    /// A program that was to be asked failed.
    #[error("could not ask {program}: {why}")]
    Program {
        /// Which.
        program: &'static str,
        /// Its own words, one line.
        why: String,
    },
}

impl CollectError {
    /// Returns what to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Read { .. } => "give a file or directory that you may read".to_owned(),
            Self::Limit { .. } => "give a part of it".to_owned(),
            Self::Nothing { .. } => "`seaworthy collect --list` says what each collector reads".to_owned(),
            Self::Broken { .. } => "export it again, or give only the files that are whole".to_owned(),
            Self::Refused { .. } => "count people instead of naming them, and leave secrets out".to_owned(),
            Self::Git(error) => error.remedy(),
            Self::Program { program: "psql", .. } => {
                "try `psql` with the same connection; a password belongs in PGPASSFILE or PGPASSWORD".to_owned()
            }
            Self::Program { .. } => "install it, or let it be run".to_owned(),
        }
    }
}
