//! The reader's own page: who they are, what waits for them, their next turns; and answering as themselves what else would
//! take a link that they alone were sent.
//!
//! That somebody was asked to join a rota is on their own page and nowhere else. Looking at it writes nothing.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use seaworthy_contract::api::{Page, PageState, RotaCalendarOf, RotaOfferState, RotaShift};
use seaworthy_core::Input;
use seaworthy_core::view::{self, Look};
use seaworthy_model::{OfferId, PersonId, RotationId, TeamId};
use seaworthy_portal::view::{MeFacts, MePage};
use serde::Deserialize;

use super::act::check;
use super::asked::{answered, joining, swapping, unknown_answer};
use super::visit::{Visit, reader};
use crate::http::sign_in::signed_out;
use crate::http::{App, Failure, joining as invitations, pages};

pub(super) async fn show(visit: Visit) -> Result<Response, Failure> {
    let Some(person) = visit.principal.person().cloned() else {
        let called = reader(&visit.app, &visit.principal).unwrap_or_default();
        let page = MePage::new(&MeFacts { called: &called, csrf: visit.principal.csrf.as_deref(), ..MeFacts::EMPTY });
        return Ok(visit.show(&page));
    };
    let open = invitations::open(&visit.app.kernel).await.map_err(|error| Failure::side(&error))?;
    let asked: Vec<RotationId> = open.into_iter().filter(|one| one.person == person).map(|one| one.rotation).collect();
    let page = visit.app.kernel.look(|look| mine(look, &person, &asked, visit.principal.csrf.as_deref()));
    Ok(visit.show(&page))
}

fn mine(look: &Look<'_>, person: &PersonId, invited: &[RotationId], csrf: Option<&str>) -> MePage {
    let is_asked = |rotation: &&RotationId| view::rota_asks(look, rotation).contains(person);
    let name = look.directory.get(person).and_then(|details| details.display_name.as_deref());
    MePage::new(&MeFacts {
        called: person.as_str(),
        person: Some((person, name)),
        teams: &teams(look, person),
        pages: &waiting(look, person),
        asked: &invited.iter().filter(is_asked).cloned().collect::<Vec<_>>(),
        joined: &joined(look, person),
        swaps: &swaps(look, person),
        shifts: &shifts(look, person),
        csrf,
    })
}

fn teams(look: &Look<'_>, person: &PersonId) -> Vec<(TeamId, usize)> {
    let services = |team: &TeamId| look.state.catalogue.services().filter(|(one, _)| one.owner == *team).count();
    let theirs = look.state.catalogue.teams().filter(|team| team.members.contains(person));
    theirs.map(|team| (team.name.clone(), services(&team.name))).collect()
}

/// Pages that called them and that nobody has.
fn waiting(look: &Look<'_>, person: &PersonId) -> Vec<Page> {
    let mut all = view::pages(look);
    all.retain(|page| page.state != PageState::Acknowledged && pages::called(page).any(|one| one == person));
    all
}

fn joined(look: &Look<'_>, person: &PersonId) -> Vec<RotationId> {
    let joined = look.state.rotas.iter().filter(|(_, rota)| rota.member(person).is_some());
    joined.map(|(rotation, _)| rotation.clone()).collect()
}

/// Swaps that wait for them: theirs, those to them, and those to whoever agrees first of a rota that they are in.
fn swaps(look: &Look<'_>, person: &PersonId) -> Vec<(OfferId, String)> {
    let offers = look.state.rotas.values().flat_map(|rota| rota.offers.keys());
    let offers = offers.filter(|id| {
        view::rota_offer(look, **id).is_some_and(|offer| {
            let is_open = offer.state == RotaOfferState::Open && !offer.agreed.contains(person);
            is_open && view::rota_offer_asks(look, offer.id, person)
        })
    });
    offers.map(|id| (*id, view::rota_offer_sentence(look, *id).unwrap_or_default())).collect()
}

fn shifts(look: &Look<'_>, person: &PersonId) -> Vec<RotaShift> {
    let mut all = view::calendar_shifts(look, &RotaCalendarOf::Person(person.clone()));
    all.retain(|shift| shift.end > look.now);
    all.sort_by_key(|shift| shift.start);
    all
}

/// What a button sends.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    answer: String,
}

fn sent(visit: &Visit, form: Result<Form<Sent>, FormRejection>) -> Result<Sent, Failure> {
    let Form(sent) = form.map_err(|_| unknown_answer())?;
    check(&visit.principal, &sent.csrf)?;
    Ok(sent)
}

pub(super) fn myself(visit: &Visit) -> Result<PersonId, Failure> {
    visit.principal.person().cloned().ok_or_else(Failure::nobody)
}

pub(super) async fn rotation(visit: Visit, Path(name): Path<String>) -> Result<Response, Failure> {
    let person = myself(&visit)?;
    let rotation = named(&visit.app, &name)?;
    let open = invitations::open(&visit.app.kernel).await.map_err(|error| Failure::side(&error))?;
    let invited = open.iter().find(|one| one.rotation == rotation && one.person == person);
    let end: Option<Timestamp> = invited.map(|one| one.ends_at);
    let mut page = joining(&visit.app, &rotation, &person, (format!("/me/rotations/{rotation}"), end)).await?;
    page.csrf = visit.principal.csrf.clone();
    Ok(visit.show(&page))
}

pub(super) async fn answer(
    visit: Visit,
    Path(name): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Failure> {
    let (person, sent) = (myself(&visit)?, sent(&visit, form)?);
    let rotation = named(&visit.app, &name)?;
    answered(&visit.app, rotation, person, &sent.answer).await?;
    Ok(Redirect::to(&format!("/me/rotations/{name}")).into_response())
}

/// Whether there is a rota that nobody joins is no secret.
fn named(app: &App, name: &str) -> Result<RotationId, Failure> {
    crate::http::rotas::identified(app, name)
}

pub(super) async fn swap(visit: Visit, Path(id): Path<String>) -> Result<Response, Failure> {
    let (person, offer) = (myself(&visit)?, asked_about(&visit, &id)?);
    let offer = visit.app.kernel.look(|look| view::rota_offer(look, offer));
    let offer = offer.ok_or_else(|| Failure::unknown("offer", id.as_str()))?;
    let mut page = swapping(&visit.app, &offer, &person, format!("/me/swaps/{id}"));
    page.csrf = visit.principal.csrf.clone();
    Ok(visit.show(&page))
}

pub(super) async fn swapped(
    visit: Visit,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Failure> {
    let (person, sent, offer) = (myself(&visit)?, sent(&visit, form)?, asked_about(&visit, &id)?);
    if sent.answer != "yes" {
        return Err(unknown_answer());
    }
    visit.app.kernel.command(Input::AgreeSwap { id: offer, person }, visit.principal.actor.clone()).await?;
    Ok(Redirect::to(&format!("/me/swaps/{id}")).into_response())
}

/// An offer that somebody is not asked about is none for them.
fn asked_about(visit: &Visit, id: &str) -> Result<OfferId, Failure> {
    let (person, unknown) = (myself(visit)?, || Failure::unknown("offer", id));
    let offer: OfferId = id.parse().map_err(|_| unknown())?;
    let is_asked = visit.app.kernel.look(|look| view::rota_offer_asks(look, offer, &person));
    if is_asked { Ok(offer) } else { Err(unknown()) }
}

/// Ends every session of the reader, this one among them.
pub(super) async fn sign_out(visit: Visit, form: Result<Form<Sent>, FormRejection>) -> Result<Response, Failure> {
    let person = myself(&visit)?;
    sent(&visit, form)?;
    let ended = visit.app.access.end_all(&person).await.map_err(|error| Failure::side(&error))?;
    tracing::info!(actor = visit.principal.actor, ended, "signed out everywhere");
    Ok(signed_out())
}
