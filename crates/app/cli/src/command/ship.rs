//! `seaworthy ship`: starts a rollout and waits for what becomes of it.

use std::collections::BTreeMap;
use std::time::Duration;

use seaworthy_contract::api::{Rollout, RolloutState, ShipRequest, Shipped, Step, StepState};
use seaworthy_model::{ServiceId, Share, VersionId};

use crate::context::Context;
use crate::follow::follow;
use crate::table::harmless;
use crate::view::View;
use crate::words::{count, share, span};
use crate::{Exit, Failure};

/// Ships a version: to a few users first, to everybody when they are well.
///
/// Waits until it serves everybody (exit code 0) or was taken off its users (1). Ctrl-C stops waiting, not the rollout.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  seaworthy ship checkout v2 --dwell 5s\n  seaworthy ship checkout v3 --address 127.0.0.1:9000 --no-wait"
)]
pub struct Args {
    /// The service
    pub service: ServiceId,
    /// The version; a name is never used for two
    pub version: VersionId,
    /// Adds to the environment of this version
    #[arg(long = "env", value_name = "KEY=VALUE", value_parser = variable)]
    pub env: Vec<(String, String)>,
    /// A server of this version that runs already, in place of a command
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["command", "env"])]
    pub address: Option<String>,
    /// The commit it was built from
    #[arg(long, value_name = "SHA")]
    pub commit: Option<String>,
    /// Shares of users, in percent, in place of the catalogue's
    #[arg(long, value_name = "PERCENT", value_delimiter = ',')]
    pub steps: Option<Vec<Share>>,
    /// Shortest stay on a step, in place of the catalogue's: `5s`, `2m`, `500ms`
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub dwell: Option<Duration>,
    /// Return as soon as the rollout has begun
    #[arg(long)]
    pub no_wait: bool,
    /// Replaces the catalogue's command for this version; `${version}` and PORT work as there
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}

/// Reads `KEY=VALUE`.
fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}

/// Reads `5s`, `500ms`, `2m`, `1h`; a bare number is refused, as nobody knows its unit.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let millis = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err("write a whole number and a unit: 500ms, 5s, 2m, 1h".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "write a whole number and a unit: 500ms, 5s, 2m, 1h".to_owned())?;
    number.checked_mul(millis).map(Duration::from_millis).ok_or_else(|| "that is longer than anybody waits".to_owned())
}

fn request(args: Args) -> ShipRequest {
    ShipRequest {
        version: args.version.to_string(),
        command: (!args.command.is_empty()).then_some(args.command),
        env: BTreeMap::from_iter(args.env),
        address: args.address,
        commit: args.commit,
        steps: args.steps.map(|steps| steps.into_iter().map(Share::ratio).collect()),
        dwell_ms: args.dwell.map(|dwell| u64::try_from(dwell.as_millis()).unwrap_or(u64::MAX)),
    }
}

pub(crate) async fn run(args: Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let (service, wait) = (args.service.clone(), !args.no_wait);
    let request = request(args);
    let shipped: Shipped = cx.api.post_json(&format!("/v1/services/{service}/rollouts"), &request).await?;
    if let Some(steps) = steps(&shipped).filter(|_| request.steps.is_some()) {
        cx.say(&steps);
    }
    if !wait {
        cx.answer(&shipped, |shipped, _| {
            format!("{service} {} is on its way: rollout {}", request.version, shipped.rollout)
        })?;
        return Ok(Exit::Ok);
    }
    let over = follow(cx, shipped.rollout).await?;
    cx.answer(&over, ended)?;
    Ok(if over.state == RolloutState::Promoted { Exit::Ok } else { Exit::No })
}

/// Says which shares of users a rollout goes through; the last one may not have been asked for.
fn steps(shipped: &Shipped) -> Option<String> {
    let (last, before) = shipped.steps.split_last()?;
    let before: Vec<String> = before.iter().map(|step| share(*step)).collect();
    let then = if before.is_empty() { "" } else { ", then " };
    Some(format!("steps: {}{then}{}", before.join(", "), share(*last)))
}

/// Tells how a rollout ended.
pub(crate) fn ended(rollout: &Rollout, view: &View) -> String {
    let Rollout { service, version, .. } = rollout;
    let took = rollout.ended_at.map_or(0.0, |end| end.duration_since(rollout.started_at).as_secs_f64());
    let reason = rollout.reason.as_deref().map_or_else(String::new, |reason| format!(": {}", harmless(reason)));
    let head = match rollout.state {
        RolloutState::Promoted => format!("{service} {version} serves everybody, {} after it was shipped", span(took)),
        RolloutState::Reverting => {
            format!("{} {service} {version} is being taken off its users{reason}", view.alarm("reverting:"))
        }
        RolloutState::Reverted if reached(rollout) == 0.0 => {
            format!("{} {service} {version} never met a user{reason}", view.alarm("reverted:"))
        }
        RolloutState::Reverted => {
            let off = share(reached(rollout));
            format!("{} {service} {version} was taken off {off} of users{reason}", view.alarm("reverted:"))
        }
        RolloutState::Starting | RolloutState::Stepping | RolloutState::Held => harmless(&rollout.sentence),
    };
    [vec![head], measured(rollout)].concat().join("\n")
}

/// Returns the largest share of users that met it.
pub(crate) fn reached(rollout: &Rollout) -> f64 {
    let met = |step: &&Step| matches!(step.state, StepState::Passed | StepState::Now | StepState::Stopped);
    rollout.steps.iter().filter(met).map(|step| step.share).fold(0.0, f64::max)
}

/// Tells what was measured, a line each.
fn measured(rollout: &Rollout) -> Vec<String> {
    let mut lines = Vec::new();
    let canary = &rollout.canary;
    if canary.requests > 0 {
        let requests = count(canary.requests, "request");
        lines.push(format!("  since it was shipped it answered {requests}; {} failed", canary.failures));
    }
    if canary.users > 0 {
        // Users are told apart on a step only: not between two, and not once a version serves everybody.
        lines.push(format!("  on its steps it met {}, counted anew on each step", count(canary.users, "user")));
    }
    if canary.failures > 0 {
        let baseline = rollout.baseline.as_ref().map_or("nobody", |version| version.as_str());
        lines.push(format!(
            "  of these, {baseline} answered {}; users saw {} on requests that may be repeated, {} on others",
            canary.rescued, canary.seen_idempotent, canary.seen_other
        ));
    }
    if let Some(times) = &rollout.revert {
        let assignment = format!(
            "  from the decision to the last request assigned {}, to the last response {}",
            span(times.decision_to_last_assignment_s),
            span(times.decision_to_last_response_s)
        );
        lines.push(assignment);
        if let (Some(assignment), Some(response)) =
            (times.first_bad_to_last_assignment_s, times.first_bad_to_last_response_s)
        {
            lines.push(format!(
                "  from the first bad response to the last request assigned {}, to the last response {}",
                span(assignment),
                span(response)
            ));
        }
        lines.push(format!("  measured by the gateways, ledger #{}", times.position));
    }
    lines
}

#[cfg(test)]
mod tests;
