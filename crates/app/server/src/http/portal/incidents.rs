//! Incidents as pages: the list, one of them, and what people do in it.

use axum::extract::{Form, Path};
use axum::response::Response;
use jiff::SignedDuration;
use seaworthy_contract::events::incident::IncidentRoleV1;
use seaworthy_core::{IncidentDone, view};
use seaworthy_portal::view::{IncidentPage, IncidentsPage};
use serde::Deserialize;

use super::act::{back, check};
use super::visit::Visit;
use crate::http::incidents::{self as doing, find, identified};
use crate::http::{App, Failure};

pub(super) async fn list(visit: Visit) -> Response {
    let page = visit
        .app
        .kernel
        .look(|look| IncidentsPage::new(&view::incidents(look, &view::IncidentFilter::default()), look.now));
    visit.show(&page)
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Failure> {
    let incident = find(&visit.app, identified(&id)?)?;
    let rights = visit.rights(&incident.brief.service);
    let page = IncidentPage::new(&incident, &rights, visit.app.kernel.now());
    Ok(visit.show(&page))
}

/// What a form of an incident sends.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    csrf: String,
    role: Option<IncidentRoleV1>,
    #[serde(default)]
    sentence: String,
    #[serde(default)]
    next_min: String,
    #[serde(default)]
    how: String,
}

pub(super) async fn act(visit: Visit, Path((id, verb)): Path<(String, String)>, Form(sent): Form<Sent>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        let (done, said) = meant(&app, &verb, &sent)?;
        let incident = doing::act(&app, principal, &id, done).await?;
        Ok((format!("/incidents/{}", incident.brief.id), said.to_owned()))
    };
    back(done.await, "/incidents", &id)
}

fn meant(app: &App, verb: &str, sent: &Sent) -> Result<(IncidentDone, &'static str), Failure> {
    Ok(match (verb, sent.role, sent.how.as_str()) {
        ("join", ..) => (IncidentDone::Joined, "It is on record that you work on it."),
        ("help", ..) => (IncidentDone::HelpAsked, "The incident says that help is needed."),
        ("role", Some(role), _) => (IncidentDone::RoleTaken(role), "The role is yours."),
        ("end", _, "restored") => (IncidentDone::Restored, "On record: customers are served again."),
        ("end", _, "close") => (IncidentDone::Closed, "The incident is closed."),
        ("update", ..) => {
            let next = sent.next_min.trim();
            let minutes: Option<u32> = match next.is_empty() {
                true => None,
                false => Some(next.parse().map_err(|_| Failure::invalid("the next update: write minutes, as 30"))?),
            };
            let at = minutes.map(|minutes| app.kernel.now() + SignedDuration::from_mins(minutes.into()));
            let done = IncidentDone::Updated { sentence: sent.sentence.clone(), next_update_at: at };
            (done, "The update is in the ledger.")
        }
        _ => return Err(Failure::invalid("an incident has no such button")),
    })
}
