//! `seaworthy sign-in`: a one-time link that signs a person in on this machine.

use seaworthy_contract::api::SignInLink;

use crate::context::Context;
use crate::words::age;
use crate::{Exit, Failure};

pub(crate) async fn run(cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let link: SignInLink = cx.api.post_json("/v1/sign-in-links", &serde_json::json!({})).await?;
    let left = age(link.expires_at.duration_since(cx.view.now).as_secs().max(0));
    // Beside the link, not on its line: a script can open what is on standard output.
    cx.say(&format!("works once, within {left}:"));
    cx.answer(&link, |link, _| link.url.clone())?;
    Ok(Exit::Ok)
}
