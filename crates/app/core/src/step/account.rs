//! Accounts: opened for people whom the catalogue knows, closed for good or until opened again.

use seaworthy_contract::events::account::{AccountClosedV1, AccountInvitedV1, AccountOpenedV1, AccountRoleV1};
use seaworthy_model::PersonId;

use crate::{NewFact, Refusal, State};

/// Accounts at once, those that are closed among them: far more people than one installation has.
const ACCOUNTS_MAX: usize = 5_000;

fn about(person: &PersonId, event: impl Into<seaworthy_contract::events::Event>) -> NewFact {
    NewFact::new(format!("account/{person}"), event)
}

/// Twice is once; another role replaces the one before.
pub(super) fn open(state: &State, person: &PersonId, role: AccountRoleV1) -> Result<Vec<NewFact>, Refusal> {
    if state.catalogue.get("person", person.as_str()).is_none() {
        return Err(Refusal::Unknown("person", person.to_string()));
    }
    if state.accounts.role(person) == Some(role) {
        return Ok(Vec::new());
    }
    if state.accounts.get(person).is_none() && state.accounts.iter().count() >= ACCOUNTS_MAX {
        let why = format!("{ACCOUNTS_MAX} people have accounts");
        return Err(Refusal::State(why, "so many people do not use one installation: is a program making accounts?"));
    }
    Ok(vec![about(person, AccountOpenedV1 { person: person.clone(), role })])
}

/// Each is another link, and each is on record: whoever opens it acts as the person.
pub(super) fn invite(state: &State, person: &PersonId) -> Result<Vec<NewFact>, Refusal> {
    known_open(state, person)?;
    Ok(vec![about(person, AccountInvitedV1 { person: person.clone() })])
}

/// Twice is once.
pub(super) fn close(state: &State, person: &PersonId) -> Result<Vec<NewFact>, Refusal> {
    match state.accounts.get(person) {
        None => Err(Refusal::Unknown("account", person.to_string())),
        Some(record) if !record.is_open => Ok(Vec::new()),
        Some(_) => Ok(vec![about(person, AccountClosedV1 { person: person.clone() })]),
    }
}

fn known_open(state: &State, person: &PersonId) -> Result<(), Refusal> {
    match state.accounts.role(person) {
        Some(_) => Ok(()),
        None => Err(Refusal::State(
            format!("{person} has no open account"),
            "make one: `seaworthy account add HANDLE` prints the link that they sign in by",
        )),
    }
}
