//! `seaworthy who`: who owns this, and who is on call for it now, by a server or by files alone.

mod snapshot;
mod source;
mod told;

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use seaworthy_contract::api::{OnCall, WhoAnswer, WhoCandidate};
use serde::Serialize;
use snapshot::Snapshot;

use crate::context::Context;
use crate::table::harmless;
use crate::view::View;
use crate::words::age;
use crate::{Exit, Failure, report};

/// Says who owns something, who is on call for it, and why that is the answer.
///
/// Asks with a service, a URL, a path, a team or a person; of files (`--source`) also with an alert, an image, a queue, a
/// commit or a pasted line of a log. Exit code 1 when nobody owns it.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  seaworthy who shop.example/checkout\n  seaworthy who --source . 'dial tcp: lookup pay.internal: no such host'"
)]
pub struct Args {
    /// What to look for
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub query: String,
    /// Answer from the ownership files, manifests and rules below this directory, instead of a server
    #[arg(long, value_name = "DIR")]
    pub source: Option<PathBuf>,
    /// The copy that answers while the server does not [default: below $XDG_STATE_HOME or ~/.local/state]
    #[arg(long, value_name = "FILE", conflicts_with = "source")]
    pub snapshot: Option<PathBuf>,
}

/// Answers from files where some are named, writes to `out`, what went wrong to `err`, and returns the exit code; none
/// where a server is asked.
pub fn offline(args: &Args, json: bool, out: &mut impl Write, err: &mut impl Write) -> Option<u8> {
    let directory = args.source.as_deref()?;
    let view = View::of_this_process(json);
    let answered = source::run(directory, &args.query, &view, out);
    Some(answered.unwrap_or_else(|failure| report(&failure, json, err)).code())
}

/// Other candidates that are named.
const OTHERS_NAMED: usize = 5;

/// An answer from the copy, for programs.
#[derive(Serialize)]
struct Copied<'a> {
    #[serde(flatten)]
    answer: &'a WhoAnswer,
    snapshot: Taken<'a>,
}

#[derive(Serialize)]
struct Taken<'a> {
    server: &'a str,
    taken_at: Timestamp,
    age_seconds: i64,
}

pub(crate) async fn run(args: &Args, server: &str, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let copy = args.snapshot.clone().or_else(|| snapshot::default_path(server));
    let asked: Result<WhoAnswer, _> = cx.api.get_json(&format!("/v1/who?q={}", escaped(&args.query))).await;
    let answer = match asked.map_err(Failure::from) {
        Ok(answer) => answer,
        Err(failure) if failure.exit() == Exit::Unavailable => return from_copy(args, server, copy, failure, cx),
        Err(failure) => return Err(failure),
    };
    cx.answer(&answer, text)?;
    if let Some(path) = copy.filter(|path| !snapshot::is_fresh(path, cx.view.now)) {
        keep(server, &path, cx).await;
    }
    Ok(if answer.candidates.is_empty() { Exit::No } else { Exit::Ok })
}

/// Keeps a copy for later. The question was answered; a copy that could not be made is said, and no failure.
async fn keep(server: &str, path: &Path, cx: &mut Context<'_>) {
    let Ok(services) = cx.api.get_json("/v1/services").await else { return };
    if let Err(error) = Snapshot::of(server, services, cx.view.now).write(path) {
        cx.say(&format!("could not keep a copy in \"{}\": {error}", path.display()));
    }
}

/// Answers from the copy, and says how old it is; without one the failure stays what it was.
fn from_copy(
    args: &Args,
    server: &str,
    copy: Option<PathBuf>,
    failure: Failure,
    cx: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let Some(snapshot) = copy.and_then(|path| Snapshot::read(&path, server)) else { return Err(failure) };
    let answer = snapshot.answer(&args.query, cx.view.now);
    let age_seconds = cx.view.now.duration_since(snapshot.taken_at).as_secs().max(0);
    let told = Copied { answer: &answer, snapshot: Taken { server, taken_at: snapshot.taken_at, age_seconds } };
    cx.answer(&told, |told, view| {
        let age = age(told.snapshot.age_seconds);
        format!(
            "{}\n{server} does not answer: this is from a copy on this machine, taken {age} ago",
            text(told.answer, view)
        )
    })?;
    Ok(if answer.candidates.is_empty() { Exit::No } else { Exit::Ok })
}

/// Writes any text so that it can stand in a query.
fn escaped(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~/".contains(byte);
    text.bytes().map(|b| if plain(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn text(answer: &WhoAnswer, view: &View) -> String {
    let Some((best, others)) = answer.candidates.split_first() else {
        let query = harmless(&answer.query);
        return format!(
            "nobody: the catalogue knows nothing like \"{query}\"; `seaworthy services` lists what it knows"
        );
    };
    let on_call = match &best.on_call {
        Some(on_call) => format!("on call is {}", person(on_call, view)),
        None => view.alarm("nobody is on call"),
    };
    let mut lines = vec![
        format!("{} belongs to team {}; {on_call}", best.service, best.team),
        format!("{}: {} ({})", harmless(&best.confidence), harmless(&best.because), harmless(&best.source)),
    ];
    let rivals = others.iter().filter(|other| other.confidence == best.confidence && other.team != best.team).count();
    if rivals > 0 {
        lines.push(view.alarm("disagreement: as likely it belongs to another team; see below"));
    }
    lines.extend(others.iter().take(OTHERS_NAMED).map(other));
    if others.len() > OTHERS_NAMED {
        lines.push(format!("or {} more; `--json` shows them", others.len() - OTHERS_NAMED));
    }
    lines.join("\n")
}

fn other(candidate: &WhoCandidate) -> String {
    let WhoCandidate { service, team, confidence, because, .. } = candidate;
    format!("or {service} of team {team}, {}: {}", harmless(confidence), harmless(because))
}

/// Tells who is on call, until when, and who is next.
pub(crate) fn person(on_call: &OnCall, view: &View) -> String {
    let name = match &on_call.display_name {
        Some(name) => format!("{} ({})", harmless(name), on_call.person),
        None => on_call.person.to_string(),
    };
    let left = age(on_call.until.duration_since(view.now).as_secs().max(0));
    let next = match &on_call.next {
        Some(next) if *next != on_call.person => format!(", then {next}"),
        _ => String::new(),
    };
    format!("{name} for {left} more{next}")
}

#[cfg(test)]
mod tests;
