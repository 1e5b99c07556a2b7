//! `seaworthy resume`: lets a held version go on to its next step.

use seaworthy_contract::api::{ActRequest, Rollout};
use seaworthy_model::ServiceId;

use super::hold::under_way;
use super::ship::ended;
use crate::context::Context;
use crate::{Exit, Failure};

/// Lets a held version go on; whether it gets more users is the judge's decision again.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy resume checkout")]
pub struct Args {
    /// The service
    pub service: ServiceId,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let id = under_way(&args.service, cx).await?;
    let resumed: Rollout = cx.api.post_json(&format!("/v1/rollouts/{id}/resume"), &ActRequest::default()).await?;
    cx.answer(&resumed, ended)?;
    Ok(Exit::Ok)
}
