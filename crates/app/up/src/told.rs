//! What the server's ledger says of rollouts and pages, told as it happens: whoever looks at `up` sees a revert without
//! opening the portal.

use std::path::PathBuf;
use std::time::Duration;

use seaworthy_client::{Client, Error};
use seaworthy_contract::api::{LedgerPage, LedgerRow, Rollout, Service};
use seaworthy_contract::events::Event;
use seaworthy_contract::gateway::revert_command;
use seaworthy_model::Position;
use tokio::time::sleep;

use crate::UpEvent;
use crate::reporter::Reporter;

/// How often the ledger is asked for more: a person reads no faster, and an answer without rows costs one look.
const EVERY: Duration = Duration::from_secs(1);

/// Longest wait for an answer; a server that is away tells the rest when it is back.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Most rows at once; what is more comes with the next question.
const ROWS_MAX: usize = 200;

/// The reader of the ledger.
pub(crate) struct Told {
    pub(crate) client: Client,
    pub(crate) reporter: Reporter,
    /// The data directory: the way to the gateway when nothing else answers is said with each page.
    pub(crate) data: PathBuf,
}

impl Told {
    /// Tells what happens from now on, for ever. What happened before is told by status and portal.
    pub(crate) async fn tell(self) {
        let client = self.client.clone().with_timeout(ANSWER_MAX);
        let mut next = None;
        loop {
            // A server that is away is no complaint: its end was reported, and this goes on where it was.
            if let Ok(more) = self.look(&client, &mut next).await
                && more
            {
                continue;
            }
            sleep(EVERY).await;
        }
    }

    /// Reads on from a position, and moves it behind each row that was told. Says whether there is more.
    async fn look(&self, client: &Client, next: &mut Option<Position>) -> Result<bool, Error> {
        let Some(from) = *next else {
            let last: LedgerPage = client.get_json("/v1/ledger?limit=1").await?;
            *next = Some(last.head + 1);
            return Ok(false);
        };
        let page: LedgerPage = client.get_json(&format!("/v1/ledger?from={from}&limit={ROWS_MAX}")).await?;
        for row in &page.rows {
            if let Some(event) = self.event(client, row).await? {
                self.reporter.report(event);
            }
            *next = Some(row.position + 1);
        }
        Ok(page.rows.len() == ROWS_MAX)
    }

    async fn event(&self, client: &Client, row: &LedgerRow) -> Result<Option<UpEvent>, Error> {
        let event = Event::decode(&row.kind, row.version, &row.payload.to_string());
        let rollout = match event {
            Ok(Event::PageRequested(page)) => {
                let break_glass = self.break_glass(client, page.service.as_str()).await;
                let (service, sentence) = (page.service.to_string(), page.sentence);
                return Ok(Some(UpEvent::Page { service, sentence, break_glass }));
            }
            Ok(
                Event::RolloutStepEntered(_)
                | Event::RolloutHeld(_)
                | Event::RolloutResumed(_)
                | Event::RolloutPromoted(_)
                | Event::RolloutReverted(_)
                | Event::RevertConfirmed(_),
            ) => row.payload["rollout"].as_str().unwrap_or_default(),
            // A later program's row is no reason to stay where it stands.
            _ => return Ok(None),
        };
        let rollout = client.get_json(&format!("/v1/rollouts/{rollout}")).await;
        let rollout: Rollout = match rollout {
            // What the server refuses now it refuses for ever; the rows behind it are still to be told.
            Err(error) if error.status().is_some_and(|status| status.is_client_error()) => return Ok(None),
            rollout => rollout?,
        };
        let (service, version) = (rollout.service.to_string(), rollout.version.to_string());
        Ok(Some(UpEvent::Rollout { service, version, state: in_words(row) }))
    }

    /// Returns the way to take a service's canary off, unless it has none. A server that cannot say is the very case that
    /// the way is for; one that refuses to is not.
    async fn break_glass(&self, client: &Client, service: &str) -> Option<String> {
        let view = client.get_json::<Service>(&format!("/v1/services/{service}")).await;
        let may_have_one = match view {
            Ok(view) => view.rollout.is_some(),
            Err(error) => !error.status().is_some_and(|status| status.is_client_error()),
        };
        may_have_one.then(|| revert_command(service, &self.data))
    }
}

/// Says a step of a rollout; most as the server says it.
fn in_words(row: &LedgerRow) -> String {
    match Event::decode(&row.kind, row.version, &row.payload.to_string()) {
        Ok(Event::RolloutStepEntered(step)) => format!("at {} of users", step.share),
        Ok(Event::RolloutPromoted(_)) => format!("promoted: {}", row.sentence),
        // The server's own words, which name break-glass where the bare reason is who used it.
        Ok(Event::RolloutReverted(reverted)) => {
            match (reverted.first_bad_at, row.sentence.strip_prefix("reverted: ")) {
                (Some(bad), Some(why)) => {
                    let after = row.occurred_at.duration_since(bad).as_secs_f64().max(0.0);
                    format!("reverted after {after:.1} s: {why}")
                }
                _ => row.sentence.clone(),
            }
        }
        _ => row.sentence.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn row(kind: &str, payload: &Value, sentence: &str) -> LedgerRow {
        let row = json!({
            "position": 1,
            "recorded_at": "2026-01-01T00:00:09Z",
            "occurred_at": "2026-01-01T00:00:05Z",
            "stream": "rollout/x",
            "actor": "judge",
            "by": "judge",
            "kind": kind,
            "version": 1,
            "payload": payload,
            "hash": "",
            "sentence": sentence,
        });
        serde_json::from_value(row).expect("a row")
    }

    #[test]
    fn steps_in_words() {
        let id = "01954a00-0000-7000-8000-000000000001";
        let reverted = |reason: &str, bad: Option<&str>| json!({ "rollout": id, "cause": "judge", "reason": reason, "share": 500, "first_bad_at": bad });
        for (kind, payload, sentence, want) in [
            ("rollout.step_entered", json!({ "rollout": id, "step": 0, "share": 500 }), "step 1", "at 5% of users"),
            ("rollout.promoted", json!({ "rollout": id }), "serves everybody now", "promoted: serves everybody now"),
            (
                "rollout.reverted",
                reverted("users fail", Some("2026-01-01T00:00:03.8Z")),
                "reverted: users fail",
                "reverted after 1.2 s: users fail",
            ),
            ("rollout.reverted", reverted("bad idea", None), "reverted: bad idea", "reverted: bad idea"),
            ("rollout.reverted", reverted("", None), "reverted by a person", "reverted by a person"),
            (
                "rollout.reverted",
                reverted("uid 0 on local", Some("2026-01-01T00:00:04Z")),
                "reverted: break-glass on the gateway itself, by uid 0 on local",
                "reverted after 1.0 s: break-glass on the gateway itself, by uid 0 on local",
            ),
            ("rollout.held", json!({ "rollout": id, "by": "judge", "reason": "x" }), "held: x", "held: x"),
            ("rollout.from_later", json!({}), "something new", "something new"),
        ] {
            assert_eq!(in_words(&row(kind, &payload, sentence)), want, "{kind}");
        }
    }
}
