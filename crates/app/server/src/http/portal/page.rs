//! The page at three in the morning: shown to whoever signed in and to whoever holds the link that the page was sent with,
//! and what each of its buttons does. Both see the same page and press the same buttons.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::{Form, Path};
use axum::response::Response;
use jiff::SignedDuration;
use seaworthy_contract::api::{Action, Alert, CONTROL_FOR_MS, Hook, Page, PageState, SetControl};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::alert::{AlertSilencedV1, VerdictV1};
use seaworthy_contract::gateway::{ControlWanted, revert_command};
use seaworthy_core::view::{self, Look};
use seaworthy_core::{ActionDone, ControlDone, IncidentDone, IncidentWanted, Input, control_meant};
use seaworthy_kernel::Done;
use seaworthy_model::{ControlId, PersonId, RolloutId, ServiceId};
use seaworthy_portal::Rights;
use seaworthy_portal::view::{PageFacts, PagePage};
use serde::Deserialize;
use uuid::Uuid;

use super::act::{back, check};
use super::visit::Visit;
use crate::http::{App, Failure, glass, pages};
use crate::kernel::CommandError;

/// How long a rule is silent of which somebody says that it needs nothing: until the next working day has begun.
const NOISE_FOR: SignedDuration = SignedDuration::from_hours(12);

/// Rules of one alert that are silenced by one tap.
const RULES_MAX: usize = 10;

/// How long a page waits for the end of a run: longer, and it would look dead. The run goes on.
const RUN_SHOWN_WITHIN: Duration = Duration::from_secs(8);

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
    let hooks = hooks(app, &page.service, rights);
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
            actions: &actions(look, &page.service),
            hooks: &hooks,
            helpers: &view::helpers(look, page.id, ""),
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

/// What can be done for a service; of what holds traffic back, whom that would concern now.
fn actions(look: &Look<'_>, service: &ServiceId) -> Vec<Action> {
    let mut actions = view::actions(look, service);
    for action in &mut actions {
        let asked = view::action_control(&action.key).map(|asked| SetControl { dry_run: true, ..asked });
        let preview = asked.and_then(|asked| view::control_preview(look, service, &asked).ok());
        action.preview.extend(preview.into_iter().flat_map(|p| [vec![p.sentence], p.warnings].concat()));
    }
    actions
}

/// The hooks of a service; what their last runs printed is for who may run them.
fn hooks(app: &App, service: &ServiceId, rights: &Rights) -> Vec<Hook> {
    let mut hooks = app.kernel.look(|look| view::hooks(look, Some(service)));
    for run in hooks.iter_mut().flat_map(|hook| [&mut hook.last, &mut hook.last_dry]).flatten() {
        run.tail = app.actions.tail(run.id).filter(|_| rights.may_change && run.state.is_over());
    }
    hooks
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
    Restore(Chosen),
    Preview(Chosen),
    Call(String),
    Help,
    Noise,
    Judge(VerdictV1),
}

/// Does what a button says, for somebody who may, and says what came of it.
pub(super) async fn press(app: &App, page: &Page, actor: String, button: Button) -> Result<String, Failure> {
    match button {
        Button::Acknowledge => take(app, page, actor).await,
        Button::Restore(chosen) => restore(app, page, actor, chosen).await,
        Button::Preview(chosen) => match chosen.key.strip_prefix("run-") {
            Some(action) => run(app, page, actor, action, chosen.values, Meant::DryRun).await,
            None => Err(Failure::invalid("its preview stands on the page")),
        },
        Button::Call(service) => call(app, page, actor, &service).await,
        Button::Help => help(app, page, actor).await,
        Button::Noise => noise(app, page, actor).await,
        Button::Judge(verdict) => {
            app.kernel.command(Input::JudgePage { page: page.id, verdict }, actor).await?;
            Ok("On record; the weekly review counts it.".to_owned())
        }
    }
}

/// An action of the page, and what was said to it.
pub(super) struct Chosen {
    key: String,
    values: BTreeMap<String, String>,
}

async fn restore(app: &App, page: &Page, actor: String, chosen: Chosen) -> Result<String, Failure> {
    if let Some(action) = chosen.key.strip_prefix("run-") {
        return run(app, page, actor, action, chosen.values, Meant::Yes).await;
    }
    let actions = app.kernel.look(|look| view::actions(look, &page.service));
    let action: Option<Action> = actions.into_iter().find(|action| action.key == chosen.key);
    let action = action.ok_or_else(|| Failure::invalid("what was previewed can no longer be done: look again"))?;
    match (action.rollout, view::action_control(&action.key)) {
        (Some(rollout), _) => revert(app, page, actor, rollout).await,
        (None, Some(asked)) => hold(app, page, actor, &action, asked).await,
        (None, None) => Err(Failure::invalid("what was previewed can no longer be done: look again")),
    }
}

async fn revert(app: &App, page: &Page, actor: String, rollout: RolloutId) -> Result<String, Failure> {
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

async fn hold(app: &App, page: &Page, actor: String, action: &Action, asked: SetControl) -> Result<String, Failure> {
    let seen = app.kernel.look(|look| look.watch.controls.totals());
    let set = ControlDone::Set { service: page.service.clone(), asked: asked.clone(), seen };
    match app.kernel.command(Input::Control(Box::new(set)), actor.clone()).await {
        Ok(_) => Ok(format!(
            "{}: on its way to every gateway. It ends by itself; sooner with `seaworthy controls clear {}`.",
            action.title, page.service
        )),
        Err(CommandError::Store(_)) => {
            // No user is named, so the id keys nothing.
            let nil = ControlId::from_uuid(Uuid::nil());
            let what = control_meant(&asked.what, &page.service, nil)?;
            let for_ms = asked.for_ms.unwrap_or(CONTROL_FOR_MS);
            let target = page.service.to_string();
            let wanted = ControlWanted { target, what, for_ms, reason: asked.reason, drill: false };
            glass::hold(app.data.as_deref(), wanted, &action.command).await?;
            tracing::warn!(actor, service = %page.service, "a control on the gateway: the store takes no writes");
            Ok(format!("{}: the gateway has it in force; the ledger hears of it later.", action.title))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a hook shall do it, or only say what it would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    Yes,
    DryRun,
}

/// Runs a hook of the page's own service, and waits a little: what takes longer is seen when the page is loaded again.
async fn run(
    app: &App,
    page: &Page,
    actor: String,
    action: &str,
    parameters: BTreeMap<String, String>,
    meant: Meant,
) -> Result<String, Failure> {
    let service = app.kernel.look(|look| look.state.catalogue.hook(action).map(|hook| hook.service.clone()));
    if service.as_ref() != Some(&page.service) {
        return Err(Failure::invalid("what was previewed can no longer be done: look again"));
    }
    let dry_run = meant == Meant::DryRun;
    let wanted = ActionDone::Ask { action: action.to_owned(), parameters, dry_run, elevation: None };
    let run = app.actions.begin(&app.kernel, wanted, actor).await?;
    app.actions.ended(&app.kernel, run, RUN_SHOWN_WITHIN).await;
    let found = app.kernel.look(|look| view::run(look, run));
    let said = found.map_or_else(|| "it runs".to_owned(), |run| run.sentence);
    Ok(match meant {
        Meant::DryRun => format!("Dry run of {action}: {said}. What it printed stands with the action."),
        Meant::Yes => format!("{action}: {said}."),
    })
}

/// Calls who comes next on the page's ladder, and says who that is.
async fn help(app: &App, page: &Page, actor: String) -> Result<String, Failure> {
    let called = in_incident(app, page, actor, IncidentDone::HelpAsked).await?;
    let people = called.facts.iter().find_map(|fact| match &fact.event {
        Event::PageEscalated(event) => Some(event.people.as_slice()),
        _ => None,
    });
    let name = |person: &PersonId| {
        let known = app.kernel.look(|look| look.directory.get(person).and_then(|known| known.display_name.clone()));
        known.unwrap_or_else(|| person.to_string())
    };
    Ok(match people {
        Some(people) => {
            let names: Vec<String> = people.iter().map(name).collect();
            format!("Called now: {}. The page says whether they were reached.", names.join(", "))
        }
        None => {
            "The incident says that you need help. Everybody on the ladder of its page was called before.".to_owned()
        }
    })
}

/// Pages whoever is on call for what the service needs.
async fn call(app: &App, page: &Page, actor: String, service: &str) -> Result<String, Failure> {
    let service: ServiceId = service.parse().map_err(|_| Failure::unknown("service", service))?;
    let called = in_incident(app, page, actor, IncidentDone::OwnerCalled(service.clone())).await?;
    let to = called.facts.iter().find_map(|fact| match &fact.event {
        Event::PageRequested(event) => Some(event.to.clone()),
        _ => None,
    });
    Ok(match to {
        Some(Some(person)) => format!("{person} is paged, on call for {service}."),
        Some(None) => {
            format!("A page about {service} is requested, and its rotation names nobody now: its ladder goes on.")
        }
        None => format!("Who is on call for {service} was paged from this incident before."),
    })
}

async fn in_incident(app: &App, page: &Page, actor: String, done: IncidentDone) -> Result<Done, Failure> {
    let incident = app.kernel.look(|look| view::incident_of_page(look, page.id));
    let incident = incident.ok_or_else(|| Failure::invalid("this page belongs to no incident"))?;
    Ok(app.kernel.command(Input::Incident(Box::new(IncidentWanted::In(incident, done))), actor).await?)
}

/// Takes a page; whoever comes when it is taken already works on its incident.
async fn take(app: &App, page: &Page, actor: String) -> Result<String, Failure> {
    if page.state == PageState::Acknowledged && app.kernel.look(|look| view::incident_of_page(look, page.id)).is_some()
    {
        in_incident(app, page, actor, IncidentDone::Joined).await?;
        return Ok("It is on record that you work on it too.".to_owned());
    }
    app.kernel.command(Input::Acknowledge { page: page.id }, actor).await?;
    Ok("It is on record that you have it.".to_owned())
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
    #[serde(default)]
    pub(super) service: String,
    pub(super) verdict: Option<VerdictV1>,
    /// `with.pool`: the value of a parameter.
    #[serde(flatten)]
    pub(super) rest: BTreeMap<String, String>,
}

impl Pressed {
    fn chosen(self) -> Chosen {
        let values = self.rest.into_iter();
        let values = values.filter_map(|(name, value)| Some((name.strip_prefix("with.")?.to_owned(), value)));
        Chosen { key: self.action, values: values.collect() }
    }
}

/// Returns the button that a path and a form mean.
pub(super) fn button(name: &str, sent: Pressed) -> Result<Button, Failure> {
    match (name, sent.verdict) {
        ("acknowledge", _) => Ok(Button::Acknowledge),
        ("restore", _) => Ok(Button::Restore(sent.chosen())),
        ("preview", _) => Ok(Button::Preview(sent.chosen())),
        ("call", _) => Ok(Button::Call(sent.service)),
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
