//! Hidden: fills a ledger with the history of a few services, for `cargo xtask bench up`.
//!
//! The history is whole: every rollout ended, every page was taken, and the services left the catalogue again, so that
//! a server that opens the ledger has much to replay and nothing to do.

mod history;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use seaworthy_store::{AppendError, Expect, Ledger, NewEvent};
use seaworthy_store_sqlite::{OpenError, SqliteLedger};

use crate::Exit;
use history::{EVENTS_MIN, history};

/// How long before now the history begins: a quarter of a year of shipping.
const BEGINS_BEFORE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Fills an empty ledger with the history of a few services.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The data directory
    #[arg(long, value_name = "DIR")]
    pub path: PathBuf,
    /// How many events, exactly
    #[arg(long, value_parser = clap::value_parser!(u64).range(EVENTS_MIN..=1_000_000))]
    pub events: u64,
}

#[derive(Debug, thiserror::Error)]
enum FillError {
    #[error("could not open the ledger in \"{}\": {source}", .path.display())]
    Open { path: PathBuf, source: Box<OpenError> },
    #[error("could not fill the ledger in \"{}\": it has {events} events already", .path.display())]
    NotEmpty { path: PathBuf, events: u64 },
    #[error("could not fill the ledger")]
    Append(#[from] AppendError),
    #[error("could not fill the ledger: {0}")]
    System(#[from] std::io::Error),
}

/// Fills it and returns the exit code.
pub fn run(args: &Args, err: &mut impl Write) -> u8 {
    match fill(&args.path, args.events, Timestamp::now()) {
        Ok(()) => Exit::Ok.code(),
        Err(error) => {
            // Without standard error there is nobody to tell; the exit code still says it.
            writeln!(err, "error: {error}").unwrap_or_default();
            Exit::Usage.code()
        }
    }
}

fn fill(path: &Path, events: u64, now: Timestamp) -> Result<(), FillError> {
    // The ledger's clock stands where the history is.
    let millis = Arc::new(AtomicI64::new(now.as_millisecond()));
    let clock = millis.clone();
    let clock = move || Timestamp::from_millisecond(clock.load(Ordering::Relaxed)).unwrap_or(Timestamp::UNIX_EPOCH);
    let ledger = SqliteLedger::open(path, Arc::new(clock))
        .map_err(|source| FillError::Open { path: path.to_owned(), source: Box::new(source) })?;
    let head = ledger.head().position;
    if head > 0 {
        return Err(FillError::NotEmpty { path: path.to_owned(), events: head });
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    for batch in history(events, now - BEGINS_BEFORE, now) {
        let at = batch.last().map_or(0, |event: &NewEvent| event.occurred_at.as_millisecond());
        millis.store(at, Ordering::Relaxed);
        runtime.block_on(ledger.append(batch, Expect::Any))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
