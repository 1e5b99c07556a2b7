//! The link in the message to a person: whoever holds it sees the page and presses its buttons, and nothing else.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::HeaderMap;
use http::header::SET_COOKIE;
use seaworthy_contract::api::{Code, Page};
use seaworthy_model::PersonId;
use seaworthy_portal::{Chrome, Flash, Rights};

use super::flash;
use super::page::{Button, Pressed, button, made, press};
use super::visit::html;
use crate::access::link::{Purpose, whose};
use crate::http::{App, Failure, pages};

/// The page, the end of the link, and its signature.
type Link = (String, String, String);

pub(super) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Path(link): Path<Link>,
) -> Result<Response, Failure> {
    let (page, _) = signed(&app, &link).await?;
    let chrome =
        Chrome { state: None, csrf: None, reader: None, path: "/take".to_owned(), flash: flash::read(&headers) };
    // The link is secret, and no cookie lends it anything: its forms need no token of a session.
    let rights = Rights { csrf: Some(String::new()), may_change: true };
    let mut response = html(&chrome, &made(&app, &page, &rights, &path(&link)), false);
    if chrome.flash.is_some() {
        response.headers_mut().append(SET_COOKIE, flash::said());
    }
    Ok(response)
}

/// The one button that messages press by themselves: taking the page.
pub(super) async fn take(State(app): State<App>, Path(link): Path<Link>) -> Result<Response, Failure> {
    pressed(&app, &link, Ok(Button::Acknowledge)).await
}

pub(super) async fn act(
    State(app): State<App>,
    Path((id, end, mark, name)): Path<(String, String, String, String)>,
    sent: Result<Form<Pressed>, FormRejection>,
) -> Result<Response, Failure> {
    // Whoever has no such link is not told what is wrong with what they sent.
    let sent = sent.map(|Form(sent)| sent).unwrap_or_default();
    pressed(&app, &(id, end, mark), button(&name, sent)).await
}

async fn pressed(app: &App, link: &Link, button: Result<Button, Failure>) -> Result<Response, Failure> {
    let (page, person) = signed(app, link).await?;
    let done = match button {
        Ok(button) => press(app, &page, format!("person/{person}"), button).await,
        Err(failure) => Err(failure),
    };
    let flash = match done {
        Ok(text) => Flash { refused: false, text, hint: None },
        Err(Failure(error)) => Flash { refused: true, text: format!("Not done: {}.", error.message), hint: error.hint },
    };
    let mut response = Redirect::to(&path(link)).into_response();
    response.headers_mut().append(SET_COOKIE, flash::carry(&flash));
    Ok(response)
}

/// Whoever has no such link is not told whether there is such a page.
async fn signed(app: &App, (id, end, mark): &Link) -> Result<(Page, PersonId), Failure> {
    let hint = "sign in and take the page in the portal; what is there does not end";
    let refused = || Failure::new(Code::Forbidden, "this link takes no page: it is over, or not whole", Some(hint));
    let page = pages::find(app, id).map_err(|_| refused())?;
    let thing = page.id.to_string();
    // Each who was called has a link of their own.
    let whom = (thing.as_str(), pages::called(&page));
    let person = whose(&app.kernel, Purpose::Take, whom, (end.as_str(), mark.as_str())).await;
    let person = person.map_err(|error| Failure::side(&error))?.cloned().ok_or_else(refused)?;
    Ok((page, person))
}

fn path((id, end, mark): &Link) -> String {
    format!("/take/{id}/{end}/{mark}")
}
