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
    match team {
        Some(team) => own(&app, &principal, &team).map(Json),
        None => Ok(Json(all(&app, &principal))),
    }
}

/// Returns the week of one team.
pub(super) fn own(app: &App, principal: &Principal, team: &TeamId) -> Result<Weeks, Failure> {
    known(app, team)?;
    match principal.may_change(team) {
        true => Ok(of(app, principal, |one| one == team)),
        false => Err(Failure::forbidden("the week belongs to another team")),
    }
}

/// Returns every week that the reader may see.
pub(super) fn all(app: &App, principal: &Principal) -> Weeks {
    of(app, principal, |team| principal.may_change(team))
}

fn of(app: &App, principal: &Principal, is_wanted: impl Fn(&TeamId) -> bool) -> Weeks {
    app.kernel.look(|look| {
        let teams = look.state.catalogue.teams().map(|team| &team.name).filter(|name| is_wanted(name));
        Weeks {
            teams: teams.map(|team| view::week(look, team)).collect(),
            crossed: principal.is_admin().then(|| view::wakes_crossed(look)),
        }
    })
}

fn known(app: &App, team: &TeamId) -> Result<(), Failure> {
    match app.kernel.look(|look| look.state.catalogue.team(team).is_some()) {
        true => Ok(()),
        false => Err(Failure::unknown("team", team.as_str())),
    }
}
