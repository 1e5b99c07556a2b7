//! Rows of many workers and configs, read while they are written, dropped when nobody writes any more.

use seaworthy_contract::gateway::{ArmConfig, Config, ServiceConfig, Upstream};
use seaworthy_model::{RolloutId, Share};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::*;
use crate::compiled::{ByHand, Compiled};
use crate::row::When;

fn shared() -> Shared {
    Shared::new(mpsc::channel(1).0)
}

fn key(route: &str, config: u64) -> RowKey {
    RowKey {
        service: "checkout".parse().unwrap(),
        route: route.to_owned(),
        version: "v2".parse().unwrap(),
        arm: Arm::Canary,
        config,
        rollout: Some(rollout(1)),
    }
}

fn rollout(n: u128) -> RolloutId {
    RolloutId::from_uuid(Uuid::from_u128(n))
}

/// A config with this canary version, or none.
fn with_canary(canary: Option<(&str, u128)>) -> Compiled {
    let arm =
        |version: &str| ArmConfig { version: version.parse().unwrap(), addresses: vec!["127.0.0.1:1".to_owned()] };
    let upstream = |(version, of)| Upstream { rollout: rollout(of), step: 1, arm: arm(version), share: Share::ALL };
    let service =
        ServiceConfig { service: "checkout".parse().unwrap(), stable: Some(arm("v1")), canary: canary.map(upstream) };
    let config = Config { version: 1, routes: Vec::new(), services: vec![service], controls: Vec::new() };
    Compiled::new(config, &Compiled::default(), &ByHand::default()).unwrap()
}

#[test]
fn workers_are_added_up_and_nothing_is_told_twice() {
    let (shared, mut collector) = (shared(), Collector::default());
    let rows = [shared.new_row(key("/", 1)), shared.new_row(key("/", 1)), shared.new_row(key("/", 2))];
    for row in &rows {
        row.count(Tally::Starts);
        row.count(Tally::Entered);
        row.count(Tally::Ok);
        row.time(1_000);
    }
    let mut found = collector.look(&shared);
    found.counts.sort_by_key(|count| count.config);
    let told: Vec<_> = found.counts.iter().map(|count| (count.config, count.starts, count.ended.ok)).collect();
    assert_eq!(told, [(1, 2, 2), (2, 1, 1)], "by config version");
    assert_eq!(found.counts[0].latency, [(9, 2)]);
    assert_eq!(found.in_flight[0].requests, 3, "over all configs");
    let found = collector.look(&shared);
    assert!(found.counts.is_empty(), "{:?}", found.counts);
    assert_eq!(found.in_flight[0].requests, 3);
}

#[test]
fn a_row_is_dropped_after_its_last_word() {
    let (shared, mut collector) = (shared(), Collector::default());
    let row = shared.new_row(key("/", 1));
    row.count(Tally::Starts);
    collector.look(&shared);
    assert_eq!(collector.tracked.len(), 1);
    row.count(Tally::Timeout);
    drop(row);
    assert_eq!(collector.look(&shared).counts[0].ended.timeout, 1);
    assert!(collector.tracked.is_empty());
}

#[test]
fn what_a_report_cannot_hold_is_in_the_next_one() {
    let (shared, mut collector) = (shared(), Collector::default());
    let rows: Vec<_> = (0..COUNTS_MAX + 5).map(|n| shared.new_row(key(&format!("/{n}"), 1))).collect();
    rows.iter().for_each(|row| row.count(Tally::Starts));
    drop(rows);
    assert_eq!(collector.look(&shared).counts.len(), COUNTS_MAX);
    assert_eq!(collector.look(&shared).counts.len(), 5);
    assert!(collector.tracked.is_empty());
}

#[test]
fn the_metrics_keep_sums_over_configs() {
    let (shared, mut collector) = (shared(), Collector::default());
    for config in 1..=3 {
        shared.new_row(key("/", config)).count(Tally::Starts);
        collector.look(&shared);
    }
    assert_eq!(collector.totals.sum(Tally::Starts), 3);
}

#[test]
fn moments_follow_a_version_until_a_minute_after_it_left() {
    let (shared, mut moments) = (shared(), Moments::default());
    let row = shared.new_row(key("/", 1));
    row.note(When::LastAssigned, 5_000);
    row.note(When::FirstFailure, 6_000);
    row.note(When::FirstFailure, 7_000);
    let told = |moments: &mut Moments, compiled: &Compiled, now_ms| {
        moments.follow(compiled, now_ms);
        moments.note(&row);
        let moment = moments.ages(now_ms).pop()?;
        Some((moment.version.to_string(), moment.first_failure_age_ms, moment.last_assigned_age_ms))
    };
    let (on, off) = (with_canary(Some(("v2", 1))), with_canary(None));
    assert_eq!(told(&mut moments, &off, 9_000), None, "never a canary");
    let seen = |first, last| Some(("v2".to_owned(), Some(first), Some(last)));
    assert_eq!(told(&mut moments, &on, 10_000), seen(4_000, 5_000), "the first failure stays the first");
    assert_eq!(told(&mut moments, &off, 20_000), seen(14_000, 15_000));
    assert_eq!(told(&mut moments, &off, 79_999), seen(73_999, 74_999));
    assert_eq!(told(&mut moments, &off, 80_000), None);
}

#[test]
fn another_rollout_of_the_version_begins_without_failure() {
    let (shared, mut moments) = (shared(), Moments::default());
    let row = shared.new_row(key("/", 1));
    row.note(When::FirstFailure, 6_000);
    moments.follow(&with_canary(Some(("v2", 1))), 7_000);
    moments.note(&row);
    moments.follow(&with_canary(Some(("v2", 2))), 8_000);
    moments.note(&row);
    assert_eq!(moments.ages(9_000)[0].first_failure_age_ms, None);
}
