//! What collectors saw of services: checked at the edge of the ledger, where it stays for ever.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{OBSERVATIONS_SENT_MAX, OBSERVED_FACTS_MAX, OBSERVED_LIST_MAX, OBSERVED_TEXT_BYTES_MAX};
use seaworthy_contract::events::observation::{ObservationTakenV1, ObservedFactV1, ObservedValueV1};

use super::fit::line;
use crate::{Cx, NewFact, Refusal, State};

/// How often the same may be said again: a collector that looks every minute and sees nothing new must not fill the
/// ledger, and what expires in days is young enough by the hour.
const RENEWED_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// How far ahead of ours another machine's clock may be.
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(5);

/// Sources that a collector keeps of one service: more is a name that changes at every look.
const SOURCES_MAX: usize = 50;

/// Longest name of a collector, and of a fact's key, in bytes.
const NAME_BYTES_MAX: usize = 100;

/// Takes all of them, or refuses all of them.
pub(super) fn taken(state: &State, sent: &[ObservationTakenV1], cx: &Cx) -> Result<Vec<NewFact>, Refusal> {
    if sent.is_empty() || sent.len() > OBSERVATIONS_SENT_MAX {
        let why = format!("send 1 to {OBSERVATIONS_SENT_MAX} at a time");
        return Err(Refusal::Invalid("observations", why));
    }
    sent.iter().try_for_each(|one| check(state, one, cx.now))?;
    let is_news = |one: &&ObservationTakenV1| is_news(state, one);
    Ok(sent.iter().filter(is_news).map(|one| NewFact::new(stream(one), one.clone()).at(one.seen_at)).collect())
}

/// Says whether it is newer than what is known, and either says something else or renews it.
fn is_news(state: &State, one: &ObservationTakenV1) -> bool {
    let Some(known) = state.observations.get(&one.service, &one.collector, &one.source) else { return true };
    let later = one.seen_at.duration_since(known.taken.seen_at);
    match one.facts == known.taken.facts {
        true => later >= RENEWED_AFTER,
        false => later > SignedDuration::ZERO,
    }
}

fn stream(one: &ObservationTakenV1) -> String {
    format!("observation/{}/{}", one.service, one.collector)
}

fn check(state: &State, one: &ObservationTakenV1, now: Timestamp) -> Result<(), Refusal> {
    if state.catalogue.service(&one.service).is_none() {
        return Err(Refusal::Unknown("service", one.service.to_string()));
    }
    let is_name = |text: &str| !text.is_empty() && text.len() <= NAME_BYTES_MAX && text.split('_').all(is_word);
    if !is_name(&one.collector) {
        let why = format!("{:?} is no name: lower-case letters, digits and \"_\"", one.collector);
        return Err(Refusal::Invalid("collector", why));
    }
    text("source", &one.source)?;
    if one.source.is_empty() {
        return Err(Refusal::Invalid("source", "say at what it looked".to_owned()));
    }
    if one.seen_at > now.checked_add(AHEAD_MAX).unwrap_or(now) {
        return Err(Refusal::Invalid("seen_at", format!("{} is ahead of now, {now}", one.seen_at)));
    }
    if one.facts.len() > OBSERVED_FACTS_MAX {
        return Err(Refusal::Invalid("facts", format!("at most {OBSERVED_FACTS_MAX} in one observation")));
    }
    let others = state.observations.of(&one.service).filter(|known| known.taken.collector == one.collector);
    let others = others.filter(|known| known.taken.source != one.source).count();
    if others >= SOURCES_MAX {
        let why = format!("collector {} has {SOURCES_MAX} sources of {} already", one.collector, one.service);
        return Err(Refusal::State(why, "give one thing the same source at every look"));
    }
    one.facts.iter().try_for_each(fact)
}

fn fact(fact: &ObservedFactV1) -> Result<(), Refusal> {
    let mut parts = fact.key.split('.');
    let is_key = fact.key.len() <= NAME_BYTES_MAX && fact.key.contains('.');
    if !is_key || !parts.all(|part| part.split('_').all(is_word)) {
        return Err(Refusal::Invalid("key", format!("{:?} is not `noun.field` in lower case", fact.key)));
    }
    fact.place.as_deref().map_or(Ok(()), |place| text("place", place))?;
    match &fact.value {
        ObservedValueV1::Bool(_) | ObservedValueV1::Whole(_) => Ok(()),
        ObservedValueV1::Number(number) if number.is_finite() => Ok(()),
        ObservedValueV1::Number(_) => Err(Refusal::Invalid("value", format!("{}: it is no number", fact.key))),
        ObservedValueV1::Text(one) => text("value", one),
        ObservedValueV1::List(some) if some.len() > OBSERVED_LIST_MAX => {
            Err(Refusal::Invalid("value", format!("{}: at most {OBSERVED_LIST_MAX} in a list", fact.key)))
        }
        ObservedValueV1::List(some) => some.iter().try_for_each(|one| text("value", one)),
    }
}

fn text(field: &'static str, text: &str) -> Result<(), Refusal> {
    line(field, text)?;
    match text.len() <= OBSERVED_TEXT_BYTES_MAX {
        true => Ok(()),
        false => Err(Refusal::Invalid(field, format!("it is longer than {OBSERVED_TEXT_BYTES_MAX} bytes"))),
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}
