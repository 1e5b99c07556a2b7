//! `seaworthy revert`: takes the latest version of a service off its users, and says how fast that was.

use seaworthy_contract::api::{ActRequest, Rollout, RolloutState};
use seaworthy_model::ServiceId;

use super::ship::ended;
use crate::context::Context;
use crate::follow::follow;
use crate::{Exit, Failure};

/// Takes the latest version of a service off its users; also after it was promoted, while the one before is warm.
///
/// Waits until every gateway has let go (at most 30 s), and prints the measured times.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy revert checkout --reason \"orders are slow\"")]
pub struct Args {
    /// The service
    pub service: ServiceId,
    /// Why, in words; lands in the ledger
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let path = format!("/v1/services/{}/revert", args.service);
    let request = ActRequest { reason: args.reason.clone() };
    let reverting = cx.api.post_json(&path, &request).await;
    let failed = |error| Failure::Revert { error: Box::new(error), service: args.service.clone() };
    let reverting: Rollout = reverting.map_err(failed)?;
    let over = match reverting.state {
        RolloutState::Reverted => reverting,
        _ => follow(cx, reverting.id).await?,
    };
    cx.answer(&over, ended)?;
    Ok(if over.state == RolloutState::Reverted { Exit::Ok } else { Exit::No })
}
