//! Rotas as pages, and what is done about one: stand in, ask for cover, take it back.

use axum::extract::{Form, Path};
use axum::response::Response;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{RotaOfferRequest, RotaOverrideRequest, RotaStartRequest, RotaTime};
use seaworthy_contract::catalogue::StandIn;
use seaworthy_core::view;
use seaworthy_model::{PersonId, RotationId};
use seaworthy_portal::Rights;
use seaworthy_portal::view::{RotaFacts, RotaPage, RotasPage};
use serde::Deserialize;

use super::act::{back, check};
use super::visit::Visit;
use crate::http::{App, Failure, joining, rotas};

/// How far ahead the page shows a rota.
const AHEAD: SignedDuration = SignedDuration::from_hours(28 * 24);

pub(super) async fn list(visit: Visit) -> Response {
    let page = visit.app.kernel.look(|look| RotasPage::new(&view::rotas(look)));
    visit.show(&page)
}

pub(super) async fn show(visit: Visit, Path(name): Path<String>) -> Result<Response, Failure> {
    let rotation = rotas::identified(&visit.app, &name)?;
    let at = visit.app.kernel.now();
    let may_change = rotas::builds(&visit.app, &visit.principal, &rotation);
    let period = (at, at.saturating_add(AHEAD).unwrap_or(at));
    let rota = rotas::over(&visit.app, &rotation, period, may_change).await?;
    let rights = Rights { csrf: visit.principal.csrf.clone(), may_change };
    let invited = match may_change {
        true => Some(joining::waiting(&visit.app, &rotation).await?),
        false => None,
    };
    let page = RotaPage::new(&RotaFacts { rota: &rota, invited: invited.as_deref(), rights: &rights, at });
    Ok(visit.show(&page))
}

/// What a form of a rota sends. Times are on the rotation's wall clock.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    who: String,
    #[serde(default)]
    with: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

pub(super) async fn set(visit: Visit, Path(name): Path<String>, Form(sent): Form<Sent>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        let (from, until) = times(&app, &name, &sent)?;
        let change = StandIn::Replace { who: person(&sent.who)?, with: person(&sent.with)? };
        rotas::put(&app, principal, &name, RotaOverrideRequest { change, level: None, from, until }).await?;
        Ok((format!("/rotations/{name}"), format!("{} stands in for {}.", sent.with.trim(), sent.who.trim())))
    };
    back(done.await, "/rotations", &name)
}

pub(super) async fn clear(visit: Visit, Path(name): Path<String>, Form(sent): Form<Sent>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        rotas::take_back(&app, principal, &name, &sent.id).await?;
        Ok((format!("/rotations/{name}"), "The override is taken back; what is past stays.".to_owned()))
    };
    back(done.await, "/rotations", &name)
}

pub(super) async fn offer(visit: Visit, Path(name): Path<String>, Form(sent): Form<Sent>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        let (from, until) = times(&app, &name, &sent)?;
        let to = Some(sent.with.trim()).filter(|with| !with.is_empty()).map(person).transpose()?;
        let asked =
            RotaOfferRequest { by: person(&sent.who)?, gives: RotaTime { level: 0, from, until }, to, takes: None };
        rotas::ask(&app, principal, &name, asked).await?;
        Ok((format!("/rotations/{name}"), "It waits for both to agree, each by their own link.".to_owned()))
    };
    back(done.await, "/rotations", &name)
}

pub(super) async fn withdraw(visit: Visit, Path(name): Path<String>, Form(sent): Form<Sent>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        rotas::not_needed(&app, principal, &name, &sent.id).await?;
        Ok((format!("/rotations/{name}"), "The offer is taken back.".to_owned()))
    };
    back(done.await, "/rotations", &name)
}

pub(super) async fn invite(visit: Visit, Path(name): Path<String>, Form(sent): Form<Sent>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        joining::ask(&app, &principal, &name, None).await?;
        Ok((
            format!("/rotations/{name}"),
            "Everybody whom the file names and who was not asked before is asked.".to_owned(),
        ))
    };
    back(done.await, "/rotations", &name)
}

pub(super) async fn start(visit: Visit, Path(name): Path<String>, Form(sent): Form<Sent>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        let start = joining::begin(&app, principal, &name, RotaStartRequest::default()).await?;
        let said = match start.started_at {
            Some(_) => format!("The rota {name} has begun."),
            None => format!("Not yet: {}.", start.missing.join("; ")),
        };
        Ok((format!("/rotations/{name}"), said))
    };
    back(done.await, "/rotations", &name)
}

fn person(text: &str) -> Result<PersonId, Failure> {
    text.trim().parse().map_err(|_| Failure::unknown("person", text.trim()))
}

fn times(app: &App, name: &str, sent: &Sent) -> Result<(Timestamp, Timestamp), Failure> {
    let rotation: RotationId = rotas::identified(app, name)?;
    let zone = app.kernel.look(|look| look.state.catalogue.rotation(&rotation).map(|one| one.zone.clone()));
    let zone = zone.and_then(|zone| TimeZone::get(&zone).ok()).unwrap_or(TimeZone::UTC);
    let read = |text: &str| {
        let local: Option<DateTime> = text.trim().parse().ok();
        let at = local.and_then(|local| zone.to_timestamp(local).ok());
        at.ok_or_else(|| Failure::invalid(format!("\"{text}\" is no time: write 2026-01-31T09:00")))
    };
    Ok((read(&sent.from)?, read(&sent.until)?))
}
