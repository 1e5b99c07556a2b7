//! `seaworthy ledger`: verify, export and tail the ledger offline.
//!
//! Reads the SQLite file of a data directory, also while a server writes it, or an export of it. Never writes to either.

mod crash;
mod export;
mod tail;
mod verify;

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;

use seaworthy_store_sqlite::OpenError;

pub use crash::{CheckArgs, WriterArgs, check, writer};
pub use export::ExportArgs;
pub use tail::TailArgs;
pub use verify::VerifyArgs;

/// It was done, and nothing is wrong with the ledger.
pub const EXIT_OK: u8 = 0;
/// The ledger is broken; the position was printed.
pub const EXIT_BROKEN: u8 = 1;
/// It could not be done: nothing is said about the ledger.
pub const EXIT_CANNOT: u8 = 2;

/// Verifies, exports and tails the ledger, offline.
///
/// Exit code 0 when nothing is wrong, 1 when the ledger is broken, 2 when it could not be read.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do with the ledger.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum What {
    /// Verifies the hash chain of a ledger or of an export, and names the first bad position.
    Verify(VerifyArgs),
    /// Writes every event as one line of JSON, with every column; `verify` reads it.
    Export(ExportArgs),
    /// Shows the last events.
    Tail(TailArgs),
}

/// Where a server keeps its ledger.
#[derive(Debug, Clone, clap::Args)]
pub struct Data {
    /// The data directory of a server.
    #[arg(long = "data", value_name = "DIR")]
    pub dir: PathBuf,
}

/// Does it, writes the result to `out` and what went wrong to `err`, and returns the exit code.
pub fn run(args: &Args, out: &mut impl Write, err: &mut impl Write) -> u8 {
    let done = match &args.what {
        What::Verify(args) => verify::run(args, out),
        What::Export(args) => export::run(args, out, err),
        What::Tail(args) => tail::run(args, out),
    };
    ended(done, err)
}

/// Why a subcommand could not be carried out.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("could not read the acknowledgements {path:?}")]
    Notes { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Crash(#[from] seaworthy_store_sqlite::crash::CrashError),
    #[error("could not read export {path:?}")]
    Export { path: PathBuf, source: io::Error },
    #[error("could not read {path:?} as an export: it is {found}; give its data directory with `--data DIR`")]
    NotAnExport { path: PathBuf, found: &'static str },
    #[error("could not write export {path:?}")]
    Write { path: PathBuf, source: io::Error },
    #[error("could not write export {path:?}: it is there already; remove it or choose another name")]
    Exists { path: PathBuf },
    #[error("could not write the result")]
    Result(#[from] io::Error),
}

fn ended(done: Result<u8, Failure>, err: &mut impl Write) -> u8 {
    let failure = match done {
        Ok(code) => return code,
        // A reader that went away, as `head` does, has seen enough.
        Err(Failure::Result(error)) if error.kind() == io::ErrorKind::BrokenPipe => return EXIT_OK,
        Err(failure) => failure,
    };
    let mut text = format!("error: {failure}\n");
    let mut source = failure.source();
    while let Some(cause) = source {
        text += &format!("  because: {cause}\n");
        source = cause.source();
    }
    // With standard error gone there is nobody left to tell; the exit code still says it.
    drop(err.write_all(text.as_bytes()));
    EXIT_CANNOT
}

#[cfg(test)]
mod tests;
