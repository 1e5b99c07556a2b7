//! What other systems say is wrong: Alertmanager's webhook and PagerDuty's Events v2 become signals of the service they
//! mean. A name that no service has loses nothing: it stands in a list, in the reply and in our own telemetry.

pub(super) mod events;
mod unowned;

use std::collections::BTreeMap;

use axum::extract::State;
use axum::routing::post;
use axum::{Extension, Json};
use bytes::Bytes;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::{Nature, OPEN_MAX, Phase, Purpose, Signal, Urgency};
use seaworthy_catalog::Catalogue;
use seaworthy_contract::api::{AlertsTaken, Code};
use seaworthy_contract::catalogue;
use seaworthy_core::{Input, view};
use seaworthy_integrations::intake::{self, ALERTMANAGER_BYTES_MAX, EVENTS_V2_BYTES_MAX, Heard};
use seaworthy_model::ServiceId;

use super::{App, Failure, Route};
use crate::access::{Principal, Who};

pub(crate) use unowned::Unowned;

/// Names in a reply that no service has: enough to see what is wrong with the labels.
const NAMES_SAID_MAX: usize = 20;

/// How long before it is heard something may have begun: what was wrong for longer is said to have begun then. The time
/// that the review looks back on.
const BEGAN_BEFORE_MAX: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What to do about a name that no service has.
const UNOWNED_HINT: &str = "nobody was told: give the alert a label `service` with a name that `seaworthy services` lists, \
                            or declare the service; `GET /v1/alerts/unowned` has them all";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::POST, "/v1/alerts/alertmanager", Who::Intake, post(alertmanager))
            .accepting(ALERTMANAGER_BYTES_MAX),
        Route::new(Method::POST, "/v2/enqueue", Who::InBody, post(events::enqueue)).accepting(EVENTS_V2_BYTES_MAX),
    ]
}

/// Takes Alertmanager's webhook, version 4. What it repeats changes nothing.
#[utoipa::path(post, path = "/v1/alerts/alertmanager", request_body = Object, responses((status = 200, body = AlertsTaken)))]
pub(super) async fn alertmanager(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    body: Bytes,
) -> Result<Json<AlertsTaken>, Failure> {
    let (heard, truncated) = intake::alertmanager(&body).map_err(|error| Failure::invalid(error.to_string()))?;
    let mut taker = Taker::new(&app, &principal);
    let (mut changed, mut unknown, mut left_out) = (0, Vec::new(), 0);
    for heard in &heard {
        match taker.take(heard).await? {
            Taken::Changed => changed += 1,
            Taken::Known => {}
            Taken::LeftOut => left_out += 1,
            Taken::Unowned => unknown.push(heard.services.first().cloned().unwrap_or_else(|| heard.rule.clone())),
        }
        // One payload holds thousands; others are served in between.
        tokio::task::yield_now().await;
    }
    if left_out > 0 {
        // The others are taken; Alertmanager sends all of them again.
        return Err(full(left_out));
    }
    unknown.sort();
    unknown.dedup();
    unknown.truncate(NAMES_SAID_MAX);
    let hint = (!unknown.is_empty()).then(|| UNOWNED_HINT.to_owned());
    let alerts = u32::try_from(heard.len()).unwrap_or(u32::MAX);
    Ok(Json(AlertsTaken { alerts, changed, truncated, unowned: unknown, hint }))
}

/// What became of something heard.
enum Taken {
    /// An alert began, ended, or says more than before.
    Changed,
    /// It was known.
    Known,
    /// No service has such a name.
    Unowned,
    /// As many alerts are open as are looked after.
    LeftOut,
}

/// What somebody is told whose alerts were left out; nobody says that it was taken.
fn full(alerts: usize) -> Failure {
    let hint = "end those that are over, or send fewer: many alerts of one cause belong into one group";
    let why = format!("{alerts} alerts left out: {OPEN_MAX} are open, and no more are looked after");
    Failure::new(Code::Unavailable, why, Some(hint))
}

/// Takes what one request says.
struct Taker<'a> {
    app: &'a App,
    principal: &'a Principal,
    rules: Catalogue,
    /// Which service these names mean, once asked: most alerts of a payload speak of few.
    meant: BTreeMap<Vec<String>, Option<ServiceId>>,
}

impl<'a> Taker<'a> {
    fn new(app: &'a App, principal: &'a Principal) -> Self {
        let rules = app.kernel.look(view::ownership);
        Self { app, principal, rules, meant: BTreeMap::new() }
    }

    async fn take(&mut self, heard: &Heard) -> Result<Taken, Failure> {
        if !heard.is_firing {
            self.app.unowned.forget(&heard.rule);
            return end(self.app, self.principal, &heard.rule).await;
        }
        let Some(service) = self.service(&heard.services) else {
            let by = self.app.kernel.look(|look| look.called(&self.principal.actor));
            self.app.unowned.keep(heard, by, self.app.kernel.now());
            return Ok(Taken::Unowned);
        };
        self.app.unowned.forget(&heard.rule);
        let signal = signal(heard, service, self.app.kernel.now());
        say(self.app, self.principal, signal).await
    }

    fn service(&mut self, names: &[String]) -> Option<ServiceId> {
        if let Some(known) = self.meant.get(names) {
            return known.clone();
        }
        let found = view::means(&self.rules, names);
        self.meant.insert(names.to_vec(), found.clone());
        found
    }
}

fn signal(heard: &Heard, service: ServiceId, now: Timestamp) -> Signal {
    Signal {
        rule: heard.rule.clone(),
        service,
        symptom: heard.symptom.clone(),
        nature: if heard.is_cause { Nature::Cause } else { Nature::Symptom },
        urgency: match heard.urgency {
            catalogue::Urgency::Ticket => Urgency::Ticket,
            catalogue::Urgency::Page => Urgency::Page,
        },
        phase: Phase::Firing,
        purpose: Purpose::Real,
        began_at: began_at(heard.began_at, now),
        sentence: heard.sentence.clone(),
    }
}

/// Another machine's clock may be ahead, or stand at 1970.
fn began_at(said: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let earliest = now.checked_sub(BEGAN_BEFORE_MAX).unwrap_or(now);
    said.unwrap_or(now).clamp(earliest, now)
}

async fn say(app: &App, principal: &Principal, signal: Signal) -> Result<Taken, Failure> {
    let (service, symptom, phase) = (signal.service.clone(), signal.symptom.clone(), signal.phase);
    let done = app.kernel.command(Input::Signal(Box::new(signal)), principal.actor.clone()).await?;
    Ok(match done.facts.is_empty() {
        false => Taken::Changed,
        true if phase == Phase::Firing && app.kernel.look(|look| view::is_left_out(look, &service, &symptom)) => {
            Taken::LeftOut
        }
        true => Taken::Known,
    })
}

/// Ends what a rule said: whose service left the catalogue as well, and whose labels have changed since.
async fn end(app: &App, principal: &Principal, rule: &str) -> Result<Taken, Failure> {
    let mut taken = Taken::Known;
    for id in app.kernel.look(|look| view::open_by(look, rule)) {
        let ended = app.kernel.look(|look| {
            let alert = look.state.alerts.alerts.get(&id)?;
            Some(Signal {
                rule: rule.to_owned(),
                service: alert.service.clone(),
                symptom: alert.symptom.clone(),
                nature: alert.nature,
                urgency: alert.urgency,
                phase: Phase::Ended,
                purpose: Purpose::Real,
                began_at: alert.began_at,
                sentence: alert.sentence.clone(),
            })
        });
        if let Some(signal) = ended
            && let Taken::Changed = say(app, principal, signal).await?
        {
            taken = Taken::Changed;
        }
    }
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_began_ahead_of_now_nor_in_another_age() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let now = at("2026-11-21T12:00:00Z");
        for (said, want) in [
            (None, now),
            (Some(at("2026-11-21T11:00:00Z")), at("2026-11-21T11:00:00Z")),
            (Some(at("2027-01-01T00:00:00Z")), now),
            (Some(at("1970-01-01T00:00:00Z")), at("2026-10-22T12:00:00Z")),
            (Some(Timestamp::MIN), at("2026-10-22T12:00:00Z")),
        ] {
            assert_eq!(began_at(said, now), want, "{said:?}");
        }
    }
}
