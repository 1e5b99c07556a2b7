//! What must never be, checked while a simulation runs.

mod ledger;
mod users;

pub(crate) use ledger::Truth;
pub(crate) use users::UsersCheck;

/// Most violations that are told: the first says what is wrong, the rest follow from it.
const TOLD_MAX: usize = 5;

/// What was seen that must never be.
#[derive(Debug, Default)]
pub(crate) struct Violations(Vec<String>);

impl Violations {
    /// Notes a violation unless something is so.
    pub(crate) fn unless(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds && self.0.len() < TOLD_MAX {
            self.0.push(what());
        }
    }

    pub(crate) fn told(&self) -> &[String] {
        &self.0
    }
}
