//! What a rehearsal looks at: teams, rotas, policies and who can be reached, as they are with the person.

use std::collections::BTreeSet;

use jiff::Timestamp;
use seaworthy_escalation::Policy;
use seaworthy_model::{PersonId, RotationId, ServiceId, TeamId};
use seaworthy_oncall::Schedule;

/// A team and what it owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its name.
    pub name: TeamId,
    /// Who is in it.
    pub members: Vec<PersonId>,
    /// What it owns.
    pub owns: Vec<ServiceId>,
}

/// A rotation with everything that was said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rota {
    /// Its name.
    pub name: RotationId,
    /// Who is on call when.
    pub schedule: Schedule,
    /// Everybody who takes turns in it.
    pub people: BTreeSet<PersonId>,
}

/// A service, and to whom its pages go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: ServiceId,
    /// The rotation that is paged for it, where there is one.
    pub rota: Option<RotationId>,
    /// The name of the escalation policy of its pages.
    pub policy: String,
}

/// Everything that is looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct World {
    /// Teams.
    pub teams: Vec<Team>,
    /// Rotations.
    pub rotas: Vec<Rota>,
    /// Escalation policies, the standard one among them where a service has it.
    pub policies: Vec<Policy>,
    /// Services.
    pub services: Vec<Service>,
    /// Whoever has a way to be called; none where it is not known.
    pub reachable: Option<BTreeSet<PersonId>>,
}

/// The time that is rehearsed, `from` inclusive, `to` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
}
