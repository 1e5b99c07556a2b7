//! Alerts as pages, and what is done about one: judge its page, silence it, end a silence.

use axum::extract::{Form, Path, Query};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{Alert, LedgerRow, Rule, SilenceRequest, UnsilenceRequest};
use seaworthy_contract::events::alert::VerdictV1;
use seaworthy_core::view::{self, AlertFilter};
use seaworthy_model::{AlertId, Position};
use seaworthy_portal::view::{AlertFacts, AlertView, AlertsFacts, AlertsPage};
use serde::Deserialize;

use super::act::{back, check};
use super::objectives::{Of, last_hour};
use super::visit::{Visit, changeable};
use crate::http::ledger::Window;
use crate::http::rollouts::REASON_CHARS_MAX;
use crate::http::services::named;
use crate::http::{App, Failure, alerts as doing, ledger};

/// Open alerts that are looked at: more are folded or noise.
const OPEN_MAX: usize = 200;

/// Alerts among which those that are over are looked for.
const LOOKED_AT: usize = 100;

/// How long after its end an alert still shows the last hour of what was counted.
const DRAWN_AFTER: SignedDuration = SignedDuration::from_mins(45);

/// Events after its first one in which an alert's others are looked for: other streams write in between.
const HISTORY_EVENTS: usize = 500;

pub(super) async fn list(visit: Visit, Query(of): Query<Of>) -> Result<Response, Failure> {
    let service = of.service(&visit.app)?;
    let unowned = if service.is_none() { visit.app.unowned.list() } else { Vec::new() };
    let page = visit.app.kernel.look(|look| {
        let filter = AlertFilter { service: service.clone(), limit: LOOKED_AT, ..AlertFilter::default() };
        let open = AlertFilter { open: true, limit: OPEN_MAX, ..filter.clone() };
        let mut over = view::alerts(look, &filter).alerts;
        over.retain(|alert| alert.resolved_at.is_some());
        AlertsPage::new(&AlertsFacts {
            open: &view::alerts(look, &open).alerts,
            over: &over,
            silences: &view::silences(look, service.as_ref()),
            unowned: &unowned,
            service: service.as_ref(),
            csrf: visit.principal.csrf.as_deref(),
            may_change: &changeable(&visit.principal, look),
            now: look.now,
        })
    });
    Ok(visit.show(&page))
}

pub(super) async fn show(visit: Visit, Path(text): Path<String>) -> Result<Response, Failure> {
    let alert = identified(&visit.app, &text)?;
    let rights = visit.rights(&alert.service);
    let history = history(&visit.app, &alert).await;
    let now = visit.app.kernel.now();
    let is_fresh = alert.resolved_at.is_none_or(|at| now.duration_since(at) < DRAWN_AFTER);
    let name = watched(&alert).filter(|_| is_fresh);
    let hour = match &name {
        Some(name) => last_hour(&visit.app, name).await,
        None => None,
    };
    let page = visit.app.kernel.look(|look| {
        let alert = view::alert(look, alert.id).unwrap_or(alert);
        let mut rules: Vec<Rule> = view::rules(look, Some(&alert.service));
        rules.retain(|rule| alert.said_by.contains(&rule.name));
        let objective = name.as_deref().and_then(|name| view::objective(look, name));
        AlertView::new(&AlertFacts {
            alert: &alert,
            rules: &rules,
            objective: objective.as_ref().zip(hour.as_ref()),
            history: &history,
            rights: &rights,
            now: look.now,
        })
    });
    Ok(visit.show(&page))
}

fn identified(app: &App, text: &str) -> Result<Alert, Failure> {
    let id: AlertId = text.parse().map_err(|_| Failure::unknown("alert", text))?;
    doing::find(app, id)
}

/// The objective that one of its rules watches.
fn watched(alert: &Alert) -> Option<String> {
    let mut rules = alert.rules.iter().chain(&alert.said_by);
    rules.find_map(|rule| rule.strip_prefix("objective/")).map(ToOwned::to_owned)
}

/// Reads what the alert itself does not tell: what it first asked for, who joined, left, was folded, and what was said of its page. Empty when the
/// ledger cannot be read: the rest of the timeline stands without it.
async fn history(app: &App, alert: &Alert) -> Vec<LedgerRow> {
    let Some(from) = position_at(app, alert.fired_at).await else { return Vec::new() };
    let window = Window { from: Some(from), limit: Some(HISTORY_EVENTS) };
    let mut rows = ledger::page(app, &window).await.map(|page| page.rows).unwrap_or_default();
    let stream = format!("alert/{}", alert.id);
    let page = alert.page.as_ref().map(|page| format!("page/{}", page.id));
    let tells = |row: &LedgerRow| match row.kind.as_str() {
        "alert.fired" | "alert.joined" | "alert.left" | "alert.folded" => row.stream == stream,
        "page.judged" => Some(&row.stream) == page.as_ref(),
        _ => false,
    };
    rows.retain(tells);
    rows
}

/// Finds the first event that was recorded at a moment or after it: positions grow with time.
async fn position_at(app: &App, at: Timestamp) -> Option<Position> {
    let (mut low, mut high) = (1, app.kernel.ledger.head().position);
    while low < high {
        let middle = low + (high - low) / 2;
        let records = app.kernel.ledger.read(middle, 1).await.ok()?;
        match records.first()?.recorded_at < at {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    Some(low)
}

/// What a verdict is sent as.
#[derive(Deserialize)]
pub(super) struct Judged {
    #[serde(default)]
    csrf: String,
    verdict: VerdictV1,
    #[serde(default)]
    from: String,
}

pub(super) async fn judge(visit: Visit, Path(id): Path<String>, Form(sent): Form<Judged>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        let page = doing::weigh(&app, principal, &id, sent.verdict).await?;
        let own = || page.alert.map_or_else(|| format!("/pages/{}", page.id), |alert| format!("/alerts/{alert}"));
        let to = super::week::place(&sent.from).unwrap_or_else(own);
        Ok((to, "On record; the weekly review counts it.".to_owned()))
    };
    back(done.await, "/pages", &id)
}

/// What a silence is sent as. An empty rule means all of the service.
#[derive(Deserialize)]
pub(super) struct Silenced {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    rule: String,
    for_s: u32,
    #[serde(default)]
    reason: String,
}

pub(super) async fn silence(visit: Visit, Path(id): Path<String>, Form(sent): Form<Silenced>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        let alert = identified(&app, &id)?;
        let reason = sent.reason.trim().chars().take(REASON_CHARS_MAX).collect();
        let rule = Some(sent.rule).filter(|rule| !rule.is_empty());
        let wanted = SilenceRequest { service: alert.service, rule, until: None, for_s: Some(sent.for_s), reason };
        let silence = doing::hush(&app, principal, wanted).await?;
        let what = silence.rule.unwrap_or_else(|| format!("all of {}", silence.service));
        let until = silence.until.strftime("%a %-d %b %H:%M UTC");
        Ok((format!("/alerts/{}", alert.id), format!("Nobody is told of {what} until {until}.")))
    };
    back(done.await, "/alerts", &id)
}

/// Which silence to end.
#[derive(Deserialize)]
pub(super) struct Ended {
    #[serde(default)]
    csrf: String,
    service: String,
    #[serde(default)]
    rule: String,
}

pub(super) async fn unsilence(visit: Visit, Form(sent): Form<Ended>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        let service = named(&app, &sent.service)?;
        let rule = Some(sent.rule).filter(|rule| !rule.is_empty());
        let text = format!("{} speaks again: whoever is on call is told.", rule.as_deref().unwrap_or(service.as_str()));
        doing::speak_up(&app, principal, UnsilenceRequest { service, rule }).await?;
        Ok(("/alerts".to_owned(), text))
    };
    back(done.await, "/alerts", "")
}
