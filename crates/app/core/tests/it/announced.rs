//! Announced work and pages: what customers feel inside a window wakes nobody before its end, and only that.

use jiff::SignedDuration;
use seaworthy_alert::{Nature, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::catalogue::{Dependency, DependencyKind, Entity};
use seaworthy_contract::events::alert::RuleChangeV1;
use seaworthy_contract::events::downtime::{DowntimeStateChangedV1, SeenV1, WatcherV1};
use seaworthy_core::watch::Used;
use seaworthy_core::{Input, WindowWanted, view};

use crate::bench::{Bench, SERVICES, document, service};

/// Two services; checkout cannot work without payments.
fn bench() -> Bench {
    let mut document = document(&SERVICES);
    for sourced in &mut document.entities {
        if let Entity::Service(entity) = &mut sourced.entity
            && entity.name == service("checkout")
        {
            let payments = Dependency { service: service("payments"), kind: DependencyKind::Hard, reason: None };
            entity.dependencies = vec![payments];
        }
    }
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(document), Used::new()));
    bench
}

/// Declares work on a service for the seconds from and to, counted from now.
fn announce(bench: &mut Bench, of: &str, function: Option<&str>, (from, to): (i64, i64)) {
    let at = |seconds| bench.now + SignedDuration::from_secs(seconds);
    let (start, end, function) = (at(from), at(to), function.map(str::to_owned));
    let wanted = WindowWanted { service: service(of), function, start, end, reason: "new database".to_owned() };
    bench.act(Input::AnnounceWindow(Box::new(wanted)));
}

fn fire(bench: &mut Bench, rule: &str, of: &str, nature: Nature) {
    bench.act(Input::Signal(Box::new(Signal {
        rule: rule.to_owned(),
        service: service(of),
        symptom: "availability".to_owned(),
        nature,
        urgency: Urgency::Page,
        phase: Phase::Firing,
        purpose: Purpose::Real,
        began_at: bench.now,
        sentence: format!("Customers of {of} see errors"),
    })));
}

/// Lets checkout, or a function of it, be seen so from now on.
fn see(bench: &mut Bench, function: Option<&str>, state: SeenV1) {
    bench.fold(DowntimeStateChangedV1 {
        service: service("checkout"),
        function: function.map(str::to_owned),
        state,
        since: bench.now,
        source: WatcherV1::Gateway,
        share_of_users: None,
        share_of_users_before: None,
        cause: None,
    });
}

/// Services that are paged for now.
fn paged(bench: &mut Bench) -> Vec<String> {
    bench.act(Input::Tick);
    let pages = view::pages(&bench.look());
    let mut paged: Vec<String> = pages.iter().map(|page| page.service.to_string()).collect();
    paged.sort();
    paged
}

#[test]
fn a_page_waits_for_the_end_of_announced_work_whichever_rule_asks_for_it() {
    for rule in ["objective/checkout-availability", "probe/checkout-buy", "alertmanager/Errors#1"] {
        let mut bench = bench();
        announce(&mut bench, "checkout", None, (60, 600));
        bench.wait(61);
        fire(&mut bench, rule, "checkout", Nature::Symptom);
        assert_eq!(paged(&mut bench), Vec::<String>::new(), "{rule}");
        let end = bench.now + SignedDuration::from_secs(539);
        let open = view::open_alerts(&bench.look(), None);
        let shown = view::alert(&bench.look(), open[0].id).unwrap();
        assert_eq!((shown.announced_until, open[0].announced), (Some(end), true), "{rule}");
        bench.wait(538);
        assert_eq!(paged(&mut bench), Vec::<String>::new(), "{rule}: the last second");
        bench.wait(1);
        assert_eq!(paged(&mut bench), ["checkout"], "{rule}: it overruns");
        let sentence = view::pages(&bench.look())[0].sentence.clone();
        assert!(sentence.contains("; the work announced until "), "{sentence}");
        assert!(!view::open_alerts(&bench.look(), None)[0].announced);
    }
}

#[test]
fn what_was_not_announced_pages_at_once() {
    let of_checkout = |bench: &mut Bench| fire(bench, "probe/checkout-buy", "checkout", Nature::Symptom);
    let check = |name: &str, script: &dyn Fn(&mut Bench)| {
        let mut bench = bench();
        script(&mut bench);
        assert_eq!(paged(&mut bench), ["checkout"], "{name}");
        let sentence = view::pages(&bench.look())[0].sentence.clone();
        assert!(!sentence.contains("announced"), "{name}: {sentence}");
    };
    check("declared after its start", &|bench| {
        announce(bench, "checkout", None, (-5, 600));
        of_checkout(bench);
    });
    check("declared once it was bad", &|bench| {
        of_checkout(bench);
        bench.wait(1);
        announce(bench, "checkout", None, (1, 600));
        bench.wait(2);
    });
    check("bad before its start", &|bench| {
        announce(bench, "checkout", None, (60, 600));
        of_checkout(bench);
        bench.wait(61);
    });
    check("of one function", &|bench| {
        see(bench, Some("buy"), SeenV1::Up);
        announce(bench, "checkout", Some("buy"), (60, 600));
        bench.wait(61);
        of_checkout(bench);
    });
    check("of another service, though it cannot work without", &|bench| {
        announce(bench, "payments", None, (60, 600));
        bench.wait(61);
        fire(bench, "probe/payments", "payments", Nature::Symptom);
        of_checkout(bench);
    });
    check("bad again after its end", &|bench| {
        announce(bench, "payments", None, (60, 600));
        bench.wait(601);
        of_checkout(bench);
    });
    check("a cause that its team lets page", &|bench| {
        of_checkout(bench);
        let rule = "probe/checkout-buy".to_owned();
        let symptom = "availability".to_owned();
        bench.act(Input::ChangeRule { rule: rule.clone(), change: RuleChangeV1::Raise });
        let ended = Signal {
            rule,
            service: service("checkout"),
            symptom,
            nature: Nature::Symptom,
            urgency: Urgency::Page,
            phase: Phase::Ended,
            purpose: Purpose::Real,
            began_at: bench.now,
            sentence: String::new(),
        };
        bench.act(Input::Signal(Box::new(ended)));
        announce(bench, "checkout", None, (60, 600));
        bench.wait(61);
        fire(bench, "probe/checkout-buy", "checkout", Nature::Cause);
    });
}

#[test]
fn a_window_that_is_taken_back_holds_nothing_from_then_on() {
    let mut bench = bench();
    announce(&mut bench, "checkout", None, (60, 600));
    bench.wait(61);
    fire(&mut bench, "probe/checkout-buy", "checkout", Nature::Symptom);
    assert_eq!(paged(&mut bench), Vec::<String>::new());
    let window = bench.state.downtime.windows().last().unwrap().announced.window;
    bench.act(Input::CancelWindow { window });
    assert_eq!(paged(&mut bench), ["checkout"]);
}

#[test]
fn what_is_seen_to_be_well_at_the_end_has_six_minutes_for_its_alert_to_end() {
    let mut bench = bench();
    announce(&mut bench, "checkout", None, (60, 600));
    bench.wait(61);
    fire(&mut bench, "objective/checkout-availability", "checkout", Nature::Symptom);
    bench.wait(500);
    see(&mut bench, None, SeenV1::Up);
    bench.wait(39 + 359);
    assert_eq!(paged(&mut bench), Vec::<String>::new(), "an objective remembers five minutes");
    bench.wait(1);
    assert_eq!(paged(&mut bench), ["checkout"]);
}
