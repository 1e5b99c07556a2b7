//! Incidents through the whole core: a page opens one, it writes its timeline, clocks come from events, suspects from changes.

use jiff::SignedDuration;
use seaworthy_alert::{Nature, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::api::{Confidence, IncidentState, SuspectFinding};
use seaworthy_contract::catalogue::{Dependency, DependencyKind, Document, Entity};
use seaworthy_contract::events::incident::{IncidentClockV1, IncidentRoleV1};
use seaworthy_core::watch::Used;
use seaworthy_core::{IncidentDone, IncidentWanted, Input, Refusal, State, view};
use seaworthy_model::IncidentId;

use crate::bench::{Bench, SERVICES, document, service};

fn says(bench: &Bench, of: &str, symptom: &str, phase: Phase) -> Input {
    Input::Signal(Box::new(Signal {
        rule: format!("objective/{of}-{symptom}"),
        service: service(of),
        symptom: symptom.to_owned(),
        nature: Nature::Symptom,
        urgency: Urgency::Page,
        phase,
        purpose: Purpose::Real,
        began_at: bench.now,
        sentence: format!("Customers of {of} see errors"),
    }))
}

/// Checkout cannot work without payments, which a vendor runs.
fn needing() -> Document {
    let mut document = document(&SERVICES);
    for sourced in &mut document.entities {
        match &mut sourced.entity {
            Entity::Service(entity) if entity.name == service("checkout") => {
                let payments = Dependency { service: service("payments"), kind: DependencyKind::Hard, reason: None };
                entity.dependencies = vec![payments];
            }
            // Nothing of it runs here: somebody else does.
            Entity::Service(entity) => entity.run = None,
            _ => {}
        }
    }
    document
}

fn bench() -> Bench {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(needing()), Used::new()));
    bench
}

fn fire(bench: &mut Bench, of: &str, symptom: &str) -> Vec<String> {
    bench.act(says(bench, of, symptom, Phase::Firing));
    bench.act(Input::Tick)
}

fn end(bench: &mut Bench, of: &str, symptom: &str) {
    let ended = bench.act(says(bench, of, symptom, Phase::Ended));
    assert_eq!(ended, ["alert.resolved"]);
}

fn last(bench: &Bench) -> IncidentId {
    *bench.state.incidents.iter().next_back().expect("an incident").0
}

fn shown(bench: &Bench) -> seaworthy_contract::api::Incident {
    view::incident(&bench.look(), last(bench)).expect("it is there")
}

fn within(bench: &Bench, done: IncidentDone) -> Input {
    Input::Incident(Box::new(IncidentWanted::In(last(bench), done)))
}

fn open(of: &str, drill: bool) -> Input {
    let (service, sentence) = (service(of), "Nobody can pay".to_owned());
    Input::Incident(Box::new(IncidentWanted::Open { service, sentence, began_at: None, drill }))
}

const OPENS: [&str; 3] = ["page.requested", "alert.paged", "incident.opened"];
const JOINS: [&str; 3] = ["page.requested", "alert.paged", "incident.page_joined"];
const REOPENS: [&str; 3] = ["page.requested", "alert.paged", "incident.reopened"];

#[test]
fn the_page_of_an_alert_opens_one_a_service() {
    let mut bench = bench();
    assert_eq!(fire(&mut bench, "checkout", "availability"), OPENS);
    assert_eq!(fire(&mut bench, "checkout", "latency"), JOINS, "the same service again joins it");
    assert_eq!(fire(&mut bench, "payments", "latency"), OPENS, "another service has its own");
    let ids: Vec<_> = bench.state.incidents.open().collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0].1.incident.pages.len(), 2);
}

#[test]
fn a_drill_of_a_rule_is_no_incident() {
    let mut bench = bench();
    fire(&mut bench, "checkout", "availability");
    end(&mut bench, "checkout", "availability");
    bench.act(Input::Drill { rule: "objective/checkout-availability".to_owned() });
    assert_eq!(bench.act(Input::Tick), ["page.requested", "alert.paged"]);
}

#[test]
fn five_clocks_come_from_the_ledger() {
    let mut bench = bench();
    fire(&mut bench, "checkout", "availability");
    let unknown = |bench: &Bench| {
        let missing = shown(bench).clocks.into_iter().filter(|clock| clock.at.is_none());
        missing.map(|clock| (clock.clock, clock.source)).collect::<Vec<_>>()
    };
    let not_yet = "not yet".to_owned();
    use IncidentClockV1::{Healthy, Joined, Restored};
    assert_eq!(unknown(&bench), [Joined, Restored, Healthy].map(|clock| (clock, not_yet.clone())));
    bench.wait(60);
    let page = *bench.state.pages.keys().last().expect("a page");
    bench.act(Input::Acknowledge { page });
    assert_eq!(shown(&bench).brief.state, IncidentState::Joined);
    bench.wait(60);
    end(&mut bench, "checkout", "availability");
    let now = shown(&bench);
    assert_eq!(now.brief.state, IncidentState::Restored);
    assert_eq!(unknown(&bench), [(Healthy, not_yet)], "nothing watches the service as a whole here");
    assert!(now.clocks.iter().filter(|clock| clock.at.is_some()).all(|clock| clock.position.is_some()));
    let wanted = IncidentDone::ClockSet { clock: Healthy, at: bench.now, source: "the shop says so".to_owned() };
    let set = within(&bench, wanted);
    bench.act(set);
    assert_eq!(shown(&bench).brief.state, IncidentState::Healthy);
}

#[test]
fn the_timeline_writes_itself_and_dependencies_stand_in_it() {
    let mut bench = bench();
    fire(&mut bench, "checkout", "availability");
    let page = *bench.state.pages.keys().last().expect("a page");
    bench.act(Input::Acknowledge { page });
    fire(&mut bench, "payments", "latency");
    let update = IncidentDone::Updated { sentence: "We look".to_owned(), next_update_at: None };
    let post = Input::Incident(Box::new(IncidentWanted::In(first(&bench.state), update)));
    bench.act(post);
    let id = first(&bench.state);
    let lines = view::incident(&bench.look(), id).expect("it is there").timeline;
    let words: Vec<String> = lines.iter().rev().map(|line| line.sentence.clone()).collect();
    for wanted in ["the alert fired", "incident of checkout", "somebody has the page", "update: We look"] {
        assert!(words.iter().any(|line| line.starts_with(wanted)), "{wanted}: {words:?}");
    }
    assert!(lines.iter().any(|line| line.service == Some(service("payments"))), "{words:?}");
    assert!(lines.windows(2).all(|pair| pair[0].position >= pair[1].position), "newest first");
}

fn first(state: &State) -> IncidentId {
    *state.incidents.iter().next().expect("an incident").0
}

#[test]
fn it_comes_back_or_is_closed_by_itself() {
    let mut bench = bench();
    fire(&mut bench, "checkout", "availability");
    end(&mut bench, "checkout", "availability");
    let close = within(&bench, IncidentDone::Closed);
    assert_eq!(bench.act(close.clone()), ["incident.closed"]);
    assert_eq!(bench.act(close), Vec::<String>::new(), "twice is once");
    bench.wait(3_000);
    assert_eq!(fire(&mut bench, "checkout", "availability"), REOPENS);
    end(&mut bench, "checkout", "availability");
    bench.wait(24 * 3_600);
    assert_eq!(bench.act(Input::Tick), ["incident.closed"], "restored for a day and nobody leads it");
    bench.wait(3_601);
    assert_eq!(fire(&mut bench, "checkout", "availability"), OPENS, "long after it is another");
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut bench = bench();
    let refused = |bench: &mut Bench, input: &Input| bench.try_act(input).expect_err("refused").to_string();
    assert_eq!(bench.act(open("checkout", false)), ["incident.opened", "incident.joined"]);
    assert!(refused(&mut bench, &open("checkout", false)).contains("goes on"));
    assert_eq!(bench.act(open("checkout", true)), ["incident.opened", "incident.joined"], "a drill beside it");
    assert!(matches!(bench.try_act(&open("nowhere", false)), Err(Refusal::Unknown("service", _))));
    let update = |sentence: &str, seconds: i64| IncidentDone::Updated {
        sentence: sentence.to_owned(),
        next_update_at: Some(crate::bench::start() + SignedDuration::from_secs(seconds)),
    };
    for (done, wanted) in [
        (update(" ", 60), "write one sentence"),
        (update("two\nlines", 60), "cannot stand in it"),
        (update("late", 0), "within a day"),
        (update("later", 90_000), "within a day"),
    ] {
        let input = within(&bench, done);
        let said = refused(&mut bench, &input);
        assert!(said.contains(wanted), "{said}");
    }
    let lead = within(&bench, IncidentDone::RoleTaken(IncidentRoleV1::Lead));
    assert_eq!(bench.act(lead.clone()), ["incident.role_taken"]);
    assert_eq!(bench.act(lead), Vec::<String>::new(), "twice is once");
    let close = within(&bench, IncidentDone::Closed);
    bench.act(close);
    let help = within(&bench, IncidentDone::HelpAsked);
    assert!(refused(&mut bench, &help).contains("closed"));
}

#[test]
fn a_rollout_shortly_before_is_the_suspect() {
    let mut bench = Bench::serving();
    bench.act(Input::Apply(Box::new(needing()), Used::new()));
    bench.wait(3 * 3_600);
    bench.ship("checkout", "v2").expect("it ships");
    bench.healthy("checkout", "v2");
    bench.wait(120);
    fire(&mut bench, "checkout", "latency");
    let suspects = shown(&bench).suspects;
    assert_eq!(suspects.finding, SuspectFinding::Suspect, "{suspects:?}");
    assert_eq!(suspects.changes[0].confidence, Confidence::Likely);
    assert!(suspects.sentence.contains("checkout v2"), "{}", suspects.sentence);
    let actions = view::actions(&bench.look(), &service("checkout"));
    assert_eq!(actions[0].key, "revert");
    assert!(actions[0].worked.is_none(), "no revert was seen yet: {actions:?}");
}

#[test]
fn nothing_changed_is_unattributed_and_a_failing_vendor_is_named() {
    let mut bench = bench();
    bench.wait(5 * 3_600);
    fire(&mut bench, "checkout", "availability");
    assert_eq!(shown(&bench).suspects.finding, SuspectFinding::Unattributed);
    end(&mut bench, "checkout", "availability");
    let close = within(&bench, IncidentDone::Closed);
    bench.act(close);
    bench.wait(5 * 3_600);
    fire(&mut bench, "payments", "availability");
    bench.wait(30 * 60);
    // The alert of checkout would be folded into that of payments: its people are not woken, and look by themselves.
    bench.act(open("checkout", false));
    let suspects = shown(&bench).suspects;
    assert_eq!(suspects.finding, SuspectFinding::Vendor, "nothing of payments runs here: {suspects:?}");
}

#[test]
fn an_incident_that_was_like_it_is_shown_with_what_restored_it() {
    let mut bench = bench();
    fire(&mut bench, "checkout", "availability");
    bench.wait(300);
    end(&mut bench, "checkout", "availability");
    let close = within(&bench, IncidentDone::Closed);
    bench.act(close);
    bench.wait(48 * 3_600);
    fire(&mut bench, "checkout", "availability");
    let seen = shown(&bench).seen_before;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].took_s, Some(300.0));
    assert_eq!(seen[0].restored_by.as_deref(), Some("no rule says so any more"));
}
