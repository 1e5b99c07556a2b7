//! Credentials: made by an admin, shown once, withdrawn for good.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::{Method, StatusCode};
use seaworthy_contract::api::{Token, TokenMade, TokenRequest, TokenScope};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_core::view;
use seaworthy_model::TokenId;

use super::{App, Failure, Route};
use crate::access::{Principal, Who, issue_as, withdraw};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/tokens", Who::Operator, get(list)),
        Route::new(Method::POST, "/v1/tokens", Who::Operator, post(make)),
        Route::new(Method::POST, "/v1/tokens/{token}/revoke", Who::Operator, post(revoke)),
    ]
}

#[utoipa::path(get, path = "/v1/tokens", responses((status = 200, body = Vec<Token>)))]
pub(super) async fn list(State(app): State<App>) -> Json<Vec<Token>> {
    Json(app.kernel.look(view::tokens))
}

#[utoipa::path(post, path = "/v1/tokens", request_body = TokenRequest, responses((status = 201, body = TokenMade)))]
pub(super) async fn make(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    body: Result<Json<TokenRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<TokenMade>), Failure> {
    let Json(request) = body?;
    let scope = match (request.scope, request.team) {
        (TokenScope::Admin, None) => ScopeV4::Admin,
        (TokenScope::Read, None) => ScopeV4::Read,
        (TokenScope::Intake, None) => ScopeV4::Intake,
        (TokenScope::Prober, None) => ScopeV4::Prober,
        (TokenScope::Observe, None) => ScopeV4::Observe,
        (TokenScope::Team, Some(team)) => {
            if app.kernel.look(|look| look.state.catalogue.team(&team).is_none()) {
                return Err(Failure::unknown("team", team.as_str()));
            }
            ScopeV4::Team { team }
        }
        (TokenScope::Team, None) => return Err(Failure::invalid("team: which one? a team's credential names it")),
        (_, Some(_)) => return Err(Failure::invalid("team: only a credential of scope \"team\" has one")),
    };
    if request.expires_at.is_some_and(|end| end <= app.kernel.now()) {
        return Err(Failure::invalid("expires_at: it is in the past"));
    }
    let (id, secret) = issue_as(&app.kernel, scope, &request.label, request.expires_at, &principal.actor).await?;
    let made = app.kernel.look(view::tokens).into_iter().find(|token| token.id == id);
    let token = made.ok_or_else(|| Failure::unavailable("the credential was not appended"))?;
    tracing::info!(actor = principal.actor, token = %id, "made a credential");
    Ok((StatusCode::CREATED, Json(TokenMade { token, secret })))
}

/// Withdraws a credential; one that is not there any more is not known.
#[utoipa::path(post, path = "/v1/tokens/{token}/revoke", params(("token" = String, Path)), responses((status = 200, body = Vec<Token>)))]
pub(super) async fn revoke(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Json<Vec<Token>>, Failure> {
    let token: TokenId = id.parse().map_err(|_| Failure::unknown("token", id.as_str()))?;
    withdraw(&app.kernel, token, &principal.actor).await?;
    Ok(Json(app.kernel.look(view::tokens)))
}
