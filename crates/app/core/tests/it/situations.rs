//! Situations that were wrong once, or nearly: each with what must come of it.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use seaworthy_contract::api::VersionState;
use seaworthy_contract::catalogue::Document;
use seaworthy_contract::events::server::{ScopeV4, TokenIssuedV4};
use seaworthy_contract::gateway::{BreakGlass, Moment, Trip};
use seaworthy_contract::process::{InstanceState, Observed};
use seaworthy_core::state::Health;
use seaworthy_core::watch::{GATEWAY_LOST, Saved, Used};
use seaworthy_core::{Input, Watch, view};
use seaworthy_model::{Arm, RolloutId, TokenId};
use seaworthy_rollout::lifecycle::Phase;
use seaworthy_rollout::policy::{Verdict, Why};
use uuid::Uuid;

use crate::bench::{Bench, document, empty_report, healthy_state, inside, seen, service, users, version};

fn trip(rollout: RolloutId) -> Input {
    let (service, version) = (service("checkout"), version("v2"));
    let trip = Trip { service, version, rollout, why: "5 failures in a row".to_owned(), age_ms: 100 };
    Input::GuardTripped { gateway: "local".parse().unwrap(), trip }
}

fn glass(rollout: RolloutId) -> Input {
    let (service, version, id) = (service("checkout"), version("v2"), Uuid::from_u128(1));
    let entry = BreakGlass { id, service, version, rollout, by: "uid 1000".to_owned(), age_ms: 100 };
    Input::BreakGlassUsed { gateway: "local".parse().unwrap(), entry }
}

#[test]
fn a_trip_reverts_and_pages_once() {
    let mut bench = Bench::serving();
    let rollout = bench.stepping("checkout", "v2");
    assert_eq!(bench.act(trip(rollout)), ["gateway.guard_tripped", "rollout.reverted", "page.requested"]);
    assert_eq!(bench.act(trip(rollout)), [""; 0], "sent again");
}

#[test]
fn a_signal_of_an_earlier_rollout_of_the_same_version_does_not_end_the_next() {
    let mut bench = Bench::serving();
    let first = bench.stepping("checkout", "v2");
    bench.reverted(first);
    let second = bench.stepping("checkout", "v2");
    assert_eq!(bench.act(trip(first)), [""; 0]);
    assert_eq!(bench.act(glass(first)), ["gateway.break_glass_used"], "it is journaled, and nothing more");
    assert_eq!(bench.record(second).step(), Some(0));
    let rollout = first;
    bench.report(|report| {
        let (service, version) = (service("checkout"), version("v2"));
        let (first_failure_age_ms, last) = (Some(60_000), Some(50_000));
        let (last_assigned_age_ms, last_response_age_ms) = (last, last);
        report.moments = vec![Moment {
            service,
            version,
            rollout,
            first_failure_age_ms,
            last_assigned_age_ms,
            last_response_age_ms,
        }];
        // Assigned before this rollout began.
        report.counts = vec![users("v2", Arm::Canary, bench_position_before(), 10, 10)];
    });
    let live = &bench.watch.live[&second];
    assert_eq!((live.first_bad_at, live.last_assigned_at, live.canary.requests), (None, None, 0));
}

#[test]
fn a_page_whose_matter_is_over_waits_for_a_word_only() {
    let headline = |bench: &Bench| view::status(&bench.look(), Uuid::nil(), true).sentence;
    let mut bench = Bench::serving();
    let calm = headline(&bench);
    let rollout = bench.stepping("checkout", "v2");
    bench.act(trip(rollout));
    let page = bench.state.pages.keys().next().copied().expect("a page");
    let about = "checkout v2 was taken off 5% of users: 5 failures in a row. v1 serves everybody again.";
    assert_eq!(headline(&bench), format!("Somebody is needed: {about}"), "no gateway has let go yet");
    bench.report(|_| {});
    bench.settle();
    let over = format!("It is over, and its page waits for somebody to acknowledge it: {about}");
    assert_eq!(headline(&bench), over);
    let next = bench.stepping("checkout", "v3");
    assert_eq!(headline(&bench), over, "what is on its way needs nobody");
    bench.reverted(next);
    bench.act(Input::Acknowledge { page });
    assert_eq!(headline(&bench), calm);
}

#[test]
fn what_fails_its_health_check_is_said_whatever_else_is_on() {
    let status = |bench: &Bench| view::status(&bench.look(), Uuid::nil(), true);
    let mut bench = Bench::serving();
    let calm = status(&bench);
    let Some(Health::Healthy { instance, .. }) =
        bench.state.version(&service("payments"), &version("v1")).map(|v| v.health.clone())
    else {
        panic!("v1 serves");
    };
    let look = |bench: &mut Bench, instance: &str, state: InstanceState| {
        let seen = seen("payments", "v1", instance, state);
        assert_eq!(bench.act(Input::Observed(seen.clone())), [""; 0], "it is no event");
        bench.watch.failed_checks.take(&bench.state, &seen, bench.now);
    };
    let failing = |reason: &str| InstanceState::Failing { reason: reason.to_owned(), since: None };
    look(&mut bench, "another life", failing("no answer"));
    assert_eq!(status(&bench), calm);
    let since = bench.now;
    look(&mut bench, &instance, failing("answered 500"));
    bench.wait(3);
    look(&mut bench, &instance, failing("no answer\nwithin 2s"));
    let found = status(&bench);
    let unwell = found.services.iter().find(|found| found.name.as_str() == "payments").expect("declared");
    let version = &unwell.versions[0];
    assert_eq!((version.state, version.since), (VersionState::Failing, Some(since)));
    let said = version.reason.clone().unwrap_or_default();
    assert!(said.starts_with("no answer") && !said.contains('\n'), "{said}");
    assert!(unwell.sentence.starts_with("payments v1 fails its health check since "), "{}", unwell.sentence);
    assert_eq!(found.sentence, format!("{} Nobody is paged for that alone.", unwell.sentence));
    // A page about another service hides nothing.
    let rollout = bench.stepping("checkout", "v2");
    bench.act(trip(rollout));
    let found = status(&bench).sentence;
    assert!(found.starts_with("Somebody is needed: checkout v2 was taken off"), "{found}");
    assert!(found.ends_with(" Also not well: payments."), "{found}");
    let healthy = InstanceState::Healthy { address: "127.0.0.1:9".to_owned(), took_ms: 5 };
    look(&mut bench, &instance, healthy);
    assert!(!status(&bench).sentence.contains("payments"));
    // A server that was started again said that it began just then.
    let found = |bench: &Bench| view::service(&bench.look(), &service("payments")).expect("declared").versions[0].since;
    for (told, want) in [(since, since), (bench.now + SignedDuration::from_hours(1), bench.now)] {
        bench.watch.failed_checks = Default::default();
        look(&mut bench, &instance, InstanceState::Failing { reason: "no answer".to_owned(), since: Some(told) });
        assert_eq!(found(&bench), Some(want), "no clock of others is ahead of ours");
    }
}

/// What the rollout says of itself when break-glass was used, by whoever decided first.
#[test]
fn a_rollout_names_the_break_glass_that_took_it_off() {
    let reason = |bench: &Bench, rollout| view::rollout(&bench.look(), rollout).and_then(|rollout| rollout.reason);
    let mut bench = Bench::serving();
    let rollout = bench.stepping("checkout", "v2");
    assert_eq!(bench.act(glass(rollout)), ["gateway.break_glass_used", "rollout.reverted"]);
    let only = "break-glass on the gateway itself, by uid 1000 on local";
    assert_eq!(reason(&bench, rollout).as_deref(), Some(only));
    let said = bench.facts.last().map(|fact| view::sentence(&fact.event));
    assert_eq!(said.as_deref(), Some("reverted: break-glass on the gateway itself, by uid 1000 on local"));

    let mut bench = Bench::serving();
    let rollout = bench.stepping("checkout", "v2");
    bench.act(trip(rollout));
    assert_eq!(bench.act(glass(rollout)), ["gateway.break_glass_used"], "a guard decided before it was heard");
    let both = "5 failures in a row; break-glass took it off on the gateway itself, by uid 1000 on local";
    assert_eq!(reason(&bench, rollout).as_deref(), Some(both));
    bench.report(|_| {});
    bench.settle();
    let next = bench.stepping("checkout", "v2");
    bench.act(Input::Revert { rollout: next, reason: Some("enough".to_owned()) });
    assert_eq!(reason(&bench, next).as_deref(), Some("by token/test: enough"), "it was about the one before");
}

#[test]
fn a_hold_is_named_after_what_people_call_the_one_who_holds() {
    let mut bench = Bench::serving();
    let token = TokenId::from_uuid(Uuid::from_u128(9));
    let scope = ScopeV4::Admin;
    bench.fold(TokenIssuedV4 { token, scope, label: "deploy bot".to_owned(), expires_at: None });
    for (actor, reason, want) in [
        (format!("token/{token}"), Some("slow orders"), "by deploy bot: slow orders"),
        (format!("token/{token}"), None, "by deploy bot"),
        ("person/ines".to_owned(), None, "by ines"),
        ("supervisor/local".to_owned(), None, "by supervisor/local"),
    ] {
        let rollout = bench.stepping("checkout", "v2");
        bench.actor = actor;
        bench.act(Input::Hold { rollout, reason: reason.map(str::to_owned) });
        let held = view::rollout(&bench.look(), rollout).and_then(|rollout| rollout.reason);
        assert_eq!(held.as_deref(), Some(want));
        bench.reverted(rollout);
    }
}

#[test]
fn what_died_under_its_users_was_not_reverted_in_no_time() {
    for (last_assigned, expected) in [(Some(2_000), Some(3.0)), (None, None)] {
        let mut bench = Bench::serving();
        let rollout = bench.stepping("checkout", "v2");
        bench.wait(10);
        bench.report(|report| {
            report.moments = vec![Moment {
                service: service("checkout"),
                version: version("v2"),
                rollout,
                first_failure_age_ms: Some(5_000),
                last_assigned_age_ms: last_assigned,
                last_response_age_ms: None,
            }];
        });
        bench.reverted(rollout);
        let confirmed = &bench.record(rollout).confirmed.as_ref().expect("confirmed").event;
        assert_eq!(confirmed.first_bad_to_last_response_s, expected);
        assert_eq!(confirmed.first_bad_to_last_assignment_s, expected);
    }
}

/// A config version before any rollout.
fn bench_position_before() -> u64 {
    1
}

#[test]
fn what_is_seen_of_a_version_before_the_supervisor_knows_that_it_was_shipped_is_of_another_life() {
    for (state, kept) in
        [(healthy_state(), "starting"), (InstanceState::Failed { reason: "exit 1".into() }, "starting")]
    {
        let mut bench = Bench::serving();
        let before = bench.state.desired_version;
        let rollout = bench.ship("checkout", "v2").unwrap();
        let late = Observed { desired: Some(before), ..seen("checkout", "v2", "1-1", state.clone()) };
        assert_eq!(bench.act(Input::Observed(late.clone())), [""; 0], "{kept}");
        let now = Observed { desired: Some(bench.state.desired_version), ..late };
        assert_ne!(bench.act(Input::Observed(now)), [""; 0], "{kept}");
        assert!(!matches!(bench.record(rollout).lifecycle.phase, Phase::Starting { .. }));
    }
}

/// Brings v2 to the point where only the dwell was missing.
fn proved(bench: &mut Bench) -> RolloutId {
    let rollout = bench.stepping("checkout", "v2");
    let config = bench.state.config_version;
    bench.report(|report| {
        report.counts = vec![users("v2", Arm::Canary, config, 200, 0), users("v1", Arm::Stable, config, 3_800, 0)];
    });
    rollout
}

#[test]
fn nothing_grows_while_the_newest_reports_are_not_in() {
    for (waits, age_ms, grows) in [(2, 0, true), (2, 30_000, false), (2, 1_500, false), (2, 500, true)] {
        let mut bench = Bench::serving();
        proved(&mut bench);
        bench.wait(waits);
        bench.report(|report| report.age_ms = age_ms);
        let news = bench.settle();
        assert_eq!(news.contains(&"rollout.step_entered".to_owned()), grows, "{age_ms} ms old: {news:?}");
    }
    let mut bench = Bench::serving();
    proved(&mut bench);
    bench.wait(30);
    assert_eq!(bench.settle(), [""; 0], "nobody reports at all");
    let verdicts = bench.watch.verdicts(&bench.state, bench.now);
    assert_eq!(verdicts[0].verdict, Verdict::Wait(Why::Behind));
}

#[test]
fn a_delayed_report_of_an_earlier_start_of_a_gateway_is_not_taken() {
    let mut bench = Bench::serving();
    bench.stepping("checkout", "v2");
    let mut report = empty_report(900, bench.state.config_version);
    assert!(bench.watch.ingest(&bench.state, &report, bench.now));
    report.boot = Uuid::from_u128(8);
    report.seq = 1;
    assert!(bench.watch.ingest(&bench.state, &report, bench.now), "it restarted");
    report.boot = Uuid::from_u128(7);
    report.seq = 901;
    assert!(!bench.watch.ingest(&bench.state, &report, bench.now), "from before the restart");
    report.boot = Uuid::from_u128(8);
    report.seq = 1;
    assert!(!bench.watch.ingest(&bench.state, &report, bench.now), "taken before");
}

#[test]
fn a_revert_is_not_confirmed_while_a_request_is_inside_also_after_a_restart() {
    let mut bench = Bench::serving();
    let rollout = bench.stepping("checkout", "v2");
    bench.act(Input::Revert { rollout, reason: None });
    bench.report(|report| report.in_flight = vec![inside("v2", 1)]);
    assert_eq!(bench.settle(), [""; 0]);
    let mut restored = Watch::default();
    for saved in bench.watch.save(&bench.state) {
        restored.restore(&bench.state, &saved).unwrap();
    }
    bench.watch = restored;
    assert_eq!(bench.settle(), [""; 0], "what was inside is remembered");
    bench.report(|_| {});
    assert_eq!(bench.settle(), ["rollout.revert_confirmed"]);
}

#[test]
fn who_must_have_let_go() {
    let mut bench = Bench::serving();
    let rollout = bench.stepping("checkout", "v2");
    bench.report(|_| {});
    bench.act(Input::Revert { rollout, reason: None });
    assert_eq!(bench.settle(), [""; 0], "its last report says the config before");
    bench.now += SignedDuration::try_from(GATEWAY_LOST).unwrap();
    assert_eq!(bench.settle(), [""; 0], "nobody is there to say so");
    bench.report(|_| {});
    assert_eq!(bench.settle(), ["rollout.revert_confirmed"]);
}

#[test]
fn where_no_gateway_ever_joined_nobody_has_to_let_go() {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(document(&["checkout"])), Used::new()));
    bench.ship("checkout", "v1").unwrap();
    bench.healthy("checkout", "v1");
    let rollout = bench.stepping("checkout", "v2");
    bench.act(Input::Revert { rollout, reason: None });
    assert_eq!(bench.settle(), ["rollout.revert_confirmed"]);
    assert!(bench.ship("checkout", "v3").is_ok());
}

#[test]
fn a_service_that_leaves_takes_its_rollout_off_first_and_comes_back_without_addresses() {
    let mut bench = Bench::serving();
    let rollout = bench.stepping("checkout", "v2");
    let silent = document(&["payments"]);
    assert_eq!(bench.act(Input::Apply(Box::new(silent.clone()), Used::new())), [""; 0], "it is on its way to users");
    let retire = vec![service("checkout")];
    let left = bench.act(Input::Apply(Box::new(Document { retire, ..silent }), Used::new()));
    assert_eq!(left, ["rollout.reverted", "catalogue.entity_retired"]);
    bench.report(|_| {});
    assert_eq!(bench.settle(), ["rollout.revert_confirmed"]);
    bench.act(Input::Apply(Box::new(document(&["payments", "checkout"])), Used::new()));
    let config = seaworthy_core::desired::gateway_config(&bench.state);
    assert!(config.services.iter().all(|s| s.service.as_str() != "checkout"), "nothing of it runs yet: {config:?}");
    let wanted = seaworthy_core::desired::desired_processes(&bench.state);
    assert!(wanted.instances.iter().any(|i| i.service.as_str() == "checkout" && i.version.as_str() == "v1"));
    assert!(bench.record(rollout).is_final());
}

#[test]
fn nobody_goes_back_to_a_version_that_does_not_answer() {
    let mut bench = Bench::serving();
    let rollout = bench.stepping("checkout", "v2");
    for step in 0..3 {
        let verdict = Verdict::Promote { log_e: 3.0 };
        let judged = seaworthy_core::watch::Judged { rollout, step, verdict, first_bad_at: None, stuck_since: None };
        bench.act(Input::Judged(Box::new(judged)));
    }
    assert!(bench.record(rollout).promoted.is_some());
    let exited = seen("checkout", "v1", "9-9", InstanceState::Exited { how: "signal 9".into() });
    bench.act(Input::Observed(exited));
    let refused = bench.try_act(&Input::Revert { rollout, reason: None }).unwrap_err();
    assert_eq!(refused.to_string(), "v1 does not answer: going back to it would serve nobody");
    bench.healthy("checkout", "v1");
    assert_eq!(bench.act(Input::Revert { rollout, reason: None }), ["rollout.reverted"]);
    assert_eq!(bench.state.serving["checkout"].stable, Some(version("v1")));
}

#[test]
fn a_start_is_not_late_while_nobody_could_tell() {
    let started = || Input::Started { boot: Uuid::from_u128(1), program: "test".to_owned() };
    for (away, waited, late) in [(0, 24, false), (0, 26, true), (60, 1, false), (60, 24, false), (60, 26, true)] {
        let mut bench = Bench::serving();
        let rollout = bench.ship("checkout", "v2").unwrap();
        if away > 0 {
            bench.wait(away);
            bench.act(started());
        }
        bench.wait(waited);
        bench.act(Input::Tick);
        assert_eq!(bench.record(rollout).is_final(), late, "away {away} s, then {waited} s");
    }
}

#[test]
fn a_gateways_progress_goes_with_the_counts_that_hold_its_report() {
    let mut bench = Bench::serving();
    bench.stepping("checkout", "v2");
    let config = bench.state.config_version;
    let mut first = empty_report(50, config);
    first.counts = vec![users("v2", Arm::Canary, config, 5, 0)];
    bench.watch.ingest(&bench.state, &first, bench.now);
    // Persisting it failed; then another gateway reports, and that is persisted.
    let second = seaworthy_contract::gateway::Report { gateway: "other".parse().unwrap(), ..empty_report(1, config) };
    bench.watch.ingest(&bench.state, &second, bench.now);
    let saved = bench.watch.save(&bench.state);
    assert_eq!(saved.iter().filter(|saved| matches!(saved, Saved::Gateway(..))).count(), 2);
    bench.watch.saved();
    assert_eq!(bench.watch.save(&bench.state), [], "nothing new");
}

#[test]
fn checkpoints_of_rollouts_that_made_room_go_too() {
    let mut bench = Bench::serving();
    let (mut kept, mut gone) = (BTreeSet::new(), 0);
    for n in 2..230 {
        let rollout = bench.stepping("checkout", &format!("v{n}"));
        bench.report(|_| {});
        for saved in bench.watch.save(&bench.state) {
            match saved {
                Saved::Rollout(id, _) => drop(kept.insert(id)),
                Saved::Forgotten(id) => gone += usize::from(kept.remove(&id)),
                Saved::Gateway(..) | Saved::Probe(..) | Saved::ForgottenProbe(_) | Saved::Places(_) => {}
            }
        }
        bench.watch.saved();
        bench.reverted(rollout);
    }
    assert!(gone > 20 && kept.len() <= 200, "{} are kept after {gone} went", kept.len());
}
