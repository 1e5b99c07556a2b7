//! The lifecycle of one rollout: a table of what each input means in each phase, and laws over any sequence.

use std::time::Duration;

use proptest::prelude::*;
use seaworthy_model::{Entropy, RolloutId, Share, Timestamp};
use seaworthy_rollout::lifecycle::{Event, Holder, Input, Phase, Refusal, Rollout, apply, decide};
use seaworthy_rollout::policy::{MetricName, Verdict, Why};

use crate::simulation::steps;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).expect("in range")
}

fn started(percent: &[u16], baseline: Option<&str>) -> Rollout {
    Rollout {
        id: RolloutId::new(at(0), &mut Entropy::new(1)),
        service: "checkout".parse().expect("a name"),
        version: "v2".parse().expect("a name"),
        baseline: baseline.map(|name| name.parse().expect("a name")),
        steps: steps(percent),
        start_timeout: Duration::from_secs(60),
        bake: Duration::from_secs(600),
        phase: Phase::Starting { since: at(0) },
    }
}

/// Reads an input as people would say it.
fn input(text: &str) -> Input {
    let why = || "5 failures in a row".to_owned();
    let by = || "ana".to_owned();
    match text {
        "healthy" => Input::VersionHealthy,
        "failed" => Input::VersionFailed { reason: "exit 1".into() },
        "wait" => Input::Judged(Verdict::Wait(Why::NotStepping)),
        "suspicious" => Input::Judged(Verdict::Hold(Why::Suspicious(MetricName::Errors))),
        "promote" => Input::Judged(Verdict::Promote { log_e: 3.0 }),
        "abort" => Input::Judged(Verdict::Abort { metric: MetricName::Errors, log_e: 7.0 }),
        "guard" => Input::Guard { why: why() },
        "break-glass" => Input::BreakGlass { by: by() },
        "revert" => Input::Revert { by: by(), reason: None },
        "hold" => Input::Hold { by: by(), reason: Some("lunch".into()) },
        "resume" => Input::Resume,
        "drained" => Input::Drained,
        "tick" => Input::Tick,
        other => panic!("no input is called {other}"),
    }
}

const INPUTS: [&str; 13] = [
    "healthy",
    "failed",
    "wait",
    "suspicious",
    "promote",
    "abort",
    "guard",
    "break-glass",
    "revert",
    "hold",
    "resume",
    "drained",
    "tick",
];

/// Feeds `second:input` words and returns the phase in a word, with the last refusal.
fn told(mut rollout: Rollout, story: &str) -> String {
    let mut refused = String::new();
    for word in story.split_whitespace() {
        let (second, name) = word.split_once(':').expect("second:input");
        let now = at(second.parse().expect("a second"));
        refused.clear();
        match decide(&rollout, input(name), now) {
            Ok(Some(event)) => apply(&mut rollout, &event, now),
            Ok(None) => {}
            Err(refusal) => refused = format!(" ({refusal:?})"),
        }
    }
    let phase = match &rollout.phase {
        Phase::Starting { .. } => "starting".to_owned(),
        Phase::Stepping { held: None, .. } => format!("stepping {}", rollout.share()),
        Phase::Stepping { held: Some(held), .. } => {
            format!("held {} by {:?}: {}", rollout.share(), held.by, held.reason)
        }
        Phase::Promoted { .. } => "promoted".to_owned(),
        Phase::Baked { .. } => "baked".to_owned(),
        Phase::Reverting { cause, share, .. } => format!("reverting from {share}: {cause}"),
        Phase::Reverted { cause, share, .. } => format!("reverted from {share}: {cause}"),
    };
    phase + &refused
}

#[test]
fn what_inputs_mean() {
    for (story, want) in [
        // Starting: nobody meets a version that is not healthy.
        ("1:promote 2:guard 3:drained 59:tick", "starting"),
        ("60:tick", "reverted from 0%: it never became healthy: no healthy answer within 60 s"),
        ("1:failed", "reverted from 0%: it never became healthy: exit 1"),
        ("1:revert", "reverted from 0%: by ana"),
        ("1:break-glass", "reverted from 0%: break-glass on the gateway itself, by ana"),
        ("1:hold", "starting (NotStepping)"),
        ("1:failed 2:healthy", "reverted from 0%: it never became healthy: exit 1"),
        // Stepping.
        ("1:healthy", "stepping 5%"),
        ("1:healthy 2:healthy 3:wait 99:tick 100:drained", "stepping 5%"),
        ("1:healthy 2:promote", "stepping 25%"),
        ("1:healthy 2:promote 3:promote", "stepping 50%"),
        ("1:healthy 2:promote 3:promote 4:promote", "promoted"),
        (
            "1:healthy 2:abort",
            "reverting from 5%: its users failed more often than stable's (evidence 1,096 to 1 on errors)",
        ),
        ("1:healthy 2:promote 3:guard", "reverting from 25%: 5 failures in a row"),
        ("1:healthy 2:failed", "reverting from 5%: its process could not be kept running: exit 1"),
        ("1:healthy 2:break-glass", "reverting from 5%: break-glass on the gateway itself, by ana"),
        ("1:healthy 2:revert", "reverting from 5%: by ana"),
        // Holds.
        ("1:healthy 2:suspicious", "held 5% by Judge: the canary's users look like failing more often than stable's"),
        (
            "1:healthy 2:suspicious 6:promote",
            "held 5% by Judge: the canary's users look like failing more often than stable's",
        ),
        ("1:healthy 2:suspicious 7:wait", "stepping 5%"),
        ("1:healthy 2:suspicious 7:promote 8:promote", "stepping 25%"),
        (
            "1:healthy 2:suspicious 3:abort",
            "reverting from 5%: its users failed more often than stable's (evidence 1,096 to 1 on errors)",
        ),
        (
            "1:healthy 2:suspicious 3:resume",
            "held 5% by Judge: the canary's users look like failing more often than stable's (HeldByJudge)",
        ),
        ("1:healthy 2:suspicious 3:hold 99:wait", "held 5% by Person: by ana: lunch"),
        ("1:healthy 2:hold 99:promote", "held 5% by Person: by ana: lunch"),
        ("1:healthy 2:hold 3:hold", "held 5% by Person: by ana: lunch (HeldAlready)"),
        ("1:healthy 2:hold 3:resume 4:promote", "stepping 25%"),
        (
            "1:healthy 2:hold 3:abort",
            "reverting from 5%: its users failed more often than stable's (evidence 1,096 to 1 on errors)",
        ),
        ("1:healthy 2:hold 3:revert", "reverting from 5%: by ana"),
        ("1:healthy 2:resume", "stepping 5% (NotHeld)"),
        // After a revert.
        ("1:healthy 2:revert 3:revert", "reverting from 5%: by ana (Reverted)"),
        ("1:healthy 2:revert 3:promote 4:healthy 5:guard 999:tick", "reverting from 5%: by ana"),
        ("1:healthy 2:revert 3:drained", "reverted from 5%: by ana"),
        ("1:healthy 2:revert 3:drained 4:drained 5:healthy", "reverted from 5%: by ana"),
        ("1:healthy 2:revert 3:drained 4:resume", "reverted from 5%: by ana (Reverted)"),
        // After a promotion: the old version is warm for ten minutes.
        ("1:healthy 2:promote 3:promote 4:promote 5:abort 603:tick", "promoted"),
        ("1:healthy 2:promote 3:promote 4:promote 604:tick", "baked"),
        ("1:healthy 2:promote 3:promote 4:promote 603:revert", "reverting from 100%: by ana"),
        ("1:healthy 2:promote 3:promote 4:promote 5:guard", "reverting from 100%: 5 failures in a row"),
        (
            "1:healthy 2:promote 3:promote 4:promote 5:break-glass 6:drained",
            "reverted from 100%: break-glass on the gateway itself, by ana",
        ),
        ("1:healthy 2:promote 3:promote 4:promote 604:revert", "promoted (NotWarm)"),
        ("1:healthy 2:promote 3:promote 4:promote 5:hold", "promoted (NotStepping)"),
        ("1:healthy 2:promote 3:promote 4:promote 604:tick 605:revert", "baked (NotWarm)"),
        ("1:healthy 2:promote 3:promote 4:promote 604:tick 605:guard", "baked"),
    ] {
        assert_eq!(told(started(&[5, 25, 50], Some("v1")), story), want, "{story}");
    }
}

#[test]
fn a_first_version_serves_everybody_once_healthy() {
    for (story, want) in [
        ("1:healthy", "promoted"),
        ("1:healthy 2:revert", "promoted (NoBaseline)"),
        ("1:healthy 2:guard 3:failed 4:break-glass", "promoted"),
        ("1:healthy 601:tick", "baked"),
        ("60:tick", "reverted from 0%: it never became healthy: no healthy answer within 60 s"),
    ] {
        assert_eq!(told(started(&[5, 25], None), story), want, "{story}");
    }
    assert_eq!(told(started(&[100], Some("v1")), "1:healthy 2:revert"), "reverting from 100%: by ana");
}

#[test]
fn a_clock_that_steps_back_ends_nothing() {
    assert_eq!(told(started(&[5], Some("v1")), "-999:tick"), "starting");
    assert_eq!(told(started(&[5], Some("v1")), "9:healthy 10:promote -999:tick"), "promoted");
}

#[test]
fn refusals_say_what_to_do() {
    for refusal in [Refusal::NotWarm, Refusal::NoBaseline, Refusal::HeldByJudge, Refusal::HeldAlready] {
        assert!(refusal.to_string().contains(": "), "{refusal:?} has no hint");
    }
}

fn any_input() -> impl Strategy<Value = (u32, Input)> {
    (0..90_u32, proptest::sample::select(&INPUTS[..])).prop_map(|(passed, name)| (passed, input(name)))
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (0..9_usize).prop_map(|index| Event::StepEntered { index, log_e: None }),
        Just(Event::Held { by: Holder::Person, reason: String::new() }),
        Just(Event::Resumed),
        Just(Event::Promoted { log_e: None }),
        Just(Event::RevertConfirmed),
        Just(Event::BakeEnded),
        Just(Event::Reverted { cause: seaworthy_rollout::lifecycle::Cause::BreakGlass { by: "ana".into() } }),
    ]
}

/// Fails when a step from one phase to another breaks an invariant.
fn lawful(before: &Rollout, after: &Rollout) -> Result<(), TestCaseError> {
    let reverted = |r: &Rollout| matches!(r.phase, Phase::Reverting { .. } | Phase::Reverted { .. });
    prop_assert!(!reverted(before) || reverted(after), "a reverted version came back");
    prop_assert!(!reverted(after) || after.share() == Share::ZERO, "a reverted version serves");
    prop_assert!(reverted(after) || after.share() >= before.share(), "a share shrank without a revert");
    prop_assert!(!before.is_over() || before == after, "something happened after the end");
    Ok(())
}

proptest! {
    #[test]
    fn any_sequence_of_inputs_keeps_the_invariants(
        inputs in proptest::collection::vec(any_input(), 0..60),
        first in any::<bool>(),
    ) {
        let fresh = started(&[5, 25, 50], (!first).then_some("v1"));
        let (mut live, mut log, mut now) = (fresh.clone(), Vec::new(), 0);
        for (passed, input) in inputs {
            now += i64::from(passed);
            let before = live.clone();
            if let Ok(Some(event)) = decide(&live, input, at(now)) {
                apply(&mut live, &event, at(now));
                prop_assert!(live != before, "{event:?} changed nothing");
                log.push((event, at(now)));
            }
            lawful(&before, &live)?;
        }
        let mut replayed = fresh;
        log.iter().for_each(|(event, at)| apply(&mut replayed, event, *at));
        prop_assert_eq!(replayed, live);
    }

    #[test]
    fn any_sequence_of_events_keeps_the_invariants(events in proptest::collection::vec(any_event(), 0..40)) {
        let mut rollout = started(&[5, 25, 50], Some("v1"));
        for event in events {
            let before = rollout.clone();
            apply(&mut rollout, &event, at(1));
            lawful(&before, &rollout)?;
        }
    }
}
