//! `seaworthy probe`: tries a probe here and now, or joins a server as a place that runs its probes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use seaworthy_client::Client;
use seaworthy_contract::api::ProbeRuns;
use seaworthy_contract::catalogue::{Entity, Probe};
use seaworthy_contract::prober::{ProbeSet, RESULTS_MAX};
use seaworthy_files::{FILE_BYTES_MAX, Severity, Source};
use seaworthy_probe::Outcome;
use seaworthy_prober::{Link, Prober, Secrets, StepTried, Tried, keep_running};
use seaworthy_tls::Connector;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use crate::context::Context;
use crate::table::harmless;
use crate::{Exit, Failure};

/// Tries a probe here and now, or joins a server as a place that runs its probes.
#[derive(Debug, Clone, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:\n  seaworthy probe run checkout-buy\n  seaworthy probe run probes.yaml --json\n  \
                        seaworthy probe --from oslo --server http://seaworthy.example:7070")]
pub struct Args {
    /// Joins the server as the place of this name, until Ctrl-C; its token has scope prober
    #[arg(long, value_name = "PLACE")]
    pub from: Option<String>,
    /// An address that this place surely reaches, beside the server: one that reaches none of them blames nobody
    #[arg(long, value_name = "HOST:PORT", requires = "from")]
    pub check: Vec<String>,
    /// Directory whose files are the secrets of this place, each by its name; SEAWORTHY_SECRET_NAME else
    #[arg(long, value_name = "DIR", global = true)]
    pub secrets: Option<PathBuf>,
    /// What to do
    #[command(subcommand)]
    pub action: Option<Action>,
}

/// What to do once.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Tries a probe once, from here, and prints each step with its time
    Run {
        /// A file with probes, or the name of one that the server knows
        probe: String,
    },
}

pub(crate) async fn run(args: &Args, server: &str, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match (&args.action, &args.from) {
        (Some(Action::Run { probe }), _) => try_all(args, probe, cx).await,
        (None, Some(place)) => join(args, place, server, cx).await,
        (None, None) => Err(Failure::usage(
            "could not probe: nothing was named",
            "write `seaworthy probe run FILE|NAME`, or `seaworthy probe --from PLACE`; `seaworthy probes` shows them",
        )),
    }
}

fn prober(args: &Args) -> Prober {
    let variables = std::env::vars_os();
    let variables = variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let secrets = Secrets::new(args.secrets.clone(), variables);
    Prober::new(Connector::shared().clone(), secrets, Arc::new(Timestamp::now))
}

/// Tries what a file or the server says.
async fn try_all(args: &Args, named: &str, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let probes = match Path::new(named).is_file() {
        true => in_file(Path::new(named))?,
        false => vec![of_server(named, cx).await?],
    };
    let (prober, mut tried) = (prober(args), Vec::new());
    for probe in &probes {
        tried.push((probe.name.clone(), prober.try_once(probe).await));
    }
    let works = |(_, tried): &(String, Tried)| matches!(tried.outcome, Outcome::Pass | Outcome::Degraded(_));
    let exit = if tried.iter().all(works) { Exit::Ok } else { Exit::No };
    let answer: Vec<Value> = tried.iter().map(|(name, tried)| as_json(name, tried)).collect();
    cx.answer(&answer, |_, _| tried.iter().map(|(name, tried)| as_text(name, tried)).collect())?;
    Ok(exit)
}

fn in_file(path: &Path) -> Result<Vec<Probe>, Failure> {
    let read = |source| Failure::Read { path: path.to_owned(), source };
    let too_large = std::fs::metadata(path).map_err(read)?.len() > FILE_BYTES_MAX;
    if too_large {
        return Err(Failure::usage(
            format!("could not read \"{}\": it is too large", path.display()),
            "name a smaller file",
        ));
    }
    let text = std::fs::read_to_string(path).map_err(read)?;
    let loaded = seaworthy_files::parse(&[Source { path: path.display().to_string(), text }], Timestamp::now());
    // Its service may stand in another file: what is tried here needs no owner.
    let is_mistake = |d: &&seaworthy_files::Diagnostic| d.severity == Severity::Error && d.rule != "unknown-reference";
    if let Some(mistake) = loaded.diagnostics.iter().find(is_mistake) {
        let place = format!("{}:{}:{}", mistake.file, mistake.line, mistake.column);
        return Err(Failure::usage(format!("{place}: {}", harmless(&mistake.message)), mistake.remedy.clone()));
    }
    let probe = |entity| if let Entity::Probe(probe) = entity { Some(*probe) } else { None };
    let probes: Vec<Probe> = loaded.document.entities.into_iter().filter_map(|sourced| probe(sourced.entity)).collect();
    match probes.is_empty() {
        true => Err(Failure::usage(
            format!("\"{}\" has no probe", path.display()),
            "write one with kind: Probe, or `probe: https://host/health` in a Service",
        )),
        false => Ok(probes),
    }
}

async fn of_server(name: &str, cx: &Context<'_>) -> Result<Probe, Failure> {
    let path_safe = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c));
    if !path_safe {
        return Err(Failure::usage(
            format!("\"{}\" is neither a file nor the name of a probe", harmless(name)),
            "name a file with probes, or one that `seaworthy probes` shows",
        ));
    }
    let ProbeRuns { probe, .. } = cx.api.get_json(&format!("/v1/probes/{name}")).await?;
    Ok(Probe {
        name: probe.name,
        service: probe.service,
        function: probe.function,
        every_ms: probe.every_ms,
        timeout_ms: probe.timeout_ms,
        slow_ms: probe.slow_ms,
        places: Vec::new(),
        target: probe.target,
    })
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Degraded(_) => "degraded",
        Outcome::Fail(_) => "fail",
        Outcome::CannotSee(_) => "cannot-see",
    }
}

fn as_json(name: &str, tried: &Tried) -> Value {
    let reason = |outcome: &Outcome| outcome.reason().map(|why| json!({ "code": why.code.text(), "text": why.text }));
    let step = |step: &StepTried| json!({ "name": step.name, "took_ms": step.took_ms, "outcome": word(&step.outcome), "reason": reason(&step.outcome) });
    json!({
        "probe": name,
        "outcome": word(&tried.outcome),
        "reason": reason(&tried.outcome),
        "took_ms": tried.took_ms,
        "steps": tried.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn as_text(name: &str, tried: &Tried) -> String {
    let why = |outcome: &Outcome| outcome.reason().map(|why| format!(": {}", harmless(&why.text))).unwrap_or_default();
    let mut text =
        format!("{}  {} in {} ms{}\n", harmless(name), word(&tried.outcome), tried.took_ms, why(&tried.outcome));
    for step in &tried.steps {
        text += &format!("  {:>6} ms  {:<10}  {}\n", step.took_ms, word(&step.outcome), harmless(&step.name));
    }
    text
}

/// Runs the probes of a server from here until Ctrl-C.
async fn join(args: &Args, place: &str, server: &str, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let own = args.check.iter().cloned().chain(address(server)).collect();
    let link = Link::new(cx.api.clone(), place.to_owned(), own);
    // A wrong token or name is said at once, and not each second for ever.
    refused(&cx.api, place).await?;
    let (sets, following) = watch::channel(ProbeSet::default());
    let (sender, results) = mpsc::channel(RESULTS_MAX);
    let (telling, applied) = (link.clone(), following.clone());
    cx.say(&format!("joined as {place}; Ctrl-C leaves"));
    let told = |told: Result<usize, &seaworthy_client::Error>| match told {
        Ok(count) => cx.say(&format!("runs {count} {}", if count == 1 { "probe" } else { "probes" })),
        Err(error) => cx.say(&format!("the server is away, what it told goes on: {}", harmless(&error.to_string()))),
    };
    tokio::select! {
        () = link.follow(sets, told) => {}
        () = keep_running(prober(args), place.to_owned(), following, sender) => {}
        () = telling.report(results, || applied.borrow().version) => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(Exit::Ok)
}

/// Asks once whether this place may join. A server that is away may come.
async fn refused(api: &Client, place: &str) -> Result<(), Failure> {
    let silence = std::time::Duration::from_secs(5);
    match api.get_lines(&format!("/v1/probers/{place}/probes"), silence).await {
        Err(error) if error.status().is_some_and(|status| status.is_client_error()) => Err(error.into()),
        _ => Ok(()),
    }
}

/// `host:port` of an address of a server.
fn address(server: &str) -> Option<String> {
    let uri: http::Uri = server.parse().ok()?;
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
    Some(format!("{}:{port}", uri.host()?))
}

#[cfg(test)]
mod tests;
