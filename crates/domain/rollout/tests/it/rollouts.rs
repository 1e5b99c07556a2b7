//! Whole rollouts judged: how fast a bad version is found, that a healthy one is not, that nothing passes unproved.

use std::time::Duration;

use seaworthy_model::{Share, Timestamp};
use seaworthy_rollout::RestoreError;
use seaworthy_rollout::policy::{ArmCounts, Judge, MetricName, Policy, Tick, Verdict, Why};

use crate::simulation::{Always, Outcome, Random, World, run, steps};

const QUICK: Policy = Policy {
    dwell: Duration::from_secs(5),
    requests_min: 50,
    slow_floor: Duration::from_millis(50),
    comparator_ceiling: 0.05,
};

fn same(judge: Judge) -> Judge {
    judge
}

fn runs(world: &World, count: u64) -> Vec<Outcome> {
    (0..count).map(|seed| run(world, QUICK, steps(&[5, 25, 50]), seed, same)).collect()
}

/// Returns median and maximum.
fn spread(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    (values[values.len() / 2], values[values.len() - 1])
}

#[test]
fn thirty_percent_failing_is_aborted_within_a_few_users() {
    let world = World::healthy(|canary, _| if canary { 0.3 } else { 0.0 });
    let ends = runs(&world, 1_000);
    assert!(ends.iter().all(|end| end.aborted() == Some(MetricName::Errors)));
    let (seconds, worst) = spread(ends.iter().map(|end| end.seconds_from_first_bad).collect());
    let (failed, most) = spread(ends.iter().map(|end| end.canary_failed as f64).collect());
    println!("first bad to abort: median {seconds} s, worst {worst} s; failed users: median {failed}, most {most}");
    assert!(seconds <= 1.25 && worst <= 4.0 && failed <= 5.0, "{seconds} {worst} {failed}");
}

#[test]
fn a_fault_that_shows_late_is_found_as_fast() {
    let world = World::healthy(|canary, second| if canary && second > 15.0 { 0.3 } else { 0.001 });
    let ends = runs(&world, 300);
    assert!(ends.iter().all(|end| end.aborted() == Some(MetricName::Errors)));
    let (after, worst) = spread(ends.iter().map(|end| end.seconds - 15.0).collect());
    println!("fault at 15 s to abort: median {after} s, worst {worst} s");
    assert!(after <= 1.5 && worst <= 4.0, "{after} {worst}");
}

fn count(ends: &[Outcome], is: fn(&Verdict) -> bool) -> usize {
    ends.iter().filter(|end| is(&end.verdict)).count()
}

const IS_ABORT: fn(&Verdict) -> bool = |verdict| matches!(verdict, Verdict::Abort { .. });
const IS_PROMOTE: fn(&Verdict) -> bool = |verdict| matches!(verdict, Verdict::Promote { .. });

#[test]
fn one_client_that_always_fails_takes_no_healthy_version_off() {
    for part in [0.005, 0.05] {
        let world = World { always: Always::OneClient(part), ..World::healthy(|_, _| 0.001) };
        let ends = runs(&world, 300);
        let (aborted, promoted) = (count(&ends, IS_ABORT), count(&ends, IS_PROMOTE));
        println!("one client, {part} of requests: {aborted} aborted, {promoted} promoted of {}", ends.len());
        assert!(aborted <= 3, "{aborted}");
    }
}

#[test]
fn users_who_fail_on_both_arms_for_good_abort_nothing() {
    for part in [0.03, 0.3] {
        let ends = runs(&World { always: Always::OnBoth(part), ..World::healthy(|_, _| 0.0) }, 300);
        let aborted = count(&ends, IS_ABORT);
        println!("{part} of users fail on both arms: {aborted} aborted of {}", ends.len());
        assert!(aborted <= 1, "{aborted}");
    }
}

#[test]
fn victims_are_not_promoted() {
    for (part, from, all) in [(0.03, 0.0, false), (0.3, 0.0, true), (0.3, 12.0, true), (1.0, 0.0, true)] {
        let world = World { always: Always::OnCanary(part, from), ..World::healthy(|_, _| 0.001) };
        let ends = runs(&world, 300);
        let (aborted, promoted) = (count(&ends, IS_ABORT), count(&ends, IS_PROMOTE));
        let (after, worst) = spread(ends.iter().map(|end| end.seconds - from).collect());
        println!(
            "{part} of users from {from} s: {aborted} aborted, {promoted} promoted; median {after} s, worst {worst} s"
        );
        assert_eq!(promoted, 0);
        assert!(!all || aborted == ends.len(), "{aborted}");
    }
}

#[test]
fn a_fault_is_found_though_every_user_was_seen_before() {
    let slow = Policy { dwell: Duration::from_secs(280), ..QUICK };
    for always in [Always::OnCanary(0.3, 250.0), Always::OnCanary(1.0, 250.0)] {
        let world = World { always, ..World::healthy(|_, _| 0.001) };
        let ends: Vec<_> = (0..100).map(|seed| run(&world, slow, steps(&[5, 25, 50]), seed, same)).collect();
        let (after, worst) = spread(ends.iter().map(|end| end.seconds - 250.0).collect());
        println!("{always:?}, four minutes into a step: median {after} s, worst {worst} s");
        assert!(ends.iter().all(|end| end.aborted() == Some(MetricName::Errors)));
        assert!(after <= 5.0 && worst <= 10.0, "{after} {worst}");
    }
}

#[test]
fn healthy_rollouts_are_neither_aborted_nor_void() {
    let ends = runs(&World::healthy(|_, _| 0.001), 2_000);
    let aborted = ends.iter().filter(|end| end.aborted().is_some()).count();
    let stuck = ends.iter().filter(|end| !matches!(end.verdict, Verdict::Promote { .. })).count();
    let (seconds, worst) = spread(ends.iter().map(|end| end.seconds).collect());
    println!("healthy, 0.1% failing: {aborted} aborted, {stuck} not promoted, median {seconds} s, worst {worst} s");
    assert_eq!((aborted, stuck), (0, 0));
}

#[test]
fn a_failure_rate_that_drifts_in_both_arms_aborts_nothing() {
    let drift = |_, second: f64| if (second / 20.0) as i64 % 2 == 0 { 0.001 } else { 0.03 };
    let ends = runs(&World::healthy(drift), 300);
    assert!(ends.iter().all(|end| end.aborted().is_none()));
}

#[test]
fn without_failures_half_a_minute_is_enough() {
    let ends = runs(&World::healthy(|_, _| 0.0), 100);
    let (seconds, worst) = spread(ends.iter().map(|end| end.seconds).collect());
    println!("healthy, none failing: median {seconds} s, worst {worst} s; steps began at {:?}", ends[0].steps);
    assert!(ends.iter().all(|end| matches!(end.verdict, Verdict::Promote { .. }) && end.steps.len() == 3));
    assert!(worst < 60.0, "{worst}");
}

#[test]
fn a_slow_canary_is_found_and_a_slow_world_is_not() {
    let slow = World { slow: |canary, _| if canary { 1.0 } else { 0.01 }, ..World::healthy(|_, _| 0.0) };
    let ends = runs(&slow, 100);
    assert!(ends.iter().all(|end| end.aborted() == Some(MetricName::Latency)));
    let (seconds, worst) = spread(ends.iter().map(|end| end.seconds).collect());
    println!("every canary request slow: median {seconds} s, worst {worst} s");
    let both = World { slow: |_, second| if second > 4.0 { 0.8 } else { 0.01 }, ..World::healthy(|_, _| 0.0) };
    assert!(runs(&both, 100).iter().all(|end| end.aborted().is_none()));
}

#[test]
fn a_shared_outage_neither_aborts_nor_promotes() {
    let outage = World::healthy(|_, second| if second > 2.0 { 0.9 } else { 0.0 });
    for end in runs(&outage, 200) {
        let frozen = matches!(end.verdict, Verdict::Wait(Why::ComparatorFails { .. }));
        assert!(frozen && end.steps.len() == 1, "{end:?}");
    }
}

#[test]
fn arms_that_do_not_match_the_weight_hold_and_never_promote() {
    let skewed = World { skew: 2.0, ..World::healthy(|_, _| 0.0) };
    let ends = runs(&skewed, 100);
    assert!(ends.iter().all(|end| matches!(end.verdict, Verdict::Hold(Why::Void { .. }))));
    let at_once = ends.iter().filter(|end| end.steps.len() == 1).count();
    println!("twice the users that the weight says: {at_once} of {} void in the first step", ends.len());
    assert!(at_once >= 90, "{at_once}");
}

#[test]
fn a_judge_restored_at_every_look_decides_alike() {
    let through_bytes = |judge: Judge| {
        let restored = Judge::restore(QUICK, steps(&[5, 25, 50]), &judge.checkpoint()).expect("what was saved");
        assert_eq!(restored, judge);
        restored
    };
    let bad = World::healthy(|canary, second| if canary && second > 12.0 { 0.05 } else { 0.01 });
    for (world, seed) in [(World::healthy(|_, _| 0.001), 1), (World::healthy(|_, _| 0.0), 2), (bad, 3)] {
        let straight = run(&world, QUICK, steps(&[5, 25, 50]), seed, same);
        assert_eq!(run(&world, QUICK, steps(&[5, 25, 50]), seed, through_bytes), straight);
    }
}

#[test]
fn damaged_states_are_refused() {
    let plan = steps(&[5, 25, 50]);
    let mut judge = Judge::new(QUICK, plan);
    judge.enter_step(1, Timestamp::UNIX_EPOCH);
    let good = judge.checkpoint();
    assert!(Judge::restore(QUICK, plan, &good).is_ok());
    let restore = |bytes: &[u8]| Judge::restore(QUICK, plan, bytes).map(drop);
    assert_eq!(restore(&[]), Err(RestoreError::Layout));
    assert_eq!(restore(&good[..good.len() - 8]), Err(RestoreError::Length));
    assert_eq!(restore(&[&good[..], &[0]].concat()), Err(RestoreError::Length));
    assert_eq!(Judge::restore(QUICK, steps(&[5]), &good).map(drop), Err(RestoreError::Value));
    let mut random = Random::new(1);
    for _ in 0..2_000 {
        let mut bytes = good.clone();
        let at = (random.unit() * bytes.len() as f64) as usize;
        bytes[at] = (random.unit() * 256.0) as u8;
        // Whatever a flipped byte does to the evidence, it must not panic.
        if let Ok(mut judge) = Judge::restore(QUICK, plan, &bytes) {
            let arm = ArmCounts {
                users_new: 1,
                users: 50,
                users_failed: 1,
                users_failed_first: 1,
                requests: 1,
                latency: &[(20, 50)],
            };
            judge.observe(&Tick { canary: arm, stable: arm }, Timestamp::UNIX_EPOCH);
            judge.evidence(Timestamp::UNIX_EPOCH);
        }
    }
}

#[test]
fn a_judge_owns_no_heap() {
    assert!(!std::mem::needs_drop::<Judge>());
}

/// Decides after `ticks` equal looks a second apart on the first step.
fn decided(canary: ArmCounts<'_>, stable: ArmCounts<'_>, ticks: i64) -> (Verdict, Vec<String>) {
    let at = |s: i64| Timestamp::from_second(1_700_000_000 + s).expect("in range");
    let mut judge = Judge::new(Policy::default(), steps(&[5, 25, 50]));
    judge.enter_step(0, at(0));
    (1..=ticks).for_each(|s| judge.observe(&Tick { canary, stable }, at(s)));
    (judge.decide(at(ticks)), judge.evidence(at(ticks)).waits_for.iter().map(ToString::to_string).collect())
}

#[test]
fn what_a_step_waits_for() {
    let arm = |users| ArmCounts { users_new: users, users, requests: users, ..ArmCounts::default() };
    let failing = |users, failed| ArmCounts { users_failed: failed, users_failed_first: failed, ..arm(users) };
    for (canary, stable, ticks, want, words) in [
        (arm(0), arm(0), 9, "wait", "the step has to last 21 s more"),
        (arm(0), arm(0), 10, "wait", "no request of the service came for 10 s"),
        (arm(0), arm(0), 119, "wait", "no request of the service came for 119 s"),
        (arm(0), arm(0), 600, "wait", "no request of the service came for 10 min"),
        (arm(0), arm(2), 99, "wait", "the canary has to serve 50 more requests"),
        (
            arm(0),
            arm(19),
            99,
            "hold",
            "0 of the step's 1881 users met the canary where 5% should: the arms cannot be compared",
        ),
        (arm(1), arm(19), 29, "wait", "the step has to last 1 s more"),
        (arm(1), arm(19), 31, "wait", "the canary has to serve 19 more requests"),
        (arm(1), arm(19), 60, "wait", "about 29 more users without a failure would prove it fails under 5%"),
        (arm(1), arm(19), 99, "promote", ""),
        (arm(10), arm(190), 9, "wait", "the step has to last 21 s more"),
        (arm(10), arm(190), 30, "promote", ""),
        (
            failing(10, 5),
            failing(190, 95),
            60,
            "wait",
            "stable itself fails 50.0% of its users, 5.0% or more freezes promotion",
        ),
        (failing(10, 3), arm(190), 2, "abort", ""),
        (failing(10, 1), arm(190), 3, "hold", "the canary's users look like failing more often than stable's"),
    ] {
        let (verdict, waits) = decided(canary, stable, ticks);
        assert_eq!(verdict.as_str(), want, "{canary:?} {stable:?} {ticks}: {verdict:?} {waits:?}");
        if want == "wait" || want == "hold" {
            assert_eq!(waits.first().map(String::as_str), Some(words));
        }
    }
}

#[test]
fn traffic_that_stops_is_missed_only_while_it_is_needed() {
    let quiet = |well: i64| {
        let mut judge = Judge::new(QUICK, steps(&[5, 25]));
        judge.enter_step(0, Timestamp::from_second(1_700_000_000).expect("in range"));
        feed(&mut judge, 0, well, arm(5, 0), arm(95, 0));
        feed(&mut judge, well, 60, arm(0, 0), arm(0, 0));
        judge.decide(Timestamp::from_second(1_700_000_000 + well + 59).expect("in range"))
    };
    let Verdict::Wait(why) = quiet(3) else { panic!("too little was seen") };
    assert!(why.may_last());
    assert_eq!(why.to_string(), "no request of the service came for 60 s");
    assert_eq!(quiet(40).as_str(), "promote", "it was proved before");
}

#[test]
fn a_step_is_entered_once_and_the_last_is_not_judged() {
    let at = |s: i64| Timestamp::from_second(1_700_000_000 + s).expect("in range");
    let mut judge = Judge::new(QUICK, steps(&[5, 25]));
    judge.enter_step(0, at(0));
    judge.observe(&Tick { canary: arm(10, 1), stable: arm(190, 0) }, at(1));
    let before = judge.clone();
    judge.enter_step(0, at(2));
    assert_eq!(judge, before, "entering it again changes nothing");
    let evidence = judge.evidence(at(2)).log_e_errors;
    judge.enter_step(1, at(3));
    let after = judge.evidence(at(3));
    assert!((after.log_e_errors - evidence).abs() < 0.7, "evidence for an abort carries");
    assert_eq!((after.log_e_promote, after.delta, after.step), (0.0, 0.01, Some(1)));
    judge.enter_step(2, at(4));
    assert_eq!(judge.decide(at(99)), Verdict::Wait(Why::NotStepping));
    assert_eq!(Judge::new(QUICK, steps(&[100])).decide(at(0)), Verdict::Wait(Why::NotStepping));
    assert_eq!(Share::ALL.ratio(), 1.0);
}

fn arm(users: u64, failed: u64) -> ArmCounts<'static> {
    let (users_failed, users_failed_first) = (failed, failed);
    ArmCounts { users_new: users, users, users_failed, users_failed_first, requests: users, latency: &[] }
}

/// Feeds ticks a second apart, from `from` on.
fn feed(judge: &mut Judge, from: i64, count: i64, canary: ArmCounts<'_>, stable: ArmCounts<'_>) {
    for s in from..from + count {
        let at = Timestamp::from_second(1_700_000_000 + s).expect("in range");
        judge.observe(&Tick { canary, stable }, at);
    }
}

#[test]
fn an_outage_proves_nothing_about_the_canary() {
    let mut judge = Judge::new(QUICK, steps(&[5, 25]));
    judge.enter_step(0, Timestamp::UNIX_EPOCH);
    feed(&mut judge, 0, 3, arm(1, 0), arm(19, 10));
    let promote = |judge: &Judge| judge.evidence(Timestamp::UNIX_EPOCH).log_e_promote;
    let before = promote(&judge);
    feed(&mut judge, 3, 60, arm(1, 0), arm(19, 10));
    assert_eq!(promote(&judge), before, "frozen while stable fails");
}

#[test]
fn a_void_comparison_holds_though_the_canary_fails() {
    let (verdict, _) = decided(arm(100, 30), arm(100, 0), 5);
    assert!(matches!(verdict, Verdict::Hold(Why::Void { .. })), "{verdict:?}");
}

#[test]
fn a_cold_start_is_no_slow_canary() {
    let cold = |canary, second| if canary && second < 4.0 { 1.0 } else { 0.01 };
    let world = World { slow: cold, ..World::healthy(|_, _| 0.0) };
    assert!(runs(&world, 50).iter().all(|end| matches!(end.verdict, Verdict::Promote { .. })));
}

#[test]
fn a_long_good_step_does_not_hide_a_fault_in_the_next() {
    let mut judge = Judge::new(QUICK, steps(&[5, 25]));
    judge.enter_step(0, Timestamp::UNIX_EPOCH);
    feed(&mut judge, 0, 3_600, arm(10, 0), arm(190, 2));
    judge.enter_step(1, Timestamp::UNIX_EPOCH);
    feed(&mut judge, 3_600, 2, arm(50, 8), arm(150, 2));
    assert_eq!(judge.decide(Timestamp::UNIX_EPOCH).as_str(), "abort");
}
