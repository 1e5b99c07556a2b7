//! A team's week as a page, and every week that a reader may see.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::SignedDuration;
use seaworthy_contract::api::{Objective, Rota, Week};
use seaworthy_contract::events::alert::Urgency;
use seaworthy_core::view::{self, AlertFilter};
use seaworthy_model::{ServiceId, TeamId};
use seaworthy_portal::view::{LaneFacts, WeekFacts, WeekPageView, WeeksPage};

use super::visit::{Visit, changeable};
use crate::http::objectives::over;
use crate::http::{App, Failure, weeks};

/// How far ahead the rota is drawn.
const AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The week, in seconds.
const WEEK_SECONDS: u32 = 7 * 86_400;

/// Services that have a lane: as many as one team looks through in a hand-over.
const LANES_MAX: usize = 12;

/// Alerts of a service among which those of the week are.
const ALERTS_LOOKED_AT: usize = 100;

/// Rollouts of a service that are drawn: ten a day.
const ROLLOUTS_MAX: usize = 70;

/// Every week; of whoever sees one only, that one.
pub(super) async fn list(visit: Visit) -> Response {
    let weeks = weeks::all(&visit.app, &visit.principal);
    match (weeks.teams.as_slice(), &weeks.crossed) {
        ([only], None) => Redirect::to(&format!("/week/{}", only.team)).into_response(),
        _ => visit.show(&WeeksPage::new(&weeks)),
    }
}

pub(super) async fn show(visit: Visit, Path(team): Path<String>) -> Result<Response, Failure> {
    let team: TeamId = team.parse().map_err(|_| Failure::unknown("team", &team))?;
    let weeks = weeks::own(&visit.app, &visit.principal, &team)?;
    let week = weeks.teams.first().ok_or_else(|| Failure::unknown("team", team.as_str()))?;
    let lanes = lanes(&visit.app, week).await;
    let page = visit.app.kernel.look(|look| {
        let until = week.until.saturating_add(AHEAD).unwrap_or(week.until);
        let theirs = look.state.catalogue.rotations().map(|(rotation, _)| rotation).filter(|one| one.team == team);
        let rotas: Vec<Rota> =
            theirs.filter_map(|one| view::rota(look, &one.name, (week.until, until), vec![])).collect();
        WeekPageView::new(&WeekFacts {
            week,
            lanes: &lanes,
            rotas: &rotas,
            csrf: visit.principal.csrf.as_deref(),
            mine: &changeable(&visit.principal, look),
        })
    });
    Ok(visit.show(&page))
}

/// What each of a team's services did; a budget that cannot be read is not drawn.
async fn lanes(app: &App, week: &Week) -> Vec<LaneFacts> {
    let mut lanes: Vec<(LaneFacts, Option<Objective>)> = app.kernel.look(|look| {
        let services = look.state.catalogue.services().map(|(service, _)| service);
        let theirs = services.filter(|service| service.owner == week.team).take(LANES_MAX);
        theirs.map(|service| facts(look, &service.name)).collect()
    });
    for (lane, objective) in &mut lanes {
        let Some(objective) = objective.take() else { continue };
        let series = over(app, &objective.name, WEEK_SECONDS).await.ok().flatten();
        lane.budget = series.map(|series| (objective, series));
    }
    lanes.into_iter().map(|(lane, _)| lane).collect()
}

fn facts(look: &view::Look<'_>, service: &ServiceId) -> (LaneFacts, Option<Objective>) {
    let filter = AlertFilter { service: Some(service.clone()), limit: ALERTS_LOOKED_AT, ..AlertFilter::default() };
    let mut alerts = view::alerts(look, &filter).alerts;
    alerts.retain(|alert| !alert.drill && alert.urgency == Urgency::Page);
    let mut rollouts = view::rollouts(look, Some(service));
    rollouts.truncate(ROLLOUTS_MAX);
    let left = |objective: &Objective| objective.budget.and_then(|budget| budget.remaining_ratio);
    let known = view::objectives(look, Some(service)).into_iter().filter(|one| left(one).is_some());
    let worst = known.min_by(|a, b| left(a).partial_cmp(&left(b)).unwrap_or(std::cmp::Ordering::Equal));
    (LaneFacts { service: service.clone(), rollouts, alerts, budget: None }, worst)
}

/// Returns where a form that was sent from a week leads back to; none for one from elsewhere.
pub(super) fn place(from: &str) -> Option<String> {
    let team: TeamId = from.strip_prefix("week/")?.parse().ok()?;
    Some(format!("/week/{team}"))
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn a_form_leads_back_to_a_week_and_nowhere_else() {
        for (from, to) in [
            ("week/shop", Some("/week/shop")),
            ("review", None),
            ("", None),
            ("week/", None),
            ("week/shop/../../sign-out", None),
            ("week//evil.test", None),
            ("https://evil.test", None),
        ] {
            assert_eq!(place(from).as_deref(), to, "{from}");
        }
    }
}
