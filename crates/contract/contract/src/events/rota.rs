//! Events of rotas: who is on call instead of whom, who joined, when a rota began. People appear by handle. Whoever was
//! asked and did not join is nowhere: there is no event for it, and there must not be one.

use jiff::Timestamp;
use seaworthy_model::{OfferId, OverrideId, PersonId, Position, RotationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who stands in for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StandInV1 {
    /// Puts a person on call, whoever it would be otherwise.
    #[schema(value_type = String)]
    Add(PersonId),
    /// Takes a person off.
    #[schema(value_type = String)]
    Remove(PersonId),
    /// Puts one person where another would be.
    Replace {
        /// Who would be.
        #[schema(value_type = String)]
        who: PersonId,
        /// Who is.
        #[schema(value_type = String)]
        with: PersonId,
    },
}

/// A rotation is changed for a time. A later change goes before an earlier one, and both before those of its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RotaOverrideSetV1 {
    /// The override.
    #[schema(value_type = String)]
    pub id: OverrideId,
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// What changes.
    pub change: StandInV1,
    /// At which level, 0 is the primary; at every one where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// The swap that both agreed to, where it comes from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub offer: Option<OfferId>,
}

/// An override was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RotaOverrideClearedV1 {
    /// The override.
    #[schema(value_type = String)]
    pub id: OverrideId,
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
}

/// A time that somebody is on call for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldV1 {
    /// At which level, 0 is the primary.
    pub level: u8,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// One person's time is offered to another, for theirs or for nothing. It changes nothing until both have agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RotaSwapOfferedV1 {
    /// The offer.
    #[schema(value_type = String)]
    pub id: OfferId,
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// Whose time it is.
    #[schema(value_type = String)]
    pub by: PersonId,
    /// The time.
    pub gives: HeldV1,
    /// Who is asked; the first other member who agrees, where nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub to: Option<PersonId>,
    /// What they give in return; nothing where it is help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes: Option<HeldV1>,
    /// When it is over, agreed to or not.
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
}

/// One of the two agreed, by a link that only they were sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RotaSwapAgreedV1 {
    /// The offer.
    #[schema(value_type = String)]
    pub id: OfferId,
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// Who agreed.
    #[schema(value_type = String)]
    pub person: PersonId,
}

/// An offer was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RotaSwapWithdrawnV1 {
    /// The offer.
    #[schema(value_type = String)]
    pub id: OfferId,
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
}

/// A person joined a rota, by a link that only they were sent, and acknowledged its terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RotaMemberAcceptedV1 {
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// Position of the declaration whose terms they were shown.
    #[schema(value_type = u64)]
    pub terms: Position,
}

/// A person who had joined is no longer a member: from the next hand-over on they are not scheduled. There is no reason
/// here and no field for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RotaMemberLeftV1 {
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
}

/// A rota that people join themselves began: from now on its members are on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RotaStartedV1 {
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// What was missing; nothing where every condition was met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Who decided to begin anyway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub decided_by: Option<PersonId>,
    /// Why they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One person's time by a followed calendar.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct CalendarShiftV1 {
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// Until when, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub end: Timestamp,
    /// At which level, 0 is the primary.
    pub level: u8,
    /// Who; none where the calendar names somebody whom no mapping knows: that is a gap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub person: Option<PersonId>,
}

/// A followed calendar was read and says something else than before, or could be read again: between two instants this is
/// what it says, and what it said of them before is void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RotaCalendarReadV1 {
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// From when on something is different.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when; the same instant where nothing is.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Until when it was read: what comes later is not known yet.
    #[schema(value_type = String, format = DateTime)]
    pub known_until: Timestamp,
    /// Shifts between the two, cut to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shifts: Vec<CalendarShiftV1>,
}

/// Why a followed calendar could not be read. Words alone: an address is a key, and what an answer holds names people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CalendarTroubleV1 {
    /// Nobody answered, or not in time.
    Unreachable,
    /// The answer was an error or another address.
    Refused,
    /// What came is no calendar.
    NotACalendar,
    /// What came is too large.
    TooLarge,
    /// The address, or a secret that it names, is not there.
    NoAddress,
}

/// A followed calendar could not be read. What was read last stays until it is not trusted any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RotaCalendarLostV1 {
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// Why.
    pub why: CalendarTroubleV1,
    /// When it was read last; none where it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub read_at: Option<Timestamp>,
    /// From when on nobody is on call by it, unless it is read again.
    #[schema(value_type = String, format = DateTime)]
    pub trusted_until: Timestamp,
}
