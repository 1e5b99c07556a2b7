//! What is left of a budget: over a period, at its beginning, and over a restart.

use super::*;

#[test]
fn what_leaves_the_period_gives_its_budget_back() {
    let mut bench = Bench::new(vec![availability()]);
    bench.traffic(30, 25, 2);
    bench.wait_ms(6 * 3_600_000);
    bench.traffic(1, 25, 0);
    let broken = bench.remaining();
    for _ in 0..31 {
        bench.wait_ms(86_400_000);
        bench.traffic(1, 25, 0);
    }
    // The look that takes slots off comes before the one that counts without them.
    bench.wait_ms(300_000);
    bench.traffic(1, 25, 0);
    assert!(bench.remaining() > 0.999 && broken < 1.0, "{broken} became {}", bench.remaining());
    bench.restart();
    bench.traffic(1, 25, 0);
    assert!(bench.remaining() > 0.999, "also in another process: {}", bench.remaining());
}

#[test]
fn a_budget_is_said_once_enough_of_its_period_was_seen() {
    let mut bench = Bench::new(vec![availability()]);
    let seen = |bench: &Bench| {
        read(&bench.engine, |shared| {
            let seen = *shared.watch.objectives.get("checkout-availability").and_then(|w| w.seen()).expect("seen");
            (seen.seen_seconds, seen.projected().map(|budget| budget.remaining), seen.burn())
        })
    };
    now(bench.engine.look());
    assert_eq!(seen(&bench), (None, None, None), "nothing was measured");
    bench.traffic(420, 25, 1);
    let (seconds, left, burn) = seen(&bench);
    assert!(seconds.is_some_and(|seconds| (410.0..430.0).contains(&seconds)), "{seconds:?}");
    assert!(left.is_none() && burn.is_some_and(|burn| burn > 1.0), "seven minutes of 30 days: {left:?}, {burn:?}");
    bench.wait_ms(6 * 3_600_000 - 430_000);
    bench.traffic(1, 25, 0);
    assert_eq!(seen(&bench).1, None, "nearly six hours");
    bench.wait_ms(20_000);
    bench.traffic(1, 25, 0);
    assert!(seen(&bench).1.is_some_and(|left| left < 1.0), "six hours");
    bench.restart();
    bench.traffic(1, 25, 0);
    assert!(seen(&bench).1.is_some(), "also in another process");
}

#[test]
fn a_restart_remembers_what_is_older_than_memory() {
    let mut bench = Bench::new(vec![availability()]);
    bench.traffic(30, 25, 2);
    bench.wait_ms(5 * 86_400_000);
    bench.traffic(30, 25, 0);
    let before = bench.remaining();
    assert!(before < 1.0);
    bench.restart();
    bench.traffic(1, 25, 0);
    let after = bench.remaining();
    assert!((before - after).abs() < 0.05 * (1.0 - before), "{before} became {after}");
}
