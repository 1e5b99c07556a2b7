//! What one headless run of the demo says, read from its JSON.
//!
//! A figure that is missing stays missing: it is printed as a dash and counts as a promise not kept.

use serde_json::Value;

/// The version that fails 30% of requests.
const BAD: &str = "v2";

/// The healthy version after it.
const HEALTHY: &str = "v3";

/// One run, seen from outside and from its own report.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Run {
    pub(super) bad_outcome: Option<String>,
    pub(super) healthy_outcome: Option<String>,
    /// Seconds from the first bad response to the last request assigned to the canary.
    pub(super) last_assigned: Option<f64>,
    /// Seconds from the first bad response to the last response of the canary.
    pub(super) last_response: Option<f64>,
    /// Idempotent requests of users that failed, in both rollouts.
    pub(super) idempotent: Option<u64>,
    /// Other requests of users that failed, in both rollouts.
    pub(super) other: Option<u64>,
    /// Seconds from the first bad response to the page.
    pub(super) page: Option<f64>,
    /// Seconds of the healthy rollout.
    pub(super) healthy: Option<f64>,
    /// Whether the readiness row left *unknown*, with a place in the ledger.
    pub(super) ready: bool,
    /// Whether the run's ledger verified.
    pub(super) verified: bool,
    /// Seconds from starting the process to its end.
    pub(super) total: f64,
}

impl Run {
    /// Seconds until steps 1 to 3 were done, at most: all that was not the healthy rollout, starting and stopping
    /// included. The report does not time the story itself, so this errs against us.
    pub(super) fn story(&self) -> Option<f64> {
        self.healthy.map(|healthy| self.total - healthy)
    }

    pub(super) fn reverted(&self) -> bool {
        self.bad_outcome.as_deref() == Some("reverted")
    }

    pub(super) fn promoted(&self) -> bool {
        self.healthy_outcome.as_deref() == Some("promoted")
    }
}

/// Reads the report of a run that took `total` seconds.
pub(super) fn read(report: &Value, total: f64) -> Run {
    let rollouts = report["rollouts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of = |version: &str| rollouts.iter().find(|rollout| rollout["version"] == version).unwrap_or(&Value::Null);
    let (bad, healthy, row) = (of(BAD), of(HEALTHY), &report["readiness"]);
    let word = |value: &Value| value.as_str().map(str::to_owned);
    let both = |field: &str| Some(bad[field].as_u64()? + healthy[field].as_u64()?);
    Run {
        bad_outcome: word(&bad["outcome"]),
        healthy_outcome: word(&healthy["outcome"]),
        last_assigned: bad["seconds_first_bad_to_last_canary_assignment"].as_f64(),
        last_response: bad["seconds_first_bad_to_last_canary_response"].as_f64(),
        idempotent: both("user_failures_idempotent"),
        other: both("user_failures_other"),
        page: report["page"]["seconds_from_first_bad"].as_f64(),
        healthy: healthy["seconds"].as_f64(),
        ready: row["before"] == "unknown" && row["after"] != "unknown" && row["evidence_position"].is_u64(),
        verified: report["ledger"]["verified"] == true,
        total,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Run, read};

    #[test]
    fn reads_a_whole_report() {
        let report = json!({
            "rollouts": [
                { "version": "v2", "outcome": "reverted", "seconds": 3.0,
                  "seconds_first_bad_to_last_canary_assignment": 1.25, "seconds_first_bad_to_last_canary_response": 1.5,
                  "user_failures_idempotent": 0, "user_failures_other": 4 },
                { "version": "v3", "outcome": "promoted", "seconds": 40.0,
                  "user_failures_idempotent": 0, "user_failures_other": 1 } ],
            "page": { "service": "checkout", "to": "ana", "seconds_from_first_bad": 1.75 },
            "readiness": { "row": "DEP-12", "before": "unknown", "after": "holds", "evidence_position": 17 },
            "ledger": { "events": 80, "verified": true } });
        let run = read(&report, 52.0);
        assert!(run.reverted() && run.promoted() && run.ready && run.verified);
        assert_eq!((run.last_assigned, run.last_response, run.page), (Some(1.25), Some(1.5), Some(1.75)));
        assert_eq!((run.idempotent, run.other, run.story()), (Some(0), Some(5), Some(12.0)));
    }

    #[test]
    fn what_is_missing_stays_missing() {
        let run = read(&json!({ "rollouts": [{ "version": "v2", "outcome": "reverted" }] }), 9.0);
        assert_eq!(run, Run { bad_outcome: Some("reverted".into()), total: 9.0, ..Run::default() });
        assert_eq!(run.story(), None);
    }

    #[test]
    fn a_row_that_stays_unknown_is_no_evidence() {
        let row = json!({ "readiness": { "before": "unknown", "after": "unknown", "evidence_position": 1 } });
        assert!(!read(&row, 1.0).ready);
    }
}
