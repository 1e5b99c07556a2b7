//! What goes between the server and its probers: the probes of a place come down a stream of lines, results go up.
//!
//! `GET /v1/probers/{place}/probes` streams a [`ProbeSet`] a line, at each change and as a heartbeat each 5 s;
//! `POST /v1/probers/{place}/results` takes a [`ProbeReport`] and answers with a [`ProbeAck`].

use jiff::Timestamp;
use seaworthy_model::Position;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::catalogue::Probe;

/// Most probes of one place: each may have two sockets open at a time, and a process has 1,024 where nobody says more.
pub const PROBES_MAX: usize = 400;

/// Most results in one report: two periods of every probe.
pub const RESULTS_MAX: usize = 800;

/// The place of the server itself: what it runs without anybody joining.
pub const SERVER_PLACE: &str = "server";

/// How often the set is sent when nothing changes, in milliseconds.
pub const HEARTBEAT_MS: u64 = 5_000;

/// Everything that one place should try; anything else it should not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProbeSet {
    /// Position of the last event that changed it.
    pub version: Position,
    /// The probes.
    pub probes: Vec<Probe>,
    /// Addresses (`host:port`) by which the prober checks itself before it blames a target: one must accept a
    /// connection. None, and every failure stands.
    #[serde(default)]
    pub checks: Vec<String>,
}

/// Results of one place. `(place, boot, seq)` names it for its acknowledgement; a run is known by place and slot, so that
/// one that is sent again counts once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbeReport {
    /// The place.
    pub place: String,
    /// This start of its process.
    pub boot: Uuid,
    /// Grows by one a report, from 1.
    pub seq: u64,
    /// Version of the set that the place works by.
    pub applied: Position,
    /// What happened since the report before; none in a heartbeat.
    pub results: Vec<ProbeResult>,
}

/// The server has persisted the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeAck {
    /// The boot of the report.
    pub boot: Uuid,
    /// Everything up to this sequence is persisted.
    pub seq: u64,
}

/// One run of a probe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbeResult {
    /// The probe, by name.
    pub probe: String,
    /// Its slot.
    pub intended_at: Timestamp,
    /// When it did start.
    pub started_at: Timestamp,
    /// How long the try that decided took, in milliseconds.
    pub took_ms: u64,
    /// How it ended.
    pub outcome: ProbeOutcome,
    /// What the first try came to, where there was a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retried: Option<ProbeReason>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeOutcome {
    /// As it should be.
    Pass,
    /// It works, worse than it should.
    Degraded(ProbeReason),
    /// It does not work.
    Fail(ProbeReason),
    /// Whether it works could not be seen from there.
    CannotSee(ProbeReason),
}

/// Why a run did not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeReason {
    /// A code in kebab case: `timeout`, `status-503`. More may come.
    pub code: String,
    /// One sentence, without anything of an answer's content and without credentials.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_frozen() {
        let text = r#"{"place":"oslo","boot":"00000000-0000-0000-0000-000000000007","seq":1,"applied":42,"results":[{"probe":"buy","intended_at":"2026-03-01T08:00:00Z","started_at":"2026-03-01T08:00:00.004Z","took_ms":21,"outcome":{"fail":{"code":"status-503","text":"the answer is 503"}},"retried":{"code":"timeout","text":"no answer"}},{"probe":"buy","intended_at":"2026-03-01T08:00:10Z","started_at":"2026-03-01T08:00:10Z","took_ms":9,"outcome":"pass"}]}"#;
        let report: ProbeReport = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&report).unwrap(), text);
        let set: ProbeSet = serde_json::from_str(r#"{"version":1,"probes":[]}"#).unwrap();
        assert!(set.checks.is_empty());
    }
}
