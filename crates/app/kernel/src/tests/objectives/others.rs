//! Objectives of what gateways do not count: pushed counts, runs of probes, and what another system measured.

use seaworthy_contract::catalogue::{QueryIndicator, RatioQuery};
use seaworthy_contract::prober::{ProbeOutcome, ProbeReason, ProbeReport};
use seaworthy_core::watch::objectives::Readings;

use super::super::probes::{probe, result};
use super::*;

/// A run that fails, as the one place reports it.
fn failed(at: Timestamp) -> ProbeReport {
    let reason = ProbeReason { code: "connection".to_owned(), text: "no connection".to_owned() };
    let results = vec![result("checkout-buy", at, 2, ProbeOutcome::Fail(reason))];
    ProbeReport { place: "server".to_owned(), boot: Uuid::from_u128(1), seq: 1, applied: 0, results }
}

#[test]
fn pushed_counts_probes_and_readings_have_objectives_too() {
    let query = QueryIndicator { source: None, query: RatioQuery::Raw { ratio: "up".to_owned() } };
    let mut bench = Bench::new(vec![
        objective("orders", Indicator::Pushed { series: "orders".to_owned() }),
        objective("buys", Indicator::Probe { probe: "checkout-buy".to_owned() }),
        objective("asked", Indicator::Query(query)),
        Entity::Probe(Box::new(probe("checkout-buy"))),
    ]);
    let pushed = |series: &str, points: &[(Timestamp, Tally)]| {
        let service = "checkout".parse().expect("a name");
        [Pushed { service, series: series.to_owned(), points: points.to_vec() }]
    };
    let day = SignedDuration::from_hours(24);
    let begin = bench.now();
    let points =
        [(begin, Tally::new(100, 1)), (begin - day * 10, Tally::new(900, 2)), (begin - day * 10, Tally::new(100, 0))];
    assert_eq!(now(bench.engine.push(&pushed("orders", &points))).expect("taken"), 1);
    assert_eq!(now(bench.engine.push(&pushed("others", &points))).expect("taken"), 0, "nobody measures it");
    for at in [begin + SignedDuration::from_secs(61), begin - day * 93] {
        let points = [(begin, Tally::new(1, 1)), (at, Tally::new(1, 1))];
        let refused = now(bench.engine.push(&pushed("orders", &points)));
        assert!(matches!(refused, Err(CommandError::Refused(_))), "{at}: all or nothing");
    }
    for _ in 0..100 {
        bench.wait_ms(1_000);
        now(bench.engine.take_probes(&failed(bench.now()))).expect("taken");
    }
    let bad = seaworthy_slo::Reading::Ratio(0.5);
    let windows = [300, 1_800, 3_600, 21_600].map(|window| (window, bad)).to_vec();
    let readings = Readings { at: bench.now(), every: SignedDuration::from_secs(30), windows, period: bad };
    assert!(now(bench.engine.take_readings("asked", readings.clone())).expect("taken"));
    assert!(!now(bench.engine.take_readings("orders", readings)).expect("taken"), "it asks nobody");
    bench.wait_ms(250);
    now(bench.engine.look());
    let totals = |shared: &Shared| {
        let seen = |name: &str| shared.watch.objectives.get(name).and_then(|w| w.seen()).expect("seen").so_far;
        (seen("orders"), seen("buys"))
    };
    let expected = (seaworthy_slo::Reading::counts(1_100, 3), seaworthy_slo::Reading::counts(100, 100));
    assert_eq!(read(&bench.engine, totals), expected);
    let mut sentences = read(&bench.engine, pages);
    sentences.sort();
    assert_eq!(sentences.len(), 2, "{sentences:?}");
    assert!(sentences[0].starts_with("100% of the runs of probe checkout-buy against checkout fail since"));
    assert!(sentences[1].starts_with("Too much of what is measured of checkout is bad since"), "{sentences:?}");
    bench.restart();
    now(bench.engine.look());
    assert_eq!(read(&bench.engine, totals), expected, "what is older than memory was added to its row");
}
