//! The catalogue: what applying files would change, and applying them.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::routing::post;
use axum::{Extension, Json};
use http::Method;
use seaworthy_contract::api::{Change, ChangeKind, Plan};
use seaworthy_contract::catalogue::{CalendarDetails, Document, Entity, PersonDetails};
use seaworthy_core::{Input, plan, speaks_for};
use seaworthy_model::PersonId;
use seaworthy_store::limits::SIDE_WRITES_MAX;
use seaworthy_store::{Table, Write};

use super::{App, Failure, Route};
use crate::access::{Principal, Who};

type Directory = BTreeMap<PersonId, PersonDetails>;

/// Largest document, in bytes: a catalogue of the most entities that are accepted, with room.
const DOCUMENT_BYTES_MAX: usize = 16 * 1024 * 1024;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::POST, "/v1/catalogue/plan", Who::Operator, post(plan_only)).accepting(DOCUMENT_BYTES_MAX),
        Route::new(Method::POST, "/v1/catalogue/apply", Who::Operator, post(apply)).accepting(DOCUMENT_BYTES_MAX),
    ]
}

#[utoipa::path(post, path = "/v1/catalogue/plan", request_body = Document, responses((status = 200, body = Plan)))]
pub(super) async fn plan_only(
    State(app): State<App>,
    body: Result<Json<Document>, JsonRejection>,
) -> Result<Json<Plan>, Failure> {
    let Json(document) = body?;
    changes(&app, &document).map(Json)
}

#[utoipa::path(post, path = "/v1/catalogue/apply", request_body = Document, responses((status = 200, body = Plan)))]
pub(super) async fn apply(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    body: Result<Json<Document>, JsonRejection>,
) -> Result<Json<Plan>, Failure> {
    let Json(document) = body?;
    // By itself to its end: whoever goes away half way must not leave names without entities.
    let applied = tokio::spawn(apply_whole(app, principal.actor, document)).await;
    applied.unwrap_or_else(|_| Err(Failure::bug())).map(Json)
}

async fn apply_whole(app: App, actor: String, document: Document) -> Result<Plan, Failure> {
    let _alone = app.applying.lock().await;
    let mut plan = changes(&app, &document)?;
    let (people, used) = app.kernel.look(|look| {
        let ours = document.people.iter().filter(|person| speaks_for(look.state, &document, &person.name));
        (ours.map(|p| (p.name.clone(), p.clone())).collect::<Directory>(), look.watch.used(look.state, look.now))
    });
    let said = app.kernel.look(|look| said(look.state, &document));
    // Names and contacts come first and go last: a page must never meet a person whom nobody can reach.
    let reachable = meet_people(&app, &people).await?;
    let calendars =
        Document { source: document.source.clone(), calendars: document.calendars.clone(), ..Document::default() };
    plan.position = app.kernel.command(Input::Apply(Box::new(document), used), actor.clone()).await?.position;
    forget_people(&app, &people, &said).await?;
    app.kernel.command(Input::ContactsChanged { people: reachable }, actor.clone()).await?;
    app.calendars.take(&app.kernel, &calendars).await.map_err(|error| Failure::side(&error))?;
    crate::contacts::refresh(&app.kernel).await.map_err(|error| Failure::side(&error))?;
    tracing::info!(actor, changes = plan.changes.len(), "applied a catalogue");
    Ok(plan)
}

fn changes(app: &App, document: &Document) -> Result<Plan, Failure> {
    let calendars = app.calendars.changed(document);
    app.kernel.look(|look| {
        let mut plan = plan(look.state, document, &look.watch.used(look.state, look.now))?;
        let differs = |person: &&PersonDetails| {
            look.directory.get(&person.name) != Some(person) && speaks_for(look.state, document, &person.name)
        };
        plan.changes.extend(document.people.iter().filter(differs).map(|person| Change {
            change: if look.directory.contains_key(&person.name) { ChangeKind::Change } else { ChangeKind::Declare },
            kind: "details".to_owned(),
            name: person.name.to_string(),
            details: vec!["name and contacts, kept beside the ledger".to_owned()],
        }));
        let ours = |one: &&CalendarDetails| {
            let declared = look.state.catalogue.get("rotation", one.rotation.as_str());
            declared.is_none_or(|known| known.declared_by.is_none() || known.declared_by == document.source)
        };
        plan.changes.extend(calendars.into_iter().filter(ours).map(|one| Change {
            change: ChangeKind::Change,
            kind: "calendar".to_owned(),
            name: one.rotation.to_string(),
            details: vec!["what it follows and whom names mean, kept beside the ledger".to_owned()],
        }));
        Ok(plan)
    })
}

/// Adds who is new and changes who is known; returns who has other contacts than before.
async fn meet_people(app: &App, people: &Directory) -> Result<Vec<PersonId>, Failure> {
    let mut known = app.kernel.look(|look| look.directory.clone());
    let changed: Vec<_> = people.values().filter(|person| known.get(&person.name) != Some(person)).cloned().collect();
    let put = |person: &PersonDetails| Write::Put {
        table: Table::Directory,
        key: person.name.to_string(),
        value: serde_json::to_vec(person).expect("a person has string keys only"),
    };
    write(app, changed.iter().map(put).collect()).await?;
    let before = |person: &PersonDetails| known.get(&person.name).map(|before| before.contacts.clone());
    let is_reachable = |person: &&PersonDetails| {
        !person.contacts.is_empty() && before(person).is_none_or(|before| before != person.contacts)
    };
    let reachable = changed.iter().filter(is_reachable).map(|person| person.name.clone()).collect();
    known.extend(changed.into_iter().map(|person| (person.name.clone(), person)));
    app.kernel.set_directory(known);
    Ok(reachable)
}

/// Returns the people whom the document declares and no other source does.
fn said(state: &seaworthy_core::State, document: &Document) -> BTreeSet<PersonId> {
    let people = document.entities.iter().filter_map(|sourced| match &sourced.entity {
        Entity::Person(person) => Some(person.name.clone()),
        _ => None,
    });
    people.filter(|name| speaks_for(state, document, name)).collect()
}

/// A person who left the files is forgotten here, while the ledger keeps the handle. Who stays in the catalogue, because
/// another source has them or somebody must be paged, stays reachable.
async fn forget_people(app: &App, people: &Directory, said: &BTreeSet<PersonId>) -> Result<(), Failure> {
    let (mut known, stay) = app.kernel.look(|look| {
        let stays = |name: &&PersonId| {
            let is_declared = look.state.catalogue.get("person", name.as_str()).is_some();
            people.contains_key(*name) || (is_declared && !said.contains(*name))
        };
        let stay: BTreeSet<PersonId> = look.directory.keys().filter(stays).cloned().collect();
        (look.directory.clone(), stay)
    });
    let gone = known.keys().filter(|name| !stay.contains(*name));
    let gone = gone.map(|name| Write::Delete { table: Table::Directory, key: name.to_string() });
    write(app, gone.collect()).await?;
    known.retain(|name, _| stay.contains(name));
    app.kernel.set_directory(known);
    Ok(())
}

async fn write(app: &App, writes: Vec<Write>) -> Result<(), Failure> {
    for batch in writes.chunks(SIDE_WRITES_MAX) {
        app.kernel.side.write(batch.to_vec()).await.map_err(|error| Failure::side(&error))?;
    }
    Ok(())
}
