//! A person's contacts as a page, and the link by which a person says that a contact is theirs.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use seaworthy_contract::api::{Code, ContactsTried};
use seaworthy_model::PersonId;
use seaworthy_portal::Chrome;
use seaworthy_portal::view::{Answer, AskPage, ContactsPage};
use serde::Deserialize;

use super::act::{back, check};
use super::visit::{Visit, html};
use crate::access::link::{Purpose, whose};
use crate::contacts::Writing;
use crate::http::{App, Failure, contacts};

pub(super) async fn show(visit: Visit, Path(name): Path<String>) -> Result<Response, Failure> {
    let known = contacts::known(&visit.app, &name)?;
    let may_write = contacts::may_write(&visit.app, &visit.principal, &known.person);
    let csrf = visit.principal.csrf.clone().filter(|_| may_write);
    Ok(visit.show(&ContactsPage::new(&known, csrf)))
}

/// What a form sends.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    csrf: String,
}

pub(super) async fn write(
    visit: Visit,
    Path((name, what)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    let why = match what.as_str() {
        "verify" => Writing::Verify,
        "test" => Writing::Test,
        _ => return Err(Failure::unknown("form", what)),
    };
    let done = async {
        check(&visit.principal, &sent.csrf)?;
        let tried = contacts::write(&visit.app, &visit.principal, &name, why).await?;
        Ok((format!("/people/{}", tried.person), said(&tried)))
    };
    Ok(back(done.await, "/people", &name))
}

/// What came of it, in a line.
fn said(tried: &ContactsTried) -> String {
    let (taken, refused): (Vec<_>, Vec<_>) = tried.tried.iter().partition(|one| one.refused.is_none());
    if tried.tried.is_empty() {
        return "There is no contact to write to.".to_owned();
    }
    let why = |one: &&seaworthy_contract::api::ContactTried| {
        format!("contact {} ({}): {}", one.contact, one.channel, one.refused.as_deref().unwrap_or_default())
    };
    let refused: Vec<String> = refused.iter().map(why).collect();
    match refused.is_empty() {
        true => format!("Sent to {} of {}.", taken.len(), tried.tried.len()),
        false => format!("Sent to {} of {}; {}.", taken.len(), tried.tried.len(), refused.join("; ")),
    }
}

/// The contact's mark, the person, the end of the link, and its signature.
type Link = (String, String, String, String);

pub(super) async fn ask(State(app): State<App>, Path(link): Path<Link>) -> Result<Response, Failure> {
    let person = signed(&app, &link).await?;
    let button = Answer { value: "yes", label: "Yes, this is mine".to_owned(), is_main: true };
    let say = "A page to you may come by the way that this link came. Until you say so, it is tried and shown as not confirmed.";
    Ok(page(format!("Do you read this, {person}?"), say, vec![button], path(&link)))
}

/// Needs no token of a form: the link is secret, and no cookie lends it anything.
pub(super) async fn confirm(State(app): State<App>, Path(link): Path<Link>) -> Result<Response, Failure> {
    let person = signed(&app, &link).await?;
    let confirmed = app.contacts.confirm(&app.kernel, &person, &link.0).await.map_err(|error| Failure::side(&error))?;
    if !confirmed {
        let hint = "ask for another link: the contact has changed since this one was sent";
        return Err(Failure::new(Code::Refused, "this is not your contact any more", Some(hint)));
    }
    Ok(Redirect::to(&format!("{}/done", path(&link))).into_response())
}

pub(super) async fn done(State(app): State<App>, Path(link): Path<Link>) -> Result<Response, Failure> {
    let person = signed(&app, &link).await?;
    Ok(page(format!("Thank you, {person}."), "It is confirmed: pages to you may come this way.", vec![], path(&link)))
}

fn page(headline: String, say: &str, answers: Vec<Answer>, action: String) -> Response {
    let chrome = Chrome { state: None, csrf: None, reader: None, path: "/confirm".to_owned(), flash: None };
    let page =
        AskPage { headline, say: vec![say.to_owned()], terms: vec![], answers, not_now: None, action, csrf: None };
    html(&chrome, &page, false)
}

/// Whoever has no such link is not told whether there is such a person.
async fn signed(app: &App, (mark, person, end, signed): &Link) -> Result<PersonId, Failure> {
    let hint = "ask for another link: `seaworthy contacts verify PERSON`";
    let refused = || Failure::new(Code::Forbidden, "this link confirms nothing: it is over, or not whole", Some(hint));
    let person: PersonId = person.parse().map_err(|_| refused())?;
    let thing = (mark.as_str(), [&person]);
    let whose = whose(&app.kernel, Purpose::Confirm, thing, (end.as_str(), signed.as_str())).await;
    match whose.map_err(|error| Failure::side(&error))? {
        Some(_) => Ok(person),
        None => Err(refused()),
    }
}

fn path((mark, person, end, signed): &Link) -> String {
    format!("/confirm/{mark}/{person}/{end}/{signed}")
}
