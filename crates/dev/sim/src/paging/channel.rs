//! The channel: contacts that take messages, refuse them for now or for good, and remember what they took.

use std::collections::BTreeMap;

use seaworthy_model::PersonId;

use crate::Ms;

/// How messages leave: as they do, or with a mistake that the checks must find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// As the core says.
    AsItIs,
    /// It notes a message as sent before it sends it: a crash between the two loses it.
    NotesFirst,
    /// Every try has a key of its own.
    NewKeys,
    /// It sends to whoever is on call when it sends, not to whoever was called.
    AsksAgain,
}

/// How a contact answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contact {
    /// It takes everything.
    Takes,
    /// It refuses so many tries, and then takes everything.
    Busy(u32),
    /// It is gone.
    Gone,
}

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Not {
    Now,
    Ever,
}

/// One message that a contact took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) at: Ms,
    pub(super) person: PersonId,
    pub(super) contact: u16,
    pub(super) channel: String,
    pub(super) key: String,
}

/// All contacts.
#[derive(Debug, Default)]
pub(super) struct Channel {
    pub(super) contacts: BTreeMap<(PersonId, u16), Contact>,
    pub(super) taken: Vec<Taken>,
}

impl Channel {
    /// Hands a message to a contact.
    pub(super) fn send(&mut self, message: Taken) -> Result<(), Not> {
        match self.contacts.get_mut(&(message.person.clone(), message.contact)) {
            Some(Contact::Takes) => {}
            Some(Contact::Busy(0)) | None => {}
            Some(Contact::Busy(left)) => {
                *left -= 1;
                return Err(Not::Now);
            }
            Some(Contact::Gone) => return Err(Not::Ever),
        }
        self.taken.push(message);
        Ok(())
    }

    /// Says whether no contact of a person will ever take anything.
    pub(super) fn is_gone(&self, person: &PersonId) -> bool {
        let mut theirs = self.contacts.iter().filter(|((of, _), _)| of == person);
        theirs.all(|(_, contact)| *contact == Contact::Gone)
    }
}
