//! Tickets through the whole core: what wakes nobody opens one, what comes again joins it, people close it.

use seaworthy_alert::{Nature, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::api::TicketState;
use seaworthy_contract::events::alert::AlertSilencedV1;
use seaworthy_core::view::TicketFilter;
use seaworthy_core::watch::Used;
use seaworthy_core::{Input, TicketDone, view};
use seaworthy_model::TicketId;

use crate::bench::{Bench, SERVICES, document, service};

fn bench() -> Bench {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(document(&SERVICES)), Used::new()));
    bench
}

fn says(bench: &Bench, of: &str, symptom: &str, urgency: Urgency, phase: Phase) -> Input {
    Input::Signal(Box::new(Signal {
        rule: format!("objective/{of}-{symptom}"),
        service: service(of),
        symptom: symptom.to_owned(),
        nature: Nature::Symptom,
        urgency,
        phase,
        purpose: Purpose::Real,
        began_at: bench.now,
        sentence: format!("The budget of {of} is gone in three days"),
    }))
}

fn fire(bench: &mut Bench, symptom: &str) -> Vec<String> {
    bench.act(says(bench, "checkout", symptom, Urgency::Ticket, Phase::Firing));
    bench.act(Input::Tick)
}

fn end(bench: &mut Bench, symptom: &str) -> Vec<String> {
    bench.act(says(bench, "checkout", symptom, Urgency::Ticket, Phase::Ended));
    bench.act(Input::Tick)
}

fn shown(bench: &Bench) -> Vec<seaworthy_contract::api::Ticket> {
    view::tickets(&bench.look(), &TicketFilter { all: true, ..TicketFilter::default() })
}

fn done(ticket: TicketId, done: TicketDone) -> Input {
    Input::Ticket { ticket, done }
}

const NOTHING: [&str; 0] = [];

#[test]
fn one_symptom_has_one_ticket_while_it_is_open() {
    let mut bench = bench();
    assert_eq!(fire(&mut bench, "latency"), ["ticket.opened"]);
    assert_eq!(bench.act(Input::Tick), NOTHING, "once");
    assert_eq!(fire(&mut bench, "availability"), ["ticket.opened"], "another symptom has its own");
    assert_eq!(end(&mut bench, "latency"), ["ticket.ended"]);
    assert_eq!(bench.act(Input::Tick), NOTHING, "once");
    assert_eq!(fire(&mut bench, "latency"), ["ticket.joined"], "it waits to be closed, so what comes again joins it");
    let tickets = shown(&bench);
    assert_eq!(tickets.len(), 2);
    let again = tickets.iter().find(|ticket| ticket.times == 2).expect("the one that came twice");
    assert_eq!((again.state, again.over_since), (TicketState::Open, None), "it goes on again");
}

#[test]
fn a_closed_ticket_stays_closed_and_the_next_time_is_a_new_one() {
    let mut bench = bench();
    fire(&mut bench, "latency");
    let first = shown(&bench)[0].id;
    assert_eq!(bench.act(done(first, TicketDone::Closed)), ["ticket.closed"]);
    assert_eq!(bench.act(done(first, TicketDone::Closed)), NOTHING, "closed already");
    assert_eq!(bench.act(Input::Tick), NOTHING, "somebody has looked at it: the same alert opens no other");
    assert_eq!(end(&mut bench, "latency"), NOTHING, "nobody waits to hear that");
    assert_eq!(fire(&mut bench, "latency"), ["ticket.opened"]);
    assert_ne!(shown(&bench)[0].id, first);
    assert_eq!(bench.act(done(first, TicketDone::Reopened)), ["ticket.reopened"]);
    assert_eq!(bench.act(Input::Tick), ["ticket.ended"], "what it was about is over meanwhile");
}

#[test]
fn nobody_is_told_of_what_is_silent_folded_a_drill_or_a_page() {
    let mut bench = bench();
    let until = bench.now + jiff::SignedDuration::from_mins(30);
    let (of, reason) = (service("checkout"), "moving the database".to_owned());
    bench.act(Input::Silence(AlertSilencedV1 { service: of, rule: None, until, reason }));
    assert_eq!(fire(&mut bench, "latency"), NOTHING, "silent");
    bench.wait(1_801);
    assert_eq!(bench.act(Input::Tick), ["ticket.opened"], "and told when that is over");
    bench.act(says(&bench, "payments", "latency", Urgency::Page, Phase::Firing));
    let paged = bench.act(Input::Tick);
    assert!(!paged.contains(&"ticket.opened".to_owned()), "{paged:?}");
}

#[test]
fn what_ends_before_anybody_is_told_opens_none() {
    let mut bench = bench();
    bench.act(says(&bench, "checkout", "latency", Urgency::Ticket, Phase::Firing));
    assert_eq!(end(&mut bench, "latency"), NOTHING);
    assert!(shown(&bench).is_empty());
}

#[test]
fn a_ticket_that_is_not_there_is_refused() {
    let mut bench = bench();
    let refused = bench.try_act(&done(TicketId::from_uuid(uuid::Uuid::nil()), TicketDone::Closed)).unwrap_err();
    assert!(refused.to_string().starts_with("no ticket"), "{refused}");
}
