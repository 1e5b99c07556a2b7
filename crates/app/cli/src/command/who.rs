//! `seaworthy who`: who owns this, and who is on call for it now.

use seaworthy_contract::api::{OnCall, WhoAnswer, WhoCandidate};

use crate::context::Context;
use crate::table::harmless;
use crate::view::View;
use crate::words::age;
use crate::{Exit, Failure};

/// Says who owns something, who is on call for it, and why that is the answer.
///
/// Asks with anything: a service, a URL, a path, a name from an alert. Exit code 1 when nothing matches.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy who shop.example/checkout")]
pub struct Args {
    /// What to look for
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub query: String,
}

/// Other candidates that are named.
const OTHERS_NAMED: usize = 5;

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let answer: WhoAnswer = cx.api.get_json(&format!("/v1/who?q={}", escaped(&args.query))).await?;
    cx.answer(&answer, text)?;
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
