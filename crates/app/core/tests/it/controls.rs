//! Controls: what may be set, whom it concerns, when it counts as in force, how it ends, and what it proves.

use jiff::SignedDuration;
use seaworthy_contract::api::{ControlAsked, ControlState, SetControl};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::control::{
    ControlClearedV1, ControlConfirmedV1, ControlEndV1, ControlSetV1, ControlV1,
};
use seaworthy_contract::gateway::{ControlConfig, ControlHand, ControlSeen};
use seaworthy_core::desired::gateway_config;
use seaworthy_core::state::ControlRecord;
use seaworthy_core::watch::Used;
use seaworthy_core::{ControlDone, ControlTotals, Input, Refusal, view};
use seaworthy_model::{Arm, ControlId, ServiceId};
use uuid::Uuid;

use super::bench::{Bench, SERVICES, document, service, users};

fn shutter() -> ControlAsked {
    ControlAsked::Shutter { text: "Back at 10.".to_owned(), paths: Vec::new(), users: vec!["user-7".to_owned()] }
}

fn throttle(per_second: Option<u32>, users: Option<f64>) -> ControlAsked {
    ControlAsked::Throttle { per_second, burst: None, users, status: None }
}

fn isolate(to: Option<&str>, from: Option<&str>) -> ControlAsked {
    let named = |name: &str| service(name);
    ControlAsked::Isolate { calls_to: to.map(named), calls_from: from.map(named), status: None }
}

fn asked(what: ControlAsked) -> SetControl {
    SetControl { what, route: None, for_ms: None, reason: "it burns".to_owned(), drill: false, dry_run: false }
}

fn done(done: ControlDone) -> Input {
    Input::Control(Box::new(done))
}

fn try_set(bench: &mut Bench, name: &str, asked: SetControl) -> Result<ControlId, Refusal> {
    let seen = bench.watch.controls.totals();
    let facts = bench.try_act(&done(ControlDone::Set { service: service(name), asked, seen }))?;
    let set = facts.iter().find_map(|fact| match &fact.event {
        Event::ControlSet(event) => Some(event.control),
        _ => None,
    });
    Ok(set.expect("it says so"))
}

fn set(bench: &mut Bench, what: ControlAsked) -> ControlId {
    try_set(bench, "checkout", asked(what)).unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn clear(bench: &mut Bench, control: ControlId) -> Vec<String> {
    let seen = bench.watch.controls.totals();
    bench.act(done(ControlDone::Clear { control, seen }))
}

/// Acts on what is known of controls now; returns the types of what came out.
fn settle(bench: &mut Bench) -> Vec<String> {
    let done = bench.watch.controls_done(&bench.state, bench.now);
    done.into_iter().flat_map(|done| bench.act(Input::Control(Box::new(done)))).collect()
}

fn record(bench: &Bench, control: ControlId) -> &ControlRecord {
    &bench.state.controls[&control]
}

/// A gateway's word: in force for so long, so many refused and passed in the interval.
fn seen(control: ControlId, in_force_ms: u64, refused: u64, passed: u64) -> ControlSeen {
    let first_refused_age_ms = (refused > 0).then_some(100);
    let (refused_total, passed_total) = (refused, passed);
    ControlSeen { control, in_force_ms, first_refused_age_ms, refused, passed, refused_total, passed_total }
}

/// Sets a shutter that a gateway had in force a second later, and that somebody met.
fn shuttered() -> (Bench, ControlId) {
    let mut bench = Bench::serving();
    let control = set(&mut bench, shutter());
    bench.wait(1);
    bench.report(|report| report.controls = vec![seen(control, 300, 8, 0)]);
    assert_eq!(settle(&mut bench), ["control.confirmed"]);
    (bench, control)
}

#[test]
fn what_is_set_is_in_every_gateways_config_until_it_is_cleared() {
    let mut bench = Bench::serving();
    let before = gateway_config(&bench.state);
    let control = set(&mut bench, shutter());
    let config = gateway_config(&bench.state);
    assert!(config.version > before.version, "gateways are told");
    let [told] = config.controls.as_slice() else { panic!("{:?}", config.controls) };
    assert_eq!(
        (told.control, told.service.as_str(), told.until),
        (control, "checkout", bench.now + SignedDuration::from_hours(1))
    );
    let ControlV1::Shutter { users, .. } = &told.what else { panic!("{told:?}") };
    assert_eq!(users.as_slice(), [seaworthy_traffic::control::mark(control.as_uuid().as_u128(), b"user-7")]);
    let ledger = bench.facts.iter().filter_map(|fact| fact.event.encode()).collect::<String>();
    assert!(!ledger.contains("user-7"), "a user key is a person's");
    assert_eq!(clear(&mut bench, control), ["control.cleared"]);
    assert!(gateway_config(&bench.state).controls.is_empty());
    assert!(clear(&mut bench, control).is_empty(), "clearing twice is clearing once");
}

#[test]
fn a_health_check_passes_a_shutter_unless_it_is_what_customers_come_for() {
    for (health, passes) in [("/healthz", true), ("/checkout", false)] {
        let mut bench = Bench::serving();
        let mut files = document(&SERVICES);
        for sourced in &mut files.entities {
            if let seaworthy_contract::catalogue::Entity::Service(service) = &mut sourced.entity {
                service.run.as_mut().expect("it runs").health = Some(health.to_owned());
            }
        }
        bench.act(Input::Apply(Box::new(files), Used::new()));
        set(&mut bench, shutter());
        let config = gateway_config(&bench.state);
        let ControlV1::Shutter { paths, .. } = &config.controls[0].what else { panic!("no shutter") };
        assert_eq!(paths.contains(&health.to_owned()), passes, "{health}");
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut bench = Bench::serving();
    let with = |change: fn(&mut SetControl)| {
        let mut request = asked(shutter());
        change(&mut request);
        request
    };
    for (request, why) in [
        (with(|r| r.reason = "  ".to_owned()), "reason: say why"),
        (with(|r| r.reason = "two\nlines".to_owned()), "reason"),
        (with(|r| r.route = Some("*/nowhere".to_owned())), "it has: */checkout"),
        (with(|r| r.for_ms = Some(0)), "for_ms: it must end"),
        (with(|r| r.for_ms = Some(86_400_001)), "within a day"),
        (with(|r| r.for_ms = Some(u64::MAX)), "within a day"),
        (asked(ControlAsked::Shutter { text: "x".repeat(2_001), paths: vec![], users: vec![] }), "2,000"),
        (asked(ControlAsked::Shutter { text: "\u{1b}[31m".to_owned(), paths: vec![], users: vec![] }), "text"),
        (
            asked(ControlAsked::Shutter { text: String::new(), paths: vec!["x".to_owned()], users: vec![] }),
            "begins with",
        ),
        (asked(ControlAsked::Shutter { text: String::new(), paths: vec![], users: vec![String::new()] }), "user key"),
        (
            asked(ControlAsked::Shutter { text: String::new(), paths: vec!["/".to_owned(); 21], users: vec![] }),
            "20 paths",
        ),
        (asked(throttle(None, None)), "a rate, a share"),
        (asked(throttle(Some(0), None)), "set a shutter"),
        (asked(throttle(Some(1_000_001), None)), "1,000,000"),
        (asked(throttle(None, Some(0.0))), "between 0 and 1"),
        (asked(throttle(None, Some(1.0))), "between 0 and 1"),
        (asked(throttle(None, Some(f64::NAN))), "between 0 and 1"),
        (asked(throttle(None, Some(-1.0))), "between 0 and 1"),
        (
            asked(ControlAsked::Throttle { per_second: Some(1), burst: None, users: None, status: Some(200) }),
            "429 or 503",
        ),
        (asked(isolate(None, None)), "name the dependency"),
        (asked(isolate(Some("payments"), Some("payments"))), "name the dependency"),
        (asked(isolate(Some("checkout"), None)), "does not call itself"),
        (asked(isolate(Some("ghost"), None)), "no service \"ghost\""),
        (SetControl { route: Some("*/checkout".to_owned()), ..asked(isolate(Some("payments"), None)) }, "an edge"),
    ] {
        let refusal = try_set(&mut bench, "checkout", request.clone()).expect_err(&format!("{request:?}"));
        assert!(refusal.to_string().contains(why), "{refusal}: {request:?}");
    }
    assert_eq!(try_set(&mut bench, "ghost", asked(shutter())).unwrap_err().to_string(), "no service \"ghost\"");
    assert!(bench.state.controls.is_empty());
}

#[test]
fn another_of_its_kind_takes_its_place_and_other_kinds_and_routes_stand_beside_it() {
    let mut bench = Bench::serving();
    let first = set(&mut bench, throttle(Some(50), None));
    let tighter = set(&mut bench, throttle(Some(20), None));
    assert_eq!(record(&bench, first).cleared.as_ref().map(|c| c.event.why), Some(ControlEndV1::Replaced));
    let on_route = SetControl { route: Some("*/checkout".to_owned()), ..asked(throttle(Some(5), None)) };
    try_set(&mut bench, "checkout", on_route).unwrap();
    set(&mut bench, shutter());
    set(&mut bench, isolate(Some("payments"), None));
    set(&mut bench, isolate(None, Some("payments")));
    assert_eq!(bench.state.controls_set().count(), 5);
    assert!(record(&bench, tighter).is_set());
}

#[test]
fn it_is_confirmed_once_every_gateway_has_it_and_nothing_came_through() {
    let (bench, control) = shuttered();
    let confirmed = &record(&bench, control).confirmed.as_ref().expect("confirmed").event;
    // Set at 0, in force 300 ms before the report at 1 s, met 100 ms before it.
    assert_eq!(
        *confirmed,
        ControlConfirmedV1 {
            control,
            gateways: vec!["local".to_owned()],
            took_s: 0.7,
            first_refused_s: Some(0.9),
            refused: 8
        }
    );
    let shown = view::control(&bench.look(), control).expect("it is known");
    assert_eq!((shown.state, shown.refused, shown.took_s), (ControlState::InForce, 8, Some(0.7)));
}

#[test]
fn nothing_is_confirmed_while_a_gateway_is_behind_old_or_leaks() {
    type Change = fn(&mut seaworthy_contract::gateway::Report, ControlId);
    let cases: [(&str, Change, bool); 6] = [
        ("an older gateway never names it", |report, _| report.controls.clear(), false),
        ("not a whole interval yet", |report, c| report.controls = vec![seen(c, 100, 3, 0)], false),
        ("an older config", |report, _| report.applied = 1, false),
        ("a request went the old way", |report, _| report.counts = vec![users("v1", Arm::Stable, 1, 1, 0)], false),
        ("one of the new config", |report, _| report.counts = vec![users("v1", Arm::Stable, u64::MAX, 1, 0)], true),
        ("nobody came, and it waits for the first", |report, c| report.controls = vec![seen(c, 300, 0, 0)], false),
    ];
    for (what, change, want) in cases {
        let mut bench = Bench::serving();
        let control = set(&mut bench, shutter());
        bench.wait(1);
        bench.report(|report| {
            report.controls = vec![seen(control, 300, 3, 0)];
            change(report, control);
        });
        assert_eq!(settle(&mut bench) == ["control.confirmed"], want, "{what}");
    }
}

#[test]
fn where_nobody_comes_it_is_confirmed_and_proves_nothing() {
    let mut bench = Bench::serving();
    let control = set(&mut bench, shutter());
    bench.wait(11);
    bench.report(|report| report.controls = vec![seen(control, 10_600, 0, 0)]);
    assert_eq!(settle(&mut bench), ["control.confirmed"]);
    assert!(settle(&mut bench).is_empty(), "once");
    assert!(view::controls_worked(&bench.state, &service("checkout")).is_empty());
    // Somebody comes before it is cleared: then it was seen to work.
    bench.report(|report| report.controls = vec![seen(control, 10_900, 2, 0)]);
    clear(&mut bench, control);
    let worked = view::controls_worked(&bench.state, &service("checkout"));
    assert_eq!(worked.iter().map(|w| (w.control, w.took_s)).collect::<Vec<_>>(), [(control, 0.4)]);
}

#[test]
fn it_ends_by_itself_later_when_extended_and_with_its_service() {
    let mut bench = Bench::serving();
    let control = set(&mut bench, shutter());
    bench.wait(1_800);
    assert_eq!(bench.act(done(ControlDone::Extend { control, for_ms: 3_600_000 })), ["control.extended"]);
    bench.wait(3_599);
    assert!(settle(&mut bench).is_empty());
    bench.wait(1);
    assert_eq!(settle(&mut bench), ["control.cleared"]);
    assert_eq!(record(&bench, control).cleared.as_ref().map(|c| c.event.why), Some(ControlEndV1::Ended));
    assert!(bench.try_act(&done(ControlDone::Extend { control, for_ms: 60_000 })).is_err(), "what is over is over");
    let payments = try_set(&mut bench, "payments", asked(shutter())).unwrap();
    bench.act(Input::Apply(Box::new(document(&["checkout"])), Used::new()));
    assert_eq!(settle(&mut bench), ["control.cleared"]);
    assert_eq!(record(&bench, payments).cleared.as_ref().map(|c| c.event.why), Some(ControlEndV1::Retired));
}

#[test]
fn what_it_did_is_counted_once_over_restarts_of_the_gateway() {
    let (mut bench, control) = shuttered();
    bench.report(|report| {
        report.controls = vec![ControlSeen { refused: 2, refused_total: 10, ..seen(control, 550, 2, 0) }];
    });
    bench.report(|report| {
        report.boot = Uuid::from_u128(8);
        report.controls = vec![ControlSeen { refused: 1, refused_total: 5, ..seen(control, 100, 1, 1) }];
    });
    clear(&mut bench, control);
    let cleared = &record(&bench, control).cleared.as_ref().expect("cleared").event;
    assert_eq!(*cleared, ControlClearedV1 { control, why: ControlEndV1::Hand, by: None, refused: 15, passed: 1 });
}

#[test]
fn what_was_set_on_a_gateway_itself_belongs_to_all_of_them() {
    let mut bench = Bench::serving();
    let control = ControlId::from_uuid(Uuid::from_u128(99));
    let set = |service: ServiceId| ControlHand::Set {
        id: Uuid::from_u128(1),
        control: Box::new(ControlConfig {
            control,
            service,
            route: None,
            what: ControlV1::Shutter { text: String::new(), paths: Vec::new(), users: Vec::new() },
            until: bench_end(),
            drill: false,
        }),
        reason: "it\nburns".to_owned(),
        by: "uid 7".to_owned(),
        age_ms: 60_000,
    };
    let hand = |hand: ControlHand| {
        done(ControlDone::Hand { gateway: "local".parse().unwrap(), hand, seen: ControlTotals::new() })
    };
    assert!(
        bench.act(hand(set(service("ghost")))).is_empty(),
        "a machine is not refused; what does not fit is nothing"
    );
    assert_eq!(bench.act(hand(set(service("checkout")))), ["control.set"]);
    assert!(bench.act(hand(set(service("checkout")))).is_empty(), "it is told until it is acknowledged");
    let ControlSetV1 { reason, by, gateway, .. } = &record(&bench, control).set;
    assert_eq!((reason.as_str(), by.as_deref()), ("it burns", Some("uid 7")));
    assert_eq!(gateway.as_ref().map(|name| name.as_str()), Some("local"));
    assert_eq!(gateway_config(&bench.state).controls.len(), 1);
    let cleared = ControlHand::Cleared { id: Uuid::from_u128(2), control, by: "uid 7".to_owned(), age_ms: 0 };
    assert_eq!(bench.act(hand(cleared.clone())), ["control.cleared"]);
    assert!(bench.act(hand(cleared)).is_empty());
    assert_eq!(record(&bench, control).cleared.as_ref().map(|c| c.event.why), Some(ControlEndV1::BreakGlass));
}

fn bench_end() -> jiff::Timestamp {
    super::bench::start() + SignedDuration::from_hours(2)
}

#[test]
fn a_preview_says_in_numbers_whom_it_concerns() {
    let mut bench = Bench::serving();
    for _ in 0..90 {
        bench.wait(1);
        bench.report(|report| {
            let config = report.applied;
            let by_route = users("v1", Arm::Stable, config, 10, 0);
            let called = seaworthy_contract::gateway::Count { route: "from/payments".to_owned(), ..by_route.clone() };
            report.counts = vec![by_route, called];
        });
    }
    let preview = |what| view::control_preview(&bench.look(), &service("checkout"), &asked(what)).unwrap();
    let shut = preview(shutter());
    assert_eq!(shut.sentence, "checkout is shuttered: about 10 requests a second meet it now.");
    assert_eq!((shut.gateways.len(), shut.ways.len()), (1, 1));
    assert!(shut.warnings.iter().any(|w| w.contains("no window announces it")), "{:?}", shut.warnings);
    let slow = preview(throttle(Some(50), None));
    assert!(slow.sentence.ends_with("about 20 requests a second on 2 ways meet it now."), "{}", slow.sentence);
    assert!(slow.warnings.iter().any(|w| w.contains("would refuse nothing")), "{:?}", slow.warnings);
    let edge = preview(isolate(None, Some("payments")));
    assert_eq!(edge.ways[0].name, "from/payments");
    let quiet = preview(isolate(Some("payments"), None));
    assert!(quiet.sentence.ends_with("no request met it in the last minute."), "{}", quiet.sentence);
    assert!(bench.state.controls.is_empty(), "nothing was set");
    let no_reason = SetControl { reason: String::new(), ..asked(shutter()) };
    assert!(view::control_preview(&bench.look(), &service("checkout"), &no_reason).is_ok(), "the reason comes later");
}

#[test]
fn customers_who_are_refused_were_not_served() {
    let (mut bench, control) = shuttered();
    for _ in 0..24 {
        bench.wait(1);
        bench.report(|report| {
            (report.interval_ms, report.controls) = (1_000, vec![seen(control, 10_000, 5, 0)]);
        });
    }
    let changes = bench.watch.downtime_changes(&bench.state, bench.now);
    for change in changes {
        bench.act(Input::Downtime(Box::new(change)));
    }
    let open = bench.state.downtime.open(&(service("checkout"), None)).expect("it is followed");
    assert_eq!(format!("{:?}", open.segment.seen), "Down");
}

#[test]
fn calls_that_an_isolation_refuses_are_no_downtime_of_the_dependency() {
    let mut bench = Bench::serving();
    let control = set(&mut bench, isolate(None, Some("payments")));
    for _ in 0..24 {
        bench.wait(1);
        bench.report(|report| {
            (report.interval_ms, report.controls) = (1_000, vec![seen(control, 10_000, 5, 0)]);
        });
    }
    let changes = bench.watch.downtime_changes(&bench.state, bench.now);
    let down = changes.iter().any(|change| format!("{:?}", change.opened.seen) == "Down");
    assert!(!down, "{changes:?}");
}

#[test]
fn who_is_refused_already_still_comes() {
    let (mut bench, control) = shuttered();
    for _ in 0..90 {
        bench.wait(1);
        bench.report(|report| report.controls = vec![seen(control, 10_000, 5, 0)]);
    }
    let asked = asked(throttle(Some(2), None));
    let preview = view::control_preview(&bench.look(), &service("checkout"), &asked).unwrap();
    assert!(preview.sentence.ends_with("about 5.0 requests a second meet it now."), "{}", preview.sentence);
    assert_eq!(preview.ways[0].name, "refused by shutter");
}
