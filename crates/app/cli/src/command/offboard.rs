//! `seaworthy offboard PERSON --dry-run`: what stops when somebody leaves, rehearsed on files; nothing is changed.

mod text;
mod world;

use std::io::Write;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::Document;
use seaworthy_leaver::{Period, Stop, rehearse};
use seaworthy_model::{PersonId, ServiceId};
use serde::Serialize;

use crate::{Exit, Failure, report};

/// Says what stops when somebody leaves, before they do: turns that nobody has, rungs that reach nobody, teams too small.
///
/// Rehearsed is the moment in which the person is gone and nobody has edited a file yet. Exit code 0 when nothing in the files
/// stops, 1 when something does, 2 when they cannot be read or do not know the person.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Example:\n  seaworthy offboard ann --dry-run --source services/")]
pub struct Args {
    /// Handle of the person
    pub person: PersonId,
    /// Changes nothing; it can do nothing else today, and says so
    #[arg(long, required = true)]
    pub dry_run: bool,
    /// Directory of files with teams, rotations, policies and services
    #[arg(long, value_name = "DIR")]
    pub source: PathBuf,
    /// How many days ahead turns are looked at
    #[arg(long, value_name = "DAYS", default_value_t = 28, value_parser = clap::value_parser!(u16).range(1..=366))]
    pub days: u16,
}

/// What files cannot tell, so that silence about it is not taken for an answer.
const NOT_LOOKED_AT: [&str; 3] = [
    "credentials issued to the person: `seaworthy credentials scan` finds them in files",
    "services that only they have repaired: a server knows",
    "swaps, overrides and joinings made on a server",
];

/// What a rehearsal says.
#[derive(Debug, Serialize)]
struct Rehearsal {
    person: PersonId,
    from: Timestamp,
    to: Timestamp,
    stops: Vec<Said>,
    /// What the files do not tell.
    not_looked_at: [&'static str; 3],
}

/// One thing that stops.
#[derive(Debug, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
enum Said {
    Uncovered { rotation: String, level: u8, seconds: i64, first: Timestamp, services: Vec<ServiceId> },
    RungReachesNobody { policy: String, step: usize, services: Vec<ServiceId> },
    NobodyReachable { rotation: String, left: usize, services: Vec<ServiceId> },
    TeamTooSmall { team: String, left: usize, owns: Vec<ServiceId> },
}

impl From<Stop> for Said {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Uncovered { rota, level, seconds, first, services } => {
                Self::Uncovered { rotation: rota.to_string(), level, seconds, first, services }
            }
            Stop::Rung { policy, step, services } => Self::RungReachesNobody { policy, step, services },
            Stop::Unreachable { rota, left, services } => {
                Self::NobodyReachable { rotation: rota.to_string(), left, services }
            }
            Stop::Team { team, left, services } => Self::TeamTooSmall { team: team.to_string(), left, owns: services },
        }
    }
}

/// Rehearses, writes the result to `out` and what went wrong to `err`, and returns the exit code.
pub fn run(args: &Args, json: bool, now: Timestamp, out: &mut impl Write, err: &mut impl Write) -> u8 {
    let done = rehearsed(args, now).and_then(|said| {
        if json {
            serde_json::to_writer_pretty(&mut *out, &said).map_err(std::io::Error::from)?;
            writeln!(out)?;
        } else {
            out.write_all(text::render(&said).as_bytes())?;
        }
        out.flush()?;
        Ok(if said.stops.is_empty() { Exit::Ok } else { Exit::No })
    });
    done.unwrap_or_else(|failure| report(&failure, json, err)).code()
}

fn rehearsed(args: &Args, now: Timestamp) -> Result<Rehearsal, Failure> {
    let unreadable = |source| Failure::Read { path: args.source.clone(), source };
    let loaded = seaworthy_files::load(&args.source, now).map_err(unreadable)?;
    if loaded.has_errors() {
        let message = format!("could not rehearse on \"{}\": there are mistakes in its files", args.source.display());
        return Err(Failure::usage(message, "`seaworthy check` shows each of them"));
    }
    known(&loaded.document, args)?;
    let to = now.checked_add(SignedDuration::from_hours(24 * i64::from(args.days))).unwrap_or(Timestamp::MAX);
    let stops = rehearse(&world::of(&loaded.document), &args.person, Period { from: now, to });
    let stops = stops.into_iter().map(Said::from).collect();
    Ok(Rehearsal { person: args.person.clone(), from: now, to, stops, not_looked_at: NOT_LOOKED_AT })
}

/// Refuses a person whom no file names: an empty answer about a spelling mistake would be a false calm.
fn known(document: &Document, args: &Args) -> Result<(), Failure> {
    let person = &args.person;
    if world::people(document).contains(person) {
        return Ok(());
    }
    let message =
        format!("could not rehearse without \"{person}\": no file in \"{}\" names them", args.source.display());
    Err(Failure::usage(message, "give the handle as teams and rotations have it"))
}

#[cfg(test)]
mod tests;
