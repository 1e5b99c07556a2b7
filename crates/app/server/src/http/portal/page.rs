//! The page at three in the morning: shown to whoever signed in and to whoever holds the link that the page was sent with,
//! and what each of its buttons does. Both see the same page and press the same buttons.

use axum::extract::{Form, Path};
use axum::response::Response;
use jiff::SignedDuration;
use seaworthy_contract::api::{Action, Alert, Page, PageState};
use seaworthy_contract::events::alert::{AlertSilencedV1, VerdictV1};
use seaworthy_contract::gateway::revert_command;
use seaworthy_core::view::{self, Look};
use seaworthy_core::{IncidentDone, IncidentWanted, Input};
use seaworthy_model::ServiceId;
use seaworthy_portal::Rights;
use seaworthy_portal::view::{PageFacts, PagePage};
use serde::Deserialize;

use super::act::{back, check};
use super::visit::Visit;
use crate::http::{App, Failure, glass, pages};
use crate::kernel::CommandError;

/// How long a rule is silent of which somebody says that it needs nothing: until the next working day has begun.
const NOISE_FOR: SignedDuration = SignedDuration::from_hours(12);

/// Rules of one alert that are silenced by one tap.
const RULES_MAX: usize = 10;

/// Failing dependencies whose people are shown.
const FAILING_MAX: usize = 5;

pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Failure> {
    let page = pages::find(&visit.app, &id)?;
    let may_change = pages::check_may_press(&visit.app, &visit.principal, &page).is_ok();
    let rights = Rights { csrf: visit.principal.csrf.clone(), may_change };
    let shown = made(&visit.app, &page, &rights, &format!("/pages/{}", page.id));
    Ok(visit.show(&shown))
}

/// Makes the page from what is in memory: no store is asked.
pub(super) fn made(app: &App, page: &Page, rights: &Rights, base: &str) -> PagePage {
    let break_glass = app.data.as_ref().map(|data| revert_command(page.service.as_str(), data));
    let writable = app.kernel.writable();
    let alert = page.alert.and_then(|id| app.kernel.look(|look| view::alert(look, id)));
    let runbook = app.runbooks.section(&page.service, &alert.as_ref().map(names).unwrap_or_default());
    app.kernel.look(|look| {
        let incident = view::incident_of_page(look, page.id).and_then(|id| view::incident(look, id));
        PagePage::new(&PageFacts {
            page,
            rollout: page.rollout.and_then(|id| view::rollout(look, id)).as_ref(),
            alert: alert.as_ref(),
            runbook: runbook.as_ref(),
            incident: incident.as_ref(),
            service: view::service(look, &page.service).as_ref(),
            actions: &view::actions(look, &page.service),
            suspects: view::suspects_of_page(look, page.id).as_ref(),
            failing: &failing(look, &page.service),
            break_glass: break_glass.as_deref(),
            base,
            writable,
            rights,
            now: look.now,
        })
    })
}

/// Returns what an alert goes by, best name first: its rules without whose they are, then its symptom.
fn names(alert: &Alert) -> Vec<&str> {
    let rules = alert.said_by.iter().chain(&alert.rules);
    rules.map(|rule| plain(rule)).chain([alert.symptom.as_str()]).collect()
}

/// Returns a rule's own name: `alertmanager/HighErrorRate#1` is HighErrorRate.
fn plain(rule: &str) -> &str {
    let name = rule.split_once('/').map_or(rule, |(_, name)| name);
    name.split('#').next().unwrap_or(name)
}

/// What a service declares to need and has an alert that is meant, with who is on call for it.
fn failing(look: &Look<'_>, service: &ServiceId) -> Vec<(ServiceId, Option<seaworthy_contract::api::OnCall>)> {
    let Some(entity) = look.state.catalogue.service(service) else { return Vec::new() };
    let needed = entity.dependencies.iter().filter_map(|needed| view::service(look, &needed.service));
    let fails = needed.filter(|other| other.alerts.iter().any(|alert| !alert.drill && !alert.folded));
    fails.take(FAILING_MAX).map(|other| (other.name, other.on_call)).collect()
}

/// A button of the page.
pub(super) enum Button {
    Acknowledge,
    Restore(String),
    Help,
    Noise,
    Judge(VerdictV1),
}

/// Does what a button says, for somebody who may, and says what came of it.
pub(super) async fn press(app: &App, page: &Page, actor: String, button: Button) -> Result<String, Failure> {
    match button {
        Button::Acknowledge => {
            app.kernel.command(Input::Acknowledge { page: page.id }, actor).await?;
            Ok("It is on record that you have it.".to_owned())
        }
        Button::Restore(key) => restore(app, page, actor, &key).await,
        Button::Help => help(app, page, actor).await,
        Button::Noise => noise(app, page, actor).await,
        Button::Judge(verdict) => {
            app.kernel.command(Input::JudgePage { page: page.id, verdict }, actor).await?;
            Ok("On record; the weekly review counts it.".to_owned())
        }
    }
}

async fn restore(app: &App, page: &Page, actor: String, key: &str) -> Result<String, Failure> {
    let actions = app.kernel.look(|look| view::actions(look, &page.service));
    let action: Option<Action> = actions.into_iter().find(|action| action.key == key);
    let rollout = action.as_ref().and_then(|action| action.rollout);
    let Some(rollout) = rollout else {
        return Err(Failure::invalid("what was previewed can no longer be done: look again"));
    };
    let reason = Some("from the page about it".to_owned());
    match app.kernel.command(Input::Revert { rollout, reason }, actor.clone()).await {
        Ok(_) => {
            let found = app.kernel.look(|look| view::rollout(look, rollout));
            Ok(found.map_or_else(|| "It is being taken off.".to_owned(), |rollout| rollout.sentence))
        }
        Err(CommandError::Store(_)) => {
            let reverted = glass::revert(app.data.as_deref(), &page.service).await?;
            tracing::warn!(actor, service = %page.service, "reverted on the gateway: the store takes no writes");
            Ok(format!("The gateway has taken {} off; the ledger hears of it later.", reverted.version))
        }
        Err(error) => Err(error.into()),
    }
}

async fn help(app: &App, page: &Page, actor: String) -> Result<String, Failure> {
    let incident = app.kernel.look(|look| view::incident_of_page(look, page.id));
    let incident = incident.ok_or_else(|| Failure::invalid("this page belongs to no incident"))?;
    let wanted = IncidentWanted::In(incident, IncidentDone::HelpAsked);
    app.kernel.command(Input::Incident(Box::new(wanted)), actor).await?;
    Ok("The incident says that you need help.".to_owned())
}

/// One tap: the page is taken, it needed nothing, and its rules are silent for the service until somebody is awake. The
/// weekly review proposes what to change of a rule whose pages need nothing.
async fn noise(app: &App, page: &Page, actor: String) -> Result<String, Failure> {
    if page.state != PageState::Acknowledged {
        app.kernel.command(Input::Acknowledge { page: page.id }, actor.clone()).await?;
    }
    let verdict = VerdictV1::NothingToDo;
    app.kernel.command(Input::JudgePage { page: page.id, verdict }, actor.clone()).await?;
    let alert = page.alert.and_then(|id| app.kernel.look(|look| view::alert(look, id)));
    let until = app.kernel.now() + NOISE_FOR;
    let rules: Vec<String> = alert.map(|alert: Alert| alert.said_by).unwrap_or_default();
    for rule in rules.iter().take(RULES_MAX) {
        let reason = "its page needed nothing from whoever was woken".to_owned();
        let silence = AlertSilencedV1 { service: page.service.clone(), rule: Some(rule.clone()), until, reason };
        app.kernel.command(Input::Silence(silence), actor.clone()).await?;
    }
    let until = until.strftime("%a %-d %b %H:%M UTC");
    Ok(match rules.is_empty() {
        true => "On record: it needed nothing.".to_owned(),
        false => {
            format!("On record: it needed nothing. Its rules are silent until {until}; the review proposes a change.")
        }
    })
}

/// What a form of the page sends.
#[derive(Default, Deserialize)]
pub(super) struct Pressed {
    #[serde(default)]
    pub(super) csrf: String,
    #[serde(default)]
    pub(super) action: String,
    pub(super) verdict: Option<VerdictV1>,
}

/// Returns the button that a path and a form mean.
pub(super) fn button(name: &str, sent: Pressed) -> Result<Button, Failure> {
    match (name, sent.verdict) {
        ("acknowledge", _) => Ok(Button::Acknowledge),
        ("restore", _) => Ok(Button::Restore(sent.action)),
        ("help", _) => Ok(Button::Help),
        ("noise", _) => Ok(Button::Noise),
        ("judge", Some(verdict)) => Ok(Button::Judge(verdict)),
        _ => Err(Failure::invalid("the page has no such button")),
    }
}

/// A button that somebody who signed in presses.
pub(super) async fn act(visit: Visit, Path((id, name)): Path<(String, String)>, Form(sent): Form<Pressed>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        let page = pages::find(&app, &id)?;
        pages::check_may_press(&app, &principal, &page)?;
        let said = press(&app, &page, principal.actor, button(&name, sent)?).await?;
        Ok((format!("/pages/{}", page.id), said))
    };
    back(done.await, "/pages", &id)
}
