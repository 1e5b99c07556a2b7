//! The link in the message to a person: looking shows the page and a button, pressing it takes the page, and that is all.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use seaworthy_contract::api::{Code, Page};
use seaworthy_core::Input;
use seaworthy_model::PersonId;
use seaworthy_portal::Chrome;
use seaworthy_portal::view::TakePage;

use super::visit::html;
use crate::access::link::{Purpose, whose};
use crate::http::{App, Failure, pages};

/// The page, the end of the link, and its signature.
type Link = (String, String, String);

pub(super) async fn show(State(app): State<App>, Path(link): Path<Link>) -> Result<Response, Failure> {
    let (page, _) = signed(&app, &link).await?;
    let chrome = Chrome { state: None, csrf: None, path: "/take".to_owned(), flash: None };
    Ok(html(&chrome, &TakePage::new(&page, path(&link)), false))
}

/// Needs no token of a form: the link is secret, and no cookie lends it anything.
pub(super) async fn take(State(app): State<App>, Path(link): Path<Link>) -> Result<Response, Failure> {
    let (page, person) = signed(&app, &link).await?;
    app.kernel.command(Input::Acknowledge { page: page.id }, format!("person/{person}")).await?;
    Ok(Redirect::to(&path(&link)).into_response())
}

/// Whoever has no such link is not told whether there is such a page.
async fn signed(app: &App, (id, end, mark): &Link) -> Result<(Page, PersonId), Failure> {
    let hint = "sign in and take the page in the portal; what is there does not end";
    let refused = || Failure::new(Code::Forbidden, "this link takes no page: it is over, or not whole", Some(hint));
    let page = pages::find(app, id).map_err(|_| refused())?;
    let thing = page.id.to_string();
    let whom = (thing.as_str(), page.to.iter());
    let person = whose(&app.kernel, Purpose::Take, whom, (end.as_str(), mark.as_str())).await;
    let person = person.map_err(|error| Failure::side(&error))?.cloned().ok_or_else(refused)?;
    Ok((page, person))
}

fn path((id, end, mark): &Link) -> String {
    format!("/take/{id}/{end}/{mark}")
}
