//! `seaworthy downtime`: the account of what a server watched, and of somebody else's history of outages, which reads
//! files only.

pub mod ask;
mod figures;
mod json;
mod shown;
mod text;

use std::io::Write;
use std::path::PathBuf;

use jiff::Timestamp;
use seaworthy_downtime::{Definition, Span};
use seaworthy_histories::{History, Unreadable};

use crate::context::Context;
use crate::table::harmless;
use crate::words::instant;
use crate::{Exit, Failure, report};
use figures::Figures;

/// Accounts for downtime: this month of every service, with a bar of its days.
///
/// Every second is in one class: up, degraded, down, down as planned, up in a window, or unknown. What nobody measured is
/// unknown, also before the ledger began. Times are those of UTC.
#[derive(Debug, Clone, clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Args {
    /// What to do; without it, the account
    #[command(subcommand)]
    pub what: Option<What>,
    /// Which account
    #[command(flatten)]
    pub account: ask::AccountArgs,
}

const EXAMPLES: &str = "Examples:
  seaworthy downtime
  seaworthy downtime checkout --rule maintenance-announced
  seaworthy downtime announce checkout --from +2h --to +3h --why 'new database'
  seaworthy downtime cause checkout vendor=northbank";

/// What to do.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum What {
    /// Declares work that may interrupt a service; planned is what was declared before it began, until its end.
    #[command(after_help = "Example:\n  seaworthy downtime announce checkout --from +2h --to +3h --why 'new database'")]
    Announce(ask::AnnounceArgs),
    /// Takes a window back; one that has begun ends now.
    Cancel(ask::CancelArgs),
    /// Says why a service was degraded or down; a later word replaces an earlier one.
    #[command(after_help = "Example:\n  seaworthy downtime cause checkout vendor=northbank")]
    Cause(ask::CauseArgs),
    /// Reports the downtime in somebody's published history, under each definition of downtime; reads files only.
    ///
    /// Exit code 0 when everything was read, 1 when lines of the history could not be read (the rest counts), 2 when
    /// nothing could be.
    #[command(after_help = "Example:\n  seaworthy downtime report --source history/ --from 2025-01-01 --to 2026-01-01")]
    Report(ReportArgs),
}

/// Which history, which time, which definition.
#[derive(Debug, Clone, clap::Args)]
pub struct ReportArgs {
    /// Directory of the history: `incidents.jsonl` with `segments.csv`, or CSV files of measurements
    #[arg(long, value_name = "DIR")]
    pub source: PathBuf,
    /// First day, from its midnight in UTC; or an instant
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub from: Timestamp,
    /// The day after the last; or an instant
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub to: Timestamp,
    /// A definition of downtime, or all: critical, major, unplanned-merged, unplanned-summed, maintenance-in-progress,
    /// maintenance-announced
    #[arg(long, value_name = "NAME|all", default_value = "all", value_parser = rule)]
    pub rule: Rule,
}

/// The definitions asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// All six.
    All,
    /// One.
    One(Definition),
}

impl Rule {
    fn definitions(self) -> Vec<Definition> {
        match self {
            Self::All => Definition::ALL.to_vec(),
            Self::One(definition) => vec![definition],
        }
    }
}

fn rule(text: &str) -> Result<Rule, String> {
    if text == "all" {
        return Ok(Rule::All);
    }
    text.parse().map(Rule::One).map_err(|unknown: seaworthy_downtime::UnknownDefinition| format!("{unknown}, all"))
}

/// Reports on files, where that is asked: writes the result to `out` and what went wrong to `err`, and returns the exit
/// code.
pub fn run(args: &Args, json: bool, out: &mut impl Write, err: &mut impl Write) -> Option<u8> {
    let Some(What::Report(args)) = &args.what else { return None };
    let done = match account(args) {
        Ok((history, figures)) => show(&history, &figures, json, out, err),
        Err(failure) => Err(failure),
    };
    Some(done.unwrap_or_else(|failure| report(&failure, json, err)).code())
}

/// Does what asks a server.
pub(crate) async fn asked(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match &args.what {
        None => ask::account(&args.account, cx).await,
        Some(What::Announce(args)) => ask::announce(args, cx).await,
        Some(What::Cancel(args)) => ask::cancel(args, cx).await,
        Some(What::Cause(args)) => ask::name_cause(args, cx).await,
        Some(What::Report(_)) => unreachable!("it needs no server and was carried out before"),
    }
}

fn account(args: &ReportArgs) -> Result<(History, Figures), Failure> {
    let period = Span::new(args.from, args.to);
    if period.is_empty() {
        let message = format!("could not account for the time from {} to {}: it holds none", args.from, args.to);
        return Err(Failure::usage(message, "--from is the first day, --to the day after the last"));
    }
    let history = seaworthy_histories::read(&args.source).map_err(unreadable)?;
    let figures = Figures::of(&history, period, &args.rule.definitions());
    Ok((history, figures))
}

fn unreadable(why: Unreadable) -> Failure {
    match why {
        Unreadable::Open(path, source) => Failure::Read { path, source },
        Unreadable::NoHistory(_) => Failure::usage(
            why.to_string(),
            "a history is a directory with incidents.jsonl and segments.csv, or with CSV files whose first line has the \
             columns time, site, state, http_code, response_ms",
        ),
        Unreadable::TooLong(_) => Failure::usage(why.to_string(), "split it by year"),
    }
}

fn show(
    history: &History,
    figures: &Figures,
    json: bool,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Exit, Failure> {
    if json {
        let said = json::of(history, figures);
        serde_json::to_writer_pretty(&mut *out, &said).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        out.write_all(text::render(history, figures).as_bytes())?;
    }
    out.flush()?;
    for problem in &history.problems {
        let line = harmless(&problem.to_string());
        let line = if json { json::error(&line) } else { format!("error: {line}") };
        // With standard error gone there is nobody left to tell; the exit code still says it.
        writeln!(err, "{line}").unwrap_or_default();
    }
    if history.more_problems > 0 && !json {
        writeln!(err, "error: {} more lines could not be read", history.more_problems).unwrap_or_default();
    }
    Ok(if history.problems.is_empty() { Exit::Ok } else { Exit::No })
}

#[cfg(test)]
mod tests;
