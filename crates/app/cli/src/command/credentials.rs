//! `seaworthy credentials`: finds credentials in files by place and fingerprint; the secret itself is never shown.

mod progress;
mod said;
mod scan;
mod text;

use std::io::Write;
use std::path::PathBuf;

/// Finds credentials in files, and says who holds them.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What to do
    #[command(subcommand)]
    pub what: What,
}

/// What to do.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum What {
    /// Finds credentials below a directory; prints place, kind, holder and fingerprint, never the secret.
    ///
    /// Reads files and nothing else: nothing is sent or changed. Symbolic links are not followed; binary files and files
    /// over 4 MiB are counted. Exit code 0 when everything was read and nothing counts, 1 when something counts or was
    /// not read in time, 2 when it could not look.
    #[command(after_help = SCAN_EXAMPLES)]
    Scan(ScanArgs),
}

const SCAN_EXAMPLES: &str = "Examples:
  seaworthy credentials scan .
  seaworthy credentials scan deploy/ --key ~/.config/seaworthy-fingerprints --json
";

/// What is scanned, and how.
#[derive(Debug, Clone, clap::Args)]
pub struct ScanArgs {
    /// A directory or a file
    pub path: PathBuf,
    /// Key for the fingerprints of what could be guessed, so that two scans can be compared; made when it is not there
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// File of fingerprints that are known and accepted, one a line: `FINGERPRINT UNTIL-DATE REASON`
    #[arg(long, value_name = "FILE")]
    pub accepted: Option<PathBuf>,
    /// Shows what stands in tests and examples as well, which does not count
    #[arg(long)]
    pub all: bool,
    /// How long it may take; what was read until then is shown, and said to be cut
    #[arg(long, value_name = "SECONDS", default_value_t = 110, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub seconds: u64,
}

/// Does what needs no server: writes the result to `out` and what went wrong to `err`, and returns the exit code.
pub fn run(args: &Args, json: bool, out: &mut impl Write, err: &mut impl Write) -> Option<u8> {
    let What::Scan(args) = &args.what;
    silence_panics();
    Some(scan::run(args, json, out, err).code())
}

/// A panic's own words may quote the text that it stumbled over, and that text may be a secret: only its place is told.
fn silence_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |place| format!(" at {}:{}", place.file(), place.line()));
        eprintln!(
            "warning: the scan stumbled{place}; this is a bug of seaworthy, and the file it read is counted as not read"
        );
    }));
}

#[cfg(test)]
mod tests;
