//! What people said of rows of readiness: the last word of each, with its place.

use std::collections::BTreeMap;

use seaworthy_contract::events::Event;
use seaworthy_contract::events::row::{RowAttestedV1, RowExceptedV1};
use seaworthy_model::ServiceId;

use super::{Placed, State};
use crate::Fact;

/// What was said of one row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RowWords {
    /// Why it does not apply.
    pub excepted: Option<Placed<RowExceptedV1>>,
    /// How it stands.
    pub attested: Option<Placed<RowAttestedV1>>,
}

/// What was said of every row, by service.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows(BTreeMap<ServiceId, BTreeMap<String, RowWords>>);

impl Rows {
    /// Returns what was said of a row.
    pub fn of(&self, service: &ServiceId, row: &str) -> Option<&RowWords> {
        self.0.get(service)?.get(row)
    }

    /// Forgets a service that left the catalogue.
    pub(super) fn forget(&mut self, service: &str) {
        self.0.retain(|known, _| known.as_str() != service);
    }

    fn words(&mut self, service: &ServiceId, row: &str) -> &mut RowWords {
        self.0.entry(service.clone()).or_default().entry(row.to_owned()).or_default()
    }
}

impl State {
    pub(super) fn apply_row(&mut self, fact: &Fact) {
        let (at, position) = (fact.at, fact.position);
        match &fact.event {
            Event::RowExcepted(e) => {
                self.rows.words(&e.service, &e.row).excepted = Some(Placed { event: e.clone(), at, position });
            }
            Event::RowExceptionEnded(e) => self.rows.words(&e.service, &e.row).excepted = None,
            Event::RowAttested(e) => {
                self.rows.words(&e.service, &e.row).attested = Some(Placed { event: e.clone(), at, position });
            }
            Event::RowAttestationEnded(e) => self.rows.words(&e.service, &e.row).attested = None,
            _ => {}
        }
    }
}
