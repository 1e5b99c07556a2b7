//! `seaworthy oncall`: who is on call, when and why, by a server or from files alone; and what people change of it.

mod asked;
mod foreign;
mod joining;
mod pay;
mod text;

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use seaworthy_contract::api::RotaPlan;
use seaworthy_contract::catalogue::{CalendarDetails, Entity, Rotation};
use seaworthy_core::view::{calendar, rota_plan, schedule};
use seaworthy_files::{Diagnostic, FILE_BYTES_MAX, Loaded, Severity, Source};
use seaworthy_model::{RotationId, ServiceId, TeamId};
use seaworthy_oncall::{Finding, Limits, Plan, Schedule, findings};

use crate::table::harmless;
use crate::view::View;
use crate::words::instant;
use crate::{Exit, Failure, report};

pub(crate) use asked::run as ask;

/// Rules of references: a file that is looked at alone does not hold everybody whom it names.
const OF_THE_WHOLE: [&str; 3] = ["unknown-reference", "rotation-in-future", "no-contact"];

/// Shows who is on call, now and ahead, and changes it.
///
/// Of files: exit code 0 when a rotation was read, 1 when something in them is wrong (nothing is shown then), 2 when they cannot be read.
#[derive(Debug, Clone, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  seaworthy oncall\n  seaworthy oncall show shop --to 2026-03-01\n  seaworthy oncall cover shop --by ann --from 2026-02-03 --until 2026-02-04"
)]
pub struct Args {
    /// What to do; without it, who is on call now
    #[command(subcommand)]
    pub what: Option<What>,
    /// Only rotas of this team
    #[arg(long)]
    pub team: Option<TeamId>,
    /// Only the rota that pages of this service go to
    #[arg(long)]
    pub service: Option<ServiceId>,
}

/// What to do.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum What {
    /// Shows who is on call in a time, why, where nobody is, and what whoever builds the rota should know.
    #[command(
        after_help = "Examples:\n  seaworthy oncall show shop\n  seaworthy oncall show --source rota.yaml --from 2026-01-01 --to 2026-02-01"
    )]
    Show(ShowArgs),
    /// Changes a rota for a time: somebody is on call, is not, or stands in for another
    Override(asked::OverrideArgs),
    /// Takes an override back; what is past stays
    Clear(asked::OneArgs),
    /// Offers one person's time for another's; both are sent a link and must agree
    Swap(asked::SwapArgs),
    /// Asks somebody, or anybody in the rota, to take a time; both must agree
    Cover(asked::CoverArgs),
    /// Takes an offer back
    Withdraw(asked::OneArgs),
    /// Asks people to join a rota; each is sent a link of their own
    Invite(joining::InviteArgs),
    /// Lists invitations without an answer, for the team whose rota it is
    Invitations(joining::RotaArgs),
    /// Begins a rota that people joined, or says what is missing
    Start(joining::StartArgs),
    /// Notes when somebody in a rota is away, and lists it, for the team; no reason is asked
    Away(pay::AwayArgs),
    /// Tells hours and call-outs of a team, for whoever pays them
    Hours(pay::HoursArgs),
    /// Makes the address of a calendar that programs follow, lists and withdraws them
    Calendar(pay::CalendarArgs),
}

/// Which rota or files, which time.
#[derive(Debug, Clone, clap::Args)]
pub struct ShowArgs {
    /// The rotation; of files all of them where none is named
    #[arg(required_unless_present = "source")]
    pub rotation: Option<RotationId>,
    /// A file or a directory with kinds of Rotation, instead of a server; or another system's schedule as .ics or .csv
    #[arg(long, value_name = "FILE|DIR", requires_all = ["from", "to"])]
    pub source: Option<PathBuf>,
    /// First day, from its midnight in UTC, or an instant; now where it is not said
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub from: Option<Timestamp>,
    /// The day after the last, or an instant; four weeks later where it is not said
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub to: Option<Timestamp>,
    /// Write an iCalendar file instead (RFC 5545)
    #[arg(long, conflicts_with = "json")]
    pub ics: bool,
}

/// Which files, which time.
#[derive(Debug, Clone)]
struct FileArgs {
    source: PathBuf,
    from: Timestamp,
    to: Timestamp,
    rotation: Option<RotationId>,
    ics: bool,
}

impl FileArgs {
    /// Reads what needs no server; none where one is asked.
    fn of(args: &Args) -> Option<Self> {
        let Some(What::Show(ShowArgs { rotation, source: Some(source), from: Some(from), to: Some(to), ics })) =
            &args.what
        else {
            return None;
        };
        Some(Self { source: source.clone(), from: *from, to: *to, rotation: rotation.clone(), ics: *ics })
    }
}

/// A rotation, resolved.
struct Shown {
    declared: Rotation,
    schedule: Schedule,
    plan: Plan,
    findings: Vec<Finding>,
}

impl Shown {
    fn told(&self) -> RotaPlan {
        rota_plan(&self.declared, &self.schedule, &self.plan, self.findings.clone())
    }
}

/// Does what needs no server, writes the result to `out` and what went wrong to `err`, and returns the exit code; none
/// where a server is asked.
pub fn run(args: &Args, json: bool, out: &mut impl Write, err: &mut impl Write) -> Option<u8> {
    let args = FileArgs::of(args)?;
    let shown = show(&args, View::of_this_process(json), out, err);
    Some(shown.unwrap_or_else(|failure| report(&failure, json, err)).code())
}

fn show(args: &FileArgs, view: View, out: &mut impl Write, err: &mut impl Write) -> Result<Exit, Failure> {
    check_period(args.from, args.to)?;
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

fn told(args: &FileArgs, shown: &[Shown], view: View, out: &mut impl Write) -> Result<Exit, Failure> {
    let plans: Vec<RotaPlan> = shown.iter().map(Shown::told).collect();
    let said = match (args.ics, view.json) {
        (true, _) => calendar(plans.iter().flat_map(|plan| &plan.shifts), 0),
        (false, true) => {
            let all = plans.into_iter().reduce(|mut all, one| {
                all.shifts.extend(one.shifts);
                all.gaps.extend(one.gaps);
                all.findings.extend(one.findings);
                all
            });
            serde_json::to_string_pretty(&all.unwrap_or_default()).map_err(std::io::Error::from)? + "\n"
        }
        (false, false) => {
            let one = |(shown, plan): (&Shown, &RotaPlan)| {
                let head = format!("{} of {}", shown.declared.name, shown.declared.team);
                text::plan(&head, &shown.declared.zone, plan, view.width())
            };
            shown.iter().zip(&plans).map(one).collect::<Vec<_>>().join("\n")
        }
    };
    out.write_all(said.as_bytes())?;
    out.flush()?;
    Ok(Exit::Ok)
}

fn check_period(from: Timestamp, to: Timestamp) -> Result<(), Failure> {
    let days = from.duration_until(to).as_hours() / 24;
    if to <= from {
        let message = format!("could not show the time from {from} to {to}: it holds none");
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

fn rotations(args: &FileArgs, loaded: Loaded) -> Result<Vec<Shown>, Failure> {
    let calendars = loaded.document.calendars;
    let all = loaded.document.entities.into_iter().filter_map(|sourced| match sourced.entity {
        Entity::Rotation(rotation) => Some(rotation),
        _ => None,
    });
    let all: Vec<Rotation> = all.collect();
    let names: Vec<String> = all.iter().map(|one| one.name.to_string()).collect();
    let asked = |one: &Rotation| args.rotation.as_ref().is_none_or(|name| one.name == *name);
    let shown: Vec<Shown> = all.into_iter().filter(asked).filter_map(|one| resolve(one, &calendars, args)).collect();
    if shown.is_empty() {
        let message = match &args.rotation {
            Some(name) => format!("no rotation \"{name}\" in \"{}\"", args.source.display()),
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

fn resolve(declared: Rotation, calendars: &[CalendarDetails], args: &FileArgs) -> Option<Shown> {
    let mut schedule = schedule(&declared)?;
    // An address is asked by a server only.
    if let Some(calendar) = calendars.iter().find(|calendar| calendar.rotation == declared.name) {
        foreign::follow(&mut schedule, calendar, args);
    }
    let plan = schedule.plan(args.from, args.to);
    let follows = declared.layered.calendar.is_some();
    let ours = |finding: &Finding| !follows || !matches!(finding, Finding::Size { .. });
    let findings = findings(&schedule, &plan).into_iter().filter(ours).collect();
    Some(Shown { declared, schedule, plan, findings })
}

#[cfg(test)]
mod tests;
