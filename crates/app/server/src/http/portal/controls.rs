//! The controls of a service as forms: shown first, confirmed once; extended and taken back.

use axum::extract::{Form, Path, Query};
use axum::response::Response;
use seaworthy_contract::api::{ControlAsked, SetControl};
use seaworthy_core::desired::route_name;
use seaworthy_core::{ControlDone, view};
use seaworthy_model::ServiceId;
use seaworthy_portal::view::{ControlShown, ControlsFacts, ControlsPage};
use serde::Deserialize;

use super::act::{back, check};
use super::visit::Visit;
use crate::http::services::{named, unknown};
use crate::http::{App, Failure, controls};

/// What a form asks for; what its kind does not know is empty.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    csrf: String,
    kind: Option<String>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    route: String,
    #[serde(default)]
    rate: String,
    #[serde(default)]
    users: String,
    #[serde(default)]
    edge: String,
    #[serde(default)]
    for_s: String,
    #[serde(default)]
    drill: String,
    #[serde(default)]
    reason: String,
}

impl Asked {
    /// Returns what is meant; none where nothing is asked.
    fn meant(&self) -> Option<Result<SetControl, Failure>> {
        self.kind.as_ref().map(|kind| self.of_kind(kind))
    }

    fn of_kind(&self, kind: &str) -> Result<SetControl, Failure> {
        let what = match kind {
            "shutter" => {
                // A browser ends the lines of a text as networks do.
                ControlAsked::Shutter { text: self.text.replace("\r\n", "\n"), paths: Vec::new(), users: Vec::new() }
            }
            "throttle" => {
                let users = number::<f64>("users", &self.users)?.map(|percent| percent / 100.0);
                let per_second = number("rate", &self.rate)?;
                ControlAsked::Throttle { per_second, burst: None, users, status: None }
            }
            "isolate" => {
                let service = |name: &str| name.parse().map_err(|_| Failure::unknown("service", name));
                let to = self.edge.strip_prefix("to ").map(service).transpose()?;
                let from = self.edge.strip_prefix("from ").map(service).transpose()?;
                ControlAsked::Isolate { calls_to: to, calls_from: from, status: None }
            }
            other => return Err(Failure::unknown("kind of control", other)),
        };
        Ok(SetControl {
            what,
            route: Some(self.route.clone()).filter(|route| !route.is_empty()),
            for_ms: number::<u64>("for_s", &self.for_s)?.map(|seconds| seconds.saturating_mul(1_000)),
            reason: self.reason.trim().to_owned(),
            drill: !self.drill.is_empty(),
            dry_run: false,
        })
    }

    /// Returns the fields that say the same again.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("kind", self.kind.clone().unwrap_or_default()),
            ("text", self.text.clone()),
            ("route", self.route.clone()),
            ("rate", self.rate.clone()),
            ("users", self.users.clone()),
            ("edge", self.edge.clone()),
            ("for_s", self.for_s.clone()),
            ("drill", self.drill.clone()),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }
}

fn number<T: std::str::FromStr>(field: &str, text: &str) -> Result<Option<T>, Failure> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Failure::invalid(format!("{field}: \"{text}\" is not a number"))),
    }
}

pub(super) async fn show(
    visit: Visit,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let id = named(&visit.app, &name)?;
    let shown = asked.meant().map(|meant| {
        let preview = meant.and_then(|meant| Ok((controls::preview(&visit.app, &id, &meant)?, meant)));
        match preview {
            Ok((preview, asked_for)) => ControlShown { asked: asked_for, fields: asked.fields(), preview: Ok(preview) },
            Err(failure) => ControlShown { asked: nothing(), fields: Vec::new(), preview: Err(failure.0.message) },
        }
    });
    let page = page(&visit, &id, shown.as_ref()).ok_or_else(|| unknown(&visit.app, &name))?;
    Ok(visit.show(&page))
}

/// Stands where what was asked makes no sense: only why is shown.
fn nothing() -> SetControl {
    let what = ControlAsked::Shutter { text: String::new(), paths: Vec::new(), users: Vec::new() };
    SetControl { what, route: None, for_ms: None, reason: String::new(), drill: false, dry_run: true }
}

fn page(visit: &Visit, id: &ServiceId, asked: Option<&ControlShown>) -> Option<ControlsPage> {
    let rights = visit.rights(id);
    let csrf = rights.csrf.as_deref().filter(|_| rights.may_change);
    visit.app.kernel.look(|look| {
        let entity = look.state.catalogue.service(id)?;
        let routes: Vec<String> = entity.routes.iter().map(route_name).collect();
        let calls: Vec<String> = entity.dependencies.iter().map(|needed| needed.service.to_string()).collect();
        let services = look.state.catalogue.services();
        let callers = services.filter(|(other, _)| other.dependencies.iter().any(|needed| needed.service == *id));
        let callers: Vec<String> = callers.map(|(other, _)| other.name.to_string()).collect();
        Some(ControlsPage::new(&ControlsFacts {
            service: id,
            routes: &routes,
            edges: (&calls, &callers),
            controls: &view::controls(look, Some(id)),
            asked,
            csrf,
            now: look.now,
        }))
    })
}

pub(super) async fn set(visit: Visit, Path(name): Path<String>, Form(asked): Form<Asked>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &asked.csrf)?;
        let service = named(&app, &name)?;
        let meant = asked.meant().ok_or_else(|| Failure::invalid("the form does not say which control"))??;
        let control = controls::hold(&app, principal, service.clone(), meant).await?;
        Ok((place(&service), format!("{} It ends by itself; take it back below.", control.sentence)))
    };
    back(done.await, "/services", &name)
}

/// What the buttons of a control send.
#[derive(Deserialize)]
pub(super) struct Pressed {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    for_s: u64,
}

pub(super) async fn clear(visit: Visit, Path(id): Path<String>, Form(sent): Form<Pressed>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        let control = controls::let_go(&app, principal, controls::identified(&id)?).await?;
        Ok((place(&control.service), format!("Taken back: traffic of {} goes as usual.", control.service)))
    };
    back(leading(done.await, &app, &id), "/services", "")
}

pub(super) async fn extend(visit: Visit, Path(id): Path<String>, Form(sent): Form<Pressed>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        let (control, for_ms) = (controls::identified(&id)?, sent.for_s.saturating_mul(1_000));
        let shown = controls::act(&app, principal, control, ControlDone::Extend { control, for_ms }).await?;
        Ok((place(&shown.service), format!("{} Its new end is set.", shown.sentence)))
    };
    back(leading(done.await, &app, &id), "/services", "")
}

/// A refusal leads where the control is shown, too.
fn leading(done: Result<(String, String), Failure>, app: &App, id: &str) -> Result<(String, String), Failure> {
    done.or_else(|failure| {
        let known = controls::identified(id).and_then(|control| controls::find(app, control));
        let why = format!("Not done: {}.", failure.0.message);
        known.map(|control| (place(&control.service), why)).map_err(|_| failure)
    })
}

fn place(service: &ServiceId) -> String {
    format!("/services/{service}/controls")
}
