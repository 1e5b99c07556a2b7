//! Hidden: the two halves of the crash harness, for `cargo xtask crash`.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Write};
use std::path::PathBuf;

use seaworthy_store_sqlite::crash::{self, Outcome, Promise};
use serde::Serialize;

use super::{EXIT_BROKEN, EXIT_OK, Failure, ended};

/// Appends to a ledger until it is killed.
#[derive(Debug, Clone, clap::Args)]
pub struct WriterArgs {
    /// The data directory.
    #[arg(long, value_name = "DIR")]
    pub path: PathBuf,
    /// The file to which each acknowledged event is appended, `<position> <id>` on a line.
    #[arg(long, value_name = "FILE")]
    pub acks: PathBuf,
    /// How many append at once.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub clients: u16,
    /// Acknowledges before the commit, to prove that the harness sees it.
    #[arg(long)]
    pub mutant: bool,
}

/// Compares a ledger with what was acknowledged.
#[derive(Debug, Clone, clap::Args)]
pub struct CheckArgs {
    /// The data directory.
    #[arg(long, value_name = "DIR")]
    pub path: PathBuf,
    /// The file of acknowledgements.
    #[arg(long, value_name = "FILE")]
    pub acks: PathBuf,
    /// Prints the result as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Said {
    acknowledged: u64,
    lost: u64,
    present_unacknowledged: u64,
    chain: String,
}

/// Appends until it is killed; returns an exit code only when it fails.
pub fn writer(args: &WriterArgs, err: &mut impl Write) -> u8 {
    let promise = if args.mutant { Promise::Mutant } else { Promise::Kept };
    let opened = OpenOptions::new().append(true).create(true).open(&args.acks);
    let done = opened
        .map_err(|source| Failure::Notes { path: args.acks.clone(), source })
        .and_then(|acks| match crash::writer(&args.path, acks, usize::from(args.clients), promise)? {});
    ended(done, err)
}

/// Compares, writes the result to `out`, and returns 0 when nothing was lost and the chain holds.
pub fn check(args: &CheckArgs, out: &mut impl Write, err: &mut impl Write) -> u8 {
    ended(compare(args, out), err)
}

fn compare(args: &CheckArgs, out: &mut impl Write) -> Result<u8, Failure> {
    let acks = File::open(&args.acks).map_err(|source| Failure::Notes { path: args.acks.clone(), source })?;
    let outcome = crash::check(&args.path, BufReader::new(acks))?;
    let said = said(&outcome);
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&said).expect("it has string keys only"))?;
    } else {
        let Said { acknowledged, lost, present_unacknowledged, chain } = said;
        writeln!(
            out,
            "{acknowledged} acknowledged, {lost} lost, {present_unacknowledged} present but not acknowledged; chain {chain}"
        )?;
    }
    out.flush()?;
    Ok(if outcome.is_sound() { EXIT_OK } else { EXIT_BROKEN })
}

fn said(outcome: &Outcome) -> Said {
    let chain = match &outcome.chain {
        Ok(_) => "intact".to_owned(),
        Err(broken) => broken.to_string(),
    };
    Said {
        acknowledged: outcome.acknowledged,
        lost: outcome.lost,
        present_unacknowledged: outcome.present_unacknowledged,
        chain,
    }
}
