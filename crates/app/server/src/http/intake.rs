//! What other systems say is wrong: Alertmanager's webhook and PagerDuty's Events v2 become signals of the service they
//! mean. A name that no service has loses nothing: it stands in a list, in the reply and in our own telemetry.

pub(super) mod events;
mod taker;
mod unowned;

use axum::extract::State;
use axum::routing::post;
use axum::{Extension, Json};
use bytes::Bytes;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::{Nature, OPEN_MAX, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::api::{AlertsTaken, Code};
use seaworthy_contract::catalogue;
use seaworthy_integrations::intake::{self, ALERTMANAGER_BYTES_MAX, EVENTS_V2_BYTES_MAX, Heard};
use seaworthy_model::ServiceId;

use super::{App, Failure, Route};
use crate::access::{Principal, Who};

use taker::{Taken, Taker};
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
    let Taken { changed, mut unowned, left_out } = Taker::new(&app, &principal).take(&heard).await?;
    if left_out > 0 {
        // The others are taken; Alertmanager sends all of them again.
        return Err(full(left_out));
    }
    unowned.sort();
    unowned.dedup();
    unowned.truncate(NAMES_SAID_MAX);
    let hint = (!unowned.is_empty()).then(|| UNOWNED_HINT.to_owned());
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Json(AlertsTaken { alerts: count(heard.len()), changed: count(changed), truncated, unowned, hint }))
}

/// What somebody is told whose alerts were left out; nobody says that it was taken.
fn full(alerts: usize) -> Failure {
    let hint = "end those that are over, or send fewer: many alerts of one cause belong into one group";
    let why = format!("{alerts} alerts left out: {OPEN_MAX} are open, and no more are looked after");
    Failure::new(Code::Unavailable, why, Some(hint))
}

fn signal(heard: &Heard, rule: String, service: ServiceId, now: Timestamp) -> Signal {
    Signal {
        rule,
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
