//! `seaworthy slo`: how objectives stand; and those in files of OpenSLO, Sloth and Services, as Prometheus rules and in words.

mod explain;
mod rules;
mod status;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use seaworthy_files::FILE_BYTES_MAX;
use seaworthy_objectives::{Diagnostic, Loaded, Severity, Source};

use crate::context::Context;
use crate::view::View;
use crate::{Exit, Failure, report};

use super::check;

/// Most files of windows that a directory may hold: one for each period.
const WINDOWS_MAX: usize = 100;

/// Shows how objectives stand, and reads files of OpenSLO v1 and v1alpha, of Sloth and of Services.
///
/// Of files: exit code 0 when everything was read, 1 when something in them was refused (nothing is written then), 2 when one
/// cannot be read.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum What {
    /// Shows how much of each budget is left, how fast it burns, and what would page.
    #[command(
        after_help = "Examples:\n  seaworthy slo status\n  seaworthy slo status checkout-availability --window 6h"
    )]
    Status(status::StatusArgs),
    /// Writes Prometheus rules: recordings for every window, and alerts on burn rates.
    #[command(after_help = "Example:\n  seaworthy slo rules slos/*.yaml --out /etc/prometheus/slo.rules.yaml")]
    Rules(rules::RulesArgs),
    /// Says in words when an objective would page.
    #[command(after_help = "Example:\n  seaworthy slo explain slos/checkout.yaml --rate 360000")]
    Explain(explain::ExplainArgs),
}

/// The files.
#[derive(Debug, Clone, clap::Args)]
pub struct Files {
    /// Files of OpenSLO or Sloth, which may name each other, or of Services
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Sloth's windows of alerting (kind AlertWindows): a file, or a directory with one file for each period
    #[arg(long, value_name = "DIR|FILE")]
    pub windows: Option<PathBuf>,
}

/// Asks a server, where that is what it takes.
pub(crate) async fn ask(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match &args.what {
        What::Status(args) => status::run(args, cx).await,
        What::Rules(_) | What::Explain(_) => unreachable!("these need no server and were carried out before"),
    }
}

/// Works on files, writes the result to `out` and what went wrong to `err`, and returns the exit code; none where a server must
/// be asked.
pub fn run(args: &Args, json: bool, out: &mut impl Write, err: &mut impl Write) -> Option<u8> {
    let done = match &args.what {
        What::Status(_) => return None,
        What::Rules(args) => rules::run(args, json, out, err),
        What::Explain(args) => explain::run(args, View::of_this_process(json), out, err),
    };
    Some(done.unwrap_or_else(|failure| report(&failure, json, err)).code())
}

/// Reads all files and those of windows.
fn load(files: &Files) -> Result<Loaded, Failure> {
    let sources: Vec<Source> = files.files.iter().map(|path| source(path)).collect::<Result<_, _>>()?;
    let windows = files.windows.as_deref().map(window_files).transpose()?.unwrap_or_default();
    let windows: Vec<Source> = windows.iter().map(|path| source(path)).collect::<Result<_, _>>()?;
    Ok(seaworthy_objectives::read(&sources, &windows))
}

fn source(path: &Path) -> Result<Source, Failure> {
    let unreadable = |source| Failure::Read { path: path.to_owned(), source };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > FILE_BYTES_MAX {
        let message = format!("could not read \"{}\": {size} bytes are over {FILE_BYTES_MAX}", path.display());
        return Err(Failure::usage(message, "split it"));
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    Ok(Source { path: path.display().to_string(), text })
}

fn window_files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |source| Failure::Read { path: path.to_owned(), source };
    let entries = fs::read_dir(path).map_err(unreadable)?.collect::<io::Result<Vec<_>>>().map_err(unreadable)?;
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).filter(is_yaml).collect();
    files.sort();
    if files.is_empty() || files.len() > WINDOWS_MAX {
        let message = format!("could not use \"{}\": it holds {} files of YAML", path.display(), files.len());
        return Err(Failure::usage(message, format!("give a directory with 1 to {WINDOWS_MAX} files of AlertWindows")));
    }
    Ok(files)
}

/// Tells people what was found, and returns how it ends.
fn tell(diagnostics: &[Diagnostic], err: &mut impl Write) -> Exit {
    for diagnostic in diagnostics {
        let line = check::line(diagnostic, Path::new("."), check::Style::Plain);
        // With standard error gone there is nobody left to tell; the exit code still says it.
        err.write_all(line.as_bytes()).unwrap_or_default();
    }
    let refused = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    if refused { Exit::No } else { Exit::Ok }
}
