//! What people say of rows of readiness: always by somebody of the owning team, always with an end.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::events::row::{
    RowAttestationEndedV1, RowAttestedV1, RowExceptedV1, RowExceptionEndedV1, RowSaysV1,
};
use seaworthy_model::{PersonId, ServiceId};

use super::fit::line;
use crate::{Cx, NewFact, Refusal, State};

/// How long an exception may last: a year. What does not apply for longer has to be said again, and thought about.
const EXCEPTION_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

/// How long a word counts that nobody has seen: half a year, as the longest that an exercise counts.
const ATTESTATION_MAX: SignedDuration = SignedDuration::from_hours(183 * 24);

/// Fewest characters of a reason: what a reader can disagree with.
const REASON_CHARS_MIN: usize = 10;

/// What somebody says of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct RowWanted {
    /// The service.
    pub service: ServiceId,
    /// The row.
    pub row: String,
    /// What is said.
    pub word: RowWord,
}

/// A word about a row.
#[derive(Debug, Clone, PartialEq)]
pub enum RowWord {
    /// It does not apply.
    Excepted {
        /// Why.
        because: String,
        /// Who says so.
        by: PersonId,
        /// Until when.
        until: Timestamp,
    },
    /// It applies again.
    ExceptionEnded,
    /// How it stands.
    Attested {
        /// Whether it holds.
        says: RowSaysV1,
        /// In their words.
        words: String,
        /// Who says so.
        by: PersonId,
        /// Until when that counts.
        until: Timestamp,
    },
    /// Nobody says so any more.
    AttestationEnded,
}

pub(super) fn said(state: &State, wanted: &RowWanted, cx: &Cx) -> Result<Vec<NewFact>, Refusal> {
    let RowWanted { service, row, word } = wanted;
    if state.catalogue.service(service).is_none() {
        return Err(Refusal::Unknown("service", service.to_string()));
    }
    if !seaworthy_readiness::checks::ALL.iter().any(|check| check.row == row) {
        return Err(Refusal::Unknown("row", row.clone()));
    }
    let (service, row) = (service.clone(), row.clone());
    let known = state.rows.of(&service, &row);
    let stream = format!("row/{service}/{row}");
    let event = match word {
        RowWord::Excepted { because, by, until } => {
            check(state, &service, ("because", because), by, (*until, EXCEPTION_MAX), cx)?;
            let (because, by, until) = (because.trim().to_owned(), by.clone(), *until);
            let excepted = RowExceptedV1 { service, row, because, by, until };
            if known.and_then(|known| known.excepted.as_ref()).is_some_and(|known| known.event == excepted) {
                return Ok(Vec::new());
            }
            NewFact::new(stream, excepted)
        }
        RowWord::Attested { says, words, by, until } => {
            check(state, &service, ("words", words), by, (*until, ATTESTATION_MAX), cx)?;
            let (words, by, until) = (words.trim().to_owned(), by.clone(), *until);
            NewFact::new(stream, RowAttestedV1 { service, row, says: *says, words, by, until })
        }
        RowWord::ExceptionEnded if known.is_some_and(|known| known.excepted.is_some()) => {
            NewFact::new(stream, RowExceptionEndedV1 { service, row })
        }
        RowWord::AttestationEnded if known.is_some_and(|known| known.attested.is_some()) => {
            NewFact::new(stream, RowAttestationEndedV1 { service, row })
        }
        RowWord::ExceptionEnded | RowWord::AttestationEnded => return Ok(Vec::new()),
    };
    Ok(vec![event])
}

fn check(
    state: &State,
    service: &ServiceId,
    (field, text): (&'static str, &str),
    by: &PersonId,
    (until, longest): (Timestamp, SignedDuration),
    cx: &Cx,
) -> Result<(), Refusal> {
    line(field, text)?;
    if text.trim().chars().count() < REASON_CHARS_MIN {
        let why = format!("say it in {REASON_CHARS_MIN} characters at least, so that a reader can disagree");
        return Err(Refusal::Invalid(field, why));
    }
    let team = state.catalogue.service(service).and_then(|service| state.catalogue.team(&service.owner));
    if !team.is_some_and(|team| team.members.contains(by)) {
        return Err(Refusal::Invalid("by", format!("{by} is not a member of the team that owns {service}")));
    }
    if cx.actor.strip_prefix("person/").is_some_and(|person| person != by.as_str()) {
        return Err(Refusal::Invalid("by", "nobody speaks for somebody else".to_owned()));
    }
    if until <= cx.now {
        return Err(Refusal::Invalid("until", "it has to be ahead".to_owned()));
    }
    if cx.now.duration_until(until) > longest {
        let why = format!("{} days ahead at most, then it is said again", longest.as_hours() / 24);
        return Err(Refusal::Invalid("until", why));
    }
    Ok(())
}
