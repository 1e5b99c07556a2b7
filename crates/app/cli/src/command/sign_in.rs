//! `seaworthy sign-in`: a one-time link that signs a person in on this machine.

use seaworthy_contract::api::{SignInLink, SignInRequest};
use seaworthy_model::PersonId;

use crate::context::Context;
use crate::words::age;
use crate::{Exit, Failure};

/// Prints a one-time link that signs a person in to the portal.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  xdg-open $(seaworthy sign-in)\n  seaworthy sign-in --as ines")]
pub struct Args {
    /// Who signs in by it, by handle: whoever opens it is them. Without it an admin who is nobody in particular
    #[arg(long = "as", value_name = "HANDLE")]
    pub person: Option<PersonId>,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let request = SignInRequest { person: args.person.clone() };
    let link: SignInLink = cx.api.post_json("/v1/sign-in-links", &request).await?;
    let left = age(link.expires_at.duration_since(cx.view.now).as_secs().max(0));
    // Beside the link, not on its line: a script can open what is on standard output.
    cx.say(&format!("works once, within {left}:"));
    cx.answer(&link, |link, _| link.url.clone())?;
    Ok(Exit::Ok)
}
