//! Joining a rota: invitations, and its beginning.
//!
//! Who does not want to join says nothing, and nothing is kept of it: an invitation is in the side store until its person
//! joins or its time is over, whatever else happens. Only whoever builds the rota sees those that are open.

use std::collections::BTreeSet;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::Method;
use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{RotaInvitation, RotaInviteRequest, RotaStart, RotaStartRequest};
use seaworthy_core::{Input, StartWanted, view};
use seaworthy_model::{PersonId, RotationId};
use seaworthy_store::{SideError, Table, Write};
use serde::{Deserialize, Serialize};

use super::rotas::changeable;
use super::{App, Failure, Route};
use crate::access::link::Purpose;
use crate::access::{Principal, Who};
use crate::kernel::Kernel;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/rotations/{rotation}/invitations", Who::SignedIn, get(list)),
        Route::new(Method::POST, "/v1/rotations/{rotation}/invitations", Who::SignedIn, post(invite)),
        Route::new(Method::POST, "/v1/rotations/{rotation}/start", Who::SignedIn, post(start)),
    ]
}

/// An invitation, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Invited {
    pub(crate) rotation: RotationId,
    pub(crate) person: PersonId,
    pub(crate) ends_at: Timestamp,
    /// Whether a contact of theirs took the message.
    pub(crate) sent: bool,
}

impl Invited {
    fn key(rotation: &RotationId, person: &PersonId) -> String {
        format!("open/{rotation}/{person}")
    }

    /// Returns what keeps it.
    pub(crate) fn put(&self) -> Write {
        let value = serde_json::to_vec(self).expect("an invitation has string keys only");
        Write::Put { table: Table::Invitations, key: Self::key(&self.rotation, &self.person), value }
    }
}

/// Returns every open invitation.
pub(crate) async fn open(kernel: &Kernel) -> Result<Vec<Invited>, SideError> {
    let (all, now) = (kernel.side.list(Table::Invitations).await?, kernel.now());
    let read = |(key, bytes): &(String, Vec<u8>)| {
        key.starts_with("open/").then(|| serde_json::from_slice::<Invited>(bytes).ok()).flatten()
    };
    Ok(all.iter().filter_map(read).filter(|one| one.ends_at > now).collect())
}

/// The invitations of one rota that wait for an answer.
pub(super) async fn waiting(app: &App, rotation: &RotationId) -> Result<Vec<RotaInvitation>, Failure> {
    let asked: BTreeSet<PersonId> = app.kernel.look(|look| view::rota_asks(look, rotation)).into_iter().collect();
    let all = open(&app.kernel).await.map_err(|error| Failure::side(&error))?;
    let theirs = all.into_iter().filter(|one| one.rotation == *rotation && asked.contains(&one.person));
    Ok(theirs.map(|one| RotaInvitation { person: one.person, ends_at: one.ends_at }).collect())
}

/// Lists invitations without an answer, for whoever builds the rota and nobody else.
#[utoipa::path(get, path = "/v1/rotations/{rotation}/invitations", params(("rotation" = String, Path)), responses((status = 200, body = Vec<RotaInvitation>)))]
pub(super) async fn list(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
) -> Result<Json<Vec<RotaInvitation>>, Failure> {
    let rotation = changeable(&app, &principal, &name)?;
    waiting(&app, &rotation).await.map(Json)
}

/// Asks people to join. Whoever has an invitation that waits is not asked again.
#[utoipa::path(post, path = "/v1/rotations/{rotation}/invitations", params(("rotation" = String, Path)), request_body = RotaInviteRequest, responses((status = 200, body = Vec<RotaInvitation>)))]
pub(super) async fn invite(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
    body: Result<Json<RotaInviteRequest>, JsonRejection>,
) -> Result<Json<Vec<RotaInvitation>>, Failure> {
    let Json(asked) = body?;
    ask(&app, &principal, &name, asked.person).await.map(Json)
}

/// Asks people to join, for whoever builds the rota.
pub(super) async fn ask(
    app: &App,
    principal: &Principal,
    name: &str,
    person: Option<PersonId>,
) -> Result<Vec<RotaInvitation>, Failure> {
    let rotation = changeable(app, principal, name)?;
    let joins = |look: &view::Look<'_>| {
        look.state.catalogue.rotation(&rotation).is_some_and(|one| one.layered.joining.is_some())
    };
    if !app.kernel.look(joins) {
        return Err(Failure::invalid(format!("the rota {name} is a list in a file: write joining: accepted there")));
    }
    let mut asked = app.kernel.look(|look| view::rota_asks(look, &rotation));
    if let Some(person) = person {
        asked.retain(|one| *one == person);
        if asked.is_empty() {
            let why = format!("{person} is in the rota {name} already, or its file does not name them");
            return Err(Failure::invalid(why));
        }
    }
    let _alone = app.applying.lock().await;
    let side = |error: SideError| Failure::side(&error);
    let known = open(&app.kernel).await.map_err(side)?;
    let is_known = |person: &PersonId| known.iter().any(|one| one.rotation == rotation && one.person == *person);
    let ends_at = app.kernel.now() + SignedDuration::from_hours(Purpose::Accept.hours());
    let fresh = asked.into_iter().filter(|person| !is_known(person));
    let writes = fresh.map(|person| Invited { rotation: rotation.clone(), person, ends_at, sent: false }.put());
    app.kernel.side.write(writes.collect()).await.map_err(side)?;
    app.invited.notify_one();
    waiting(app, &rotation).await
}

/// Begins a rota that people joined. "Not yet", with what is missing, is an answer; beginning twice changes nothing.
#[utoipa::path(post, path = "/v1/rotations/{rotation}/start", params(("rotation" = String, Path)), request_body = RotaStartRequest, responses((status = 200, body = RotaStart)))]
pub(super) async fn start(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
    body: Result<Json<RotaStartRequest>, JsonRejection>,
) -> Result<Json<RotaStart>, Failure> {
    let Json(asked) = body?;
    begin(&app, principal, &name, asked).await.map(Json)
}

/// Begins a rota for whoever builds it.
pub(super) async fn begin(
    app: &App,
    principal: Principal,
    name: &str,
    asked: RotaStartRequest,
) -> Result<RotaStart, Failure> {
    let rotation = changeable(app, &principal, name)?;
    let unconfirmed = unconfirmed(app, &rotation).await.map_err(|error| Failure::side(&error))?;
    let (missing, before) = app.kernel.look(|look| {
        let started = look.state.rotas.get(&rotation).and_then(|rota| rota.started.clone());
        (view::rota_missing(look, &rotation, unconfirmed), started)
    });
    if let Some(started) = before {
        return Ok(RotaStart { rotation, started_at: Some(started.at), missing: started.said.missing });
    }
    let RotaStartRequest { decided_by, reason } = asked;
    if !missing.is_empty() && (decided_by.is_none() || reason.is_none()) {
        return Ok(RotaStart { rotation, started_at: None, missing });
    }
    let wanted = StartWanted { rotation: rotation.clone(), missing: missing.clone(), decided_by, reason };
    app.kernel.command(Input::StartRota(Box::new(wanted)), principal.actor).await?;
    let started = app.kernel.look(|look| look.state.rotas.get(&rotation).and_then(|rota| rota.started.clone()));
    Ok(RotaStart { rotation, started_at: started.map(|started| started.at), missing })
}

/// Where it is kept that somebody feels ready. Nobody sees whose are there: only how many are not.
fn ready_key(rotation: &RotationId, person: &PersonId) -> String {
    format!("ready/{rotation}/{person}")
}

async fn unconfirmed(app: &App, rotation: &RotationId) -> Result<usize, SideError> {
    let members: Vec<PersonId> = app.kernel.look(|look| {
        let rota = look.state.rotas.get(rotation);
        rota.into_iter().flat_map(|rota| rota.members_now()).map(|one| one.person.clone()).collect()
    });
    let mut count = 0;
    for person in members {
        if !is_ready(&app.kernel, rotation, &person).await? {
            count += 1;
        }
    }
    Ok(count)
}

/// Whether somebody said that they feel ready.
pub(super) async fn is_ready(kernel: &Kernel, rotation: &RotationId, person: &PersonId) -> Result<bool, SideError> {
    Ok(kernel.side.get(Table::Invitations, &ready_key(rotation, person)).await?.is_some())
}

/// Keeps that somebody feels ready, or forgets it.
pub(super) async fn set_ready(
    kernel: &Kernel,
    (rotation, person): (&RotationId, &PersonId),
    is_ready: bool,
) -> Result<(), SideError> {
    let (table, key) = (Table::Invitations, ready_key(rotation, person));
    let write = match is_ready {
        true => Write::Put { table, key, value: b"{}".to_vec() },
        false => Write::Delete { table, key },
    };
    kernel.side.write(vec![write]).await
}

/// Forgets an invitation that was accepted.
pub(super) async fn forget(kernel: &Kernel, rotation: &RotationId, person: &PersonId) -> Result<(), SideError> {
    let key = Invited::key(rotation, person);
    kernel.side.write(vec![Write::Delete { table: Table::Invitations, key }]).await
}
