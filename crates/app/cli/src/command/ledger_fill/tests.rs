//! A filled ledger replays, and leaves nothing to do.

use seaworthy_contract::events::Event;
use seaworthy_core::desired::desired_processes;
use seaworthy_core::{Fact, State};
use seaworthy_store::chain::verify;
use seaworthy_store_sqlite::LedgerFile;

use super::history::{EVENTS_MIN, history};
use super::*;

fn facts(events: u64) -> Vec<Fact> {
    let to: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
    let batches = history(events, to - BEGINS_BEFORE, to);
    let decode = |event: &NewEvent| Event::decode(&event.kind, event.version, event.payload.as_str()).unwrap();
    let fact = |(event, position): (&NewEvent, u64)| Fact {
        position,
        id: event.id,
        at: event.occurred_at,
        actor: event.actor.clone(),
        event: decode(event),
    };
    batches.iter().flatten().zip(1..).map(fact).collect()
}

#[test]
fn it_has_as_many_events_as_asked() {
    for events in [EVENTS_MIN, EVENTS_MIN + 1, 99, 500, 1_003] {
        assert_eq!(facts(events).len() as u64, events);
    }
}

#[test]
fn everything_in_it_is_over() {
    let state = State::fold(&facts(3_000));
    assert!(state.rollouts.len() > 300, "{}", state.rollouts.len());
    assert!(state.rollouts.values().all(|record| record.is_over() && !record.is_reverting()));
    let reverted = state.rollouts.values().filter(|record| record.reverted.is_some()).count();
    assert!(reverted > 30, "{reverted}");
    assert_eq!(state.pages.len(), reverted);
    assert!(state.pages.values().all(|page| page.acknowledged.is_some()));
    assert_eq!(state.catalogue.services().count(), 0);
    assert!(desired_processes(&state).instances.is_empty());
}

#[test]
fn a_data_directory_is_filled_once() {
    let path = std::env::temp_dir().join(format!("seaworthy-cli-fill-{}", std::process::id()));
    let args = Args { path: path.clone(), events: 200 };
    let mut err = Vec::new();
    assert_eq!(run(&args, &mut err), 0);
    assert_eq!(verify(LedgerFile::open(&path).unwrap().records(), None).unwrap().events, 200);
    assert_eq!(run(&args, &mut err), 2);
    let said = String::from_utf8(err).unwrap();
    assert!(said.starts_with("error: could not fill the ledger in \"") && said.contains("200 events"), "{said}");
    std::fs::remove_dir_all(path).unwrap();
}
