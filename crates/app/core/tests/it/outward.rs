//! What waits for other systems: in order, bounded, once; and what a tracker's word comes to.

use jiff::SignedDuration;
use seaworthy_alert::{Nature, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::catalogue::{
    Entity, Outlet, OutletWay, Sourced, Tracker, TrackerCall, TrackerFind, TrackerState, TrackerTicket,
};
use seaworthy_contract::events::outward::OutwardMadeV1;
use seaworthy_core::state::WAITING_MAX;
use seaworthy_core::watch::Used;
use seaworthy_core::{IncidentDone, IncidentWanted, Input, OutwardDone, TicketDone, outbox, view};
use seaworthy_model::{OutletId, Position};

use crate::bench::{Bench, SERVICES, document, service};

fn call() -> TrackerCall {
    TrackerCall { method: "POST".to_owned(), path: "/x".to_owned(), body: None }
}

fn tracker(close_when_over: bool) -> OutletWay {
    let ticket = TrackerTicket { key: "/key".to_owned(), id: None, page: None };
    let words = |word: &str| vec![word.to_owned()];
    OutletWay::Tracker(Box::new(Tracker {
        url: "http://t.test".to_owned(),
        headers: [].into(),
        create: call(),
        made: ticket.clone(),
        find: TrackerFind { path: "/x".to_owned(), list: String::new(), holds: None, found: ticket },
        comment: Some(call()),
        close: Some(call()),
        reopen: Some(call()),
        state: Some(TrackerState { closed: words("done"), open: words("new"), ask: None, told: None }),
        close_when_over,
    }))
}

fn hook(events: &[&str]) -> OutletWay {
    let secret = "hook".to_owned().try_into().unwrap();
    let events = events.iter().map(|event| (*event).to_owned()).collect();
    OutletWay::Webhook { url: "http://h.test/x".to_owned(), secret, events }
}

fn bench(ways: Vec<(&str, OutletWay)>) -> Bench {
    let mut document = document(&SERVICES);
    let team = document.entities.iter().find_map(|sourced| match &sourced.entity {
        Entity::Service(entity) if entity.name == service("checkout") => Some(entity.owner.clone()),
        _ => None,
    });
    let team = team.expect("checkout has an owner");
    let outlet = |(name, way): (&str, OutletWay)| Outlet { name: name.parse().unwrap(), team: team.clone(), way };
    let sourced = |outlet| Sourced { entity: Entity::Outlet(outlet), source: "outlets.yaml:1".to_owned() };
    document.entities.extend(ways.into_iter().map(outlet).map(sourced));
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(document), Used::new()));
    bench
}

fn says(bench: &mut Bench, phase: Phase) -> Vec<String> {
    let signal = Signal {
        rule: "objective/checkout-latency".to_owned(),
        service: service("checkout"),
        symptom: "latency".to_owned(),
        nature: Nature::Symptom,
        urgency: Urgency::Ticket,
        phase,
        purpose: Purpose::Real,
        began_at: bench.now,
        sentence: "Half of it is slow".to_owned(),
    };
    bench.act(Input::Signal(Box::new(signal)));
    bench.act(Input::Tick)
}

/// Returns what may leave now: outlet, thread without its id, place.
fn leaves(bench: &Bench) -> Vec<(String, String, Position)> {
    let noun = |thread: &str| thread.split('/').next().unwrap_or_default().to_owned();
    let all = outbox::outward(&bench.state, bench.now);
    all.map(|message| (message.outlet.name.to_string(), noun(message.thread), message.item.about)).collect()
}

/// Takes what leaves first, and says what was made.
fn take(bench: &mut Bench, made: Option<&str>) -> Vec<String> {
    let first = outbox::outward(&bench.state, bench.now).next().expect("something leaves");
    let (outlet, thread, about) = (first.outlet.name.clone(), first.thread.to_owned(), first.item.about);
    let made =
        made.map(|key| OutwardMadeV1 { id: key.to_owned(), key: key.to_owned(), url: Some("javascript:x".to_owned()) });
    bench.act(Input::Outward(Box::new(OutwardDone::Delivered { outlet, thread, about, attempt: 1, made })))
}

fn stands(bench: &mut Bench, key: &str, word: &str) -> Vec<String> {
    let outlet: OutletId = "jira".parse().unwrap();
    let (key, word) = (key.to_owned(), word.to_owned());
    bench.act(Input::Outward(Box::new(OutwardDone::Stands { outlet, key, word })))
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_ticket_leaves_once_and_its_end_after_it() {
    let mut bench = bench(vec![("jira", tracker(false))]);
    assert_eq!(says(&mut bench, Phase::Firing), ["ticket.opened"]);
    let opened = bench.state.position;
    assert_eq!(leaves(&bench), [("jira".to_owned(), "ticket".to_owned(), opened)]);
    says(&mut bench, Phase::Ended);
    assert_eq!(leaves(&bench).len(), 1, "one of a thread at a time");
    assert_eq!(take(&mut bench, Some("SHOP-1")), ["outward.delivered"]);
    assert_eq!(leaves(&bench).len(), 1, "its end");
    assert_eq!(take(&mut bench, None), ["outward.delivered"]);
    assert_eq!(leaves(&bench), []);
    let ticket = view::tickets(&bench.look(), &view::TicketFilter::default()).remove(0);
    let tracked = ticket.tracker.expect("tracked");
    assert_eq!((tracked.key.as_deref(), tracked.url, tracked.waits_since), (Some("SHOP-1"), None, None));
}

#[test]
fn what_was_noted_is_noted_once() {
    let mut bench = bench(vec![("jira", tracker(false))]);
    says(&mut bench, Phase::Firing);
    let first = outbox::outward(&bench.state, bench.now).next().expect("something leaves");
    let (outlet, thread, about) = (first.outlet.name.clone(), first.thread.to_owned(), first.item.about);
    let lost = OutwardDone::Undeliverable { outlet, thread, about, attempts: 2, reason: "422\nagain".to_owned() };
    assert_eq!(bench.act(Input::Outward(Box::new(lost.clone()))), ["outward.undeliverable"]);
    assert_eq!(bench.act(Input::Outward(Box::new(lost))), NOTHING);
    let outlet = view::outlets(&bench.look()).remove(0);
    assert_eq!((outlet.lost, outlet.last_lost.as_deref(), outlet.waits), (1, Some("422 again"), 0));
}

#[test]
fn what_flutters_is_told_once_an_hour_and_as_it_stands_then() {
    let mut bench = bench(vec![("jira", tracker(false))]);
    says(&mut bench, Phase::Firing);
    take(&mut bench, Some("SHOP-1"));
    says(&mut bench, Phase::Ended);
    take(&mut bench, None);
    for _ in 0..20 {
        bench.wait(60);
        says(&mut bench, Phase::Firing);
        bench.wait(60);
        says(&mut bench, Phase::Ended);
    }
    assert_eq!(leaves(&bench), [], "the tracker was told within the hour");
    bench.wait(3_600);
    assert_eq!(leaves(&bench).len(), 1);
    assert_eq!(leaves(&bench)[0].2, bench.state.position, "the newest of them");
}

#[test]
fn a_trackers_word_counts_once_it_has_heard_everything() {
    let mut bench = bench(vec![("jira", tracker(false))]);
    says(&mut bench, Phase::Firing);
    assert_eq!(stands(&mut bench, "SHOP-1", "done"), NOTHING, "no ticket is called so yet");
    take(&mut bench, Some("SHOP-1"));
    for (word, want) in [("weird", &[][..]), ("new", &[]), (" Done ", &["ticket.closed"]), ("done", &[])] {
        assert_eq!(stands(&mut bench, "SHOP-1", word), want, "{word}");
    }
    assert_eq!(leaves(&bench), [], "the tracker is not told what it said");
    assert_eq!(stands(&mut bench, "SHOP-1", "new"), ["ticket.reopened"]);
    let ticket = bench.state.tickets.open().next().expect("open");
    bench.act(Input::Ticket { ticket, done: TicketDone::Closed });
    assert_eq!(stands(&mut bench, "SHOP-1", "new"), NOTHING, "it has not heard yet that it is closed here");
    take(&mut bench, None);
    assert_eq!(stands(&mut bench, "SHOP-2", "new"), NOTHING, "another's");
}

#[test]
fn every_incident_has_a_ticket_and_a_tracker_may_close_what_is_over() {
    let mut bench = bench(vec![("jira", tracker(true))]);
    let (service, sentence) = (service("checkout"), "Nobody can pay".to_owned());
    bench.act(Input::Incident(Box::new(IncidentWanted::Open { service, sentence, began_at: None, drill: false })));
    assert_eq!(bench.act(Input::Tick), ["ticket.opened"]);
    assert_eq!(bench.act(Input::Tick), NOTHING);
    let id = *bench.state.incidents.iter().next().expect("it is there").0;
    bench.act(Input::Incident(Box::new(IncidentWanted::In(id, IncidentDone::Closed))));
    assert_eq!(bench.act(Input::Tick), ["ticket.ended", "ticket.closed"]);
    assert_eq!(bench.act(Input::Tick), NOTHING);
}

#[test]
fn a_webhook_hears_what_it_asked_for_of_its_own_team() {
    let mut bench = bench(vec![("all", hook(&["incident.*", "page.*"])), ("some", hook(&["incident.closed"]))]);
    let open = |of: &str| {
        let (service, sentence) = (service(of), "Nobody can pay".to_owned());
        Input::Incident(Box::new(IncidentWanted::Open { service, sentence, began_at: None, drill: false }))
    };
    bench.act(open("checkout"));
    let id = *bench.state.incidents.iter().next().expect("it is there").0;
    bench.act(Input::Incident(Box::new(IncidentWanted::In(id, IncidentDone::Closed))));
    let waits = |bench: &Bench, name: &str| {
        view::outlets(&bench.look()).iter().find(|outlet| outlet.name.as_str() == name).map(|outlet| outlet.waits)
    };
    assert_eq!((waits(&bench, "all"), waits(&bench, "some")), (Some(3), Some(1)));
}

#[test]
fn a_full_queue_drops_its_oldest_and_says_so() {
    let mut bench = bench(vec![("all", hook(&["incident.*"]))]);
    let (service, sentence) = (service("checkout"), "Nobody can pay".to_owned());
    bench.act(Input::Incident(Box::new(IncidentWanted::Open { service, sentence, began_at: None, drill: false })));
    let id = *bench.state.incidents.iter().next().expect("it is there").0;
    for n in 0..WAITING_MAX {
        bench.wait(1);
        let done = IncidentDone::Updated { sentence: format!("update {n}"), next_update_at: None };
        bench.act(Input::Incident(Box::new(IncidentWanted::In(id, done))));
    }
    let outlet = view::outlets(&bench.look()).remove(0);
    assert_eq!((outlet.waits, outlet.lost), (WAITING_MAX, 2), "opened and joined were the oldest");
    assert!(outlet.waits_since.is_some_and(|at| bench.now.duration_since(at) < SignedDuration::from_hours(1)));
}
