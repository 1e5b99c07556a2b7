//! What a person does by a link of their own: joins a rota, leaves it, agrees to a swap. Looking at the page writes nothing,
//! and "not now" is a place on the page: no request is made, so nothing tells it from silence.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use seaworthy_contract::api::{Code, RotaOffer, RotaOfferState};
use seaworthy_core::Input;
use seaworthy_core::view::{self, RotaQuestion};
use seaworthy_model::{OfferId, PersonId, RotationId};
use seaworthy_portal::Chrome;
use seaworthy_portal::view::{Answer, AskPage};
use serde::Deserialize;

use super::visit::html;
use crate::access::link::{Purpose, whose};
use crate::http::joining::{forget, is_ready, set_ready};
use crate::http::{App, Failure};

/// The thing, the person, the end of the link, and its signature.
type Link = (String, String, String, String);

/// What a button sends.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    answer: String,
}

pub(super) async fn accept(State(app): State<App>, Path(link): Path<Link>) -> Result<Response, Failure> {
    let (rotation, person) = about_rota(&app, Purpose::Accept, &link).await?;
    let end = link.2.parse().ok().and_then(|end| Timestamp::from_second(end).ok());
    shown(&joining(&app, &rotation, &person, (path("accept", &link), end)).await?)
}

pub(super) async fn accepted(
    State(app): State<App>,
    Path(link): Path<Link>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Failure> {
    let (rotation, person) = about_rota(&app, Purpose::Accept, &link).await?;
    answered(&app, rotation, person, &answer(sent)?).await?;
    Ok(Redirect::to(&path("accept", &link)).into_response())
}

pub(super) async fn leave(State(app): State<App>, Path(link): Path<Link>) -> Result<Response, Failure> {
    let (rotation, person) = about_rota(&app, Purpose::Leave, &link).await?;
    let is_member = question(&app, &rotation, &person)?.joined_at.is_some();
    let headline = match is_member {
        true => format!("You are in the rota {rotation}."),
        false => format!("You are not in the rota {rotation}."),
    };
    let say = "From the next hand-over after you leave you are not scheduled. You need no reason.".to_owned();
    let leave = Answer { value: "leave", label: "Leave the rota".to_owned(), is_main: false };
    shown(&AskPage {
        headline,
        say: Some(say).filter(|_| is_member).into_iter().collect(),
        terms: vec![],
        answers: Some(leave).filter(|_| is_member).into_iter().collect(),
        not_now: None,
        action: path("leave", &link),
        csrf: None,
    })
}

pub(super) async fn left(
    State(app): State<App>,
    Path(link): Path<Link>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Failure> {
    let (rotation, person) = about_rota(&app, Purpose::Leave, &link).await?;
    if answer(sent)? != "leave" {
        return Err(unknown_answer());
    }
    answered(&app, rotation, person, "leave").await?;
    Ok(Redirect::to(&path("leave", &link)).into_response())
}

pub(super) async fn answered(app: &App, rotation: RotationId, person: PersonId, answer: &str) -> Result<(), Failure> {
    let (actor, side) = (format!("person/{person}"), |error| Failure::side(&error));
    match answer {
        "yes" => {
            let input = Input::JoinRota { rotation: rotation.clone(), person: person.clone() };
            app.kernel.command(input, actor).await?;
            forget(&app.kernel, &rotation, &person).await.map_err(side)
        }
        "ready" => match question(app, &rotation, &person)?.joined_at {
            Some(_) => set_ready(&app.kernel, (&rotation, &person), true).await.map_err(side),
            None => Err(Failure::invalid("join the rota before")),
        },
        "leave" => {
            let input = Input::LeaveRota { rotation: rotation.clone(), person: person.clone() };
            app.kernel.command(input, actor).await?;
            set_ready(&app.kernel, (&rotation, &person), false).await.map_err(side)
        }
        _ => Err(unknown_answer()),
    }
}

/// Whoever has no link is not told that a form was wrong, so this is looked at after the link.
fn answer(sent: Result<Form<Sent>, FormRejection>) -> Result<String, Failure> {
    sent.map(|Form(sent)| sent.answer).map_err(|_| unknown_answer())
}

pub(super) fn unknown_answer() -> Failure {
    Failure::invalid("no such answer: press a button of the page")
}

fn question(app: &App, rotation: &RotationId, person: &PersonId) -> Result<RotaQuestion, Failure> {
    let question = app.kernel.look(|look| view::rota_question(look, rotation, person));
    question.ok_or_else(|| Failure::new(Code::Refused, format!("nobody joins the rota {rotation} any more"), None))
}

/// The page of an invitation, for whoever has not joined and whoever has; answers go to the address, until the end.
pub(super) async fn joining(
    app: &App,
    rotation: &RotationId,
    person: &PersonId,
    (action, end): (String, Option<Timestamp>),
) -> Result<AskPage, Failure> {
    let asked = question(app, rotation, person)?;
    let from = asked.next.map_or_else(|| "when the rota begins".to_owned(), |at| day(at).to_string());
    let services: Vec<String> = asked.services.iter().map(ToString::to_string).collect();
    let covers = match services.is_empty() {
        true => format!("It is a rota of team {}.", asked.team),
        false => format!("It gets the pages of {}, of team {}.", services.join(", "), asked.team),
    };
    let button = |value, label: String, is_main| Answer { value, label, is_main };
    let (headline, mut answers) = match (asked.joined_at, asked.is_current) {
        (Some(_), true) => (format!("You are in the rota {rotation}."), vec![]),
        (Some(_), false) => {
            let again = button("yes", "Yes, I agree to the new terms".to_owned(), true);
            (format!("The terms of the rota {rotation} have changed."), vec![again])
        }
        (None, _) if asked.is_asked => {
            (format!("Would you be on call for {rotation}?"), vec![button("yes", format!("Yes, from {from}"), true)])
        }
        (None, _) => (format!("The rota {rotation} no longer asks for you."), vec![]),
    };
    if asked.joined_at.is_some() {
        let ready = is_ready(&app.kernel, rotation, person).await.map_err(|error| Failure::side(&error))?;
        if !ready {
            answers.push(button("ready", "I feel ready to be the first to be called".to_owned(), false));
        }
        answers.push(button("leave", "Leave the rota".to_owned(), false));
    }
    let is_open = asked.joined_at.is_none() && asked.is_asked;
    Ok(AskPage {
        headline,
        say: [covers].into_iter().chain(asked.hours).collect(),
        terms: asked.terms,
        answers,
        not_now: end.filter(|_| is_open).map(day),
        action,
        csrf: None,
    })
}

pub(super) async fn swap(State(app): State<App>, Path(link): Path<Link>) -> Result<Response, Failure> {
    let (offer, person) = about_offer(&app, &link).await?;
    shown(&swapping(&app, &offer, &person, path("swap", &link)))
}

/// The page of a swap, for somebody whom it is about.
pub(super) fn swapping(app: &App, offer: &RotaOffer, person: &PersonId, action: String) -> AskPage {
    let sentence = app.kernel.look(|look| view::rota_offer_sentence(look, offer.id)).unwrap_or_default();
    let agreed = offer.agreed.contains(person);
    let (say, answers) = match (offer.state, agreed) {
        (RotaOfferState::Open, false) => {
            let yes = Answer { value: "yes", label: "I agree".to_owned(), is_main: true };
            ("Nothing changes until both have agreed. To leave it, do nothing.", vec![yes])
        }
        (RotaOfferState::Open, true) => ("You have agreed. It waits for the other.", vec![]),
        (RotaOfferState::Agreed, _) => ("Both have agreed: it stands in the rota.", vec![]),
        (RotaOfferState::Withdrawn, _) => ("It was taken back.", vec![]),
        (RotaOfferState::Over, _) => ("Its time is over, and nothing has changed.", vec![]),
    };
    let (say, terms, not_now) = (vec![say.to_owned()], vec![], None);
    AskPage { headline: sentence, say, terms, answers, not_now, action, csrf: None }
}

pub(super) async fn swapped(
    State(app): State<App>,
    Path(link): Path<Link>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Failure> {
    let (offer, person) = about_offer(&app, &link).await?;
    if answer(sent)? != "yes" {
        return Err(unknown_answer());
    }
    let actor = format!("person/{person}");
    app.kernel.command(Input::AgreeSwap { id: offer.id, person }, actor).await?;
    Ok(Redirect::to(&path("swap", &link)).into_response())
}

fn shown(page: &AskPage) -> Result<Response, Failure> {
    let chrome = Chrome { state: None, csrf: None, reader: None, path: "/accept".to_owned(), flash: None };
    Ok(html(&chrome, page, false))
}

/// Whoever has no such link is not told whether there is such a rota.
async fn about_rota(app: &App, purpose: Purpose, link: &Link) -> Result<(RotationId, PersonId), Failure> {
    let rotation: RotationId = link.0.parse().map_err(|_| refused())?;
    Ok((rotation, signed(app, purpose, link).await?))
}

async fn about_offer(app: &App, link: &Link) -> Result<(RotaOffer, PersonId), Failure> {
    let person = signed(app, Purpose::Swap, link).await?;
    let id: OfferId = link.0.parse().map_err(|_| refused())?;
    let offer = app.kernel.look(|look| view::rota_offer(look, id)).ok_or_else(refused)?;
    Ok((offer, person))
}

async fn signed(app: &App, purpose: Purpose, (thing, person, end, mark): &Link) -> Result<PersonId, Failure> {
    let person: PersonId = person.parse().map_err(|_| refused())?;
    let of = (thing.as_str(), [&person]);
    let known = whose(&app.kernel, purpose, of, (end.as_str(), mark.as_str())).await;
    known.map_err(|error| Failure::side(&error))?.cloned().ok_or_else(refused)
}

fn refused() -> Failure {
    let hint = "ask whoever builds the rota to send it again";
    Failure::new(Code::Forbidden, "this link does nothing: it is over, or not whole", Some(hint))
}

fn day(at: Timestamp) -> String {
    at.strftime("%a %-d %b %H:%M UTC").to_string()
}

fn path(word: &str, (thing, person, end, mark): &Link) -> String {
    format!("/{word}/{thing}/{person}/{end}/{mark}")
}
