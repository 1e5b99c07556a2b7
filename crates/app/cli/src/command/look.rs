//! `seaworthy look`: what git alone says about who owns a repository and what waits for a release.
//!
//! Reads git only, changes nothing, sends nothing; needs no server and no account.

mod progress;
mod text;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use seaworthy_git::{Emails, LookError, Options, Report};

use progress::Line;
use text::{Style, View};

/// The look was taken, whatever it found.
pub const EXIT_LOOKED: u8 = 0;
/// The result could not be written.
pub const EXIT_NOT_WRITTEN: u8 = 1;
/// There was nothing to look at; the error says what to do.
pub const EXIT_CANNOT_LOOK: u8 = 2;

/// Days of the window that count as recent.
const RECENT_DAYS: u32 = 90;
/// Columns where the output is no terminal.
const COLUMNS: usize = 110;

/// Shows who owns what by file and by history, what waits for a release, and what is wrong with ownership files.
///
/// Reads git only: nothing is changed, fetched or sent. Exit code 0 when it could look, 2 when it could not.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// A directory inside a git repository.
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// How far back the history is read, in days.
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub since: u32,
    /// Rows and problems shown at most; `--json` shows all.
    #[arg(long, value_name = "ROWS", default_value_t = 20)]
    pub limit: usize,
    /// The branch that counts as merged; `HEAD` for what is checked out [default: the remote's default branch].
    #[arg(long)]
    pub branch: Option<String>,
    /// Shows e-mail addresses beside names.
    #[arg(long)]
    pub emails: bool,
    /// Prints everything as JSON, every figure with its source and age.
    #[arg(long)]
    pub json: bool,
    /// How long it may take; what was read until then is shown, and said to be cut.
    #[arg(long, value_name = "SECONDS", default_value_t = 110, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub seconds: u64,
}

/// Looks, writes the result to `out`, and returns the exit code.
pub fn run(args: &Args, out: &mut impl Write) -> u8 {
    let mut line = Line::new(std::io::stderr().is_terminal());
    let looked = seaworthy_git::look(&args.path, &options(args), Timestamp::now(), &mut |step| line.show(step));
    line.clear();
    match looked {
        Ok(report) => written(show(args, &report, out)),
        Err(error) => {
            explain(&error);
            EXIT_CANNOT_LOOK
        }
    }
}

fn options(args: &Args) -> Options {
    Options {
        window_days: args.since,
        recent_days: RECENT_DAYS.min(args.since),
        branch: args.branch.clone(),
        emails: if args.emails { Emails::Shown } else { Emails::Hidden },
        time: Duration::from_secs(args.seconds),
    }
}

fn show(args: &Args, report: &Report, out: &mut impl Write) -> std::io::Result<()> {
    if args.json {
        serde_json::to_writer_pretty(&mut *out, report)?;
        writeln!(out)?;
    } else {
        let view = View { limit: args.limit, columns: columns(), style: style() };
        out.write_all(text::render(report, &view).as_bytes())?;
    }
    out.flush()
}

/// A reader that went away, as `head` does, has had enough: that is no failure.
fn written(result: std::io::Result<()>) -> u8 {
    match result {
        Ok(()) => EXIT_LOOKED,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => EXIT_LOOKED,
        Err(error) => {
            eprintln!("error: could not write the result: {error}");
            EXIT_NOT_WRITTEN
        }
    }
}

fn explain(error: &LookError) {
    eprintln!("error: {error}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        eprintln!("  because: {cause}");
        source = cause.source();
    }
    eprintln!("hint: {}", error.remedy());
}

fn columns() -> usize {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok().map(|size| usize::from(size.ws_col));
    size.filter(|&columns| columns > 0).unwrap_or(COLUMNS)
}

fn style() -> Style {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if std::io::stdout().is_terminal() && !plain { Style::Colour } else { Style::Plain }
}
