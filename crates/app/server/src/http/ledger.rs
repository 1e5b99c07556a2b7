//! The ledger, read and verified.

use axum::Json;
use axum::extract::{Query, State};
use axum::routing::get;
use http::Method;
use seaworthy_contract::api::{Code, LedgerPage, LedgerRow, Verification};
use seaworthy_core::view::{Look, sentence};
use seaworthy_model::Position;
use seaworthy_store::chain::Verifier;
use seaworthy_store::{ReadError, Record};
use serde::Deserialize;

use super::{App, Failure, Route};
use crate::access::Who;
use crate::kernel::{chain, decode};

/// Rows of one page, unless asked otherwise.
const PAGE_ROWS: usize = 100;

/// Most rows of one page.
const PAGE_ROWS_MAX: usize = 1_000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/ledger", Who::Reader, get(list)),
        Route::new(Method::GET, "/v1/ledger/verify", Who::SignedIn, get(verify)),
    ]
}

/// Which rows.
#[derive(Deserialize)]
pub(super) struct Window {
    /// The first position; the last page where it is none.
    pub(super) from: Option<Position>,
    /// How many.
    pub(super) limit: Option<usize>,
}

#[utoipa::path(get, path = "/v1/ledger", params(("from" = Option<u64>, Query), ("limit" = Option<usize>, Query)), responses((status = 200, body = LedgerPage)))]
pub(super) async fn list(State(app): State<App>, Query(window): Query<Window>) -> Result<Json<LedgerPage>, Failure> {
    page(&app, &window).await.map(Json)
}

/// Reads a page of rows, oldest first.
pub(super) async fn page(app: &App, window: &Window) -> Result<LedgerPage, Failure> {
    let limit = window.limit.unwrap_or(PAGE_ROWS).clamp(1, PAGE_ROWS_MAX);
    let head = app.kernel.ledger.head().position;
    let from = window.from.unwrap_or((head + 1).saturating_sub(limit as Position)).max(1);
    let records = app.kernel.ledger.read(from, limit).await.map_err(|error| unreadable(&error))?;
    Ok(app.kernel.look(|look| LedgerPage { rows: records.iter().map(|record| row(look, record)).collect(), head }))
}

fn unreadable(error: &ReadError) -> Failure {
    tracing::error!(error = %chain(error), "could not read the ledger");
    Failure::new(
        Code::Unavailable,
        "the ledger could not be read",
        Some("`seaworthy ledger verify` says where it broke"),
    )
}

fn row(look: &Look<'_>, record: &Record) -> LedgerRow {
    let event = &record.event;
    LedgerRow {
        position: record.position,
        recorded_at: record.recorded_at,
        occurred_at: event.occurred_at,
        stream: event.stream.clone(),
        actor: event.actor.clone(),
        by: look.called(&event.actor),
        kind: event.kind.clone(),
        version: event.version,
        payload: serde_json::from_str(event.payload.as_str()).unwrap_or_default(),
        hash: record.hash.to_string(),
        sentence: sentence(&decode(record).event),
    }
}

#[utoipa::path(get, path = "/v1/ledger/verify", responses((status = 200, body = Verification)))]
pub(super) async fn verify(State(app): State<App>) -> Result<Json<Verification>, Failure> {
    let _one_at_a_time = app.verifying.lock().await;
    let mut verifier = Verifier::default();
    let mut events = 0;
    loop {
        let from = verifier.head().position + 1;
        let records = app.kernel.ledger.read(from, PAGE_ROWS_MAX).await;
        let records = records.map_err(|error| unreadable(&error))?;
        if records.is_empty() {
            let head_hash = verifier.head().hash.to_string();
            return Ok(Json(Verification { events, verified: true, broken: None, head_hash }));
        }
        for record in &records {
            if let Err(broken) = verifier.check(record) {
                let head_hash = verifier.head().hash.to_string();
                return Ok(Json(Verification { events, verified: false, broken: Some(broken.to_string()), head_hash }));
            }
            events += 1;
        }
    }
}
