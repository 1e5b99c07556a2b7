//! The report of a headless run: what the gateways and the users measured, nothing assumed.
//!
//! A figure that was not measured is `null`, and [`missing`] says so.

use seaworthy_contract::api::{JudgeView, Page, Rollout, RolloutState, Verdict, Verification};
use seaworthy_model::Timestamp;
use serde::Serialize;

use super::row::Row;
use crate::load::Counts;

/// The one report.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Report {
    pub(crate) rollouts: Vec<RolloutReport>,
    pub(crate) page: Option<PageReport>,
    pub(crate) readiness: ReadinessReport,
    pub(crate) ledger: LedgerReport,
}

/// One rollout.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct RolloutReport {
    pub(crate) service: String,
    pub(crate) version: String,
    /// `promoted` or `reverted`; the state it was left in where the story broke off.
    pub(crate) outcome: RolloutState,
    /// From the ship to the end, by the control plane's clock.
    pub(crate) seconds: Option<f64>,
    pub(crate) steps: Vec<StepReport>,
    pub(crate) judge: Option<JudgeReport>,
    /// Measured by the gateways.
    pub(crate) seconds_first_bad_to_last_canary_assignment: Option<f64>,
    /// Measured by the gateways.
    pub(crate) seconds_first_bad_to_last_canary_response: Option<f64>,
    /// Requests that users sent from the ship to the end.
    pub(crate) requests: u64,
    /// Counted by the gateways.
    pub(crate) canary_requests: u64,
    /// Counted by the gateways: also those that users never saw, because stable answered.
    pub(crate) canary_failures: u64,
    /// Failures that users saw from the ship to the end, GETs.
    pub(crate) user_failures_idempotent: u64,
    /// The same, POSTs.
    pub(crate) user_failures_other: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct StepReport {
    pub(crate) share: f64,
    pub(crate) seconds: f64,
}

/// The evidence that decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct JudgeReport {
    /// What the evidence speaks for: `promote`, that no harm is done at the last judged step; `revert`, harm.
    pub(crate) decision: &'static str,
    pub(crate) metric: String,
    /// Its natural logarithm: 3.0 is 20 to 1, which lets a step end; 6.9 is 1,000 to 1, which reverts.
    pub(crate) log_e: f64,
}

/// The page about the bad version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct PageReport {
    pub(crate) service: String,
    pub(crate) to: Option<String>,
    /// From the first bad response to the moment the page was delivered.
    pub(crate) seconds_from_first_bad: Option<f64>,
}

/// The row that the failure turned into evidence.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct ReadinessReport {
    pub(crate) row: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    pub(crate) evidence_position: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct LedgerReport {
    pub(crate) events: u64,
    pub(crate) verified: bool,
}

/// What the story saw, before it is put into words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) bad: Option<Voyage>,
    pub(crate) good: Option<Voyage>,
    pub(crate) page: Option<Page>,
    pub(crate) before: Option<Row>,
    pub(crate) after: Option<Row>,
    pub(crate) ledger: Option<Verification>,
}

/// A rollout and what users saw while it ran.
#[derive(Debug, Clone)]
pub(crate) struct Voyage {
    pub(crate) rollout: Rollout,
    pub(crate) users: Counts,
}

/// Puts what was seen into the report.
pub(crate) fn report(seen: &Seen, row: &str) -> Report {
    let first_bad = seen.bad.as_ref().and_then(|bad| bad.rollout.first_bad_at);
    Report {
        rollouts: seen.bad.iter().chain(&seen.good).map(rollout).collect(),
        page: seen.page.as_ref().map(|page| PageReport {
            service: page.service.to_string(),
            to: page.to.as_ref().map(ToString::to_string),
            seconds_from_first_bad: first_bad.map(|first| seconds(first, delivered_at(page))),
        }),
        readiness: ReadinessReport {
            row: row.to_owned(),
            before: seen.before.as_ref().map(Row::words),
            after: seen.after.as_ref().map(Row::words),
            evidence_position: seen.after.as_ref().and_then(|row| Some(row.finding.evidence.as_ref()?.position)),
        },
        ledger: seen
            .ledger
            .as_ref()
            .map(|ledger| LedgerReport { events: ledger.events, verified: ledger.verified })
            .unwrap_or_default(),
    }
}

fn rollout(voyage: &Voyage) -> RolloutReport {
    let Voyage { rollout, users } = voyage;
    let times = rollout.revert.as_ref();
    RolloutReport {
        service: rollout.service.to_string(),
        version: rollout.version.to_string(),
        outcome: rollout.state,
        seconds: rollout.ended_at.map(|end| seconds(rollout.started_at, end)),
        steps: rollout
            .steps
            .iter()
            .filter_map(|step| Some(StepReport { share: step.share, seconds: milli(step.seconds?) }))
            .collect(),
        judge: rollout.judge.as_ref().map(|judge| deciding(rollout.state, judge)),
        seconds_first_bad_to_last_canary_assignment: times.and_then(|t| t.first_bad_to_last_assignment_s).map(milli),
        seconds_first_bad_to_last_canary_response: times.and_then(|t| t.first_bad_to_last_response_s).map(milli),
        requests: users.sent,
        canary_requests: rollout.canary.requests,
        canary_failures: rollout.canary.failures,
        user_failures_idempotent: users.failed_idempotent,
        user_failures_other: users.failed_other,
    }
}

/// Picks the evidence that decided. Only errors promote; latency can at most hold or revert.
fn deciding(state: RolloutState, judge: &JudgeView) -> JudgeReport {
    match state {
        RolloutState::Promoted => {
            JudgeReport { decision: "promote", metric: "errors".to_owned(), log_e: judge.log_e_promote }
        }
        _ => JudgeReport { decision: "revert", metric: judge.metric.clone(), log_e: judge.log_e },
    }
}

/// When the page was accepted by a channel first; when it was requested, while none has.
fn delivered_at(page: &Page) -> Timestamp {
    let delivered =
        page.channels.iter().filter(|channel| channel.state == "delivered").filter_map(|channel| channel.at);
    delivered.min().unwrap_or(page.requested_at)
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    milli(to.duration_since(from).as_secs_f64())
}

/// Clocks are compared to the millisecond; further digits are noise.
fn milli(seconds: f64) -> f64 {
    (seconds * 1e3).round() / 1e3
}

/// Says what of the story did not happen; nothing when all did.
pub(crate) fn missing(seen: &Seen) -> Vec<String> {
    let mut missing = Vec::new();
    let mut need = |there: bool, what: String| {
        if !there {
            missing.push(what);
        }
    };
    let ended = |voyage: &Option<Voyage>, want| voyage.as_ref().is_some_and(|voyage| voyage.rollout.state == want);
    need(ended(&seen.bad, RolloutState::Reverted), not_ended(&seen.bad, "the bad version was not reverted"));
    let measured = seen.bad.as_ref().and_then(|bad| bad.rollout.revert.as_ref());
    need(
        measured.is_some_and(|times| times.first_bad_to_last_assignment_s.is_some()),
        "no gateway measured the time to revert".to_owned(),
    );
    need(seen.page.as_ref().is_some_and(|page| page.to.is_some()), "nobody was paged for it".to_owned());
    need(seen.before.is_some(), "the readiness row was not there before".to_owned());
    need(
        seen.before.as_ref().is_none_or(|row| row.finding.verdict == Verdict::Unknown),
        "the readiness row was not unknown before".to_owned(),
    );
    need(
        seen.after.as_ref().is_some_and(|row| row.finding.verdict == Verdict::Holds && row.finding.evidence.is_some()),
        "the revert did not become evidence in the readiness row".to_owned(),
    );
    need(ended(&seen.good, RolloutState::Promoted), not_ended(&seen.good, "the healthy version was not promoted"));
    need(seen.ledger.as_ref().is_some_and(|ledger| ledger.verified), not_verified(seen));
    missing
}

fn not_ended(voyage: &Option<Voyage>, what: &str) -> String {
    match voyage {
        Some(Voyage { rollout, .. }) => format!("{what}: {}", rollout.sentence),
        None => format!("{what}: it was not shipped"),
    }
}

fn not_verified(seen: &Seen) -> String {
    match seen.ledger.as_ref().and_then(|ledger| ledger.broken.as_deref()) {
        Some(broken) => format!("the ledger is broken: {broken}"),
        None => "the ledger was not verified".to_owned(),
    }
}

/// Most seconds by which users and gateways may differ about the same span: reports travel each 250 ms.
const DIFFER_MAX_S: f64 = 1.0;

/// Says where users and gateways measured the revert differently.
pub(crate) fn disagreement(voyage: &Voyage) -> Option<String> {
    let users = voyage.users.first_bad_to_last_canary_s()?;
    let gateways = voyage.rollout.revert.as_ref()?.first_bad_to_last_response_s?;
    ((users - gateways).abs() > DIFFER_MAX_S).then(|| {
        format!("first bad to last canary response took {gateways:.1} s by the gateways, {users:.1} s by the users")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::fake;
    use expect_test::expect;

    fn seen() -> Seen {
        let mut bad = fake::rollout("v2");
        [fake::stepping, fake::failing, fake::reverting, fake::reverted].iter().for_each(|change| change(&mut bad));
        let mut good = fake::rollout("v3");
        fake::promoted(&mut good);
        Seen {
            page: Some(fake::page(&bad)),
            bad: Some(Voyage { users: Counts { sent: 420, failed_other: 3, ..Counts::default() }, rollout: bad }),
            good: Some(Voyage { users: Counts { sent: 4_200, ..Counts::default() }, rollout: good }),
            before: Some(fake::unknown()),
            after: Some(fake::proven()),
            ledger: Some(fake::verified()),
        }
    }

    #[test]
    fn the_report_has_the_form_that_others_read() {
        let json = serde_json::to_string_pretty(&report(&seen(), "DEP-12")).expect("plain JSON");
        expect![[r#"
            {
              "rollouts": [
                {
                  "service": "checkout",
                  "version": "v2",
                  "outcome": "reverted",
                  "seconds": 2.5,
                  "steps": [
                    {
                      "share": 0.05,
                      "seconds": 1.9
                    }
                  ],
                  "judge": {
                    "decision": "revert",
                    "metric": "errors",
                    "log_e": 5.83
                  },
                  "seconds_first_bad_to_last_canary_assignment": 1.201,
                  "seconds_first_bad_to_last_canary_response": 1.25,
                  "requests": 420,
                  "canary_requests": 40,
                  "canary_failures": 12,
                  "user_failures_idempotent": 0,
                  "user_failures_other": 3
                },
                {
                  "service": "checkout",
                  "version": "v3",
                  "outcome": "promoted",
                  "seconds": 22.5,
                  "steps": [
                    {
                      "share": 0.05,
                      "seconds": 6.0
                    },
                    {
                      "share": 1.0,
                      "seconds": 5.5
                    }
                  ],
                  "judge": {
                    "decision": "promote",
                    "metric": "errors",
                    "log_e": 3.1
                  },
                  "seconds_first_bad_to_last_canary_assignment": null,
                  "seconds_first_bad_to_last_canary_response": null,
                  "requests": 4200,
                  "canary_requests": 0,
                  "canary_failures": 0,
                  "user_failures_idempotent": 0,
                  "user_failures_other": 0
                }
              ],
              "page": {
                "service": "checkout",
                "to": "ines",
                "seconds_from_first_bad": 1.4
              },
              "readiness": {
                "row": "DEP-12",
                "before": "unknown",
                "after": "seen 0.2 s ago, took 0.3 s, ledger #57",
                "evidence_position": 57
              },
              "ledger": {
                "events": 60,
                "verified": true
              }
            }"#]]
        .assert_eq(&json);
        assert_eq!(missing(&seen()), Vec::<String>::new());
    }

    #[test]
    fn what_is_missing_is_said() {
        let check = |change: fn(&mut Seen), want: &str| {
            let mut seen = seen();
            change(&mut seen);
            assert_eq!(missing(&seen), [want]);
        };
        check(
            |seen| fake::promoted(&mut seen.bad.as_mut().unwrap().rollout),
            "the bad version was not reverted: checkout v2",
        );
        check(|seen| seen.bad.as_mut().unwrap().rollout.revert = None, "no gateway measured the time to revert");
        check(|seen| seen.page = None, "nobody was paged for it");
        check(|seen| seen.page.as_mut().unwrap().to = None, "nobody was paged for it");
        check(|seen| seen.before = None, "the readiness row was not there before");
        check(|seen| seen.before = Some(fake::proven()), "the readiness row was not unknown before");
        check(|seen| seen.after = Some(fake::unknown()), "the revert did not become evidence in the readiness row");
        check(|seen| seen.good = None, "the healthy version was not promoted: it was not shipped");
        check(|seen| seen.ledger = None, "the ledger was not verified");
        let broken = |seen: &mut Seen| {
            let ledger = seen.ledger.as_mut().unwrap();
            (ledger.verified, ledger.broken) = (false, Some("position 9: its hash differs".to_owned()));
        };
        check(broken, "the ledger is broken: position 9: its hash differs");
        assert_eq!(missing(&Seen::default()).len(), 7);
    }

    #[test]
    fn nothing_seen_is_still_a_report() {
        let report = report(&Seen::default(), "DEP-12");
        assert_eq!((report.rollouts.len(), report.page, report.ledger.verified), (0, None, false));
    }

    #[test]
    fn two_measurements_are_compared() {
        let mut bad = seen().bad.expect("there");
        assert_eq!(disagreement(&bad), None);
        let now = tokio::time::Instant::now();
        bad.users.first_bad = Some(now);
        bad.users.last_canary = Some(now + std::time::Duration::from_millis(1_900));
        assert_eq!(disagreement(&bad), None);
        bad.users.last_canary = Some(now + std::time::Duration::from_millis(9_000));
        let words = disagreement(&bad).expect("they differ");
        assert!(words.contains("1.2 s by the gateways, 9.0 s by the users"), "{words}");
    }
}
