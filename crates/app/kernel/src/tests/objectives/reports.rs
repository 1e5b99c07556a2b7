//! Reports that come twice, late, out of order, from several gateways, and over a death: every request counts once.

use super::*;

/// Sends a report again and again; it is acknowledged each time.
fn again(bench: &Bench, report: &Report, times: usize) {
    for _ in 0..times {
        now(bench.engine.take_report(report)).expect("acknowledged");
    }
}

#[test]
fn a_report_that_comes_again_counts_once_also_in_another_process() {
    let mut bench = Bench::new(vec![availability()]);
    bench.traffic(10, 25, 0);
    bench.wait_ms(250);
    let report = bench.report_of(20, 5);
    again(&bench, &report, 3);
    assert_eq!(bench.counted(), (1_025, 5));
    // Killed before the gateway heard that it was taken.
    bench.restart();
    again(&bench, &report, 2);
    assert_eq!(bench.counted(), (1_025, 5));
    bench.restart();
    assert_eq!(bench.counted(), (1_025, 5), "as the store has it");
}

#[test]
fn an_older_report_that_arrives_after_a_newer_one_was_taken_before() {
    let mut bench = Bench::new(vec![availability()]);
    let reports: Vec<Report> = (0..4).map(|_| bench.report_of(24, 1)).collect();
    for index in [0, 1, 0, 2, 3, 1, 2, 0, 3] {
        bench.wait_ms(50);
        again(&bench, &reports[index], 1);
    }
    assert_eq!(bench.counted(), (100, 4));
}

#[test]
fn what_a_gateway_kept_while_we_were_away_counts_when_it_happened() {
    let mut bench = Bench::new(vec![availability()]);
    bench.traffic(60, 25, 0);
    bench.restart();
    bench.wait_ms(600_000);
    let happened = bench.now() - SignedDuration::from_secs(570);
    let late = Report { age_ms: 570_000, ..bench.report_of(5, 20) };
    again(&bench, &late, 2);
    let bad: Vec<Timestamp> = read(&bench.engine, |shared| {
        let series =
            shared.watch.objectives.get("checkout-availability").and_then(|w| w.series()).expect("counted here");
        let buckets = series.recent(Resolution::TenSeconds).into_iter().filter(|bucket| bucket.tally.bad > 0);
        buckets.map(|bucket| bucket.resolution.start(bucket.slot)).collect()
    });
    assert_eq!(bad.len(), 1);
    assert!((0..10_000).contains(&happened.duration_since(bad[0]).as_millis()), "{bad:?}, not {happened}");
}

#[test]
fn gateways_beside_each_other_are_one_account() {
    let mut bench = Bench::new(vec![availability()]);
    for _ in 0..40 {
        bench.wait_ms(250);
        let one = bench.report_of(10, 0);
        let gateway = "other".parse().expect("a name");
        let other = Report { gateway, boot: Uuid::from_u128(7), ..bench.report_of(9, 1) };
        again(&bench, &other, 2);
        again(&bench, &one, 2);
    }
    assert_eq!(bench.counted(), (800, 40));
}

#[test]
fn a_service_that_was_never_asked_pages_nobody() {
    let mut bench = Bench::new(vec![availability()]);
    for _ in 0..48 {
        bench.wait_ms(1_800_000);
        bench.take(0, 0);
        now(bench.engine.look());
    }
    bench.restart();
    bench.wait_ms(86_400_000);
    now(bench.engine.look());
    assert_eq!((read(&bench.engine, open_alerts), read(&bench.engine, is_paged)), (0, false));
    let seen = read(&bench.engine, |shared| {
        *shared.watch.objectives.get("checkout-availability").and_then(|watched| watched.seen()).expect("seen")
    });
    assert_eq!((seen.seen_seconds, seen.error_ratio(), seen.burn()), (None, None, None), "nothing was measured");
}

#[test]
fn a_certain_outage_is_seen_within_two_seconds_and_its_end_too() {
    let mut bench = Bench::new(vec![availability()]);
    bench.traffic(60, 25, 0);
    let service = "checkout".parse().expect("a name");
    let at = bench.now_ms.clone();
    let fails = |shared: &Shared| shared.watch.objectives.failing_since(&service, clock(&at)()).is_some();
    let seen = bench.until(10, 0, 25, fails).expect("seen");
    assert!(seen <= 1.0, "{seen} s");
    let over = bench.until(10, 25, 0, |shared| !fails(shared)).expect("over");
    assert!(over <= 0.5, "{over} s");
    assert!(bench.until(30, 24, 1, fails).is_none(), "4% is for the budget");
}

#[test]
fn a_young_service_pages_after_as_much_of_its_budget_as_an_old_one() {
    for (well, why) in [(0, "it failed from its first request on"), (60, "a minute old"), (1_200, "20 minutes old")] {
        let mut bench = Bench::new(vec![availability()]);
        bench.traffic(well, 25, 0);
        let took = bench.until(120, 0, 25, is_paged).expect("paged");
        assert!((51.0..=53.0).contains(&took), "{why}: {took} s");
    }
    let mut bench = Bench::new(vec![availability()]);
    bench.traffic(60, 25, 0);
    bench.traffic(20, 0, 25);
    assert!(bench.until(600, 25, 0, is_paged).is_none(), "a restart that took 20 s wakes nobody");
}

#[test]
fn what_was_just_applied_is_there() {
    let bench = Bench::new(vec![availability()]);
    assert!(read(&bench.engine, |shared| shared.watch.objectives.get("checkout-availability").is_some()));
}
