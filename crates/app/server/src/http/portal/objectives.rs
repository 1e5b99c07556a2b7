//! Objectives as pages: the list, and one of them with what was counted.

use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::Timestamp;
use seaworthy_contract::api::{Objective, ObjectiveSeries};
use seaworthy_core::view::{self, AlertFilter};
use seaworthy_model::ServiceId;
use seaworthy_portal::view::{ObjectiveFacts, ObjectivePage, ObjectivesPage};
use serde::Deserialize;

use super::visit::Visit;
use crate::http::objectives::{WINDOW_SECONDS, WINDOW_SECONDS_MAX, over, unknown};
use crate::http::services::named;
use crate::http::{App, Failure};

/// Alerts of its service among which those of one objective are looked for.
const ALERTS_LOOKED_AT: usize = 200;

/// Alerts of one objective that are shown.
const ALERTS_MAX: usize = 10;

/// How often the time that is drawn is narrowed down to when counting began.
const NARROWED_MAX: usize = 4;

/// Least time that is drawn, in seconds: a new service has its first minutes, not a sliver of thirty days.
const DRAWN_SECONDS_MIN: u32 = 600;

/// Of which service; of all where none is named.
#[derive(Deserialize)]
pub(super) struct Of {
    service: Option<String>,
}

impl Of {
    /// Returns the service.
    pub(super) fn service(&self, app: &App) -> Result<Option<ServiceId>, Failure> {
        self.service.as_deref().map(|name| named(app, name)).transpose()
    }
}

pub(super) async fn list(visit: Visit, Query(of): Query<Of>) -> Result<Response, Failure> {
    let service = of.service(&visit.app)?;
    let page = visit.app.kernel.look(|look| {
        let objectives = view::objectives(look, service.as_ref());
        ObjectivesPage::new(&objectives, service.as_ref().map(ServiceId::as_str), look.now)
    });
    Ok(visit.show(&page))
}

pub(super) async fn show(visit: Visit, Path(name): Path<String>) -> Result<Response, Failure> {
    let found = visit.app.kernel.look(|look| view::objective(look, &name));
    let objective = found.ok_or_else(|| unknown(&name))?;
    // What cannot be read is not drawn; the figures stand without it.
    let (period, hour) = (since_counted(&visit.app, &objective).await, last_hour(&visit.app, &name).await);
    let page = visit.app.kernel.look(|look| {
        let rule = format!("objective/{name}");
        let filter =
            AlertFilter { service: Some(objective.service.clone()), limit: ALERTS_LOOKED_AT, ..AlertFilter::default() };
        let mut alerts = view::alerts(look, &filter).alerts;
        alerts.retain(|alert| alert.said_by.contains(&rule) || alert.rules.contains(&rule));
        alerts.truncate(ALERTS_MAX);
        // What was drawn above may be a moment old by now: everything else on the page is of one moment.
        let objective = view::objective(look, &name).unwrap_or(objective);
        ObjectivePage::new(&ObjectiveFacts {
            objective: &objective,
            period: period.as_ref(),
            hour: hour.as_ref(),
            alerts: &alerts,
            now: look.now,
        })
    });
    Ok(visit.show(&page))
}

/// Draws the last hour of an objective; none where nothing is counted here, or it cannot be read.
pub(super) async fn last_hour(app: &App, name: &str) -> Option<ObjectiveSeries> {
    over(app, name, WINDOW_SECONDS).await.ok().flatten()
}

/// Draws the part of the period in which there are counts, as finely as it is kept.
async fn since_counted(app: &App, objective: &Objective) -> Option<ObjectiveSeries> {
    let now = app.kernel.now();
    let age = |at: Timestamp| u32::try_from(now.duration_since(at).as_secs()).unwrap_or(DRAWN_SECONDS_MIN);
    let mut window = age(objective.budget?.from).clamp(DRAWN_SECONDS_MIN, WINDOW_SECONDS_MAX);
    let mut drawn = over(app, &objective.name, window).await.ok()??;
    for _ in 0..NARROWED_MAX {
        let Some(wanted) = first(&drawn).map(|at| age(at).max(DRAWN_SECONDS_MIN)) else { break };
        if wanted.saturating_mul(2) > window {
            break;
        }
        window = wanted;
        drawn = over(app, &objective.name, window).await.ok()??;
    }
    Some(drawn)
}

/// When counting began.
fn first(drawn: &ObjectiveSeries) -> Option<Timestamp> {
    let index = drawn.points.iter().position(Option::is_some)?;
    let after = jiff::SignedDuration::from_secs(i64::from(drawn.step_s) * i64::try_from(index).ok()?);
    drawn.from.checked_add(after).ok()
}
