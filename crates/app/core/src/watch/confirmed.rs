//! Which contacts their owners confirmed: read from beside the ledger, because how people are reached is there too.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_model::PersonId;

/// When each contact was confirmed, in the order in which the directory has them; none where it was not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Confirmed(BTreeMap<PersonId, Vec<Option<Timestamp>>>);

impl Confirmed {
    /// Takes what is known of everybody.
    pub fn new(known: BTreeMap<PersonId, Vec<Option<Timestamp>>>) -> Self {
        Self(known)
    }

    /// Returns when a contact of a person was confirmed; `index` counts from 0.
    pub fn at(&self, person: &PersonId, index: usize) -> Option<Timestamp> {
        *self.0.get(person)?.get(index)?
    }

    /// Returns whether a person confirmed any.
    pub fn any(&self, person: &PersonId) -> bool {
        self.0.get(person).is_some_and(|contacts| contacts.iter().any(Option::is_some))
    }
}
