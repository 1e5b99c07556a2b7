//! A law: a restart changes no figure of any objective, however young its service is.

use proptest::prelude::*;
use seaworthy_core::watch::objectives::{Seen, Watched};

use super::*;

/// Two services' objectives of each counting, and one of a probe that never runs.
fn declared() -> Vec<Entity> {
    let countings = [
        ("events", Counting::Occurrences),
        ("minutes", Counting::Timeslices { slice_seconds: 60, slice_target: 0.9 }),
        ("ratios", Counting::RatioTimeslices { slice_seconds: 60 }),
    ];
    let periods = [("", Period::default()), ("-day", Period::Rolling { days: 1 })];
    let mut all = vec![objective("silent", Indicator::Pushed { series: "silent".to_owned() })];
    for (name, counting) in countings {
        for (days, period) in &periods {
            for series in ["old", "young"] {
                let indicator = Indicator::Pushed { series: series.to_owned() };
                let Entity::Objective(mut one) = objective(&format!("{series}-{name}{days}"), indicator) else {
                    unreachable!("it is one")
                };
                (one.counting, one.period) = (counting, period.clone());
                all.push(Entity::Objective(one));
            }
        }
    }
    all
}

/// What is said of an objective. When the last event was is known to ten seconds after a restart, and what is seen of silence
/// begins anew.
fn said(watched: &Watched) -> (String, Option<String>) {
    let figures = |seen: &Seen| {
        let Seen { tiers, weighed, so_far, seen_seconds, .. } = seen;
        let budget = (seen.error_ratio(), seen.burn(), seen.projected().copied());
        format!("{seen_seconds:?} {so_far:?} {budget:?} {tiers:?} {weighed:?}")
    };
    (watched.declared.name.clone(), watched.seen().map(figures))
}

fn all_said(bench: &Bench) -> Vec<(String, Option<String>)> {
    now(bench.engine.look());
    read(&bench.engine, |shared| shared.watch.objectives.iter().map(said).collect())
}

fn push(bench: &Bench, series: &str, age_ms: i64, tally: Tally) {
    let point = (bench.now() - SignedDuration::from_millis(age_ms), tally);
    let pushed =
        Pushed { service: "checkout".parse().expect("a name"), series: series.to_owned(), points: vec![point] };
    now(bench.engine.push(&[pushed])).expect("taken");
}

/// Some counts: how long after those before, whose, how late they come, and how many.
type Step = (i64, bool, i64, u64, u64);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Most come soon after each other; some after hours or days, so that windows, memory and periods are left.
    let wait = prop_oneof![8 => 250..90_000_i64, 2 => 90_000..7_200_000_i64, 1 => 7_200_000..400_000_000_i64];
    let late = prop_oneof![4 => Just(0_i64), 1 => 0..20_000_i64];
    prop::collection::vec((wait, any::<bool>(), late, 1..500_u64, 0..500_u64), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_restart_changes_no_figure(steps in steps(), restarts in prop::collection::vec(0..40_usize, 1..3), after_ms in 0..90_000_i64) {
        let mut bench = Bench::new(declared());
        for (number, (wait, is_old, late, total, bad)) in steps.into_iter().enumerate() {
            bench.wait_ms(wait);
            // The young one begins when the old one has been there for a while.
            let series = if is_old || number < 3 { "old" } else { "young" };
            push(&bench, series, late, Tally::new(total, bad));
            if restarts.contains(&number) {
                bench.wait_ms(after_ms);
                let before = all_said(&bench);
                now(bench.engine.push(&[])).expect("stored");
                bench.restart();
                prop_assert_eq!(all_said(&bench), before);
            }
        }
        let before = all_said(&bench);
        now(bench.engine.push(&[])).expect("stored");
        bench.restart();
        prop_assert_eq!(all_said(&bench), before);
    }
}

#[test]
fn a_service_that_is_three_minutes_old_pages_as_late_as_it_would_have() {
    for dies in [false, true] {
        let mut bench = Bench::new(vec![availability()]);
        // Four minutes into a bucket of five: what a restart could add to its age is most of it.
        bench.wait_ms(240_000);
        bench.traffic(180, 25, 0);
        if dies {
            bench.restart();
        }
        let took = bench.until(120, 0, 25, is_paged).expect("paged");
        assert!((51.0..=53.0).contains(&took), "{took} s, dies: {dies}");
    }
}

#[test]
fn another_target_goes_on_with_the_same_counts_and_age() {
    let mut bench = Bench::new(vec![availability()]);
    bench.wait_ms(240_000);
    bench.traffic(60, 25, 1);
    let since = |bench: &Bench| {
        bench.wait_ms(1_000);
        now(bench.engine.look());
        let seen = read(&bench.engine, |shared| {
            shared.watch.objectives.get("checkout-availability").and_then(|w| w.seen()).expect("seen").seen_seconds
        });
        bench.now() - SignedDuration::try_from_secs_f64(seen.expect("counted")).expect("a minute")
    };
    let before = since(&bench);
    assert_eq!(before.as_millisecond(), BEGIN_S * 1_000 + 240_250, "its first report");
    let Entity::Objective(mut stricter) = availability() else { unreachable!("it is one") };
    stricter.target = 0.9999;
    decide(&bench.engine, catalogue(vec![Entity::Objective(stricter)])).expect("applied");
    now(bench.engine.push(&[])).expect("stored");
    assert_eq!(since(&bench), before);
    bench.restart();
    assert_eq!(since(&bench), before, "also in another process");
}
