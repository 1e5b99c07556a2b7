//! What people say of a row of readiness, as forms of the service's page.

use axum::extract::{Form, Path};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::events::row::RowSaysV1;
use seaworthy_core::RowWord;
use seaworthy_model::PersonId;
use serde::Deserialize;

use super::act::{back, check};
use super::visit::Visit;
use crate::http::{App, Failure, readiness};

/// Longest time that a form can ask for, in days; what is too long for a word is refused by the core.
const DAYS_MAX: i64 = 3_650;

/// What a form sends.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    csrf: String,
    row: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    days: i64,
    #[serde(default = "holds")]
    says: RowSaysV1,
}

fn holds() -> RowSaysV1 {
    RowSaysV1::Holds
}

pub(super) async fn act(
    visit: Visit,
    Path((service, verb)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Response {
    let Visit { app, principal, .. } = visit;
    let place = format!("/services/{service}/ready");
    let done = async {
        check(&principal, &sent.csrf)?;
        let (word, text) = word(&app, &verb, &sent)?;
        readiness::say(&app, principal, (&service, sent.row.clone()), word).await?;
        Ok((place.clone(), text))
    };
    back(done.await, &place, "")
}

fn word(app: &App, verb: &str, sent: &Sent) -> Result<(RowWord, String), Failure> {
    let row = &sent.row;
    match verb {
        "except" => {
            let (by, until) = (person(&sent.by)?, until(app, sent.days));
            let text = format!("{row} does not apply for {} days.", sent.days);
            Ok((RowWord::Excepted { because: sent.words.clone(), by, until }, text))
        }
        "attest" => {
            let (by, until) = (person(&sent.by)?, until(app, sent.days));
            let word = RowWord::Attested { says: sent.says, words: sent.words.clone(), by, until };
            Ok((word, format!("Your word on {row} stands beside what was seen.")))
        }
        "apply" => Ok((RowWord::ExceptionEnded, format!("{row} applies again."))),
        "unsay" => Ok((RowWord::AttestationEnded, format!("Your word on {row} is taken back."))),
        _ => Err(Failure::unknown("form", verb)),
    }
}

fn person(text: &str) -> Result<PersonId, Failure> {
    text.parse().map_err(|_| Failure::invalid("by: say who of the team says so"))
}

fn until(app: &App, days: i64) -> Timestamp {
    let length = SignedDuration::from_hours(24 * days.clamp(0, DAYS_MAX));
    app.kernel.now().checked_add(length).unwrap_or(Timestamp::MAX)
}
