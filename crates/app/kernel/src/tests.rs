//! What a store that fails does to decisions: nothing is half done, nothing is lost, nothing is done twice.

mod objectives;
mod once;
mod probes;
mod recall;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use jiff::Timestamp;
use seaworthy_contract::catalogue::{Document, Entity, Person, Service, Sourced, Team};
use seaworthy_contract::gateway::{Report, Trip};
use seaworthy_contract::process::{InstanceState, Observed, ObservedInstance};
use seaworthy_core::Input;
use seaworthy_model::{ServiceId, VersionId};
use seaworthy_store::limits::{BATCH_EVENTS_MAX, SIDE_WRITES_MAX};
use seaworthy_testkit::store::{Disk, Fault};
use uuid::Uuid;

use crate::{CommandError, Done, Engine, Outside};

/// The stores in memory answer at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("it waits"),
    }
}

fn disk() -> Disk {
    Disk::new(Arc::new(|| Timestamp::UNIX_EPOCH))
}

fn open(disk: &Disk) -> Engine {
    static FRESH: AtomicU64 = AtomicU64::new(1);
    let outside = Outside {
        ledger: Arc::new(disk.ledger()),
        side: Arc::new(disk.side()),
        series: Arc::new(disk.series()),
        clock: Arc::new(|| Timestamp::UNIX_EPOCH),
        random: Arc::new(|| u128::from(FRESH.fetch_add(1, Ordering::Relaxed))),
    };
    now(Engine::open(outside)).expect("readable")
}

fn decide(engine: &Engine, input: Input) -> Result<Done, CommandError> {
    now(engine.decide(&input, "token/test"))
}

fn people(count: usize) -> Input {
    let person = |n: usize| Entity::Person(Person { name: format!("p{n}").parse().expect("a name") });
    document((0..count).map(person))
}

fn document(entities: impl Iterator<Item = Entity>) -> Input {
    let sourced = |entity| Sourced { entity, source: "a.yaml:1".to_owned() };
    let document = Document { entities: entities.map(sourced).collect(), ..Document::default() };
    Input::Apply(Box::new(document), seaworthy_core::watch::Used::new())
}

fn report(seq: u64) -> Report {
    Report {
        gateway: "local".parse().expect("a name"),
        boot: Uuid::from_u128(1),
        seq,
        applied: 0,
        age_ms: 0,
        interval_ms: 250,
        counts: Vec::new(),
        moments: Vec::new(),
        in_flight: Vec::new(),
        trips: Vec::new(),
        break_glass: Vec::new(),
        controls: Vec::new(),
        control_hands: Vec::new(),
    }
}

/// checkout v1 serves, v2 is on its first step.
fn stepping(engine: &Engine) {
    let team = Entity::Team(Team {
        name: "shop".parse().expect("a name"),
        title: None,
        members: Vec::new(),
        escalation: None,
    });
    let service = serde_json::json!({ "name": "checkout", "owner": "shop", "run": { "command": ["serve"] } });
    let service: Service = serde_json::from_value(service).expect("a service");
    decide(engine, document([team, Entity::Service(Box::new(service))].into_iter())).expect("applied");
    now(engine.take_report(&report(1))).expect("taken");
    for version in ["v1", "v2"] {
        let request = serde_json::from_value(serde_json::json!({ "version": version })).expect("a request");
        let service = || "checkout".parse().expect("a name");
        decide(engine, Input::Ship { service: service(), request: Box::new(request) }).expect("shipped");
        let state = InstanceState::Healthy { address: "127.0.0.1:9".to_owned(), took_ms: 1 };
        let version = version.parse().expect("a name");
        let instance = ObservedInstance { service: service(), version, instance: "1-1".to_owned(), state };
        decide(engine, Input::Observed(Observed { desired: None, instances: vec![instance] })).expect("seen");
    }
}

fn read<R>(engine: &Engine, view: impl FnOnce(&crate::Shared) -> R) -> R {
    view(&engine.shared().read().expect("not poisoned"))
}

#[test]
fn a_failed_health_check_is_known_and_no_event() {
    let disk = disk();
    let engine = open(&disk);
    stepping(&engine);
    let (service, version): (ServiceId, VersionId) =
        ("checkout".parse().expect("a name"), "v1".parse().expect("a name"));
    let look = |state| {
        let instance =
            ObservedInstance { service: service.clone(), version: version.clone(), instance: "1-1".to_owned(), state };
        let observed = Observed { desired: None, instances: vec![instance] };
        assert!(decide(&engine, Input::Observed(observed)).expect("seen").facts.is_empty());
        read(&engine, |shared| {
            shared.watch.failed_checks.of(&service, &version, "1-1").map(|check| check.reason.clone())
        })
    };
    let reason = "no answer within 2s".to_owned();
    assert_eq!(look(InstanceState::Failing { reason: reason.clone(), since: None }), Some(reason));
    assert_eq!(look(InstanceState::Healthy { address: "127.0.0.1:9".to_owned(), took_ms: 1 }), None);
}

#[test]
fn a_full_disk_refuses_changes_nothing_and_is_told() {
    let disk = disk();
    let engine = open(&disk);
    disk.fail_next(Fault::Full);
    assert!(matches!(decide(&engine, people(3)), Err(CommandError::Store(_))));
    assert_eq!(read(&engine, |shared| shared.state.position), 0);
    assert!(!engine.writable().load(Ordering::Relaxed) && !engine.is_stopped());
    assert_eq!(decide(&engine, people(3)).expect("there is room again").position, 3);
    assert!(engine.writable().load(Ordering::Relaxed));
}

#[test]
fn what_was_committed_and_not_told_is_there_for_the_next_engine() {
    let disk = disk();
    let engine = open(&disk);
    disk.fail_next(Fault::AfterCommit);
    assert!(decide(&engine, people(3)).is_err());
    assert!(engine.is_stopped());
    assert_eq!(read(&engine, |shared| shared.state.position), 0, "it is not folded by an engine that was not told");
    drop(engine);
    let next = open(&disk);
    assert_eq!(read(&next, |shared| shared.state.position), 3);
    assert_eq!(decide(&next, people(3)).expect("nothing to do").facts.len(), 0);
}

#[test]
fn a_refusal_is_no_failure_of_the_store() {
    let disk = disk();
    let engine = open(&disk);
    let id = seaworthy_model::RolloutId::from_uuid(Uuid::nil());
    assert!(matches!(decide(&engine, Input::Resume { rollout: id }), Err(CommandError::Refused(_))));
    assert!(engine.writable().load(Ordering::Relaxed));
}

#[test]
fn more_events_than_a_batch_takes_go_in_several() {
    let disk = disk();
    let engine = open(&disk);
    let many = 2 * BATCH_EVENTS_MAX + 7;
    let done = decide(&engine, people(many)).expect("applied");
    assert_eq!((done.position, done.facts.len()), (many as u64, many));
    assert_eq!(read(&open(&disk), |shared| shared.state.catalogue.iter().count()), many);
}

#[test]
fn checkpoints_of_more_rollouts_than_one_write_takes_are_all_kept() {
    let disk = disk();
    let engine = open(&disk);
    let many = SIDE_WRITES_MAX + 200;
    let names: Vec<String> = (0..many).map(|n| format!("s{n}")).collect();
    let team = Entity::Team(Team {
        name: "shop".parse().expect("a name"),
        title: None,
        members: Vec::new(),
        escalation: None,
    });
    let service = |name: &String| {
        let service = serde_json::json!({ "name": name, "owner": "shop", "run": { "command": ["serve"] } });
        Entity::Service(Box::new(serde_json::from_value(service).expect("a service")))
    };
    decide(&engine, document([team].into_iter().chain(names.iter().map(service)))).expect("applied");
    for name in &names {
        let request = serde_json::from_value(serde_json::json!({ "version": "v1" })).expect("a request");
        let service = name.parse().expect("a name");
        decide(&engine, Input::Ship { service, request: Box::new(request) }).expect("shipped");
    }
    disk.fail_next(Fault::Full);
    drop(now(engine.take_report(&report(1))));
    now(engine.take_report(&report(1))).expect("taken when there is room");
    drop(engine);
    let next = open(&disk);
    let (live, seq) = read(&next, |shared| {
        (shared.watch.live.len(), shared.watch.gateways.0.values().map(|seen| seen.seq).collect::<Vec<_>>())
    });
    assert_eq!((live, seq), (many, vec![1]));
}

#[test]
fn a_trip_is_not_lost_with_the_append_that_failed() {
    let disk = disk();
    let engine = open(&disk);
    stepping(&engine);
    let (rollout, position) =
        read(&engine, |shared| (shared.state.serving["checkout"].latest.expect("shipped"), shared.state.position));
    let (service, version) = ("checkout".parse().expect("a name"), "v2".parse().expect("a name"));
    let trip = Trip { service, version, rollout, why: "5 failures in a row".to_owned(), age_ms: 10 };
    let tripped = Report { trips: vec![trip], ..report(2) };
    disk.fail_next(Fault::Full);
    assert!(now(engine.take_report(&tripped)).is_err(), "not acknowledged");
    assert_eq!(read(&engine, |shared| shared.state.position), position);
    now(engine.take_report(&tripped)).expect("sent again");
    let reverting = |shared: &crate::Shared| shared.state.rollouts[&rollout].reverted.is_some();
    assert!(read(&engine, reverting), "the guard's word counts");
    let after = read(&engine, |shared| shared.state.position);
    now(engine.take_report(&tripped)).expect("and once more");
    assert_eq!(read(&engine, |shared| shared.state.position), after, "once");
}
