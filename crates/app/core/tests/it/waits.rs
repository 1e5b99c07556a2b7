//! Rollouts that wait for what may never come: who is told, once; and what silence means.

use std::collections::BTreeMap;

use seaworthy_contract::gateway::Count;
use seaworthy_core::view::{self, Look};
use seaworthy_core::{Input, Watch};
use seaworthy_model::Arm;

use crate::bench::{Bench, users};

/// A report of these counts every ten seconds, and everything that came out.
fn seen_for(bench: &mut Bench, minutes: i64, counts: &[Count]) -> Vec<String> {
    let mut news = Vec::new();
    for _ in 0..minutes * 6 {
        bench.wait(10);
        bench.report(|report| report.counts = counts.to_vec());
        news.extend(bench.settle());
    }
    news
}

/// The sentences of pages, oldest first.
fn pages(bench: &Bench) -> Vec<String> {
    bench.state.pages.values().map(|page| page.request.sentence.clone()).collect()
}

#[test]
fn a_rollout_that_waits_for_what_may_never_come_pages_once_a_wait() {
    let users = |canary, failed, stable, stable_failed| {
        move |config| {
            vec![
                users("v2", Arm::Canary, config, canary, failed),
                users("v1", Arm::Stable, config, stable, stable_failed),
            ]
        }
    };
    type Counts = Box<dyn Fn(u64) -> Vec<Count>>;
    let table: [(&str, Counts, &str); 3] = [
        ("no traffic", Box::new(|_| Vec::new()), "no request of the service came for 10 min"),
        ("the arms do not match the weight", Box::new(users(50, 0, 50, 0)), "the arms cannot be compared"),
        ("both arms fail", Box::new(users(5, 2, 95, 38)), "stable itself fails 40.0% of its users"),
    ];
    for (what, counts, why) in table {
        let mut bench = Bench::serving();
        let rollout = bench.stepping("checkout", "v2");
        let counts = counts(bench.state.config_version);
        let paged = |news: Vec<String>| news.iter().filter(|kind| *kind == "page.requested").count();
        assert_eq!(paged(seen_for(&mut bench, 9, &counts)), 0, "{what}: too early");
        assert_eq!(paged(seen_for(&mut bench, 30, &counts)), 1, "{what}: once, however long it lasts");
        let sentence = pages(&bench).pop().expect("a page");
        assert!(sentence.starts_with("The rollout of checkout v2 waits for you at 5% of users because "), "{sentence}");
        assert!(sentence.contains(why), "{what}: {sentence}");
        // Taken off by hand: whoever reverts knows it.
        bench.reverted(rollout);
        assert_eq!(pages(&bench).len(), 1);
    }
}

#[test]
fn what_a_person_holds_and_what_goes_on_page_nobody() {
    let mut bench = Bench::serving();
    let rollout = bench.stepping("checkout", "v2");
    bench.act(Input::Hold { rollout, reason: None });
    seen_for(&mut bench, 60, &[]);
    assert_eq!(pages(&bench), [""; 0], "a person holds it");
    let mut bench = Bench::serving();
    bench.stepping("checkout", "v2");
    let config = bench.state.config_version;
    for _ in 0..5 {
        seen_for(&mut bench, 8, &[]);
        bench.wait(10);
        bench.report(|report| report.counts = vec![users("v1", Arm::Stable, config, 1, 0)]);
        bench.settle();
    }
    assert_eq!(pages(&bench), [""; 0], "somebody comes now and then");
}

#[test]
fn the_wait_is_remembered_over_a_restart_and_so_is_its_page() {
    let mut bench = Bench::serving();
    bench.stepping("checkout", "v2");
    let restart = |bench: &mut Bench| {
        bench.report(|_| {});
        let mut restored = Watch::default();
        for saved in bench.watch.save(&bench.state) {
            restored.restore(&bench.state, &saved).unwrap();
        }
        bench.watch = restored;
    };
    for minutes in [6, 6, 30] {
        seen_for(&mut bench, minutes, &[]);
        restart(&mut bench);
    }
    assert_eq!(pages(&bench).len(), 1);
}

#[test]
fn silence_of_gateways_is_not_taken_for_silence_of_users() {
    let mut bench = Bench::serving();
    let rollout = bench.stepping("checkout", "v2");
    bench.report(|_| {});
    bench.wait(20);
    bench.settle();
    let why = |bench: &Bench| {
        let look = Look { state: &bench.state, watch: &bench.watch, directory: &BTreeMap::new(), now: bench.now };
        view::rollout(&look, rollout).expect("there").reason
    };
    assert_eq!(why(&bench).as_deref(), Some("the gateways' newest reports are not in yet"));
    bench.report(|_| {});
    bench.settle();
    assert_eq!(why(&bench).as_deref(), Some("no request of the service came for 20 s"));
}

#[test]
fn a_gateway_that_is_cut_off_did_not_confirm_and_is_named() {
    let mut bench = Bench::serving();
    let other = |bench: &mut Bench| {
        let position = bench.state.config_version;
        bench.report(|report| {
            (report.gateway, report.boot) = ("second".parse().unwrap(), uuid::Uuid::from_u128(77));
            report.applied = position;
        });
    };
    let rollout = bench.stepping("checkout", "v2");
    bench.report(|_| {});
    other(&mut bench);
    let sentence = |bench: &Bench| {
        let look = Look { state: &bench.state, watch: &bench.watch, directory: &BTreeMap::new(), now: bench.now };
        view::rollout(&look, rollout).expect("there").sentence
    };
    bench.act(Input::Revert { rollout, reason: None });
    bench.wait(14);
    bench.report(|_| {});
    assert_eq!(bench.settle(), [""; 0], "the second one may only be slow");
    bench.wait(2);
    bench.report(|_| {});
    assert_eq!(bench.settle(), ["rollout.revert_confirmed"]);
    let confirmed = bench.record(rollout).confirmed.as_ref().expect("confirmed").event.gateways.clone();
    assert_eq!(confirmed.len(), 1, "only who said so: {confirmed:?}");
    assert!(!confirmed.contains(&"second".to_owned()));
    assert_eq!(
        sentence(&bench),
        "checkout v2 was taken off 5% of users. 1 gateway has not been heard since 2025-06-15 15:06:45 UTC and may still \
         send users to v2: second."
    );
    // It is back, with the config of before; then it has the new one.
    bench.report(|report| {
        (report.gateway, report.boot) = ("second".parse().unwrap(), uuid::Uuid::from_u128(77));
        report.applied = 1;
    });
    bench.wait(20);
    assert!(sentence(&bench).contains("second"), "heard, and gone again without the revert");
    other(&mut bench);
    bench.wait(20);
    assert_eq!(sentence(&bench), "checkout v2 was taken off 5% of users.");
}

#[test]
fn a_newcomer_with_little_traffic_is_told_how_long_a_step_takes() {
    let mut bench = Bench::serving();
    let rollout = bench.stepping("checkout", "v2");
    let shown = |bench: &Bench| {
        let look = Look { state: &bench.state, watch: &bench.watch, directory: &BTreeMap::new(), now: bench.now };
        let shown = view::rollout(&look, rollout).expect("it is there");
        let needs: Vec<String> = shown.steps.into_iter().filter_map(|step| step.needs).collect();
        (shown.reason.unwrap_or_default(), needs)
    };
    let (_, needs) = shown(&bench);
    assert_eq!(
        needs[0], "evidence of 20 to 1 that fewer than 5% of users fail: 74 without a failure",
        "nobody came yet"
    );
    // One user of the version in ten seconds, nineteen of the other.
    let config = bench.state.config_version;
    seen_for(&mut bench, 9, &[users("v2", Arm::Canary, config, 1, 0), users("v1", Arm::Stable, config, 19, 0)]);
    let (reason, needs) = shown(&bench);
    assert_eq!(
        reason,
        "about 35 more users without a failure would prove it fails under 5%, at the present traffic in about 6 min"
    );
    let lasts: Vec<&str> = needs.iter().map(|needs| needs.split("; ").nth(1).unwrap_or_default()).collect();
    assert_eq!(
        lasts,
        [
            "at the present traffic about 12 min",
            "at the present traffic about 13 min",
            "at the present traffic about 13 min"
        ]
    );
}
