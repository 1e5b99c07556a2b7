//! Joining a rota: who is asked, and its beginning.

use seaworthy_contract::api::{RotaInvitation, RotaInviteRequest, RotaStart, RotaStartRequest};
use seaworthy_model::{PersonId, RotationId};

use crate::context::Context;
use crate::table::harmless;
use crate::{Exit, Failure};

/// Which rota.
#[derive(Debug, Clone, clap::Args)]
pub struct RotaArgs {
    /// The rotation
    pub rotation: RotationId,
}

/// Who is asked.
#[derive(Debug, Clone, clap::Args)]
pub struct InviteArgs {
    /// The rotation
    pub rotation: RotationId,
    /// Only this person; everybody whom the file names and who has not joined, where nobody is
    #[arg(long)]
    pub person: Option<PersonId>,
}

/// Whether it begins before everything is there.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "\"Not yet\" is a normal answer (exit code 1). The team may decide to begin all the same, with a name and a reason on record."
)]
pub struct StartArgs {
    /// The rotation
    pub rotation: RotationId,
    /// Who decides to begin before every condition is met
    #[arg(long, value_name = "PERSON", requires = "reason")]
    pub decided_by: Option<PersonId>,
    /// Why
    #[arg(long, value_name = "TEXT", requires = "decided_by")]
    pub reason: Option<String>,
}

pub(super) async fn invite(args: &InviteArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let request = RotaInviteRequest { person: args.person.clone() };
    let path = format!("/v1/rotations/{}/invitations", args.rotation);
    let open: Vec<RotaInvitation> = cx.api.post_json(&path, &request).await?;
    cx.answer(&open, |open, _| told(open))?;
    Ok(Exit::Ok)
}

pub(super) async fn invitations(args: &RotaArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let path = format!("/v1/rotations/{}/invitations", args.rotation);
    let open: Vec<RotaInvitation> = cx.api.get_json(&path).await?;
    cx.answer(&open, |open, _| told(open))?;
    Ok(Exit::Ok)
}

fn told(open: &[RotaInvitation]) -> String {
    if open.is_empty() {
        return "no invitation is open".to_owned();
    }
    let line = |one: &RotaInvitation| format!("{}  no answer yet; the link works until {}", one.person, one.ends_at);
    open.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) async fn start(args: &StartArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let request = RotaStartRequest { decided_by: args.decided_by.clone(), reason: args.reason.clone() };
    let path = format!("/v1/rotations/{}/start", args.rotation);
    let start: RotaStart = cx.api.post_json(&path, &request).await?;
    cx.answer(&start, |start, _| {
        let missing: Vec<String> = start.missing.iter().map(|one| format!("- {}", harmless(one))).collect();
        match (start.started_at, missing.is_empty()) {
            (Some(at), true) => format!("the rota {} began at {at}", start.rotation),
            (Some(at), false) => format!("the rota {} began at {at}, before:\n{}", start.rotation, missing.join("\n")),
            (None, _) => format!("not yet; nobody is on call by it, and this is missing:\n{}", missing.join("\n")),
        }
    })?;
    Ok(if start.started_at.is_some() { Exit::Ok } else { Exit::No })
}
