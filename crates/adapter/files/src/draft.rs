//! What single files say, before it is put together: every value still knows its place.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seaworthy_contract::catalogue::{
    CalendarLayout, CommandHook, Dependency, EscalationPolicy, FollowedCalendar, Layered, Other, Outlet, PersonContact,
    Probe, Route, Run, Strategy, Tolerance, TurnLength,
};
use seaworthy_model::{EscalationId, PersonId, RotationId, ServiceId, SystemId, TeamId, Tier};

use seaworthy_objectives::{Documents, Wanted};

use crate::diagnostic::{Place, Placed};

/// Which format an entity was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// A Backstage entity: read as found, its gaps are warnings.
    Backstage,
    /// One of ours: its gaps are errors.
    Seaworthy,
}

/// Everything that all files say.
#[derive(Default)]
pub(crate) struct Drafts {
    pub services: Vec<Draft<ServiceDraft>>,
    pub teams: Vec<Draft<TeamDraft>>,
    pub people: Vec<Draft<PersonDraft>>,
    pub rotations: Vec<Draft<RotationDraft>>,
    pub policies: Vec<Draft<PolicyDraft>>,
    pub others: Vec<Draft<Other>>,
    pub outlets: Vec<Draft<OutletDraft>>,
    pub probes: Vec<AttachedDraft<Probe>>,
    pub tolerances: Vec<AttachedDraft<Tolerance>>,
    pub actions: Vec<AttachedDraft<CommandHook>>,
    /// Documents of OpenSLO and Sloth.
    pub objectives: Documents,
    /// Names of Backstage components that are no services: something may depend on them.
    pub components: BTreeSet<String>,
    /// Namespaces that were written into names, with the first place of each.
    pub namespaces: BTreeMap<String, Place>,
}

/// One declaration.
pub(crate) struct Draft<T> {
    pub origin: Origin,
    /// Where its `kind` stands.
    pub at: Place,
    pub body: T,
}

/// Something that belongs to a service and stands in a document of its own.
pub(crate) struct AttachedDraft<T> {
    /// Where it is declared.
    pub at: Place,
    /// Its name, unique in its kind.
    pub name: String,
    /// The service.
    pub service: Placed<ServiceId>,
    pub body: T,
}

/// Who owns a service, as written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Owner {
    pub team: TeamId,
    /// Set when the file names a person.
    pub person: Option<PersonId>,
}

pub(crate) struct ServiceDraft {
    pub name: Placed<ServiceId>,
    pub description: Option<String>,
    pub owner: Option<Placed<Owner>>,
    pub tier: Option<Tier>,
    pub system: Option<SystemId>,
    pub routes: Vec<Placed<Route>>,
    pub run: Option<Run>,
    pub dependencies: Vec<Placed<Dependency>>,
    pub rollout: Option<Strategy>,
    pub on_call: Option<Placed<RotationId>>,
    pub escalation: Option<Placed<EscalationId>>,
    pub objectives: Wanted,
}

pub(crate) struct TeamDraft {
    pub name: TeamId,
    pub title: Option<String>,
    pub members: Vec<Placed<PersonId>>,
    pub escalation: Option<Placed<EscalationId>>,
}

pub(crate) struct PersonDraft {
    pub name: PersonId,
    pub display_name: Option<String>,
    pub contacts: Vec<PersonContact>,
    pub member_of: Vec<TeamId>,
}

/// An escalation policy; what could not be read of it was reported and is left out.
pub(crate) struct PolicyDraft {
    pub policy: EscalationPolicy,
    /// Where each step stands.
    pub steps: Vec<Place>,
}

/// An outlet, and where its team is named.
pub(crate) struct OutletDraft {
    pub outlet: Outlet,
    pub team: Place,
}

/// A rotation; what could not be read was reported and is none, so that the rotation still counts as declared.
pub(crate) struct RotationDraft {
    pub name: Placed<RotationId>,
    pub team: Option<Placed<TeamId>>,
    pub participants: Vec<Placed<PersonId>>,
    pub start: Option<Placed<Timestamp>>,
    pub zone: Option<String>,
    pub turn: Option<TurnLength>,
    pub layered: Layered,
    /// Everybody whom layers, overrides and the fallback name.
    pub others: Vec<Placed<PersonId>>,
    /// The calendar that it follows.
    pub calendar: Option<CalendarDraft>,
}

/// A calendar that a rotation follows.
pub(crate) struct CalendarDraft {
    /// A file, or an address.
    pub from: Placed<String>,
    pub is_file: bool,
    pub layout: CalendarLayout,
    /// Whom names mean.
    pub people: BTreeMap<String, Placed<PersonId>>,
    pub followed: FollowedCalendar,
}

impl RotationDraft {
    /// Returns whether it is paged for what a team owns.
    pub(crate) fn is_of(&self, team: &TeamId) -> bool {
        self.team.as_ref().is_some_and(|own| own.value == *team)
    }
}
