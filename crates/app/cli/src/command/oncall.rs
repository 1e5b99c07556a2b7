//! `seaworthy oncall`: who is on call, when and why, from files alone; needs no server.

mod foreign;
mod ics;
mod json;
mod text;

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use seaworthy_contract::catalogue::{Entity, Rotation};
use seaworthy_core::view::schedule;
use seaworthy_files::{Diagnostic, FILE_BYTES_MAX, Loaded, Severity, Source};
use seaworthy_oncall::{Finding, Limits, Plan, Schedule, findings};

use crate::table::harmless;
use crate::view::View;
use crate::words::instant;
use crate::{Exit, Failure, report};

/// Rules of references: a file that is looked at alone does not hold everybody whom it names.
const OF_THE_WHOLE: [&str; 3] = ["unknown-reference", "rotation-in-future", "no-contact"];

/// Shows rotations in files.
///
/// Exit code 0 when a rotation was read, 1 when something in the files is wrong (nothing is shown then), 2 when they cannot be read.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum What {
    /// Shows who is on call in a time, why, where nobody is, and what whoever builds the rota should know.
    #[command(after_help = "Example:\n  seaworthy oncall show --source rota.yaml --from 2026-01-01 --to 2026-02-01")]
    Show(ShowArgs),
}

/// Which files, which time.
#[derive(Debug, Clone, clap::Args)]
pub struct ShowArgs {
    /// A file or a directory with kinds of Rotation; or another system's schedule as .ics or .csv
    #[arg(long, value_name = "FILE|DIR")]
    pub source: PathBuf,
    /// First day, from its midnight in UTC; or an instant
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub from: Timestamp,
    /// The day after the last; or an instant
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub to: Timestamp,
    /// Only this rotation
    #[arg(long, value_name = "NAME")]
    pub rotation: Option<String>,
    /// Write an iCalendar file instead (RFC 5545)
    #[arg(long, conflicts_with = "json")]
    pub ics: bool,
}

/// A rotation, resolved.
struct Shown {
    declared: Rotation,
    schedule: Schedule,
    plan: Plan,
    findings: Vec<Finding>,
}

/// Does it, writes the result to `out` and what went wrong to `err`, and returns the exit code.
pub fn run(args: &Args, json: bool, out: &mut impl Write, err: &mut impl Write) -> u8 {
    let What::Show(args) = &args.what;
    show(args, View::of_this_process(json), out, err).unwrap_or_else(|failure| report(&failure, json, err)).code()
}

fn show(args: &ShowArgs, view: View, out: &mut impl Write, err: &mut impl Write) -> Result<Exit, Failure> {
    check_period(args)?;
    if let Some(layout) = foreign::Layout::of(args) {
        return told(args, &[foreign::shown(args, layout, err)?], view, out);
    }
    let loaded = load(&args.source)?;
    let wrong: Vec<&Diagnostic> = loaded.diagnostics.iter().filter(|one| is_wrong(one)).collect();
    for one in &wrong {
        let line = format!("{}:{}:{}: {}; {}", one.file, one.line, one.column, one.message, one.remedy);
        // With standard error gone there is nobody left to tell; the exit code still says it.
        writeln!(err, "error: {}", harmless(&line)).unwrap_or_default();
    }
    if !wrong.is_empty() {
        return Ok(Exit::No);
    }
    told(args, &rotations(args, loaded)?, view, out)
}

fn told(args: &ShowArgs, shown: &[Shown], view: View, out: &mut impl Write) -> Result<Exit, Failure> {
    let said = match (args.ics, view.json) {
        (true, _) => ics::render(shown),
        (false, true) => json::render(shown)?,
        (false, false) => text::render(shown, view.width()),
    };
    out.write_all(said.as_bytes())?;
    out.flush()?;
    Ok(Exit::Ok)
}

fn check_period(args: &ShowArgs) -> Result<(), Failure> {
    let days = args.from.duration_until(args.to).as_hours() / 24;
    if args.to <= args.from {
        let message = format!("could not show the time from {} to {}: it holds none", args.from, args.to);
        return Err(Failure::usage(message, "--from is the first day, --to the day after the last"));
    }
    if days > Limits::DAYS {
        let message = format!("could not show {days} days: at most {} at a time", Limits::DAYS);
        return Err(Failure::usage(message, "ask for two years or less"));
    }
    Ok(())
}

fn load(path: &Path) -> Result<Loaded, Failure> {
    let unreadable = |source| Failure::Read { path: path.to_owned(), source };
    if path.is_dir() {
        return seaworthy_files::load(path, Timestamp::MAX).map_err(unreadable);
    }
    let text = text_of(path, FILE_BYTES_MAX, "write each rotation into a file of its own")?;
    // Every rotation has begun at the end of time: when it begins is what is shown.
    Ok(seaworthy_files::parse(&[Source { path: path.display().to_string(), text }], Timestamp::MAX))
}

/// Reads a file of at most so many bytes.
fn text_of(path: &Path, limit: u64, remedy: &str) -> Result<String, Failure> {
    let mut text = String::new();
    let read = fs::File::open(path).and_then(|file| file.take(limit + 1).read_to_string(&mut text));
    if read.map_err(|source| Failure::Read { path: path.to_owned(), source })? as u64 > limit {
        let message = format!("could not read \"{}\": it is larger than {limit} bytes", path.display());
        return Err(Failure::usage(message, remedy));
    }
    Ok(text)
}

fn is_wrong(one: &Diagnostic) -> bool {
    one.severity == Severity::Error && !OF_THE_WHOLE.contains(&one.rule)
}

fn rotations(args: &ShowArgs, loaded: Loaded) -> Result<Vec<Shown>, Failure> {
    let all = loaded.document.entities.into_iter().filter_map(|sourced| match sourced.entity {
        Entity::Rotation(rotation) => Some(rotation),
        _ => None,
    });
    let all: Vec<Rotation> = all.collect();
    let names: Vec<String> = all.iter().map(|one| one.name.to_string()).collect();
    let asked = |one: &Rotation| args.rotation.as_ref().is_none_or(|name| one.name.as_str() == name);
    let shown: Vec<Shown> = all.into_iter().filter(asked).filter_map(|declared| resolve(declared, args)).collect();
    if shown.is_empty() {
        let message = match &args.rotation {
            Some(name) => format!("no rotation \"{}\" in \"{}\"", harmless(name), args.source.display()),
            None => format!("no rotation in \"{}\"", args.source.display()),
        };
        let hint = match names.as_slice() {
            [] => "write a document of kind Rotation: docs/files.md shows one".to_owned(),
            names => format!("it has {}", names.join(", ")),
        };
        return Err(Failure::usage(message, &hint));
    }
    Ok(shown)
}

fn resolve(declared: Rotation, args: &ShowArgs) -> Option<Shown> {
    let schedule = schedule(&declared)?;
    let plan = schedule.plan(args.from, args.to);
    let findings = findings(&schedule, &plan);
    Some(Shown { declared, schedule, plan, findings })
}

#[cfg(test)]
mod tests;
