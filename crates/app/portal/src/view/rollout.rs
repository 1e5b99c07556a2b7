//! A rollout: how far it is, what the judge thinks and on what, what users saw, and the way back.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{
    Finding, LedgerRow, Readiness, Rollout, RolloutState, Series, Service, StepState, Verdict, VersionState,
};

use super::ledger::{EventRow, event};
use super::words::{actor, can_revert, is_live, rollout_chip};
use crate::chrome::{Nav, PageView, Rights};
use crate::part::{
    Charts, Chip, EvidenceLine, LedgerLink, Meter, Rung, When, abort_meter, charts, ladder, promote_meter,
};
use crate::text;

/// The row of readiness that says when a revert last worked.
const REVERT_PROVEN: &str = "DEP-12";

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct RolloutFacts<'a> {
    /// The rollout.
    pub rollout: &'a Rollout,
    /// Both arms; none when nothing was counted.
    pub series: Option<&'a Series>,
    /// The service; none when it left the catalogue.
    pub service: Option<&'a Service>,
    /// The service's readiness.
    pub readiness: Option<&'a Readiness>,
    /// The rollout's events, oldest first; none when the ledger cannot be read.
    pub history: Option<&'a [LedgerRow]>,
    /// Age of the newest report of any gateway, in milliseconds.
    pub report_age_ms: Option<u64>,
    /// What the reader may do.
    pub rights: &'a Rights,
    /// The time.
    pub now: Timestamp,
}

/// A figure with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it counts.
    pub name: &'static str,
    /// The figure.
    pub value: String,
    /// What follows it, smaller.
    pub unit: String,
    /// Who counted it, when.
    pub source: String,
}

/// A revert that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The rollout.
    pub rollout: String,
    /// The service.
    pub service: String,
    /// The version on trial.
    pub version: String,
    /// The version that users go back to.
    pub baseline: String,
    /// What it will do.
    pub effect: String,
    /// When a revert of this service last worked; none when nobody has seen one.
    pub worked: Option<String>,
    /// What proves it.
    pub evidence: Option<EvidenceLine>,
    /// The form token; none when the reader may not.
    pub token: Option<String>,
    /// Whose it is, for readers who may not.
    pub team: String,
}

impl Way {
    /// Returns the revert of a rollout; none when there is nothing to go back to.
    pub(super) fn of(
        rollout: &Rollout,
        service: Option<&Service>,
        readiness: Option<&Readiness>,
        rights: &Rights,
        now: Timestamp,
    ) -> Option<Self> {
        let baseline = rollout.baseline.as_ref().filter(|_| can_revert(rollout, service))?;
        let proven = readiness.and_then(proof);
        let runs = service.and_then(|service| service.versions.iter().find(|v| v.version == *baseline));
        let health = match runs.map(|version| version.state) {
            Some(VersionState::Healthy) => "which runs and answers its health check",
            Some(VersionState::Failing) => "which runs and fails its health check now",
            Some(VersionState::Unknown) => "of which nobody has reported yet whether it runs",
            Some(VersionState::Exited | VersionState::Failed) => "which is down now and is being started again",
            None => "of which nothing is known now",
        };
        Some(Self {
            rollout: rollout.id.to_string(),
            service: rollout.service.to_string(),
            version: rollout.version.to_string(),
            baseline: baseline.to_string(),
            effect: match rollout.state {
                RolloutState::Starting => format!("Stops {} before anybody meets it.", rollout.version),
                _ => format!("Takes every user of {} back to {baseline}, {health}.", rollout.version),
            },
            worked: proven.map(|finding| finding.sentence.clone()),
            evidence: proven.and_then(|finding| EvidenceLine::of(finding, now)),
            token: rights.token(),
            team: service.map_or_else(|| "its owner".to_owned(), |service| format!("team {}", service.owner)),
        })
    }
}

fn proof(readiness: &Readiness) -> Option<&Finding> {
    readiness.findings.iter().find(|finding| finding.row == REVERT_PROVEN && finding.verdict == Verdict::Holds)
}

/// A rollout's page.
#[derive(Debug, Template)]
#[template(path = "rollout.html")]
pub struct RolloutPage {
    /// Its id.
    pub id: String,
    /// The service.
    pub service: String,
    /// From which version to which.
    pub change: String,
    /// Who shipped it.
    pub by: String,
    /// When.
    pub started: When,
    /// Where it stands.
    pub chip: Chip,
    /// The answer.
    pub headline: String,
    /// More of it.
    pub say: String,
    /// The form token for hold; none when it cannot be held, or not by this reader.
    pub hold: Option<String>,
    /// The form token for resume.
    pub resume: Option<String>,
    /// Its steps.
    pub ladder: Vec<Rung>,
    /// The judge's evidence.
    pub meters: Vec<Meter>,
    /// When the judge last looked.
    pub judged: Option<When>,
    /// What the judge waits for.
    pub waits_for: Option<String>,
    /// Both arms drawn; none when nothing was counted.
    pub charts: Option<Charts>,
    /// What users saw.
    pub seen: Vec<Figure>,
    /// How fast it was taken off.
    pub times: Vec<Figure>,
    /// Where that is proven.
    pub times_position: Option<LedgerLink>,
    /// The way back.
    pub way: Option<Way>,
    /// What happened, newest first; none when the ledger cannot be read.
    pub history: Option<Vec<EventRow>>,
}

impl RolloutPage {
    /// Makes the page.
    pub fn new(facts: &RolloutFacts<'_>) -> Self {
        let (rollout, now) = (facts.rollout, facts.now);
        let token_if = |state| facts.rights.token().filter(|_| rollout.state == state);
        let judge = rollout.judge.as_ref();
        Self {
            id: rollout.id.to_string(),
            service: rollout.service.to_string(),
            change: match &rollout.baseline {
                Some(baseline) => format!("{baseline} to {}", rollout.version),
                None => format!("{}, the first version", rollout.version),
            },
            by: actor(&rollout.by),
            started: When::age(rollout.started_at, now),
            chip: rollout_chip(rollout),
            headline: rollout.sentence.clone(),
            say: say(rollout),
            hold: token_if(RolloutState::Stepping),
            resume: token_if(RolloutState::Held),
            ladder: ladder(rollout),
            meters: meters(rollout),
            judged: judge.map(|judge| When::age(judge.at, now)),
            waits_for: judge
                .and_then(|judge| judge.waits_for.as_deref())
                .filter(|waits| is_live(rollout) && rollout.reason.as_deref() != Some(waits))
                .map(text::sentence),
            charts: facts.series.map(|series| charts(rollout, series, now)),
            seen: seen(facts),
            times: times(rollout),
            times_position: rollout.revert.as_ref().map(|times| LedgerLink::new(times.position)),
            way: Way::of(rollout, facts.service, facts.readiness, facts.rights, now),
            history: facts.history.map(|rows| {
                rows.iter().rev().map(|row| EventRow { at: When::clock(row.recorded_at), ..event(row, None) }).collect()
            }),
        }
    }
}

fn say(rollout: &Rollout) -> String {
    let reason = rollout.reason.as_deref().map(text::sentence);
    let baseline = rollout.baseline.as_ref().map(ToString::to_string).unwrap_or_default();
    let next = rollout.steps.iter().find(|step| step.state == StepState::Next).map(|step| text::percent(step.share));
    match rollout.state {
        RolloutState::Starting => {
            "Users meet it once it answers its health check. Nobody has to do anything.".to_owned()
        }
        RolloutState::Stepping => {
            let next = next.map(|next| format!("{next} is next. ")).unwrap_or_default();
            format!("{next}{} Nobody has to do anything.", reason.unwrap_or_default()).trim_start().to_owned()
        }
        RolloutState::Held => reason.unwrap_or_else(|| "Nobody said why.".to_owned()),
        RolloutState::Promoted => match rollout.ended_at {
            Some(end) => {
                let took = end.duration_since(rollout.started_at).as_secs_f64();
                format!("It took {} from ship to everybody, on evidence at each step.", text::seconds(took))
            }
            None => "It is the stable version.".to_owned(),
        },
        RolloutState::Reverting => format!("{} Gateways are letting go of it.", reason.unwrap_or_default()),
        RolloutState::Reverted if baseline.is_empty() => reason.unwrap_or_default(),
        RolloutState::Reverted => format!("{} Users are on {baseline}.", reason.unwrap_or_default()),
    }
}

fn meters(rollout: &Rollout) -> Vec<Meter> {
    let Some(judge) = &rollout.judge else { return Vec::new() };
    let stepping = matches!(rollout.state, RolloutState::Stepping | RolloutState::Held);
    let next = rollout.steps.iter().find(|step| step.state == StepState::Next).filter(|_| stepping);
    let promote = next.map(|next| promote_meter(judge, &text::percent(next.share)));
    [abort_meter(judge)].into_iter().chain(promote).collect()
}

fn seen(facts: &RolloutFacts<'_>) -> Vec<Figure> {
    let canary = facts.rollout.canary;
    if canary.requests == 0 {
        return Vec::new();
    }
    // What serves everybody is counted on, whenever its rollout ended.
    let ended_at = facts.rollout.ended_at.filter(|_| facts.rollout.state != RolloutState::Promoted);
    let source = match (ended_at, facts.report_age_ms) {
        (Some(end), _) => format!("gateways, over the whole rollout, ended {}", text::age(end, facts.now)),
        (None, Some(ms)) => {
            format!("gateways, since it was shipped, {} ago", text::seconds(ms as f64 / 1_000.0))
        }
        (None, None) => "gateways, before the server started; none reports now".to_owned(),
    };
    let of = format!("of {}", text::counted(canary.requests, "request", "requests"));
    let figure = |name, n, unit: &str, more: &str| Figure {
        name,
        value: text::count(n),
        unit: unit.to_owned(),
        source: if more.is_empty() { source.clone() } else { format!("{more} · {source}") },
    };
    vec![
        figure("Canary failures", canary.failures, &of, ""),
        figure("Answered again by stable", canary.rescued, "", "users saw nothing of them"),
        figure("Users saw, safe requests", canary.seen_idempotent, "GET, HEAD, OPTIONS", ""),
        figure("Users saw, other requests", canary.seen_other, "POST and others", ""),
    ]
}

fn times(rollout: &Rollout) -> Vec<Figure> {
    let Some(times) = &rollout.revert else { return Vec::new() };
    let figure = |name, seconds: Option<f64>| {
        seconds.map(|s| Figure {
            name,
            value: if s > 0.0 && s < 0.1 { "<0.1".to_owned() } else { format!("{:.1}", (s * 10.0).floor() / 10.0) },
            unit: "s".to_owned(),
            source: "measured by gateways".to_owned(),
        })
    };
    [
        figure("First bad response to last user assigned", times.first_bad_to_last_assignment_s),
        figure("First bad response to last response", times.first_bad_to_last_response_s),
        figure("Decision to last user assigned", Some(times.decision_to_last_assignment_s)),
        figure("Decision to last response", Some(times.decision_to_last_response_s)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl PageView for RolloutPage {
    fn title(&self) -> String {
        format!("{}, {}", self.service, self.change)
    }

    fn nav(&self) -> Nav {
        Nav::Rollouts
    }
}
