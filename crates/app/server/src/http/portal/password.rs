//! Choosing a password, by whoever is signed in as themselves.

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::response::Response;
use http::header::SET_COOKIE;
use seaworthy_portal::Flash;
use seaworthy_portal::view::PasswordPage;
use serde::Deserialize;

use super::act::check;
use super::flash;
use super::me::myself;
use super::visit::Visit;
use crate::access::{Entered, NotIn};
use crate::http::Failure;
use crate::http::sign_in::signed_out;

pub(super) async fn show(visit: Visit) -> Result<Response, Failure> {
    let asks = asks_current(&visit).await?;
    let page =
        PasswordPage { asks_current: asks, refused: None, csrf: visit.principal.csrf.clone().unwrap_or_default() };
    Ok(visit.show(&page))
}

/// Whoever came by a link, which an admin made on record, need not know the password that they may have forgotten.
async fn asks_current(visit: &Visit) -> Result<bool, Failure> {
    let person = myself(visit)?;
    if visit.principal.entered() == Some(Entered::Link) {
        return Ok(false);
    }
    visit.app.access.has_password(&person).await.map_err(|error| Failure::side(&error))
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    current: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

pub(super) async fn set(visit: Visit, form: Result<Form<Sent>, FormRejection>) -> Result<Response, Failure> {
    let Form(sent) = form.map_err(|_| Failure::invalid("the form is not whole"))?;
    check(&visit.principal, &sent.csrf)?;
    let (person, asks) = (myself(&visit)?, asks_current(&visit).await?);
    let refused = if sent.new == sent.again {
        let current = asks.then_some(sent.current);
        let set = visit.app.access.set_password(&person, current, sent.new).await;
        match set.map_err(|error| Failure::side(&error))? {
            Ok(()) => return Ok(done()),
            Err(NotIn::Fault(why)) => why,
            Err(NotIn::Refused) => "that is not the password that you have".to_owned(),
            Err(NotIn::Later) => "too many tries: come again in a quarter of an hour".to_owned(),
        }
    } else {
        "the two are not the same".to_owned()
    };
    let csrf = visit.principal.csrf.clone().unwrap_or_default();
    Ok(visit.show(&PasswordPage { asks_current: asks, refused: Some(refused), csrf }))
}

/// Every session is over, this one among them: whoever knew the password before is out.
fn done() -> Response {
    let text = "Your password is set, and every session of yours is over. Sign in with it.".to_owned();
    let mut response = signed_out();
    response.headers_mut().append(SET_COOKIE, flash::carry(&Flash { refused: false, text, hint: None }));
    response
}
