//! Alerts through the whole core: a signal in, an owner told, what they say of it kept.

use jiff::SignedDuration;
use seaworthy_alert::{Event, Nature, OPEN_MAX, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::catalogue::{
    Counting, Dependency, DependencyKind, Entity, Indicator, Objective, Period, Sourced,
};
use seaworthy_contract::events::alert::{AlertSilencedV1, AlertUnsilencedV1, RuleChangeV1, VerdictV1};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_contract::gateway::Count;
use seaworthy_core::watch::Used;
use seaworthy_core::{Input, Refusal, State, Word, view};
use seaworthy_model::{AlertId, Arm, Entropy, PageId, TokenId};
use uuid::Uuid;

use crate::bench::{Bench, SERVICES, document, service, users};

const RULE: &str = "objective/checkout-availability";

fn signal(bench: &Bench, rule: &str, of: &str, phase: Phase) -> Input {
    Input::Signal(Box::new(Signal {
        rule: rule.to_owned(),
        service: service(of),
        symptom: "availability".to_owned(),
        nature: Nature::Symptom,
        urgency: Urgency::Page,
        phase,
        purpose: Purpose::Real,
        began_at: bench.now,
        sentence: format!("Customers of {of} see errors"),
    }))
}

fn fire(bench: &mut Bench, of: &str) -> Vec<String> {
    bench.act(signal(bench, RULE, of, Phase::Firing))
}

/// Two services with an owner and a rotation; checkout has an objective, and cannot work without payments.
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
    let objective = Objective {
        name: "checkout-availability".to_owned(),
        service: service("checkout"),
        description: None,
        indicator: Indicator::Availability { route: None },
        target: 0.999,
        period: Period::default(),
        counting: Counting::Occurrences,
        tiers: Vec::new(),
        by_default: false,
    };
    document.entities.push(Sourced { entity: Entity::Objective(Box::new(objective)), source: "a.yaml:9".to_owned() });
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(document), Used::new()));
    bench
}

fn last_page(state: &State) -> PageId {
    *state.pages.keys().last().expect("a page")
}

#[test]
fn a_signal_pages_the_owner_once() {
    let mut bench = bench();
    assert_eq!(fire(&mut bench, "checkout"), ["alert.fired"]);
    assert_eq!(bench.act(Input::Tick), ["page.requested", "alert.paged", "incident.opened"]);
    assert_eq!(bench.act(Input::Tick), Vec::<String>::new());
    let page = &bench.state.pages[&last_page(&bench.state)];
    assert_eq!(page.request.service, service("checkout"));
    assert!(page.request.to.is_some(), "whoever is on call");
    assert_eq!(bench.act(signal(&bench, RULE, "checkout", Phase::Ended)), ["alert.resolved"]);
}

#[test]
fn a_failing_dependency_is_paged_in_the_place_of_who_needs_it() {
    let mut bench = bench();
    fire(&mut bench, "payments");
    fire(&mut bench, "checkout");
    assert_eq!(bench.act(Input::Tick), ["page.requested", "alert.paged", "incident.opened"]);
    let (parent, _) = bench.state.alerts.open_of(&service("payments")).next().expect("open");
    assert_eq!(bench.state.alerts.folded(parent).count(), 1);
}

/// Lets one second pass in which users of these services fail, or are served.
fn second(bench: &mut Bench, of: &[(&str, u64)]) {
    for _ in 0..4 {
        bench.now += SignedDuration::from_millis(250);
        bench.report(|report| {
            report.interval_ms = 250;
            report.counts = of
                .iter()
                .map(|(name, failed)| Count { service: service(name), ..users("v1", Arm::Stable, 1, 5, *failed) })
                .collect();
        });
    }
}

/// Whether what a rule says of a service is told now.
fn is_told(bench: &mut Bench, of: &str, rule: &str) -> bool {
    let Input::Signal(firing) = signal(bench, rule, of, Phase::Firing) else { unreachable!("it is one") };
    !bench.watch.without_waiting(&bench.state, vec![*firing], bench.now).is_empty()
}

#[test]
fn who_needs_what_begins_to_fail_waits_for_it() {
    let mut bench = bench();
    second(&mut bench, &[("checkout", 5), ("payments", 0)]);
    assert!(is_told(&mut bench, "checkout", RULE), "what it needs is well");
    (0..2).for_each(|_| second(&mut bench, &[("checkout", 5), ("payments", 5)]));
    assert!(is_told(&mut bench, "payments", "probe/payments"), "the dependency waits for nobody");
    assert!(!is_told(&mut bench, "checkout", RULE), "both fail, and it is noticed first");
    // The dependency has no page yet: the dependant waits for five seconds and no longer.
    let mut waited = 0;
    while !is_told(&mut bench, "checkout", RULE) {
        second(&mut bench, &[("checkout", 5), ("payments", 5)]);
        waited += 1;
    }
    assert_eq!(waited, 5);
    // A minute later it is another outage. The dependency is paged: the dependant is told at once, and folded.
    (0..60).for_each(|_| second(&mut bench, &[("checkout", 5), ("payments", 5)]));
    assert!(!is_told(&mut bench, "checkout", RULE));
    fire(&mut bench, "payments");
    assert!(is_told(&mut bench, "checkout", RULE));
    fire(&mut bench, "checkout");
    assert_eq!(bench.act(Input::Tick), ["page.requested", "alert.paged", "incident.opened"], "one page");
    bench.act(signal(&bench, RULE, "payments", Phase::Ended));
    let ended = signal(&bench, RULE, "checkout", Phase::Ended);
    let Input::Signal(ended) = ended else { unreachable!("it is one") };
    bench.wait(120);
    second(&mut bench, &[("checkout", 5), ("payments", 5)]);
    assert_eq!(bench.watch.without_waiting(&bench.state, vec![*ended], bench.now).len(), 1, "an end never waits");
}

#[test]
fn what_customers_meet_since_a_page_was_taken_is_told_anew() {
    let mut bench = bench();
    bench.act(signal(&bench, "events/error-rate#1", "checkout", Phase::Firing));
    bench.act(Input::Tick);
    bench.act(Input::Acknowledge { page: last_page(&bench.state) });
    let before = signal(&bench, RULE, "checkout", Phase::Firing);
    bench.wait(60);
    // Another system's word was taken, and then it began.
    let since = signal(&bench, RULE, "checkout", Phase::Firing);
    assert_eq!(bench.act(since.clone()), ["alert.joined", "page.requested", "alert.paged"]);
    assert_eq!(bench.act(since.clone()), Vec::<String>::new(), "nobody has taken the second page");
    bench.wait(60);
    bench.act(Input::Acknowledge { page: last_page(&bench.state) });
    assert_eq!(bench.act(since), Vec::<String>::new(), "that was taken");
    bench.wait(600);
    assert_eq!(bench.act(before), Vec::<String>::new(), "that began long before");
    // It ended in between, and the alert did not.
    let third = signal(&bench, RULE, "checkout", Phase::Firing);
    let silence = silenced(&bench);
    bench.act(Input::Silence(silence.clone()));
    assert_eq!(bench.act(third.clone()), Vec::<String>::new(), "it is silent");
    bench.act(Input::Unsilence(AlertUnsilencedV1 { service: silence.service, rule: None }));
    assert_eq!(bench.act(third), ["page.requested", "alert.paged"]);
}

#[test]
fn what_others_say_of_what_was_taken_is_no_news() {
    let mut bench = bench();
    fire(&mut bench, "checkout");
    bench.act(Input::Tick);
    bench.act(Input::Acknowledge { page: last_page(&bench.state) });
    bench.wait(60);
    assert_eq!(bench.act(signal(&bench, "events/error-rate#1", "checkout", Phase::Firing)), ["alert.joined"]);
    assert_eq!(bench.act(signal(&bench, "probe/checkout", "checkout", Phase::Firing)), ["alert.joined"]);
}

fn silenced(bench: &Bench) -> AlertSilencedV1 {
    let until = bench.now + SignedDuration::from_hours(1);
    AlertSilencedV1 { service: service("checkout"), rule: None, until, reason: "work".to_owned() }
}

#[test]
fn a_service_that_nobody_declared_has_no_owner_to_tell() {
    let mut bench = bench();
    assert_eq!(fire(&mut bench, "ghost"), Vec::<String>::new());
}

#[test]
fn a_drill_reaches_whoever_is_on_call_and_ends_when_they_have_it() {
    let mut bench = bench();
    assert_eq!(bench.act(Input::Drill { rule: RULE.to_owned() }), ["alert.fired"]);
    assert!(matches!(bench.try_act(&Input::Drill { rule: RULE.to_owned() }), Err(Refusal::State(..))), "one at a time");
    bench.act(Input::Tick);
    let page = last_page(&bench.state);
    assert!(bench.state.pages[&page].request.sentence.starts_with("Drill, nothing is wrong"));
    let headline = view::status(&bench.look(), Uuid::nil(), true).sentence;
    assert_eq!(headline, "A drill waits to be taken by somebody.");
    bench.wait(30);
    bench.actor = "person/ines".to_owned();
    bench.act(Input::Acknowledge { page });
    assert_eq!(bench.act(Input::Tick), ["alert.resolved"]);
    assert_eq!(bench.state.alerts.rules[RULE].reached_at, Some(bench.now));
    let unknown = Input::Drill { rule: "objective/ghost".to_owned() };
    assert_eq!(bench.try_act(&unknown), Err(Refusal::Unknown("rule", "objective/ghost".to_owned())));
}

#[test]
fn a_drill_that_nobody_takes_ends_by_itself_and_proves_nothing() {
    let mut bench = bench();
    bench.act(Input::Drill { rule: RULE.to_owned() });
    bench.act(Input::Tick);
    bench.wait(15 * 60 + 1);
    assert_eq!(bench.act(Input::Tick), ["alert.resolved"]);
    assert_eq!(bench.state.alerts.rules[RULE].reached_at, None);
}

#[test]
fn a_silence_needs_a_reason_and_an_end_within_a_month() {
    let mut bench = bench();
    let wanted = |seconds: i64, reason: &str, of: &str| AlertSilencedV1 {
        service: service(of),
        rule: None,
        until: bench.now + SignedDuration::from_secs(seconds),
        reason: reason.to_owned(),
    };
    let refused = [
        wanted(600, " ", "checkout"),
        wanted(0, "known", "checkout"),
        wanted(31 * 86_400, "known", "checkout"),
        wanted(600, "two\nlines", "checkout"),
        wanted(600, "known", "ghost"),
    ];
    let fits = wanted(600, "known", "checkout");
    for wanted in refused {
        assert!(bench.try_act(&Input::Silence(wanted.clone())).is_err(), "{wanted:?}");
    }
    assert_eq!(bench.act(Input::Silence(fits)), ["alert.silenced"]);
    fire(&mut bench, "checkout");
    assert_eq!(bench.act(Input::Tick), Vec::<String>::new());
    let back = AlertUnsilencedV1 { service: service("checkout"), rule: None };
    assert_eq!(bench.act(Input::Unsilence(back.clone())), ["alert.unsilenced"]);
    assert_eq!(bench.act(Input::Unsilence(back)), Vec::<String>::new());
    assert_eq!(bench.act(Input::Tick), ["page.requested", "alert.paged", "incident.opened"]);
}

#[test]
fn what_a_page_was_worth_is_said_in_one_tap_and_changes_its_rule_in_another() {
    let mut bench = bench();
    fire(&mut bench, "checkout");
    bench.act(Input::Tick);
    let page = last_page(&bench.state);
    let judged = Input::JudgePage { page, verdict: VerdictV1::NothingToDo };
    assert_eq!(bench.act(judged), ["page.judged"]);
    let change = Input::ChangeRule { rule: RULE.to_owned(), change: RuleChangeV1::Demote };
    assert_eq!(bench.act(change), ["rule.changed"]);
    bench.act(signal(&bench, RULE, "checkout", Phase::Ended));
    fire(&mut bench, "checkout");
    assert_eq!(bench.act(Input::Tick), ["ticket.opened"], "a ticket wakes nobody");
}

#[test]
fn a_storm_of_symptoms_rings_five_times_until_somebody_takes_a_page() {
    let mut bench = bench();
    for n in 0..9 {
        let Input::Signal(mut signal) = signal(&bench, RULE, "checkout", Phase::Firing) else {
            unreachable!("a signal")
        };
        signal.symptom = format!("symptom-{n}");
        bench.act(Input::Signal(signal));
    }
    let pages = |bench: &mut Bench| bench.act(Input::Tick).iter().filter(|event| *event == "page.requested").count();
    assert_eq!((pages(&mut bench), pages(&mut bench)), (5, 0));
    bench.act(Input::Drill { rule: RULE.to_owned() });
    assert_eq!(pages(&mut bench), 1, "a drill is not kept back");
    let first = bench.state.pages.values().min_by_key(|page| page.position).expect("a page").request.page;
    bench.act(Input::Acknowledge { page: first });
    assert_eq!((pages(&mut bench), pages(&mut bench)), (1, 0), "whoever is awake takes one after the other");
    bench.wait(3_601);
    assert_eq!(pages(&mut bench), 3, "somebody else may be on call by now");
}

#[test]
fn what_is_left_out_because_too_much_is_open_is_known_to_be() {
    let mut bench = bench();
    let mut entropy = Entropy::new(3);
    for n in 0..OPEN_MAX {
        let Input::Signal(signal) = signal(&bench, RULE, "payments", Phase::Firing) else { unreachable!("a signal") };
        let signal = Signal { symptom: format!("symptom-{n}"), ..*signal };
        let fired = Event::Fired { alert: AlertId::new(bench.now, &mut entropy), signal, folded_into: None };
        bench.state.alerts.apply(&fired, bench.now);
    }
    let left_out = |bench: &Bench, symptom| view::is_left_out(&bench.look(), &service("checkout"), symptom);
    assert_eq!(fire(&mut bench, "checkout"), Vec::<String>::new());
    assert!(left_out(&bench, "availability"));
    assert!(!view::is_left_out(&bench.look(), &service("payments"), "symptom-7"), "this one is known");
    let over = bench.state.alerts.open_of(&service("payments")).next().map(|(alert, _)| alert).expect("open");
    bench.state.alerts.apply(&Event::Resolved { alert: over }, bench.now);
    assert_eq!(fire(&mut bench, "checkout").first().map(String::as_str), Some("alert.fired"));
    assert!(!left_out(&bench, "availability"));
}

#[test]
fn what_anybody_takes_proves_nothing_of_our_way_to_a_person() {
    let mut bench = bench();
    let token = TokenId::new(bench.now, &mut Entropy::new(7));
    let label = "pagerduty".to_owned();
    bench.act(Input::TokenIssued { token, scope: ScopeV4::Intake, label, expires_at: None });
    let others = ["supervisor/local".to_owned(), "token/bootstrap".to_owned(), format!("token/{token}")];
    for (actor, proven) in others.map(|actor| (actor, false)).into_iter().chain([("person/ines".to_owned(), true)]) {
        bench.wait(1);
        fire(&mut bench, "checkout");
        bench.act(Input::Tick);
        let page = last_page(&bench.state);
        bench.actor.clone_from(&actor);
        bench.act(Input::Acknowledge { page });
        assert!(bench.state.pages[&page].acknowledged.is_some());
        assert_eq!(bench.state.pages[&page].reached.is_some(), proven, "{actor}");
        assert_eq!(view::page(&bench.look(), page).unwrap().reached, proven, "{actor}");
        assert_eq!(bench.state.alerts.rules[RULE].reached_at.is_some(), proven, "{actor}");
        bench.act(signal(&bench, RULE, "checkout", Phase::Ended));
    }
}

#[test]
fn replaying_gives_the_alerts_that_live() {
    let mut bench = bench();
    fire(&mut bench, "payments");
    fire(&mut bench, "checkout");
    bench.act(Input::Tick);
    bench.act(signal(&bench, RULE, "payments", Phase::Ended));
    bench.act(Input::Tick);
    assert_eq!(State::fold(&bench.facts), bench.state);
}

/// What an Alertmanager may say in one request: rules that speak of the same symptom, of a dependency, of nobody we know,
/// again, and ends of what began in it.
fn words(bench: &Bench, script: &[(&str, &str, bool)]) -> Vec<Word> {
    let word = |(rule, of, says): &(&str, &str, bool)| match (says, signal(bench, rule, of, Phase::Firing)) {
        (true, Input::Signal(signal)) => Word::Says(*signal),
        _ => Word::Ends((*rule).to_owned()),
    };
    script.iter().map(word).collect()
}

#[test]
fn what_is_heard_at_once_is_what_is_heard_one_after_the_other() {
    let script = [
        ("am/High#1", "checkout", true),
        ("am/High#2", "checkout", true),
        ("am/High#1", "checkout", true),
        ("am/High#1", "payments", true),
        ("am/Gone#1", "nobody", true),
        ("am/High#1", "nobody", false),
        ("am/Gone#2", "nobody", false),
        ("am/Short#1", "payments", true),
        ("am/Short#1", "nobody", false),
    ];
    for length in 0..=script.len() {
        let (mut once, mut one_by_one) = (bench(), bench());
        let together = words(&once, &script[..length]);
        once.act(Input::Heard(together.clone()));
        for word in together {
            one_by_one.act(Input::Heard(vec![word]));
        }
        let shape = |bench: &Bench| -> Vec<_> {
            let known = bench.state.alerts.alerts.values();
            let rules = |rules: &std::collections::BTreeSet<String>| rules.iter().cloned().collect::<Vec<_>>();
            let mut shape: Vec<_> =
                known.map(|a| (a.service.to_string(), rules(&a.rules), a.is_open(), a.folded_into.is_some())).collect();
            shape.sort();
            shape
        };
        assert_eq!(shape(&once), shape(&one_by_one), "the first {length}");
    }
    let mut bench = bench();
    let all = words(&bench, &script);
    let mut kinds = bench.act(Input::Heard(all));
    // Which of its two alerts a rule leaves first is by their ids.
    kinds[4..6].sort();
    let wanted = ["alert.fired", "alert.joined", "alert.fired", "alert.folded", "alert.left", "alert.resolved"];
    assert_eq!(kinds, [&wanted[..], &["alert.fired", "alert.resolved"]].concat());
}

#[test]
fn what_is_heard_at_once_stops_where_no_more_are_looked_after() {
    let mut bench = bench();
    let Input::Signal(one) = signal(&bench, "am/Odd", "checkout", Phase::Firing) else { unreachable!("a signal") };
    let many = (0..OPEN_MAX + 5).map(|n| Word::Says(Signal { symptom: format!("odd-{n}"), ..(*one).clone() }));
    let kinds = bench.act(Input::Heard(many.collect()));
    assert_eq!((kinds.len(), bench.state.alerts.open_count()), (OPEN_MAX, OPEN_MAX));
    assert_eq!(bench.act(Input::Heard(vec![Word::Ends("am/Odd".to_owned())])).len(), OPEN_MAX);
}
