//! `seaworthy shutter`, `throttle`, `isolate`: hold traffic back, with an end, and say whom that concerns.
//! `seaworthy controls` shows what is set and takes it back.

mod asked;
mod list;
#[cfg(test)]
mod tests;
mod text;

use seaworthy_contract::api::{ControlAnswer, ControlAsked, SetControl};
use seaworthy_model::ServiceId;

pub use asked::{Edge, Lasting, Page, Rate};
pub use list::Args as ListArgs;
pub(crate) use list::run as list;

use crate::context::Context;
use crate::{Exit, Failure};

/// Shows a page of the team instead of a service, with status 503, until an end.
///
/// People get a page, programs a problem document; both are told when to come again. The health check passes, and so do
/// other services. Customers are not served meanwhile: it counts as downtime, planned where a window was announced.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  seaworthy shutter checkout --reason \"orders are charged twice\" --text \"Back at 10.\" --for 30m\n  seaworthy shutter checkout --drill --reason exercise --dry-run"
)]
pub struct ShutterArgs {
    /// The service
    pub service: ServiceId,
    /// One route of it, as `--dry-run` names them; every route without it
    #[arg(long, value_name = "NAME")]
    pub route: Option<String>,
    /// What is shown.
    #[command(flatten)]
    pub page: Page,
    /// A user key that passes; may be repeated. Only a keyed hash of it is kept
    #[arg(long, value_name = "KEY")]
    pub let_user: Vec<String>,
    /// For how long and why.
    #[command(flatten)]
    pub lasting: Lasting,
    /// Say whom it would concern, and set nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Lets in no more than a rate of requests, a share of users, or both, until an end.
///
/// The same users stay in while the share stays or grows. Who is refused is told when to come again.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  seaworthy throttle checkout --rate 50 --reason \"the database is at its limit\"\n  seaworthy throttle search --users 50% --for 20m --reason \"half of us must do\""
)]
pub struct ThrottleArgs {
    /// The service
    pub service: ServiceId,
    /// One route of it; every route and every caller without it
    #[arg(long, value_name = "NAME")]
    pub route: Option<String>,
    /// How much.
    #[command(flatten)]
    pub rate: Rate,
    /// For how long and why.
    #[command(flatten)]
    pub lasting: Lasting,
    /// Say whom it would concern, and set nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Refuses every call between two services at once, until an end.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  seaworthy isolate checkout --calls-to recommendations --reason \"it hangs\"\n  seaworthy isolate payments --calls-from reports --reason \"it asks too much\""
)]
pub struct IsolateArgs {
    /// The service
    pub service: ServiceId,
    /// The edge.
    #[command(flatten)]
    pub edge: Edge,
    /// For how long and why.
    #[command(flatten)]
    pub lasting: Lasting,
    /// Say whom it would concern, and set nothing
    #[arg(long)]
    pub dry_run: bool,
}

pub(crate) async fn shutter(args: &ShutterArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let what = args.page.asked(args.let_user.clone());
    let asked = SetControl { route: args.route.clone(), ..args.lasting.asked(what, args.dry_run) };
    set(&args.service, &asked, cx).await
}

pub(crate) async fn throttle(args: &ThrottleArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let asked = args.lasting.asked(args.rate.asked(), args.dry_run);
    set(&args.service, &SetControl { route: args.route.clone(), ..asked }, cx).await
}

pub(crate) async fn isolate(args: &IsolateArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    set(&args.service, &args.lasting.asked(args.edge.asked(), args.dry_run), cx).await
}

async fn set(service: &ServiceId, asked: &SetControl, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let answer: ControlAnswer = cx.api.post_json(&format!("/v1/services/{service}/controls"), asked).await?;
    let answer = match &answer.control {
        Some(control) => ControlAnswer { control: Some(list::settled(control.clone(), cx).await?), ..answer },
        None => answer,
    };
    cx.answer(&answer, text::set)?;
    Ok(Exit::Ok)
}

/// What a gateway is told on its own socket: as the control plane would have it, users left out.
pub(crate) fn meant(
    asked: &ControlAsked,
    service: &ServiceId,
) -> Result<seaworthy_contract::events::control::ControlV1, seaworthy_core::Refusal> {
    // The gateway makes the id; it keys nothing here, as no user is named.
    let id = "00000000-0000-0000-0000-000000000000".parse().expect("it is an id");
    seaworthy_core::control_meant(asked, service, id)
}
