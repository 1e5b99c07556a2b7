//! `seaworthy collect`: reads what others' records say of a service, shows it, and sends it to the server.

mod reach;
mod text;

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use seaworthy_collectors::{Asked, COLLECTORS, CollectError, Collector, Observed, Value, collector};
use seaworthy_contract::api::{ObservationsRequest, ObservationsTaken};
use seaworthy_contract::events::observation::{ObservationTakenV1, ObservedFactV1, ObservedValueV1};
use seaworthy_lookup::{Kind, slug};
use seaworthy_model::ServiceId;

use crate::context::Context;
use crate::{Exit, Failure, report};

/// Collects facts about a service from what others record: a repository, a pipeline, rules, manifests, a database.
///
/// Exit code 0 when it was collected and the server has it, 2 when there is nothing to collect or it cannot be read.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  seaworthy collect --list\n  seaworthy collect git . --service shop --dry-run\n  seaworthy collect junit build/reports --service shop"
)]
pub struct Args {
    /// The collector; `--list` shows them
    #[arg(required_unless_present = "list")]
    pub collector: Option<String>,
    /// What it reads: a file, a directory, a connection
    #[arg(required_unless_present = "list")]
    pub path: Option<PathBuf>,
    /// The service that the facts are about
    #[arg(long, required_unless_present = "list")]
    pub service: Option<ServiceId>,
    /// A member of the owning team, by handle, whose commits count as its own; else whom ownership files in the path name
    #[arg(long = "member", value_name = "HANDLE")]
    pub members: Vec<String>,
    /// Only show the facts; nothing is sent
    #[arg(long)]
    pub dry_run: bool,
    /// List the collectors and what each reads
    #[arg(long, exclusive = true)]
    pub list: bool,
}

/// Lists collectors, or shows what one sees, without a server; none where it is to be sent.
pub fn offline(args: &Args, json: bool, out: &mut impl Write, err: &mut impl Write) -> Option<u8> {
    if !args.list && !args.dry_run {
        return None;
    }
    let shown = if args.list { listed(json) } else { look(args).map(|seen| shown(&seen, json)) };
    let written = shown.and_then(|text| {
        out.write_all(text.as_bytes())?;
        out.flush()?;
        Ok(Exit::Ok)
    });
    Some(written.unwrap_or_else(|failure| report(&failure, json, err)).code())
}

/// Collects and sends.
pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let name = args.collector.as_deref().unwrap_or_default();
    cx.say(&format!("collecting {name} ..."));
    let seen = look(args)?;
    cx.say(&format!("sending {} facts of \"{}\" ...", seen.facts.len(), seen.source));
    let body = ObservationsRequest { observations: vec![seen] };
    let taken: ObservationsTaken = cx.api.post_json("/v1/observations", &body).await?;
    cx.answer(&taken, |taken, _| text::taken(&body.observations[0], taken))?;
    Ok(Exit::Ok)
}

fn listed(json: bool) -> Result<String, Failure> {
    if !json {
        return Ok(text::list(COLLECTORS));
    }
    let one = |collector: &Collector| serde_json::json!({"collector": collector.name, "reads": collector.reads});
    let all: Vec<serde_json::Value> = COLLECTORS.iter().map(one).collect();
    Ok(serde_json::to_string_pretty(&all).map_err(std::io::Error::from)? + "\n")
}

fn shown(seen: &ObservationTakenV1, json: bool) -> String {
    if json {
        return serde_json::to_string_pretty(seen).expect("facts have string keys only") + "\n";
    }
    text::facts(seen)
}

/// Collects as the arguments say.
fn look(args: &Args) -> Result<ObservationTakenV1, Failure> {
    let (Some(name), Some(path), Some(service)) = (&args.collector, &args.path, &args.service) else {
        return Err(Failure::usage("could not collect: no collector, path or service", "`seaworthy collect --help`"));
    };
    let Some(collector) = collector(name) else {
        let known: Vec<&str> = COLLECTORS.iter().map(|collector| collector.name).collect();
        let message = format!("could not collect: there is no collector \"{name}\"");
        return Err(Failure::usage(message, format!("collectors are {}", known.join(", "))));
    };
    let members = if args.members.is_empty() && name == "git" { members(path, service) } else { args.members.clone() };
    let asked = Asked { path, service, members: &members, now: Timestamp::now(), reach: &reach::reach };
    collector.collect(&asked).map(taken).map_err(failure)
}

/// Handles of whoever ownership files in a repository say are members of the team that owns the service.
fn members(path: &Path, service: &ServiceId) -> Vec<String> {
    let Ok(loaded) = seaworthy_claims::load(path) else { return vec![] };
    let things = &loaded.known.things;
    let of_service = things.iter().filter(|thing| slug(&thing.name) == slug(service.as_str()) && thing.kind.is_owned());
    let teams: Vec<String> = of_service.flat_map(|thing| &thing.owners).map(|owner| slug(&owner.text)).collect();
    let own = things.iter().filter(|thing| thing.kind == Kind::Team && teams.contains(&slug(&thing.name)));
    own.flat_map(|team| team.members.iter().cloned()).collect()
}

fn failure(error: CollectError) -> Failure {
    let hint = error.hint();
    // Whoever collects reads all of it once: the error and what lies under it.
    let mut message = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    Failure::usage(message, hint)
}

/// Writes what was seen as the ledger keeps it.
fn taken(seen: Observed) -> ObservationTakenV1 {
    let fact = |fact: seaworthy_collectors::Fact| ObservedFactV1 {
        key: fact.key,
        value: value(fact.value),
        place: fact.place,
    };
    ObservationTakenV1 {
        collector: seen.collector.to_owned(),
        source: seen.source,
        service: seen.service,
        seen_at: seen.seen_at,
        facts: seen.facts.into_iter().map(fact).collect(),
    }
}

fn value(value: Value) -> ObservedValueV1 {
    /// Above it a float no longer holds every whole number.
    const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Bool(value) => ObservedValueV1::Bool(value),
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        Value::Number(number) if number.fract() == 0.0 && number.abs() <= WHOLE_MAX => {
            ObservedValueV1::Whole(number as i64)
        }
        Value::Number(number) => ObservedValueV1::Number(number),
        Value::Text(text) => ObservedValueV1::Text(text),
        Value::List(texts) => ObservedValueV1::List(texts),
    }
}

#[cfg(test)]
mod tests;
