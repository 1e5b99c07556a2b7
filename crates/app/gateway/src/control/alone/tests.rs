//! What is ejected, after how many looks, and what never is.

use seaworthy_contract::gateway::{ArmConfig, Classes, Config, ServiceConfig, Upstream};
use seaworthy_model::{RolloutId, Share};
use uuid::Uuid;

use super::*;
use crate::compiled::ByHand;
use crate::trial::Off;

const STEP: u64 = 5;

/// A canary at 5% of users, beside stable or alone.
fn compiled(stable: bool, step: u64, before: &Compiled) -> Compiled {
    let arm =
        |version: &str| ArmConfig { version: version.parse().unwrap(), addresses: vec!["127.0.0.1:1".to_owned()] };
    let rollout = RolloutId::from_uuid(Uuid::from_u128(1));
    let canary = Upstream { rollout, step, arm: arm("v2"), share: Share::from_basis_points(500).unwrap() };
    let service =
        ServiceConfig { service: "checkout".parse().unwrap(), stable: stable.then(|| arm("v1")), canary: Some(canary) };
    Compiled::new(
        Config { version: step, routes: Vec::new(), services: vec![service], controls: Vec::new() },
        before,
        &ByHand::default(),
    )
    .unwrap()
}

fn count(arm: Arm, config: u64, users: u64, failed: u64, first: u64) -> Count {
    Count {
        service: "checkout".parse().unwrap(),
        route: "*/".to_owned(),
        version: if arm == Arm::Canary { "v2" } else { "v1" }.parse().unwrap(),
        arm,
        config,
        starts: users,
        ended: Classes { ok: users - failed, server_error: failed, ..Classes::default() },
        rescued: 0,
        seen_idempotent: 0,
        seen_other: 0,
        users_in_step: users,
        users,
        users_failed: failed,
        users_failed_in_step: Some(first),
        latency: Vec::new(),
    }
}

/// What a look of 250 ms finds at 400 requests a second: users and failures of the canary, then of stable.
type Look = ([u64; 2], [u64; 2]);

const WELL: Look = ([5, 0], [95, 0]);

/// Returns the look, counted from 1, at which it is ejected.
fn run(compiled: &Compiled, config: u64, silence: Duration, looks: impl IntoIterator<Item = Look>) -> Option<usize> {
    let mut alone = Alone::default();
    let ejected = |([users, failed], [beside, fail]): Look| {
        let counts =
            [count(Arm::Canary, config, users, failed, failed), count(Arm::Stable, config, beside, fail, fail)];
        !alone.look(compiled, &counts, silence).is_empty()
    };
    looks.into_iter().map(ejected).position(|ejected| ejected).map(|index| index + 1)
}

#[test]
fn a_canary_that_fails_three_in_ten_is_ejected_while_nobody_judges() {
    let with = |stable| compiled(stable, STEP, &Compiled::default());
    let three_in_ten = [([5, 1], [95, 0]), ([5, 2], [95, 0])].repeat(20);
    let late: Vec<Look> = std::iter::repeat_n(WELL, 4_000).chain(three_in_ten.clone()).collect();
    let noisy: Vec<Look> = three_in_ten.iter().map(|([users, failed], _)| ([*users, *failed], [95, 1])).collect();
    for (what, config, silence, stable, looks, want) in [
        ("silent for long enough", STEP, SILENT, true, three_in_ten.clone(), Some(2)),
        ("heard lately", STEP, SILENT - Duration::from_millis(1), true, three_in_ten.clone(), None),
        ("it fails after 1,000 s in which all was well", STEP, SILENT, true, late, Some(4_002)),
        ("stable fails one in a hundred", STEP, SILENT, true, noisy, Some(4)),
        ("assigned by an earlier step", STEP - 1, SILENT, true, three_in_ten.clone(), None),
        ("the last version", STEP, SILENT, false, three_in_ten, None),
        ("both fail three in ten", STEP, SILENT, true, vec![([10, 3], [190, 57]); 4_000], None),
        ("both fail always", STEP, SILENT, true, vec![([5, 5], [95, 95]); 4_000], None),
        ("stable alone fails", STEP, SILENT, true, vec![([5, 0], [95, 95]); 4_000], None),
        ("one failure of one user", STEP, SILENT, true, [vec![([5, 1], [95, 0])], vec![WELL; 4_000]].concat(), None),
        ("nobody comes", STEP, SILENT, true, vec![([0, 0], [0, 0]); 100], None),
    ] {
        assert_eq!(run(&with(stable), config, silence, looks), want, "{what}");
    }
}

#[test]
fn one_client_that_always_fails_is_one_failure() {
    let compiled = compiled(true, STEP, &Compiled::default());
    let mut alone = Alone::default();
    for look in 0..1_000 {
        let counts = [count(Arm::Canary, STEP, 5, 1, u64::from(look == 0)), count(Arm::Stable, STEP, 95, 0, 0)];
        assert!(alone.look(&compiled, &counts, SILENT).is_empty(), "{look}");
    }
}

#[test]
fn what_was_counted_before_the_silence_counts_and_what_is_off_is_left() {
    let compiled = compiled(true, STEP, &Compiled::default());
    let mut alone = Alone::default();
    let bad = [count(Arm::Canary, STEP, 5, 3, 3), count(Arm::Stable, STEP, 95, 0, 0)];
    for _ in 0..3 {
        assert!(alone.look(&compiled, &bad, Duration::ZERO).is_empty(), "the control plane judges");
    }
    let ejected = alone.look(&compiled, &[], SILENT);
    assert!(ejected[0].why.starts_with("its users failed more often than stable's (evidence "), "{ejected:?}");
    assert!(ejected[0].why.ends_with(" on errors), seen by the gateway while the control plane was silent"));
    ejected[0].trial.take_off(Off::Guard);
    assert!(alone.look(&compiled, &bad, SILENT).is_empty(), "once");
}

#[test]
fn another_step_begins_anew_and_the_old_one_is_forgotten() {
    let first = compiled(true, STEP, &Compiled::default());
    let second = compiled(true, STEP + 1, &first);
    let mut alone = Alone::default();
    let bad = |config| [count(Arm::Canary, config, 5, 5, 5), count(Arm::Stable, config, 95, 0, 0)];
    alone.look(&first, &bad(STEP), Duration::ZERO);
    assert!(alone.look(&second, &[], SILENT).is_empty());
    assert_eq!(alone.watched.len(), 1);
    assert_eq!(alone.look(&second, &bad(STEP + 1), SILENT).len(), 1);
}

/// The named rate of false alarms, on canaries that are as good as stable and looked at four times a second for 5 min.
#[test]
fn a_healthy_canary_is_left_alone() {
    let compiled = compiled(true, STEP, &Compiled::default());
    // A generator of Knuth's (MMIX), so that every run sees the same users.
    let mut state = 42_u64;
    let mut fails = |users: u64, one_in: u64| {
        (0..users)
            .filter(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33).is_multiple_of(one_in)
            })
            .count() as u64
    };
    let (streams, looks) = (100, 300);
    let alarms = (0..streams).filter(|stream| {
        let one_in = [20, 100, 1_000][stream % 3];
        let looks = (0..looks).map(|_| ([5, fails(5, one_in)], [95, fails(95, one_in)]));
        run(&compiled, STEP, SILENT, looks.collect::<Vec<_>>()).is_some()
    });
    assert!(alarms.count() <= 1, "one in a thousand was promised");
}
