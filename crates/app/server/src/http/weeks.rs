//! A team's week. It is the team's own: others are refused, and nobody is told how often one person was woken.

use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Extension, Json};
use http::Method;
use seaworthy_contract::api::Weeks;
use seaworthy_core::view;
use seaworthy_model::TeamId;
use serde::Deserialize;

use super::{App, Failure, Route};
use crate::access::{Principal, Who};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/v1/week", Who::SignedIn, get(show))]
}

/// Whose week.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Of {
    team: Option<TeamId>,
}

#[utoipa::path(get, path = "/v1/week", params(
    ("team" = Option<String>, Query, description = "the reader's own team where it is not said; every team for admins"),
), responses((status = 200, body = Weeks)))]
pub(super) async fn show(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Query(Of { team }): Query<Of>,
) -> Result<Json<Weeks>, Failure> {
    if let Some(team) = &team {
        known(&app, team)?;
        if !principal.may_change(team) {
            return Err(Failure::forbidden("the week belongs to another team"));
        }
    }
    let is_wanted = |one: &TeamId| team.as_ref().is_none_or(|team| one == team) && principal.may_change(one);
    Ok(Json(app.kernel.look(|look| {
        let teams = look.state.catalogue.teams().map(|team| &team.name).filter(|name| is_wanted(name));
        Weeks {
            teams: teams.map(|team| view::week(look, team)).collect(),
            crossed: principal.is_admin().then(|| view::wakes_crossed(look)),
        }
    })))
}

fn known(app: &App, team: &TeamId) -> Result<(), Failure> {
    match app.kernel.look(|look| look.state.catalogue.team(team).is_some()) {
        true => Ok(()),
        false => Err(Failure::unknown("team", team.as_str())),
    }
}
