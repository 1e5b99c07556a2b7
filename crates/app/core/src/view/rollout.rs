//! Rollouts as outsiders see them.

use jiff::Timestamp;
use seaworthy_contract::api::{JudgeView, RevertTimes, Rollout, RolloutState, Series, Step, StepState};
use seaworthy_model::{RolloutId, ServiceId, Share};
use seaworthy_rollout::lifecycle::{Cause, Phase};
use seaworthy_rollout::policy::{Verdict, Why, clean_users, delta};

use super::Look;
use crate::state::RolloutRecord;
use crate::watch::Live;

/// Returns a rollout.
pub fn rollout(look: &Look<'_>, id: RolloutId) -> Option<Rollout> {
    look.state.rollouts.get(&id).map(|record| view(look, record))
}

/// Returns every rollout, of one service where it is named; newest first.
pub fn rollouts(look: &Look<'_>, service: Option<&ServiceId>) -> Vec<Rollout> {
    let wanted = |record: &&RolloutRecord| service.is_none_or(|service| record.service() == service);
    let mut records: Vec<_> = look.state.rollouts.values().filter(wanted).collect();
    records.sort_by_key(|record| std::cmp::Reverse(record.position));
    records.into_iter().map(|record| view(look, record)).collect()
}

/// Returns both arms over time; none when nothing was counted.
pub fn series(look: &Look<'_>, id: RolloutId) -> Option<Series> {
    look.watch.live.get(&id).map(|live| live.series.view())
}

fn view(look: &Look<'_>, record: &RolloutRecord) -> Rollout {
    let live = look.watch.live.get(&record.id());
    let reverted = record.reverted.as_ref();
    let ended_at = reverted.map(|r| r.at).or(record.promoted.map(|(at, _)| at));
    Rollout {
        id: record.id(),
        service: record.service().clone(),
        version: record.version().clone(),
        baseline: record.lifecycle.baseline.clone(),
        state: state(record),
        sentence: sentence(record, live) + &unheard(look, record),
        reason: reason(look, record, live),
        share: record.share().ratio(),
        steps: steps(record, live, look.now, ended_at),
        by: look.called(&record.by),
        started_at: record.started_at,
        ended_at,
        first_bad_at: reverted.and_then(|r| r.event.first_bad_at).or(live.and_then(|l| l.first_bad_at)),
        judge: judge(record, live, look.now),
        canary: live.map(|l| l.canary).unwrap_or_default(),
        stable: live.map(|l| l.stable).unwrap_or_default(),
        revert: record.confirmed.as_ref().map(|confirmed| RevertTimes {
            decision_to_last_assignment_s: confirmed.event.decision_to_last_assignment_s,
            decision_to_last_response_s: confirmed.event.decision_to_last_response_s,
            first_bad_to_last_assignment_s: confirmed.event.first_bad_to_last_assignment_s,
            first_bad_to_last_response_s: confirmed.event.first_bad_to_last_response_s,
            position: confirmed.position,
        }),
        position: record.position,
    }
}

fn state(record: &RolloutRecord) -> RolloutState {
    match &record.lifecycle.phase {
        Phase::Starting { .. } => RolloutState::Starting,
        Phase::Stepping { held: None, .. } => RolloutState::Stepping,
        Phase::Stepping { held: Some(_), .. } => RolloutState::Held,
        Phase::Promoted { .. } | Phase::Baked { .. } => RolloutState::Promoted,
        Phase::Reverting { .. } => RolloutState::Reverting,
        Phase::Reverted { .. } => RolloutState::Reverted,
    }
}

fn sentence(record: &RolloutRecord, live: Option<&Live>) -> String {
    let (service, version, share) = (record.service(), record.version(), record.share());
    match &record.lifecycle.phase {
        Phase::Starting { .. } => format!("{service} {version} is being started; no user has met it."),
        Phase::Stepping { held: Some(_), .. } => format!("{service} {version} is held at {share} of users."),
        Phase::Stepping { .. } => match live.map(|live| live.canary.failures) {
            None => format!("{service} {version} serves {share} of users; nothing is known of them yet."),
            Some(0) => format!("{service} {version} serves {share} of users, and none has failed."),
            Some(failures) => {
                format!("{service} {version} serves {share} of users; {failures} of its requests failed.")
            }
        },
        Phase::Promoted { .. } | Phase::Baked { .. } => format!("{service} {version} serves everybody."),
        Phase::Reverting { .. } => format!("{service} {version} is being taken off its users."),
        Phase::Reverted { share, .. } if *share == Share::ZERO => {
            format!("{service} {version} never met a user.")
        }
        Phase::Reverted { share, .. } => format!("{service} {version} was taken off {share} of users."),
    }
}

/// Names the gateways that may still send users to a reverted version, for all that is known; empty where there are none.
fn unheard(look: &Look<'_>, record: &RolloutRecord) -> String {
    if record.reverted.is_none() || !look.state.is_latest(record.id()) {
        return String::new();
    }
    let gateways = look.watch.gateways.unheard(record.reverted_position, look.now);
    let Some(since) = gateways.iter().map(|(_, at)| *at).min() else { return String::new() };
    let (word, names) = match gateways.as_slice() {
        [(one, _)] => ("gateway has", one.to_string()),
        many => ("gateways have", many.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")),
    };
    let since = since.strftime("%Y-%m-%d %H:%M:%S UTC");
    let (count, version) = (gateways.len(), record.version());
    format!(" {count} {word} not been heard since {since} and may still send users to {version}: {names}.")
}

fn reason(look: &Look<'_>, record: &RolloutRecord, live: Option<&Live>) -> Option<String> {
    match &record.lifecycle.phase {
        Phase::Stepping { held: Some(held), .. } => Some(held.reason.clone()),
        Phase::Stepping { .. } => {
            let soon = live.and_then(|live| soon(record, live, look.now)).unwrap_or_default();
            live.and_then(|live| live.waits_for(look.now)).map(|waits| waits + &soon)
        }
        Phase::Reverting { cause, .. } | Phase::Reverted { cause, .. } => {
            Some(named(look, cause).to_string() + &on_the_gateway(record, cause))
        }
        Phase::Starting { .. } | Phase::Promoted { .. } | Phase::Baked { .. } => None,
    }
}

/// Users of the version a second on this step, each counted once in ten seconds; none while too few came to tell.
fn pace(record: &RolloutRecord, live: &Live, now: Timestamp) -> Option<f64> {
    let seconds = now.duration_since(record.step_at?).as_secs_f64();
    let users = live.judge.evidence(now).sums[0].users;
    (seconds >= PACE_SECONDS_MIN && users > 0).then(|| users as f64 / seconds)
}

/// Seconds that a step lasts before its traffic says how long it will.
const PACE_SECONDS_MIN: f64 = 10.0;

/// How long the step waits for evidence still, as the end of a sentence, if it waits for that first.
fn soon(record: &RolloutRecord, live: &Live, now: Timestamp) -> Option<String> {
    let pace = pace(record, live, now)?;
    match live.judge.evidence(now).waits_for.first()? {
        Why::Evidence { users_left: Some(left), .. } => {
            Some(format!(", at the present traffic in about {}", about(*left as f64 / pace)))
        }
        _ => None,
    }
}

/// How long a step of a share takes at the present traffic, as the end of a sentence, while none of its users fails.
fn lasts(record: &RolloutRecord, live: &Live, share: Share, now: Timestamp) -> Option<String> {
    let pace = pace(record, live, now)? * share.ratio() / record.share().ratio();
    let seconds = (clean_users(share) as f64 / pace).max(record.policy().dwell.as_secs_f64());
    Some(format!("; at the present traffic about {}", about(seconds)))
}

/// A length of time that is known roughly.
fn about(seconds: f64) -> String {
    match seconds {
        ..90.0 => format!("{:.0} s", seconds.max(1.0)),
        90.0..5_400.0 => format!("{:.0} min", seconds / 60.0),
        5_400.0..129_600.0 => format!("{:.0} h", seconds / 3_600.0),
        _ => format!("{:.0} days", seconds / 86_400.0),
    }
}

/// Names who took it off on a gateway's own socket, where the cause does not: while the control plane was away, the
/// counts that it hears of first may have made the judge decide first. Empty where nobody did.
fn on_the_gateway(record: &RolloutRecord, cause: &Cause) -> String {
    match (&record.break_glass, cause) {
        (None, _) | (_, Cause::BreakGlass { .. }) => String::new(),
        (Some(by), _) => format!("; break-glass took it off on the gateway itself, by {by}"),
    }
}

/// Puts what people call somebody in the place of the ledger's name for them.
fn named(look: &Look<'_>, cause: &Cause) -> Cause {
    match cause {
        Cause::Hand { by, reason } => Cause::Hand { by: look.called(by), reason: reason.clone() },
        other => other.clone(),
    }
}

fn steps(record: &RolloutRecord, live: Option<&Live>, now: Timestamp, ended_at: Option<Timestamp>) -> Vec<Step> {
    let shares = record.lifecycle.steps;
    let promoted = record.promoted.map(|(at, _)| at);
    let entered = |index: usize| match record.entered.iter().find(|(i, _)| *i == index) {
        Some((_, at)) => Some(*at),
        None if index + 1 == shares.as_slice().len() => promoted,
        None => None,
    };
    let last = shares.as_slice().len() - 1;
    let left = |index: usize| entered(index + 1).or(ended_at).unwrap_or(now);
    let step = |(index, share): (usize, &Share)| {
        let since = entered(index);
        let state = match (since, record.is_over()) {
            (None, true) => StepState::Never,
            (None, false) => StepState::Next,
            (Some(_), _) if index < last && entered(index + 1).is_some() => StepState::Passed,
            (Some(_), true) if index == last && record.reverted.is_none() => StepState::Passed,
            (Some(_), true) => StepState::Stopped,
            (Some(_), false) => StepState::Now,
        };
        let ahead = matches!(state, StepState::Now | StepState::Next) && index < last;
        Step {
            share: share.ratio(),
            state,
            seconds: since.filter(|_| index < last).map(|since| left(index).duration_since(since).as_secs_f64()),
            needs: ahead.then(|| {
                let (limit, users) = (delta(*share) * 100.0, clean_users(*share));
                let lasts = live.and_then(|live| lasts(record, live, *share, now)).unwrap_or_default();
                format!("evidence of 20 to 1 that fewer than {limit}% of users fail: {users} without a failure{lasts}")
            }),
        }
    };
    shares.as_slice().iter().enumerate().map(step).collect()
}

fn judge(record: &RolloutRecord, live: Option<&Live>, now: Timestamp) -> Option<JudgeView> {
    let live = live?;
    let evidence = live.judge.evidence(now);
    let (verdict, at) = live.last_look?;
    let decided =
        record.reverted.as_ref().and_then(|reverted| Some((reverted.event.metric.clone()?, reverted.event.log_e?)));
    let (metric, log_e) = decided.unwrap_or_else(|| {
        let metric = match verdict {
            Verdict::Wait(why) | Verdict::Hold(why) => why.metric().as_str(),
            Verdict::Promote { .. } | Verdict::Abort { .. } => evidence.metric.as_str(),
        };
        (metric.to_owned(), evidence.log_e_abort)
    });
    Some(JudgeView {
        decision: verdict.as_str().to_owned(),
        metric,
        log_e,
        // The judge begins anew at each step: what promoted it stands in the ledger.
        log_e_promote: record.promoted_log_e.unwrap_or(evidence.log_e_promote),
        waits_for: live.waits_for(now),
        at,
    })
}
