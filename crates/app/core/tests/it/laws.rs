//! Laws: folding is total, replaying gives the live state, nothing counts twice, a restart decides the same.

use std::collections::BTreeMap;

use proptest::prelude::*;
use seaworthy_contract::gateway::{BreakGlass, Report, Trip};
use seaworthy_contract::process::InstanceState;
use seaworthy_core::desired::{desired_processes, gateway_config};
use seaworthy_core::view::{self, Look};
use seaworthy_core::watch::{Judged, Saved, Used};
use seaworthy_core::{Fact, Input, State, Watch, outbox, plan};
use seaworthy_model::{Arm, RolloutId, Share};
use seaworthy_rollout::policy::{MetricName, Verdict, Why};
use uuid::Uuid;

use crate::bench::{Bench, SERVICES, document, empty_report, healthy_state, inside, seen, ship_request, users};
use crate::events::any_facts;

/// Looks at everything that outsiders may see.
fn look_at_everything(state: &State, watch: &Watch, now: jiff::Timestamp) {
    let directory = BTreeMap::new();
    let look = &Look { state, watch, directory: &directory, now };
    let status = view::status(look, Uuid::nil(), true);
    let services = view::services(look);
    for service in &services {
        view::readiness(look, &service.name).expect("it is known");
    }
    let rollouts = view::rollouts(look, None);
    rollouts.iter().for_each(|rollout| drop(view::series(look, rollout.id)));
    let text = serde_json::to_string(&(status, services, rollouts, view::pages(look), view::who(look, "checkout")));
    assert!(text.is_ok(), "an answer is JSON");
    assert!(serde_json::to_string(&(gateway_config(state), desired_processes(state))).is_ok());
    assert!(outbox::waiting(state).count() <= 3 * state.pages.len());
}

/// What may be asked of the core, in terms of what there is.
#[derive(Debug, Clone)]
enum Asked {
    Apply(usize),
    Ship(usize, u8),
    Revert(u8),
    Hold(u8),
    Resume(u8),
    Seen(usize, u8, u8),
    Judged(u8, u8),
    Trip(u8),
    Glass(u8, u8),
    Report(u8, u8),
    Settle,
    Started,
    Delivered(u8),
    Wait(i64),
}

fn asked() -> impl Strategy<Value = Asked> {
    prop_oneof![
        1 => (0..4_usize).prop_map(Asked::Apply),
        4 => (0..2_usize, 1..5_u8).prop_map(|(service, version)| Asked::Ship(service, version)),
        2 => any::<u8>().prop_map(Asked::Revert),
        1 => any::<u8>().prop_map(Asked::Hold),
        1 => any::<u8>().prop_map(Asked::Resume),
        8 => (0..2_usize, 1..5_u8, 0..8_u8).prop_map(|(service, version, state)| Asked::Seen(service, version, state)),
        6 => (any::<u8>(), 0..5_u8).prop_map(|(rollout, verdict)| Asked::Judged(rollout, verdict)),
        1 => any::<u8>().prop_map(Asked::Trip),
        1 => (any::<u8>(), 0..3_u8).prop_map(|(rollout, id)| Asked::Glass(rollout, id)),
        4 => (0..30_u8, 0..30_u8).prop_map(|(users, failed)| Asked::Report(users, failed)),
        4 => Just(Asked::Settle),
        1 => Just(Asked::Started),
        2 => any::<u8>().prop_map(Asked::Delivered),
        3 => prop_oneof![0..90_i64, -20..0_i64].prop_map(Asked::Wait),
    ]
}

fn rollout(bench: &Bench, pick: u8) -> RolloutId {
    let ids: Vec<_> = bench.state.rollouts.keys().copied().collect();
    ids.get(usize::from(pick) % ids.len().max(1)).copied().unwrap_or(RolloutId::from_uuid(Uuid::nil()))
}

/// Carries out one thing; a refusal is an answer too.
fn carry_out(bench: &mut Bench, asked: &Asked) {
    let input = match asked {
        Asked::Apply(0) => Input::Apply(Box::new(document(&[])), Used::new()),
        Asked::Apply(1) => Input::Apply(Box::new(document(&SERVICES[..1])), Used::new()),
        Asked::Apply(_) => Input::Apply(Box::new(document(&SERVICES)), Used::new()),
        Asked::Ship(service, version) => {
            let request = Box::new(ship_request(&format!("v{version}")));
            Input::Ship { service: SERVICES[*service].parse().unwrap(), request }
        }
        Asked::Revert(pick) => Input::Revert { rollout: rollout(bench, *pick), reason: None },
        Asked::Hold(pick) => Input::Hold { rollout: rollout(bench, *pick), reason: None },
        Asked::Resume(pick) => Input::Resume { rollout: rollout(bench, *pick) },
        Asked::Seen(service, version, state) => Input::Observed(seen(
            SERVICES[*service],
            &format!("v{version}"),
            &format!("{state}-1"),
            match state {
                0 => InstanceState::Starting,
                1 => InstanceState::Failed { reason: "exit 1".into() },
                2 => InstanceState::Exited { how: "exit 1".into() },
                3 => InstanceState::Failing { reason: "no answer".into(), since: None },
                _ => healthy_state(),
            },
        )),
        Asked::Judged(pick, verdict) => judged(bench, *pick, *verdict),
        Asked::Trip(pick) => {
            let rollout = rollout(bench, *pick);
            let (service, version) = ("checkout".parse().unwrap(), "v2".parse().unwrap());
            let trip = Trip { service, version, rollout, why: "5 failures in a row".into(), age_ms: 50 };
            Input::GuardTripped { gateway: "local".parse().unwrap(), trip }
        }
        Asked::Glass(pick, id) => {
            let (rollout, id) = (rollout(bench, *pick), Uuid::from_u128(u128::from(*id)));
            let (service, version) = ("checkout".parse().unwrap(), "v2".parse().unwrap());
            let entry = BreakGlass { id, service, version, rollout, by: "uid 1".into(), age_ms: 50 };
            Input::BreakGlassUsed { gateway: "local".parse().unwrap(), entry }
        }
        Asked::Report(users, failed) => return report(bench, *users, *failed),
        Asked::Settle => return drop(bench.settle()),
        Asked::Started => Input::Started { boot: Uuid::from_u128(3), program: "test".into() },
        Asked::Delivered(pick) => {
            let Some(message) = outbox::waiting(&bench.state).nth(usize::from(*pick) % 3) else { return };
            Input::PageDelivered { page: message.page, channel: message.channel.to_owned(), attempt: 1 }
        }
        Asked::Wait(seconds) => return bench.wait(*seconds),
    };
    drop(bench.try_act(&input));
}

fn judged(bench: &Bench, pick: u8, verdict: u8) -> Input {
    let rollout = rollout(bench, pick);
    let step = bench.state.rollouts.get(&rollout).and_then(|record| record.step()).unwrap_or(0);
    let verdict = match verdict {
        0 => Verdict::Abort { metric: MetricName::Errors, log_e: 7.0 },
        1 => Verdict::Hold(Why::Suspicious(MetricName::Latency)),
        2 => Verdict::Wait(Why::NotStepping),
        _ => Verdict::Promote { log_e: 3.0 },
    };
    Input::Judged(Box::new(Judged { rollout, step, verdict, first_bad_at: None, stuck_since: None }))
}

fn report(bench: &mut Bench, canary: u8, failed: u8) {
    let config = bench.state.config_version;
    let failed = failed.min(canary);
    bench.report(|report| {
        report.counts = vec![
            users("v2", Arm::Canary, config, canary.into(), failed.into()),
            users("v1", Arm::Stable, config, 40, 0),
        ];
        report.in_flight = vec![inside("v2", u64::from(failed % 2))];
    });
}

/// What must hold after each fact of a ledger that the core itself wrote.
fn check_step(before: &State, after: &State, fact: &Fact) -> Result<(), TestCaseError> {
    let kind = fact.event.kind().0;
    let (was, is) = (gateway_config(before), gateway_config(after));
    prop_assert!(is.services == was.services && is.routes == was.routes || is.version == fact.position, "{kind}");
    let (was, is) = (desired_processes(before), desired_processes(after));
    prop_assert!(is.instances == was.instances || is.version == fact.position, "{kind}");
    for (id, record) in &after.rollouts {
        let share = before.rollouts.get(id).map_or(Share::ZERO, |record| record.share());
        let shrinks = record.share() < share;
        prop_assert!(!shrinks || record.reverted.is_some(), "{kind}: a share shrinks without a revert");
        prop_assert!(
            record.share() == Share::ZERO || record.reverted.is_none(),
            "{kind}: a reverted version has users"
        );
    }
    Ok(())
}

proptest! {
    #[test]
    fn folding_and_looking_are_total(facts in any_facts()) {
        let state = State::fold(&facts);
        prop_assert_eq!(state.position, facts.len() as u64);
        let now = state.at.unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let mut watch = Watch::default();
        watch.ingest(&state, &empty_report(1, 1), now);
        drop(watch.verdicts(&state, now));
        drop(watch.drained(&state, now));
        look_at_everything(&state, &watch, now);
    }

    #[test]
    fn any_order_of_inputs_keeps_the_rules_and_replays_to_the_live_state(asked in prop::collection::vec(asked(), 0..80)) {
        let mut bench = Bench::serving();
        asked.iter().for_each(|asked| carry_out(&mut bench, asked));
        let mut replayed = State::default();
        for fact in &bench.facts {
            let before = replayed.clone();
            replayed.apply(fact);
            check_step(&before, &replayed, fact)?;
        }
        prop_assert_eq!(&replayed, &bench.state);
        prop_assert_eq!(State::fold(&bench.facts), replayed);
        look_at_everything(&bench.state, &bench.watch, bench.now);
    }

    #[test]
    fn one_page_a_rollout_and_one_change_at_a_time(asked in prop::collection::vec(asked(), 0..120)) {
        let mut bench = Bench::serving();
        for asked in &asked {
            carry_out(&mut bench, asked);
            for name in SERVICES {
                let on_its_way = |r: &&seaworthy_core::state::RolloutRecord| r.service().as_str() == name && r.needs_canary();
                prop_assert!(bench.state.rollouts.values().filter(on_its_way).count() <= 1, "{}", name);
            }
        }
        let mut pages: BTreeMap<_, usize> = BTreeMap::new();
        bench.state.pages.values().for_each(|page| *pages.entry(page.request.rollout).or_default() += 1);
        prop_assert!(pages.values().all(|n| *n == 1), "{:?}", pages);
    }

    #[test]
    fn the_same_document_again_changes_nothing(first in 0..3_usize, second in 0..3_usize) {
        let pool: [&[&str]; 3] = [&[], &SERVICES[..1], &SERVICES];
        let mut bench = Bench::new();
        for services in [pool[first], pool[second]] {
            bench.act(Input::Apply(Box::new(document(services)), Used::new()));
            prop_assert_eq!(plan(&bench.state, &document(services), &Used::new()).unwrap().changes, vec![]);
            prop_assert_eq!(bench.act(Input::Apply(Box::new(document(services)), Used::new())), vec![""; 0]);
        }
        prop_assert_eq!(bench.state.catalogue.services().count(), pool[second].len());
    }

    #[test]
    fn a_report_that_comes_again_changes_nothing(reports in prop::collection::vec((0..30_u8, 0..30_u8), 1..30), again in any::<prop::sample::Index>()) {
        let mut bench = Bench::serving();
        bench.stepping("checkout", "v2");
        let made = numbered(&bench, &reports);
        for report in &made {
            prop_assert!(bench.watch.ingest(&bench.state, report, bench.now));
        }
        let before = fingerprint(&bench.watch, &bench.state, bench.now);
        let echo = &made[again.index(made.len())];
        prop_assert!(!bench.watch.ingest(&bench.state, echo, bench.now));
        prop_assert_eq!(fingerprint(&bench.watch, &bench.state, bench.now), before);
    }

    #[test]
    fn a_restart_decides_the_same(reports in prop::collection::vec((0..30_u8, 0..30_u8), 1..60)) {
        let mut bench = Bench::serving();
        bench.stepping("checkout", "v2");
        let mut other = bench.watch.clone();
        for report in numbered(&bench, &reports) {
            bench.watch.ingest(&bench.state, &report, bench.now);
            other.ingest(&bench.state, &report, bench.now);
            let mut restored = Watch::default();
            for saved in bench.watch.save(&bench.state) {
                restored.restore(&bench.state, &saved).unwrap();
            }
            bench.watch = restored;
            bench.now += jiff::SignedDuration::from_millis(250);
            let verdicts = bench.watch.verdicts(&bench.state, bench.now);
            prop_assert_eq!(verdicts, other.verdicts(&bench.state, bench.now));
        }
    }
}

/// Reports of one gateway, one after the other.
fn numbered(bench: &Bench, reports: &[(u8, u8)]) -> Vec<Report> {
    let config = bench.state.config_version;
    let one = |(index, (canary, failed)): (usize, &(u8, u8))| {
        let mut report = empty_report(index as u64 + 100, config);
        let failed = failed.min(canary);
        report.counts = vec![
            users("v2", Arm::Canary, config, (*canary).into(), (*failed).into()),
            users("v1", Arm::Stable, config, 100, 1),
        ];
        report
    };
    reports.iter().enumerate().map(one).collect()
}

/// Everything that a restart would find.
fn fingerprint(watch: &Watch, state: &State, now: jiff::Timestamp) -> (Vec<Saved>, Vec<Judged>) {
    let mut watch = watch.clone();
    let verdicts = watch.verdicts(state, now);
    (watch.save(state), verdicts)
}
