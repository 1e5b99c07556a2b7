//! The catalogue: what applying files would change, and applying them.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::routing::post;
use axum::{Extension, Json};
use http::Method;
use seaworthy_contract::api::{Change, ChangeKind, Plan};
use seaworthy_contract::catalogue::{Document, PersonDetails};
use seaworthy_core::{Input, plan};
use seaworthy_model::PersonId;
use seaworthy_store::{Table, Write};

use super::{App, Failure, Route};
use crate::access::{Principal, Who};
use crate::kernel::chain;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::POST, "/v1/catalogue/plan", Who::Operator, post(plan_only)),
        Route::new(Method::POST, "/v1/catalogue/apply", Who::Operator, post(apply)),
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
    let mut plan = changes(&app, &document)?;
    // Names and contacts first: a page must never meet a person whom nobody can reach.
    keep_people(&app, &document.people).await?;
    plan.position = app.kernel.command(Input::Apply(Box::new(document)), principal.actor).await?.position;
    Ok(Json(plan))
}

fn changes(app: &App, document: &Document) -> Result<Plan, Failure> {
    app.kernel.look(|look| {
        let mut changes = plan(look.state, document)?;
        let differs = |person: &&PersonDetails| look.directory.get(&person.name) != Some(person);
        changes.extend(document.people.iter().filter(differs).map(|person| Change {
            change: if look.directory.contains_key(&person.name) { ChangeKind::Change } else { ChangeKind::Declare },
            kind: "details".to_owned(),
            name: person.name.to_string(),
            details: vec!["name and contacts, kept beside the ledger".to_owned()],
        }));
        Ok(Plan { changes, position: look.state.position })
    })
}

/// Replaces the directory: a person who left the files is forgotten here, while the ledger keeps the handle.
async fn keep_people(app: &App, people: &[PersonDetails]) -> Result<(), Failure> {
    let known = app.kernel.look(|look| look.directory.clone());
    let wanted: BTreeMap<PersonId, PersonDetails> = people.iter().map(|p| (p.name.clone(), p.clone())).collect();
    let gone = known.keys().filter(|name| !wanted.contains_key(*name));
    let gone = gone.map(|name| Write::Delete { table: Table::Directory, key: name.to_string() });
    let changed = wanted.values().filter(|person| known.get(&person.name) != Some(person)).map(|person| Write::Put {
        table: Table::Directory,
        key: person.name.to_string(),
        value: serde_json::to_vec(person).expect("a person has string keys only"),
    });
    let writes: Vec<Write> = gone.chain(changed).collect();
    for batch in writes.chunks(500) {
        let written = app.kernel.side.write(batch.to_vec()).await;
        written.map_err(|error| Failure::unavailable(chain(&error)))?;
    }
    app.kernel.set_directory(wanted);
    Ok(())
}
