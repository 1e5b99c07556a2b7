//! `seaworthy probes`: what is tried in production, and what it came to.

use seaworthy_contract::api::{Probe, ProbePlace, ProbeRun, ProbeRuns, ProbeState, ProbeUnseen};
use seaworthy_contract::catalogue::Target;

use crate::context::Context;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::ago;
use crate::{Exit, Failure};

/// Runs that are shown of one probe: a screen.
const RUNS_SHOWN: usize = 20;

/// Shows probes and how they stand, or one with its latest runs.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy probes\n  seaworthy probes checkout-buy")]
pub struct Args {
    /// The probe; all of them where none is named
    pub probe: Option<String>,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match &args.probe {
        None => {
            let probes: Vec<Probe> = cx.api.get_json("/v1/probes").await?;
            cx.answer(&probes, |probes, view| table(probes, view))?;
        }
        Some(name) => {
            let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c));
            if !is_name {
                let message = format!("\"{}\" is no name of a probe", harmless(name));
                return Err(Failure::usage(message, "`seaworthy probes` lists them"));
            }
            let runs: ProbeRuns = cx.api.get_json(&format!("/v1/probes/{name}")).await?;
            cx.answer(&runs, one)?;
        }
    }
    Ok(Exit::Ok)
}

fn table(probes: &[Probe], view: &View) -> String {
    if probes.is_empty() {
        return "no probe is declared; write kind: Probe, or `probe: https://host/health` in a Service".to_owned();
    }
    let columns = [Column::Text, Column::Text, Column::Text, Column::Text, Column::Gives, Column::Gives];
    let header = ["PROBE", "SERVICE", "STATE", "SINCE", "TRIES", "WHY"].map(str::to_owned).to_vec();
    let rows = probes.iter().map(|probe| row(probe, view));
    lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width()).join("\n")
}

fn row(probe: &Probe, view: &View) -> Vec<String> {
    vec![
        harmless(&probe.name),
        probe
            .function
            .as_ref()
            .map_or_else(|| probe.service.to_string(), |f| format!("{}/{}", probe.service, harmless(f))),
        state(probe),
        probe.since.map_or_else(|| "-".to_owned(), |since| ago(view.seconds_since(since))),
        harmless(&target(&probe.target)),
        harmless(&probe.reason),
    ]
}

fn state(probe: &Probe) -> String {
    let word = word(probe.state);
    match (probe.unseen, probe.flapping) {
        (Some(ProbeUnseen::NeverUp), _) => format!("{word}, never up"),
        (_, true) => format!("{word}, flapping"),
        _ => word.to_owned(),
    }
}

fn word(state: ProbeState) -> &'static str {
    match state {
        ProbeState::Unknown => "unknown",
        ProbeState::Up => "up",
        ProbeState::Degraded => "degraded",
        ProbeState::Down => "down",
    }
}

fn target(target: &Target) -> String {
    match target {
        Target::Http { steps } => match steps.as_slice() {
            [only] => only.url.clone(),
            steps => format!(
                "{} and {} more",
                steps.first().map_or("", |step| step.url.as_str()),
                steps.len().saturating_sub(1)
            ),
        },
        Target::Tcp { address } => format!("tcp {address}"),
        Target::Dns { name, record, .. } => format!("dns {record} {name}"),
        Target::Tls { address, .. } => format!("tls {address}"),
    }
}

fn one(runs: &ProbeRuns, view: &View) -> String {
    let probe = &runs.probe;
    let mut text = format!("{}\n\n", table(std::slice::from_ref(probe), view));
    for ProbePlace { place, state, reason, .. } in &probe.places {
        let why = reason.as_ref().map(|why| format!(": {}", harmless(why))).unwrap_or_default();
        text += &format!("from {}: {}{why}\n", harmless(place), word(*state));
    }
    let header = ["SLOT", "FROM", "TOOK", "CAME TO", "WHY"].map(str::to_owned).to_vec();
    let shown = runs.runs.iter().take(RUNS_SHOWN).map(|run| run_row(run, view));
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(shown).collect();
    let columns = [Column::Text, Column::Text, Column::Text, Column::Text, Column::Gives];
    text + "\n" + &lay_out(&columns, &rows, view.width()).join("\n")
}

fn run_row(run: &ProbeRun, view: &View) -> Vec<String> {
    let retried = run.retried.as_ref().map(|why| format!("a second try; the first: {}", harmless(why)));
    vec![
        ago(view.seconds_since(run.at)),
        harmless(&run.place),
        format!("{} ms", run.took_ms),
        word(run.state).to_owned(),
        run.reason.as_deref().map(harmless).or(retried).unwrap_or_default(),
    ]
}

#[cfg(test)]
pub(crate) mod tests;
