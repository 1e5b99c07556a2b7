//! Between the core's facts and the ledger's records.

use jiff::Timestamp;
use seaworthy_contract::events::Event;
use seaworthy_core::{Fact, NewFact};
use seaworthy_model::{Entropy, EventId};
use seaworthy_store::{NewEvent, RawJson, Record};

/// Returns the record that a new fact becomes.
pub fn encode(fact: &NewFact, actor: &str, now: Timestamp, entropy: &mut Entropy) -> NewEvent {
    let (kind, version) = fact.event.kind();
    let payload = fact.event.encode().expect("the core makes known events only");
    NewEvent {
        id: EventId::new(now, entropy),
        stream: fact.stream.clone(),
        occurred_at: fact.occurred_at.unwrap_or(now),
        actor: actor.to_owned(),
        cause: None,
        kind: kind.to_owned(),
        version,
        payload: RawJson::found(payload),
        key: fact.key.clone(),
    }
}

/// Returns the fact that a record is. A payload of a known type that does not fit is kept as unknown: it was written
/// by something else, and one bad row must not keep the control plane from starting.
pub fn decode(record: &Record) -> Fact {
    let event = &record.event;
    let decoded = Event::decode(&event.kind, event.version, event.payload.as_str()).unwrap_or_else(|error| {
        tracing::error!(ledger.position = record.position, ledger.kind = event.kind, %error, "event not understood");
        Event::Unknown { kind: event.kind.clone(), version: event.version }
    });
    Fact { position: record.position, id: event.id, at: record.recorded_at, actor: event.actor.clone(), event: decoded }
}
