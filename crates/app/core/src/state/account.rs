//! Who may sign in here, and who may no longer.

use std::collections::BTreeMap;

use seaworthy_contract::events::account::{AccountClosedV1, AccountOpenedV1, AccountRoleV1};
use seaworthy_model::PersonId;

/// Accounts by person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accounts(BTreeMap<PersonId, AccountRecord>);

/// An account; one that is closed is remembered, so that it is known why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountRecord {
    /// As what the person signs in.
    pub role: AccountRoleV1,
    /// Whether they may.
    pub is_open: bool,
}

impl Accounts {
    pub(super) fn open(&mut self, event: &AccountOpenedV1) {
        self.0.insert(event.person.clone(), AccountRecord { role: event.role, is_open: true });
    }

    pub(super) fn close(&mut self, event: &AccountClosedV1) {
        if let Some(record) = self.0.get_mut(&event.person) {
            record.is_open = false;
        }
    }

    /// Returns a person's account, open or closed.
    pub fn get(&self, person: &PersonId) -> Option<AccountRecord> {
        self.0.get(person).copied()
    }

    /// Returns as what a person may sign in; none for whoever may not.
    pub fn role(&self, person: &PersonId) -> Option<AccountRoleV1> {
        self.get(person).filter(|record| record.is_open).map(|record| record.role)
    }

    /// Returns every account, by handle.
    pub fn iter(&self) -> impl Iterator<Item = (&PersonId, AccountRecord)> {
        self.0.iter().map(|(person, record)| (person, *record))
    }
}
