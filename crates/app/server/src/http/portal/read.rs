//! Pages to read: look, make the page, print it.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::SET_COOKIE;
use seaworthy_contract::api::{LedgerRow, Rollout, RolloutState};
use seaworthy_core::view::{self, AlertFilter, Look};
use seaworthy_model::{Position, RolloutId};
use seaworthy_portal::Chrome;
use seaworthy_portal::view::{
    HomeFacts, HomePage, LedgerView, PagesPage, ReadyFacts, ReadyPage, RolloutFacts, RolloutPage, RolloutsPage,
    ServiceFacts, ServicePage, ServicesPage, SignInPage, SignInRefused, WhoPage,
};
use serde::Deserialize;

use super::flash;
use super::visit::{Visit, html, is_part};
use crate::http::ledger::Window;
use crate::http::rollouts::identified;
use crate::http::services::{Question, named, unknown};
use crate::http::{App, Failure, ledger as events, readiness};

/// Rollouts that are over and shown at home: what happened while one was away for an hour.
const FINISHED_MAX: usize = 5;

/// Events after the first one of a rollout in which its others are looked for: other streams write in between.
const HISTORY_EVENTS: usize = 300;

/// Open alerts on the page of a service.
const OPEN_MAX: usize = 10;

/// Events on a page of the ledger: what a person reads at once, and light on a phone.
const LEDGER_ROWS: u64 = 40;

pub(super) async fn home(visit: Visit) -> Response {
    let (boot, writable) = (visit.app.boot, visit.app.kernel.writable());
    let page = visit.app.kernel.look(|look| {
        let status = view::status(look, boot, writable);
        let live = status.rollouts.iter().filter_map(|r| Some((r.id, view::series(look, r.id)?)));
        let series: BTreeMap<RolloutId, _> = live.collect();
        let mut finished = view::rollouts(look, None);
        finished.retain(|r| matches!(r.state, RolloutState::Promoted | RolloutState::Reverted));
        finished.truncate(FINISHED_MAX);
        let objectives = view::objectives(look, None);
        HomePage::new(&HomeFacts { status: &status, series: &series, finished: &finished, objectives: &objectives })
    });
    visit.show(&page)
}

pub(super) async fn services(visit: Visit) -> Response {
    let page = ServicesPage::new(&visit.app.kernel.look(view::services));
    visit.show(&page)
}

pub(super) async fn service(visit: Visit, Path(name): Path<String>) -> Result<Response, Failure> {
    let id = named(&visit.app, &name)?;
    let readiness = readiness::found(&visit.app, &id)?;
    let page = visit.app.kernel.look(|look| {
        let service = view::service(look, &id)?;
        let rollouts = view::rollouts(look, Some(&id));
        let open = AlertFilter { open: true, service: Some(id.clone()), before: None, limit: OPEN_MAX };
        Some(ServicePage::new(&ServiceFacts {
            service: &service,
            readiness: &readiness,
            rollouts: &rollouts,
            objectives: &view::objectives(look, Some(&id)),
            probes: &view::probes(look, Some(&id)),
            controls: &view::controls_set(look, Some(&id)),
            alerts: &view::alerts(look, &open).alerts,
            now: look.now,
        }))
    });
    let page = page.ok_or_else(|| unknown(&visit.app, &name))?;
    Ok(visit.show(&page))
}

pub(super) async fn ready(visit: Visit, Path(name): Path<String>) -> Result<Response, Failure> {
    let id = named(&visit.app, &name)?;
    let readiness = readiness::found(&visit.app, &id)?;
    let rights = visit.rights(&id);
    let page = visit.app.kernel.look(|look| {
        let service = view::service(look, &id)?;
        let members = look.state.catalogue.team(&service.owner).map(|team| team.members.as_slice());
        Some(ReadyPage::new(&ReadyFacts {
            service: &service,
            readiness: &readiness,
            members: members.unwrap_or_default(),
            rights: &rights,
            now: look.now,
        }))
    });
    let page = page.ok_or_else(|| unknown(&visit.app, &name))?;
    Ok(visit.show(&page))
}

pub(super) async fn rollouts(visit: Visit) -> Response {
    let page = visit.app.kernel.look(|look| RolloutsPage::new(&view::rollouts(look, None), look.now));
    visit.show(&page)
}

pub(super) async fn rollout(visit: Visit, Path(text): Path<String>) -> Result<Response, Failure> {
    let id = identified(&text)?;
    let found = visit.app.kernel.look(|look| view::rollout(look, id));
    let rollout = found.ok_or_else(|| Failure::unknown("rollout", text))?;
    let rights = visit.rights(&rollout.service);
    let history = history(&visit.app, &rollout).await;
    let page = visit.app.kernel.look(|look| {
        // What was read above may be a moment old by now: everything on the page is of one moment but the history.
        let rollout = view::rollout(look, id).unwrap_or(rollout);
        let (series, service) = (view::series(look, id), view::service(look, &rollout.service));
        let readiness = view::readiness(look, &rollout.service);
        RolloutPage::new(&RolloutFacts {
            rollout: &rollout,
            series: series.as_ref(),
            service: service.as_ref(),
            readiness: readiness.as_ref(),
            history: history.as_deref(),
            report_age_ms: report_age_ms(look),
            rights: &rights,
            now: look.now,
        })
    });
    Ok(visit.show(&page))
}

/// Reads a rollout's own events; none when the store cannot be read.
async fn history(app: &App, rollout: &Rollout) -> Option<Vec<LedgerRow>> {
    let window = Window { from: Some(rollout.position), limit: Some(HISTORY_EVENTS) };
    let mut page = events::page(app, &window).await.ok()?;
    let stream = format!("rollout/{}", rollout.id);
    page.rows.retain(|row| row.stream == stream);
    Some(page.rows)
}

fn report_age_ms(look: &Look<'_>) -> Option<u64> {
    let newest = look.watch.gateways.0.values().map(|gateway| gateway.reported_at).max()?;
    u64::try_from(look.now.duration_since(newest).as_millis()).ok().or(Some(0))
}

pub(super) async fn pages(visit: Visit) -> Response {
    let page = visit.app.kernel.look(|look| PagesPage::new(&view::pages(look), look.now));
    visit.show(&page)
}

/// Which part of the ledger.
#[derive(Deserialize)]
pub(super) struct Part {
    from: Option<Position>,
    check: Option<String>,
}

pub(super) async fn ledger(visit: Visit, Query(part): Query<Part>) -> Result<Response, Failure> {
    let limit = usize::try_from(LEDGER_ROWS).ok();
    let rows = events::page(&visit.app, &Window { from: part.from, limit }).await?;
    let checked = match part.check {
        Some(_) => Some(events::verify(State(visit.app.clone())).await?.0),
        None => None,
    };
    Ok(visit.show(&LedgerView::new(&rows, part.from, LEDGER_ROWS, checked.as_ref())))
}

pub(super) async fn who(visit: Visit, Query(question): Query<Question>) -> Response {
    let page = visit.app.kernel.look(|look| {
        let answer = view::who(look, &question.text());
        let service = answer.candidates.first().and_then(|best| view::service(look, &best.service));
        WhoPage::new(&answer, service.as_ref())
    });
    visit.show(&page)
}

/// Why somebody is here.
#[derive(Deserialize)]
pub(super) struct Why {
    refused: Option<String>,
}

pub(super) async fn sign_in(headers: HeaderMap, Query(why): Query<Why>) -> Response {
    // A session that ended while its page was open: the page goes, not a part of it.
    if is_part(&headers) {
        return [("hx-redirect", "/sign-in")].into_response();
    }
    let flash = flash::read(&headers);
    let was_said = flash.is_some();
    let chrome = Chrome { state: None, csrf: None, reader: None, path: "/sign-in".to_owned(), flash };
    let mut response = html(&chrome, &SignInPage { refused: why.refused.as_deref().map(SignInRefused::of) }, false);
    if was_said {
        response.headers_mut().append(SET_COOKIE, flash::said());
    }
    response
}
