//! `seaworthy hold`: freezes the share of users that a version on trial has.

use seaworthy_contract::api::{ActRequest, Rollout, Service};
use seaworthy_model::{RolloutId, ServiceId};

use super::ship::ended;
use crate::context::Context;
use crate::{Exit, Failure};

/// Freezes the share of a version on trial: no further users, until somebody resumes it.
///
/// Its users stay on it, and it is still taken off them when they fare badly.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy hold checkout --reason \"looking at the slow orders\"")]
pub struct Args {
    /// The service
    pub service: ServiceId,
    /// Why, in words; lands in the ledger
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let id = under_way(&args.service, cx).await?;
    let request = ActRequest { reason: args.reason.clone() };
    let held: Rollout = cx.api.post_json(&format!("/v1/rollouts/{id}/hold"), &request).await?;
    cx.answer(&held, ended)?;
    Ok(Exit::Ok)
}

/// Finds the rollout of a service that is under way.
pub(super) async fn under_way(service: &ServiceId, cx: &Context<'_>) -> Result<RolloutId, Failure> {
    let known: Service = cx.api.get_json(&format!("/v1/services/{service}")).await?;
    known.rollout.ok_or_else(|| {
        let hint = format!("`seaworthy rollouts {service}` shows what became of the last one");
        Failure::refused("refused", format!("no rollout of {service} is under way"), hint)
    })
}

#[cfg(test)]
mod tests;
