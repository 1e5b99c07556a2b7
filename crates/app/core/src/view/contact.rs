//! How a person is reached: kinds of channels and whether they are confirmed, never an address.

use seaworthy_contract::api::{PersonContactState, PersonContacts, Reach};
use seaworthy_model::PersonId;

use super::Look;

/// Returns the contacts of a person who is declared.
pub fn contacts(look: &Look<'_>, person: &PersonId) -> Option<PersonContacts> {
    look.state.catalogue.get("person", person.as_str())?;
    let known = look.directory.get(person).map(|details| details.contacts.as_slice()).unwrap_or_default();
    let state = |(index, known): (usize, &seaworthy_contract::catalogue::PersonContact)| PersonContactState {
        contact: u16::try_from(index + 1).unwrap_or(u16::MAX),
        channel: known.contact.channel().to_owned(),
        confirmed_at: look.watch.confirmed.at(person, index),
    };
    Some(PersonContacts {
        person: person.clone(),
        display_name: look.display_name(person),
        contacts: known.iter().enumerate().map(state).collect(),
    })
}

/// Says whether somebody can be reached, as far as they said so themselves.
pub(super) fn reach(look: &Look<'_>, person: &PersonId) -> Reach {
    let has_contact = look.directory.get(person).is_some_and(|details| !details.contacts.is_empty());
    match (has_contact, look.watch.confirmed.any(person)) {
        (false, _) => Reach::None,
        (true, true) => Reach::Confirmed,
        (true, false) => Reach::Unconfirmed,
    }
}
