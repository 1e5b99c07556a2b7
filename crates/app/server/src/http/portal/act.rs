//! Forms: each checks its token, does what the API does, and leads back to where it was pressed with a sentence.

use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use http::header::SET_COOKIE;
use seaworthy_core::Input;
use seaworthy_portal::Flash;
use serde::Deserialize;

use super::flash;
use super::visit::Visit;
use crate::access::{Principal, may_be_code};
use crate::http::Failure;
use crate::http::rollouts::{self, REASON_CHARS_MAX};

/// What a form sends.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    reason: String,
}

pub(super) async fn revert(visit: Visit, Path(id): Path<String>, Form(sent): Form<Sent>) -> Response {
    let reason = sent.reason.trim().chars().take(REASON_CHARS_MAX).collect::<String>();
    let reason = Some(reason).filter(|reason| !reason.is_empty());
    on_rollout(visit, &id, &sent, |rollout| Input::Revert { rollout, reason }).await
}

pub(super) async fn hold(visit: Visit, Path(id): Path<String>, Form(sent): Form<Sent>) -> Response {
    on_rollout(visit, &id, &sent, |rollout| Input::Hold { rollout, reason: None }).await
}

pub(super) async fn resume(visit: Visit, Path(id): Path<String>, Form(sent): Form<Sent>) -> Response {
    on_rollout(visit, &id, &sent, |rollout| Input::Resume { rollout }).await
}

async fn on_rollout(
    visit: Visit,
    id: &str,
    sent: &Sent,
    input: impl FnOnce(seaworthy_model::RolloutId) -> Input,
) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        let rollout = rollouts::identified(id)?;
        let shown = rollouts::act(&app, principal, rollout, input(rollout)).await?;
        Ok((format!("/rollouts/{rollout}"), shown.sentence))
    };
    back(done.await, "/rollouts", id)
}

/// A pasted link or code.
#[derive(Deserialize)]
pub(super) struct Pasted {
    #[serde(default)]
    code: String,
}

/// Leads to the link that a pasted text means; redeeming is that link's.
pub(super) async fn sign_in(Form(pasted): Form<Pasted>) -> Response {
    let code = pasted.code.trim().trim_end_matches('/');
    let code = code.rsplit('/').next().unwrap_or_default();
    match may_be_code(code) {
        true => Redirect::to(&format!("/sign-in/{code}")).into_response(),
        false => Redirect::to("/sign-in?refused=1").into_response(),
    }
}

/// A form counts only with the token of the session that it was shown to.
pub(super) fn check(principal: &Principal, sent: &str) -> Result<(), Failure> {
    match &principal.csrf {
        Some(csrf) if csrf == sent => Ok(()),
        _ => Err(Failure::forbidden("the form was made for another session: load the page again and press once more")),
    }
}

/// Leads back, with the news. Ids come from the path and go into one again only when they are ids.
pub(super) fn back(done: Result<(String, String), Failure>, place: &str, id: &str) -> Response {
    let (to, flash) = match done {
        Ok((to, text)) => (to, Flash { refused: false, text, hint: None }),
        Err(Failure(error)) => {
            let known = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            let to = if known { format!("{place}/{id}") } else { place.to_owned() };
            (to, Flash { refused: true, text: format!("Not done: {}.", error.message), hint: error.hint })
        }
    };
    let mut response = Redirect::to(&to).into_response();
    response.headers_mut().append(SET_COOKIE, flash::carry(&flash));
    response
}
