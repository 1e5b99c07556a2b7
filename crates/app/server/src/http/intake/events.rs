//! PagerDuty's Events v2, as its senders expect it to answer: 202, 400 with what is wrong, 429 to try again later.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use seaworthy_contract::api::{ApiError, Code, EventReply};
use seaworthy_core::{Input, view};
use seaworthy_integrations::intake::{self, Action, Enqueued};

use super::super::{App, Failure};
use super::{Taken, Taker, UNOWNED_HINT, full};
use crate::access::{Principal, Who};

/// The prefix of rules that these events make.
const OURS: &str = "events/";

/// Takes an event of PagerDuty's Events v2. One `dedup_key` is one thing: triggering it again changes nothing.
#[utoipa::path(post, path = "/v2/enqueue", request_body = Object, responses((status = 202, body = EventReply), (status = 400, body = EventReply), (status = 429, body = EventReply)))]
pub(crate) async fn enqueue(State(app): State<App>, body: Bytes) -> Response {
    let made = made_key();
    let event = match intake::events_v2(&body, &made) {
        Ok(event) => event,
        Err(error) => return invalid(error.to_string()),
    };
    let principal = match app.access.holder(&event.routing_key).await {
        Ok(Some(principal)) if principal.may_call(Who::InBody) => principal,
        Ok(_) => {
            tracing::warn!("refused: an event with a routing_key that may not send facts in");
            return invalid("routing_key is not a token of scope \"intake\" that is in force".to_owned());
        }
        Err(error) => return Failure::side(&error).into_response(),
    };
    let key = event.dedup_key.clone().unwrap_or(made);
    match carry_out(&app, &principal, &event).await {
        Ok(what) => taken(what, key),
        Err(failure) if failure.0.code == Code::Unavailable => later(failure.0.message),
        Err(failure) => failure.into_response(),
    }
}

async fn carry_out(app: &App, principal: &Principal, event: &Enqueued) -> Result<String, Failure> {
    let ending = format!("#{}", event.instance);
    let is_its = |instance: &str| instance.starts_with(OURS) && instance.ends_with(&ending);
    let mut taker = Taker::new(app, principal);
    match (event.action, &event.heard) {
        (Action::Trigger, Some(heard)) => match taker.take(std::slice::from_ref(heard)).await? {
            Taken { left_out: 1.., .. } => Err(full(1)),
            Taken { unowned, .. } if unowned.is_empty() => Ok("Event processed".to_owned()),
            Taken { .. } => Ok(format!("Event processed; no service has its names: {UNOWNED_HINT}")),
        },
        (Action::Trigger, None) => Err(Failure::invalid("payload is needed to trigger")),
        (Action::Acknowledge, _) => acknowledge(app, principal, &taker.said(OURS, is_its)).await,
        (Action::Resolve, _) => {
            taker.end(OURS, is_its).await?;
            Ok("Event processed".to_owned())
        }
    }
}

/// Somebody has it elsewhere, so nobody is woken here: our page is theirs.
async fn acknowledge(app: &App, principal: &Principal, said: &[String]) -> Result<String, Failure> {
    let pages: Vec<_> = app.kernel.look(|look| {
        let open = said.iter().flat_map(|rule| view::open_by(look, rule));
        open.filter_map(|id| Some(look.state.alerts.alerts.get(&id)?.page?.0)).collect()
    });
    for page in &pages {
        app.kernel.command(Input::Acknowledge { page: *page }, principal.actor.clone()).await?;
    }
    Ok(match pages.as_slice() {
        [] => "Event processed; nobody was paged about it".to_owned(),
        _ => "Event processed".to_owned(),
    })
}

fn taken(message: String, key: String) -> Response {
    let reply = EventReply { status: "success".to_owned(), message, dedup_key: Some(key), errors: Vec::new() };
    (StatusCode::ACCEPTED, Json(reply)).into_response()
}

fn invalid(why: String) -> Response {
    refused(StatusCode::BAD_REQUEST, Code::Invalid, "invalid event", "Event object is invalid", why)
}

/// Its senders wait and try again.
fn later(why: String) -> Response {
    let status = StatusCode::TOO_MANY_REQUESTS;
    refused(status, Code::Unavailable, "throttle exceeded", "Not taken now; send it again in a while", why)
}

fn refused(status: StatusCode, code: Code, word: &str, message: &str, why: String) -> Response {
    let reply =
        EventReply { status: word.to_owned(), message: message.to_owned(), dedup_key: None, errors: vec![why.clone()] };
    let mut response = (status, Json(reply)).into_response();
    // Whoever looks at it in a browser gets our page; everybody else the format's own shape.
    response.extensions_mut().insert(ApiError { code, message: why, hint: None });
    response
}

/// A key for an event that came without one.
fn made_key() -> String {
    let mut random = [0; 16];
    getrandom::fill(&mut random).expect("the operating system gives randomness");
    u128::from_le_bytes(random).to_string()
}
