//! The downtime ledger through the whole core: what gateways count becomes segments, windows are declared, causes named.

mod windows;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use seaworthy_contract::events::downtime::{CauseV1, DowntimeStateChangedV1, SeenV1, WatcherV1};
use seaworthy_contract::gateway::{Classes, Count, Trip};
use seaworthy_contract::process::InstanceState;
use seaworthy_core::view;
use seaworthy_core::{CauseWanted, Input, Refusal, State, Watch, WindowWanted};
use seaworthy_downtime::{Cause, Observation, Seen, Source};
use seaworthy_model::{Arm, RolloutId, WindowId};

use crate::bench::{Bench, seen, service, start, users};

/// Requests of checkout within one second.
fn second(ok: u64, failed: u64) -> Count {
    let ended = Classes { ok, server_error: failed, ..Classes::default() };
    let (users, users_failed, users_failed_in_step) = (0, 0, None);
    Count { ended, seen_idempotent: failed, users, users_failed, users_failed_in_step, ..count(ok + failed) }
}

fn count(starts: u64) -> Count {
    users("v1", Arm::Stable, 1, starts, 0)
}

/// What the ledger says of checkout, as `0 ? 10 u 70 d`: seconds since the bench served.
fn said(bench: &Bench) -> String {
    let of = |key: &&(seaworthy_model::ServiceId, Option<String>)| key.0 == service("checkout") && key.1.is_none();
    let kept = bench.state.downtime.functions().find(|(key, _)| of(key)).map(|(_, kept)| kept);
    let letter = |seen| match seen {
        Seen::Unknown => '?',
        Seen::Up => 'u',
        Seen::Degraded => 'g',
        Seen::Down => 'd',
    };
    let at = |at: Timestamp| at.duration_since(zero()).as_secs();
    let text = |segment: &seaworthy_downtime::Segment| format!("{} {}", at(segment.start), letter(segment.seen));
    kept.into_iter().flatten().map(|recorded| text(&recorded.segment)).collect::<Vec<_>>().join(" ")
}

/// The bench serves five seconds after its start; a round instant after that.
fn zero() -> Timestamp {
    start() + SignedDuration::from_secs(10)
}

fn bench() -> Bench {
    let mut bench = Bench::serving();
    bench.now = zero();
    bench
}

/// Lets one second pass in which a gateway met these requests.
fn pass(bench: &mut Bench, ok: u64, failed: u64) {
    bench.wait(1);
    bench.report(|report| {
        report.interval_ms = 1_000;
        report.counts = if ok + failed > 0 { vec![second(ok, failed)] } else { Vec::new() };
    });
    look(bench);
}

/// Acts on what is seen; returns the types of what came out.
fn look(bench: &mut Bench) -> Vec<String> {
    let changes = bench.watch.downtime_changes(&bench.state, bench.now);
    changes.into_iter().flat_map(|change| bench.act(Input::Downtime(Box::new(change)))).collect()
}

/// Plays `SECONDS OK/FAILED` and then says what the ledger says.
fn play(bench: &mut Bench, script: &str) -> String {
    for line in script.split(", ") {
        let (seconds, each) = line.split_once('x').expect("SECONDSxOK/FAILED");
        let (ok, failed) = each.split_once('/').expect("OK/FAILED");
        for _ in 0..seconds.trim().parse::<u32>().unwrap() {
            pass(bench, ok.parse().unwrap(), failed.parse().unwrap());
        }
    }
    said(bench)
}

/// What time alone says of downtime.
fn ticked(bench: &mut Bench) -> Vec<String> {
    let facts = bench.act(Input::Tick);
    facts.into_iter().filter(|kind| kind.starts_with("downtime.")).collect()
}

#[test]
fn counts_become_segments() {
    for (name, script, want) in [
        ("nobody asks: nothing is known", "400x0/0", ""),
        ("served", "30x10/0", "0 u"),
        ("a minute down, to the second", "33x10/0, 60x0/10, 40x10/0", "0 u 33 d 93 u"),
        ("down by every other request", "30x10/0, 30x5/5, 30x10/0", "0 u 30 d 60 u"),
        ("below that it is degraded", "30x10/0, 30x6/4, 30x10/0", "0 u 30 g 60 u"),
        ("one in a hundred is what an objective gives", "30x99/1", "0 u"),
        ("one failure alone changes nothing", "30x1/0, 1x0/1, 40x1/0", "0 u"),
        ("two do", "30x1/0, 2x0/1, 48x1/0", "0 u 30 d 32 u"),
        (
            "an outage that ends within a bucket is not mixed with what is good",
            "30x9/0, 5x0/9, 45x9/0",
            "0 u 30 d 35 u",
        ),
        ("one in each of two buckets does", "30x1/0, 1x0/1, 9x1/0, 1x0/1, 49x1/0", "0 u 30 g 41 u"),
        ("up and down without rest is one outage", "30x10/0, 10x0/10, 9x10/0, 11x0/10, 40x10/0", "0 u 30 d 60 u"),
        ("nobody asks for less than five minutes: as it was", "20x10/0, 290x0/0, 20x10/0", "0 u"),
        ("nobody asks for longer: unknown from the last word", "20x10/0, 320x0/0, 20x10/0", "0 u 20 ? 340 u"),
        ("an outage that nobody asks for is unknown too", "20x10/0, 20x0/10, 320x0/0", "0 u 20 d 40 ?"),
    ] {
        assert_eq!(play(&mut bench(), script), want, "{name}: {script}");
    }
}

#[test]
fn no_telemetry_is_unknown_from_the_last_word() {
    let mut bench = bench();
    play(&mut bench, "20x10/0");
    for _ in 0..20 {
        bench.wait(1);
        look(&mut bench);
    }
    assert_eq!(said(&bench), "0 u 20 ?");
    assert_eq!(play(&mut bench, "25x10/0"), "0 u 20 ? 40 u");
}

#[test]
fn reports_that_come_late_say_when_it_was() {
    let mut bench = bench();
    play(&mut bench, "20x10/0");
    bench.wait(12);
    for age in (0..12_u64).rev() {
        bench.report(|report| {
            (report.interval_ms, report.age_ms) = (1_000, age * 1_000);
            report.counts = vec![second(0, 10)];
        });
        look(&mut bench);
    }
    assert_eq!(play(&mut bench, "28x10/0"), "0 u 20 d 32 u");
}

#[test]
fn a_process_that_has_ended_is_down_also_where_nobody_asks() {
    let mut bench = bench();
    let instance = match &bench.state.serving["checkout"].versions["v1"].health {
        seaworthy_core::state::Health::Healthy { instance, .. } => instance.clone(),
        other => panic!("{other:?}"),
    };
    bench.wait(7);
    let how = "signal 9".to_owned();
    bench.act(Input::Observed(seen("checkout", "v1", &instance, InstanceState::Exited { how })));
    play(&mut bench, "23x0/0");
    assert_eq!(said(&bench), "7 d");
    bench.healthy("checkout", "v1");
    play(&mut bench, "1x0/0");
    assert_eq!(said(&bench), "7 d 30 ?", "it is there again, and nobody has asked");
}

#[test]
fn a_restart_goes_on_where_it_was() {
    let mut bench = bench();
    play(&mut bench, "33x10/0, 20x0/10");
    let saved = bench.watch.save(&bench.state);
    bench.watch = Watch::default();
    saved.iter().for_each(|saved| bench.watch.restore(&bench.state, saved).unwrap());
    assert_eq!(play(&mut bench, "10x0/10, 30x10/0"), "0 u 33 d 63 u");
}

#[test]
fn after_a_restart_into_silence_what_was_known_ends_with_the_last_report() {
    let mut bench = bench();
    play(&mut bench, "33x10/0");
    let saved = bench.watch.save(&bench.state);
    bench.watch = Watch::default();
    saved.iter().for_each(|saved| bench.watch.restore(&bench.state, saved).unwrap());
    for _ in 0..20 {
        bench.wait(60);
        look(&mut bench);
    }
    assert_eq!(said(&bench), "0 u 33 ?");
}

/// Ends the process and starts another on what it left.
fn restart(bench: &mut Bench) {
    let saved = bench.watch.save(&bench.state);
    bench.watch = Watch::default();
    bench.watch.opened(&bench.state);
    saved.iter().for_each(|saved| bench.watch.restore(&bench.state, saved).unwrap());
}

#[test]
fn while_nobody_watched_it_is_unknown_whatever_was_before_and_after() {
    for (name, before, away, after, want) in [
        ("a minute", "33x10/0", 60, "37x10/0", "0 u 33 ? 93 u"),
        ("in an outage", "33x0/10", 60, "37x0/10", "0 d 33 ? 93 d"),
        ("it began meanwhile, nobody knows when", "33x10/0", 60, "37x0/10", "0 u 33 ? 93 d"),
        ("longer than anybody waits for a word", "33x10/0", 900, "37x10/0", "0 u 33 ? 933 u"),
        ("11 seconds", "33x10/0", 11, "36x10/0", "0 u 33 ? 44 u"),
        ("10 seconds are nobody's absence", "33x10/0", 10, "37x10/0", "0 u"),
        ("nobody asks before", "20x10/0, 13x0/0", 60, "37x10/0", "0 u 33 ? 93 u"),
        ("nobody asks after", "33x10/0", 60, "37x0/0", "0 u 33 ?"),
    ] {
        let mut bench = bench();
        play(&mut bench, before);
        restart(&mut bench);
        bench.wait(away);
        play(&mut bench, after);
        assert_eq!(said(&bench), want, "{name}");
        assert_eq!(State::fold(&bench.facts).downtime, bench.state.downtime);
    }
}

#[test]
fn what_a_gateway_kept_while_the_control_plane_was_away_is_known() {
    let mut bench = bench();
    play(&mut bench, "33x10/0");
    restart(&mut bench);
    bench.wait(61);
    // The newest first is not how they come; nothing may depend on that.
    for age in [60..61_u64, 0..60].into_iter().flat_map(Iterator::rev) {
        bench.report(|report| {
            (report.interval_ms, report.age_ms) = (1_000, age * 1_000);
            report.counts = vec![if age > 30 { second(10, 0) } else { second(0, 10) }];
        });
    }
    look(&mut bench);
    assert_eq!(play(&mut bench, "36x10/0"), "0 u 63 d 94 u");
}

#[test]
fn a_gateway_that_is_gone_as_well_is_waited_for_and_not_for_ever() {
    let mut bench = bench();
    let report_of = |bench: &mut Bench, name: &str, age: u64, failed: u64| {
        bench.report(|report| {
            report.gateway = name.parse().unwrap();
            (report.interval_ms, report.age_ms) = (1_000, age * 1_000);
            report.counts = vec![second(10 - failed, failed)];
        });
    };
    for _ in 0..30 {
        bench.wait(1);
        ["one", "two"].into_iter().for_each(|name| report_of(&mut bench, name, 0, 0));
        look(&mut bench);
    }
    restart(&mut bench);
    bench.wait(60);
    for _ in 0..40 {
        bench.wait(1);
        report_of(&mut bench, "one", 0, 0);
        look(&mut bench);
    }
    assert_eq!(said(&bench), "0 u 30 ? 90 u", "the other one does not come back");
}

#[test]
fn a_process_that_was_down_when_nobody_looked_any_more_is_unknown_meanwhile() {
    let mut bench = bench();
    let instance = match &bench.state.serving["checkout"].versions["v1"].health {
        seaworthy_core::state::Health::Healthy { instance, .. } => instance.clone(),
        other => panic!("{other:?}"),
    };
    play(&mut bench, "7x0/0");
    let exited = InstanceState::Exited { how: "signal 9".to_owned() };
    bench.act(Input::Observed(seen("checkout", "v1", &instance, exited)));
    play(&mut bench, "20x0/0");
    restart(&mut bench);
    bench.wait(60);
    play(&mut bench, "5x0/0");
    assert_eq!(said(&bench), "7 d 27 ? 87 d");
    bench.healthy("checkout", "v1");
    play(&mut bench, "30x10/0");
    assert_eq!(said(&bench), "7 d 27 ? 87 d 92 u");
}

#[test]
fn probes_are_heard_beside_gateways_and_the_worst_counts() {
    let mut bench = bench();
    play(&mut bench, "20x10/0");
    let key = (service("checkout"), None);
    let word = |bench: &mut Bench, what| {
        let observation = Observation { at: bench.now, source: Source::Probes, seen: what, share_of_users: None };
        bench.watch.downtime.observe(&bench.state, &key, &observation, bench.now);
        look(bench);
    };
    word(&mut bench, Seen::Up);
    word(&mut bench, Seen::Down);
    assert_eq!(bench.watch.downtime.words(&key).len(), 2, "both are shown");
    play(&mut bench, "30x10/0");
    word(&mut bench, Seen::Up);
    assert_eq!(said(&bench), "0 u 20 d 50 u");
    let buy = (service("checkout"), Some("buy".to_owned()));
    let observation = Observation { at: bench.now, source: Source::Probes, seen: Seen::Down, share_of_users: None };
    bench.watch.downtime.observe(&bench.state, &buy, &observation, bench.now);
    let ghost = (service("ghost"), None);
    bench.watch.downtime.observe(&bench.state, &ghost, &observation, bench.now);
    look(&mut bench);
    assert!(bench.state.downtime.open(&buy).is_some_and(|open| open.segment.function == "checkout/buy"));
    assert!(bench.state.downtime.open(&ghost).is_none(), "what nobody declared is not accounted for");
}

#[test]
fn a_change_that_was_taken_off_is_the_cause() {
    let mut bench = bench();
    play(&mut bench, "20x10/0");
    let rollout = bench.stepping("checkout", "v2");
    play(&mut bench, "5x10/0, 25x0/10");
    trip(&mut bench, rollout);
    assert_eq!(ticked(&mut bench), ["downtime.cause_named"]);
    assert_eq!(ticked(&mut bench), Vec::<String>::new(), "once");
    let key = (service("checkout"), None);
    assert_eq!(bench.state.downtime.open(&key).unwrap().segment.cause, Cause::Change);
    let other =
        CauseWanted { service: service("checkout"), function: None, since: bench.now, cause: CauseV1::Capacity };
    assert_eq!(bench.act(Input::NameCause(Box::new(other.clone()))), ["downtime.cause_named"]);
    assert_eq!(bench.act(Input::NameCause(Box::new(other))), Vec::<String>::new(), "already so");
    assert_eq!(ticked(&mut bench), Vec::<String>::new(), "a person's word stays");
}

#[test]
fn what_was_bad_before_a_change_was_not_its_doing() {
    let mut bench = bench();
    play(&mut bench, "20x10/0, 30x0/10");
    let rollout = bench.stepping("checkout", "v2");
    play(&mut bench, "10x0/10");
    trip(&mut bench, rollout);
    assert_eq!(ticked(&mut bench), Vec::<String>::new());
}

/// A gateway's guard takes the canary off.
fn trip(bench: &mut Bench, rollout: RolloutId) {
    let version = bench.record(rollout).lifecycle.version.clone();
    let trip =
        Trip { service: service("checkout"), version, rollout, why: "5 failures in a row".to_owned(), age_ms: 50 };
    bench.act(Input::GuardTripped { gateway: "local".parse().unwrap(), trip });
    assert!(bench.record(rollout).reverted.is_some());
}

#[test]
fn what_a_person_took_off_is_not_the_cause_by_that() {
    let mut bench = bench();
    play(&mut bench, "20x10/0");
    let rollout = bench.stepping("checkout", "v2");
    // Stable fails, the canary serves its few, and somebody takes the canary off.
    play(&mut bench, "5x10/0, 12x1/19");
    bench.act(Input::Revert { rollout, reason: None });
    assert_eq!(ticked(&mut bench), Vec::<String>::new());
    play(&mut bench, "30x0/20");
    assert_eq!(ticked(&mut bench), Vec::<String>::new());
    let key = (service("checkout"), None);
    assert_eq!(bench.state.downtime.open(&key).unwrap().segment.cause, Cause::Unknown);
}

#[test]
fn the_share_of_users_is_that_of_all_of_it_while_it_goes_on() {
    let met = |bench: &Bench| {
        let at = bench.now - SignedDuration::from_millis(1);
        let found = view::downtime_at(&bench.look(), &(service("checkout"), None), at).unwrap();
        found.share_of_users
    };
    let mut bench = bench();
    let second = |bench: &mut Bench, users, users_failed| {
        bench.wait(1);
        bench.report(|report| {
            report.interval_ms = 1_000;
            report.counts = vec![Count { users, users_failed, ..second(users - users_failed, users_failed) }];
        });
        look(bench);
    };
    (0..20).for_each(|_| second(&mut bench, 40, 0));
    // Of the first ten seconds it meets the last alone: an eighth of those who came.
    (0..9).for_each(|_| second(&mut bench, 70, 0));
    second(&mut bench, 90, 90);
    second(&mut bench, 40, 40);
    let first = met(&bench).unwrap();
    assert!(first < 0.13, "{first}");
    (0..20).for_each(|_| second(&mut bench, 40, 40));
    assert_eq!(met(&bench), Some(1.0), "by now it meets everybody");
    // It ends, and the ledger says so.
    (0..30).for_each(|_| second(&mut bench, 40, 0));
    let key = (service("checkout"), None);
    let kept = bench.state.downtime.of(&key).unwrap();
    let down = kept.iter().find(|recorded| recorded.is_bad()).unwrap();
    assert_eq!(down.segment.share_of_users, Some(1.0));
}

#[test]
fn a_cause_needs_something_that_was_not_well() {
    let mut bench = bench();
    play(&mut bench, "20x10/0, 30x0/10");
    let wanted = |of: &str, seconds: i64, cause: CauseV1| {
        let since = zero() + SignedDuration::from_secs(seconds);
        Input::NameCause(Box::new(CauseWanted { service: service(of), function: None, since, cause }))
    };
    assert!(matches!(bench.try_act(&wanted("checkout", 5, CauseV1::Capacity)), Err(Refusal::State(..))));
    assert!(matches!(bench.try_act(&wanted("ghost", 25, CauseV1::Capacity)), Err(Refusal::Unknown("service", _))));
    let nobody = CauseV1::Vendor("  ".to_owned());
    assert!(matches!(bench.try_act(&wanted("checkout", 25, nobody)), Err(Refusal::Invalid("cause", _))));
    for slip in ["paymets", "no such x", "checkout"] {
        let refused = bench.try_act(&wanted("checkout", 25, CauseV1::Dependency(slip.to_owned()))).unwrap_err();
        let want =
            format!("checkout does not depend on \"{slip}\": it declares none; somebody else's service is vendor=NAME");
        assert!(matches!(&refused, Refusal::Invalid("cause", why) if *why == want), "{refused}");
    }
    let vendor = CauseV1::Vendor("northbank".to_owned());
    assert_eq!(bench.act(wanted("checkout", 25, vendor)), ["downtime.cause_named"]);
}

fn window(bench: &Bench, of: &str, from: i64, to: i64, reason: &str) -> WindowWanted {
    let at = |seconds| bench.now + SignedDuration::from_secs(seconds);
    let reason = reason.to_owned();
    WindowWanted { service: service(of), function: None, start: at(from), end: at(to), reason }
}

fn announced(bench: &mut Bench, from: i64, to: i64) -> WindowId {
    let wanted = window(bench, "checkout", from, to, "upgrade");
    assert_eq!(bench.act(Input::AnnounceWindow(Box::new(wanted))), ["downtime.window_announced"]);
    bench.state.downtime.windows().last().unwrap().announced.window
}

#[test]
fn what_leaves_the_catalogue_is_unknown_from_then_on() {
    let mut bench = bench();
    play(&mut bench, "20x10/0");
    let document = crate::bench::document(&["payments"]);
    let document = seaworthy_contract::catalogue::Document { retire: vec!["checkout".parse().unwrap()], ..document };
    bench.act(Input::Apply(Box::new(document), seaworthy_core::watch::Used::new()));
    assert_eq!(play(&mut bench, "20x10/0"), "0 u 20 ?");
}

#[test]
fn replaying_gives_the_account_that_lives() {
    let mut bench = bench();
    announced(&mut bench, 60, 120);
    play(&mut bench, "20x10/0, 30x0/10, 30x10/0");
    let since = zero() + SignedDuration::from_secs(30);
    let named = CauseWanted { service: service("checkout"), function: None, since, cause: CauseV1::Capacity };
    bench.act(Input::NameCause(Box::new(named)));
    assert_eq!(State::fold(&bench.facts), bench.state);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn whatever_it_does_it_writes_at_most_sixty_events_an_hour(
        weather in prop::collection::vec((0..3_u64, 0..3_u64, 1..40_u32), 300),
    ) {
        let mut bench = bench();
        for (ok, failed, seconds) in weather {
            for _ in 0..seconds {
                pass(&mut bench, ok, failed);
            }
            bench.wait(if ok + failed == 0 { 16 } else { 0 });
        }
        let at = |fact: &seaworthy_core::Fact| (fact.event.kind().0 == "downtime.state_changed").then_some(fact.at);
        let changes: Vec<Timestamp> = bench.facts.iter().filter_map(at).collect();
        let hour = SignedDuration::from_hours(1);
        for (index, from) in changes.iter().enumerate() {
            let many = changes[index..].iter().take_while(|at| at.duration_since(*from) < hour).count();
            prop_assert!(many <= 60, "{} events within an hour", many);
        }
        prop_assert_eq!(&State::fold(&bench.facts).downtime, &bench.state.downtime);
    }
}
