//! A tick of which the ledger has a part: what is new is appended all the same.

use jiff::Timestamp;
use seaworthy_alert::{Nature, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::catalogue::{Entity, Service, Team};
use seaworthy_contract::events::Event;
use seaworthy_core::{Fact, Input};
use seaworthy_model::{AlertId, EventId};
use seaworthy_store::{Expect, Ledger, NewEvent, RawJson};
use seaworthy_testkit::store::Disk;
use uuid::Uuid;

use super::{decide, disk, document, now, open, read};
use crate::Engine;

fn fires(engine: &Engine, service: &str) -> AlertId {
    let signal = Signal {
        rule: format!("objective/{service}"),
        service: service.parse().expect("a name"),
        symptom: "errors".to_owned(),
        nature: Nature::Symptom,
        urgency: Urgency::Page,
        phase: Phase::Firing,
        purpose: Purpose::Real,
        began_at: Timestamp::UNIX_EPOCH,
        sentence: format!("Customers of {service} fail."),
    };
    let done = decide(engine, Input::Signal(Box::new(signal))).expect("fired");
    let fired = done.facts.iter().find_map(|fact| match &fact.event {
        Event::AlertFired(fired) => Some(fired.alert),
        _ => None,
    });
    fired.expect("an alert")
}

/// cart and checkout have fired, nobody was paged yet.
fn two_alerts(disk: &Disk) -> (AlertId, AlertId) {
    let engine = open(disk);
    let team: Team = serde_json::from_value(serde_json::json!({ "name": "shop" })).expect("a team");
    let service = |name: &&str| {
        let service: Service = serde_json::from_value(serde_json::json!({ "name": name, "owner": "shop" }))?;
        Ok::<_, serde_json::Error>(Entity::Service(Box::new(service)))
    };
    let services = ["cart", "checkout"].map(|name| service(&name).expect("a service"));
    decide(&engine, document([Entity::Team(team)].into_iter().chain(services))).expect("applied");
    (fires(&engine, "cart"), fires(&engine, "checkout"))
}

/// What stands under the key is of a type that this program does not know: the state has never heard of it.
fn use_key(disk: &Disk, id: usize, key: &str) {
    let foreign = NewEvent {
        id: EventId::from_uuid(Uuid::from_u128(u128::MAX - id as u128)),
        stream: "elsewhere".to_owned(),
        occurred_at: Timestamp::UNIX_EPOCH,
        actor: "server".to_owned(),
        cause: None,
        kind: "elsewhere.asked".to_owned(),
        version: 1,
        payload: RawJson::found("{}".to_owned()),
        key: Some(key.to_owned()),
    };
    now(disk.ledger().append(vec![foreign], Expect::Any)).expect("appended");
}

fn kinds(facts: &[Fact]) -> Vec<&str> {
    facts.iter().map(|fact| fact.event.kind().0).collect()
}

#[test]
fn a_page_is_asked_for_though_another_of_the_same_tick_was_before() {
    let disk = disk();
    let (cart, checkout) = two_alerts(&disk);
    use_key(&disk, 0, &format!("page-for-alert/{cart}"));
    let engine = open(&disk);
    let done = decide(&engine, Input::Tick).expect("what is new is appended");
    // Neither what names the page that nobody asked for, nor the incident of it.
    assert_eq!(kinds(&done.facts), ["page.requested", "alert.paged", "incident.opened"]);
    read(&engine, |shared| {
        let page = |alert| shared.state.alerts.alerts[&alert].page.map(|(page, _)| page);
        assert_eq!(page(cart), None);
        assert!(shared.state.pages.contains_key(&page(checkout).expect("paged")));
    });
    assert_eq!(done.position, disk.ledger().head().position);
}

#[test]
fn a_tick_of_which_all_is_known_appends_nothing() {
    let disk = disk();
    let (cart, checkout) = two_alerts(&disk);
    for (at, alert) in [cart, checkout].iter().enumerate() {
        use_key(&disk, at, &format!("page-for-alert/{alert}"));
    }
    let engine = open(&disk);
    let before = disk.ledger().head().position;
    let done = decide(&engine, Input::Tick).expect("nothing to do");
    assert!(done.facts.is_empty() && done.position == before, "{:?}", done.facts);
    assert_eq!(disk.ledger().head().position, before);
}
