//! Who a target of a step is, at an instant.

use jiff::Timestamp;
use seaworthy_contract::catalogue::{Rotation, Service};
use seaworthy_escalation::Target;
use seaworthy_model::PersonId;

use crate::State;
use crate::view::{at_level, everybody};

/// What whoever is called depends on.
pub(in crate::step) struct Asked<'a> {
    pub state: &'a State,
    /// The service; none where it has left the catalogue.
    pub service: Option<&'a Service>,
    pub now: Timestamp,
}

impl Asked<'_> {
    /// Returns who a target is now: nobody where a rotation has a gap, or where somebody has left the catalogue.
    pub(super) fn people(&self, target: &Target) -> Vec<PersonId> {
        let people = match target {
            Target::OnCall { level } => self.on_call(self.rotation(), *level),
            Target::Rotation { rotation, level } => self.on_call(self.state.catalogue.rotation(rotation), *level),
            Target::Person(person) => vec![person.clone()],
            Target::Team => {
                self.rotation().map(|rotation| everybody(self.state, rotation, self.now)).unwrap_or_default()
            }
            // A ladder has none: what a policy hands over to is flat in it.
            Target::Policy(_) => Vec::new(),
        };
        people.into_iter().filter(|person| self.state.catalogue.get("person", person.as_str()).is_some()).collect()
    }

    fn rotation(&self) -> Option<&Rotation> {
        self.state.catalogue.rotation_for(self.service?)
    }

    fn on_call(&self, rotation: Option<&Rotation>, level: u8) -> Vec<PersonId> {
        rotation.and_then(|rotation| at_level(self.state, rotation, level, self.now)).into_iter().collect()
    }
}
