//! What people and calendars want of rotas.

use jiff::Timestamp;
use seaworthy_contract::catalogue::StandIn;
use seaworthy_contract::events::rota::{CalendarShiftV1, HeldV1};
use seaworthy_model::{PersonId, RotationId};

/// A change of a rotation for a time.
#[derive(Debug, Clone, PartialEq)]
pub struct OverrideWanted {
    /// The rotation.
    pub rotation: RotationId,
    /// What changes.
    pub change: StandIn,
    /// At which level; at every one where none is named.
    pub level: Option<u8>,
    /// From when.
    pub from: Timestamp,
    /// Until when, exclusive.
    pub until: Timestamp,
}

/// Somebody's time, offered to another.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferWanted {
    /// The rotation.
    pub rotation: RotationId,
    /// Whose time it is.
    pub by: PersonId,
    /// The time.
    pub gives: HeldV1,
    /// Who is asked; anybody in the rota where nobody is named.
    pub to: Option<PersonId>,
    /// What they give in return.
    pub takes: Option<HeldV1>,
}

/// What a calendar says from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct CalendarSays {
    /// The rotation that follows it.
    pub rotation: RotationId,
    /// Until when it was read.
    pub known_until: Timestamp,
    /// Who is on call, in any order; without a person where its name means nobody.
    pub shifts: Vec<CalendarShiftV1>,
}

/// The beginning of a rota.
#[derive(Debug, Clone, PartialEq)]
pub struct StartWanted {
    /// The rotation.
    pub rotation: RotationId,
    /// Conditions that are not met, as whoever asks found them.
    pub missing: Vec<String>,
    /// Who decides to begin all the same.
    pub decided_by: Option<PersonId>,
    /// Why.
    pub reason: Option<String>,
}
