//! `seaworthy ledger export`: every event with every column, one line of JSON each.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use seaworthy_store::Head;
use seaworthy_store::chain::Unreadable;
use seaworthy_store::export::write_line;
use seaworthy_store_sqlite::LedgerFile;

use super::{Data, EXIT_BROKEN, EXIT_OK, Failure};

/// Writes every event as one line of JSON, with every column; `verify` reads it.
#[derive(Debug, Clone, clap::Args)]
pub struct ExportArgs {
    /// Where the ledger is.
    #[command(flatten)]
    pub data: Data,
    /// The file to make, for its owner alone [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// How an export ended that met no failure of the world.
enum Exported {
    Whole(Head),
    /// A row was not a record; what is before it was written.
    Broken(Head, Unreadable),
}

pub(super) fn run(args: &ExportArgs, out: &mut impl Write, err: &mut impl Write) -> Result<u8, Failure> {
    let ledger = LedgerFile::open(&args.data.dir)?;
    let exported = match &args.out {
        Some(path) => to_file(&ledger, path)?,
        None => write(&ledger, out)?,
    };
    let (said, code) = match exported {
        Exported::Whole(Head { position, hash }) => (format!("exported {position} events, head {hash}"), EXIT_OK),
        Exported::Broken(before, why) => (
            format!("error: broken at position {}: {why}; nothing after it was exported", before.position + 1),
            EXIT_BROKEN,
        ),
    };
    // The data is on standard output or in the file; without standard error there is nobody to tell more.
    drop(writeln!(err, "{said}"));
    Ok(code)
}

/// Writes beside the file and renames at the end: half an export would verify, as a ledger with its tail cut off does.
fn to_file(ledger: &LedgerFile, path: &Path) -> Result<Exported, Failure> {
    if path.exists() {
        return Err(Failure::Exists { path: path.to_owned() });
    }
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let written = create(&partial).and_then(|file| {
        let mut file = BufWriter::new(file);
        let exported = write(ledger, &mut file)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&partial, path)?;
        Ok(exported)
    });
    written.map_err(|source| Failure::Write { path: path.to_owned(), source })
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

fn write(ledger: &LedgerFile, out: &mut impl Write) -> io::Result<Exported> {
    let mut head = Head::EMPTY;
    for record in ledger.records() {
        match record {
            Ok(record) => {
                write_line(out, &record)?;
                head = Head::from(&record);
            }
            Err(why) => {
                out.flush()?;
                return Ok(Exported::Broken(head, why));
            }
        }
    }
    out.flush()?;
    Ok(Exported::Whole(head))
}
