//! `seaworthy ledger verify`: the hash chain, of a ledger in its file or of an export.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use seaworthy_store::chain::{self, Broken, Hash, Verified};
use seaworthy_store::export::Lines;
use seaworthy_store_sqlite::LedgerFile;
use serde::Serialize;

use super::{EXIT_BROKEN, EXIT_OK, Failure};

/// How a SQLite file begins.
const SQLITE_MAGIC: &[u8] = b"SQLite format 3\0";

/// Verifies the hash chain of a ledger or of an export, and names the first bad position.
///
/// Finds a changed byte in any column, and an event taken out, put in or moved. Events cut off at the end are found
/// only with `--head`, a hash that an earlier run printed and that was kept elsewhere.
#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("ledger").required(true))]
pub struct VerifyArgs {
    /// An export; `-` for standard input.
    #[arg(group = "ledger")]
    pub file: Option<PathBuf>,
    /// The data directory of a server.
    #[arg(long, value_name = "DIR", group = "ledger")]
    pub data: Option<PathBuf>,
    /// The hash of the last event, as it was kept elsewhere.
    #[arg(long, value_name = "HASH")]
    pub head: Option<Hash>,
    /// Prints the result as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Said {
    Verified { verified: bool, events: u64, head: String },
    Broken { verified: bool, position: u64, why: String },
}

pub(super) fn run(args: &VerifyArgs, out: &mut impl Write) -> Result<u8, Failure> {
    let verified = match (&args.data, &args.file) {
        (Some(dir), _) => chain::verify(LedgerFile::open(dir)?.records(), args.head),
        (None, Some(file)) => chain::verify(Lines::new(open(file)?), args.head),
        (None, None) => unreachable!("the parser requires one of the two"),
    };
    if args.json {
        writeln!(out, "{}", json(&verified))?;
    } else {
        writeln!(out, "{}", text(&verified, args.head))?;
    }
    out.flush()?;
    Ok(if verified.is_ok() { EXIT_OK } else { EXIT_BROKEN })
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let failed = |source| Failure::Export { path: path.to_owned(), source };
    let not = |found| Err(Failure::NotAnExport { path: path.to_owned(), found });
    if path.is_dir() {
        return not("a directory");
    }
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    if file.fill_buf().map_err(failed)?.starts_with(SQLITE_MAGIC) {
        return not("a database");
    }
    Ok(Box::new(file))
}

fn json(verified: &Result<Verified, Broken>) -> String {
    let said = match verified {
        Ok(Verified { events, head }) => Said::Verified { verified: true, events: *events, head: head.to_string() },
        Err(Broken { position, why }) => Said::Broken { verified: false, position: *position, why: why.to_string() },
    };
    serde_json::to_string(&said).expect("it has string keys only")
}

fn text(verified: &Result<Verified, Broken>, kept: Option<Hash>) -> String {
    match verified {
        Ok(Verified { events, head }) => {
            let end = match kept {
                Some(_) => "the head is the one that was kept",
                None => "hint: keep the head elsewhere; `--head` finds events cut off since",
            };
            format!("verified: {events} events, each in its place and unchanged\nhead: {head}\n{end}")
        }
        Err(broken) => format!("broken at position {}: {}", broken.position, broken.why),
    }
}
