//! Rotas: who is on call, when and why, what is wrong with the rota ahead, and what people changed.

use jiff::Timestamp;
use seaworthy_model::{OfferId, OverrideId, PersonId, Position, RotationId, ServiceId, TeamId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::StandIn;

/// Longest time that is shown at once, in days.
pub const ROTA_DAYS_MAX: i64 = 731;

/// How people come to be in a rota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RotaState {
    /// A file lists them.
    Listed,
    /// They joined, and it runs.
    Started,
    /// They join, and it has not begun: nobody is on call by it.
    NotStarted,
}

/// A rota at this moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaNow {
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// Whose it is.
    #[schema(value_type = String)]
    pub team: TeamId,
    /// IANA time zone whose wall clock hand-overs keep.
    pub zone: String,
    /// How people come to be in it.
    pub state: RotaState,
    /// Since when it runs, where people join it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    /// Services whose pages it gets.
    #[schema(value_type = Vec<String>)]
    pub services: Vec<ServiceId>,
    /// Who is on call now, primary first. A level that is missing has nobody.
    pub on_call: Vec<RotaHolder>,
    /// Levels that it has: 1 is a primary alone.
    pub levels: u8,
    /// The next hand-over of the primary within 62 days.
    pub next: Option<RotaHandOver>,
    /// The calendar that says who is on call, where it is not turns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<RotaFollowed>,
    /// Where it was declared, `file:line`.
    pub source: String,
    /// Position of the event that says so.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// A calendar of another system that a rota follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RotaFollowed {
    /// The file, or the host of its address.
    pub from: String,
    /// When it was read last; none where it never was.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub read_at: Option<Timestamp>,
    /// Until when what it says is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub known_until: Option<Timestamp>,
    /// Since when it cannot be read.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub lost_since: Option<Timestamp>,
    /// Why it cannot be read.
    pub trouble: Option<String>,
    /// From when on nobody is on call by it, where it cannot be read.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub trusted_until: Option<Timestamp>,
}

/// Who is on call at one level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaHolder {
    /// 0 is the primary.
    pub level: u8,
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// What people call them.
    pub display_name: Option<String>,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// What put them there.
    pub why: String,
}

/// A hand-over to come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaHandOver {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who takes over; nobody where it is a gap.
    #[schema(value_type = Option<String>)]
    pub person: Option<PersonId>,
    /// What people call them.
    pub display_name: Option<String>,
}

/// A rota over a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rota {
    /// At this moment.
    pub now: RotaNow,
    /// From when it is shown.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Who is in it: whom the file lists, or who joined.
    pub members: Vec<RotaMember>,
    /// Who learns from its pages.
    pub shadows: Vec<RotaShadow>,
    /// Changes that people made and that are not over, in the order in which they were made.
    pub overrides: Vec<RotaOverride>,
    /// Offers to swap that wait for somebody.
    pub offers: Vec<RotaOffer>,
    /// Who is on call, where nobody is, what is wrong with it.
    pub plan: RotaPlan,
}

/// Somebody who is in a rota.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaMember {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// What people call them.
    pub display_name: Option<String>,
    /// When they joined; none where a file lists them.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub joined_at: Option<Timestamp>,
}

/// Somebody who learns: told of pages, never called, never cover.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaShadow {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// What people call them.
    pub display_name: Option<String>,
    /// Whole turns of somebody that they have shadowed in this rota.
    pub shifts: u32,
}

/// A change for a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaOverride {
    /// The override.
    #[schema(value_type = String)]
    pub id: OverrideId,
    /// What changes.
    pub change: StandIn,
    /// At which level, 0 is the primary; at every one where none is named.
    pub level: Option<u8>,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// The swap that it comes from.
    #[schema(value_type = Option<String>)]
    pub offer: Option<OfferId>,
}

/// Somebody's time at one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotaTime {
    /// At which level, 0 is the primary.
    #[serde(default)]
    pub level: u8,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// An offer to swap, or to be relieved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaOffer {
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
    pub gives: RotaTime,
    /// Who is asked; anybody in the rota where nobody is named.
    #[schema(value_type = Option<String>)]
    pub to: Option<PersonId>,
    /// What they give in return.
    pub takes: Option<RotaTime>,
    /// When it is over.
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
    /// Who agreed so far.
    #[schema(value_type = Vec<String>)]
    pub agreed: Vec<PersonId>,
    /// What became of it.
    pub state: RotaOfferState,
}

/// What became of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RotaOfferState {
    /// It waits for somebody.
    Open,
    /// Both agreed.
    Agreed,
    /// It was taken back.
    Withdrawn,
    /// Its time is over.
    Over,
}

/// Who is on call in a time, where nobody is, and what whoever builds the rota should know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaPlan {
    /// Who is on call: by level, then in order.
    pub shifts: Vec<RotaShift>,
    /// Where nobody is.
    pub gaps: Vec<RotaGap>,
    /// What is wrong.
    pub findings: Vec<RotaFinding>,
}

/// One person on call at one level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaShift {
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// 0 is the primary.
    pub level: u8,
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// Until when, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub end: Timestamp,
    /// IANA time zone of the rotation.
    pub zone: String,
    /// What put them there.
    pub why: String,
}

/// Nobody is on call at a level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaGap {
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// 0 is the primary.
    pub level: u8,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// Until when, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub end: Timestamp,
    /// IANA time zone of the rotation.
    pub zone: String,
}

/// Something that whoever builds the rota should know; it stops nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaFinding {
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// `uncovered`, `two-levels`, `back-to-back`, `uneven-weekends`, `not-available`, `size`, `unconfirmed`; of a calendar that is followed
    /// `calendar-lost`, `unmapped`, `calendar-problems`, `calendar-ends`.
    pub kind: String,
    /// Whom it is about.
    #[schema(value_type = Option<String>)]
    pub person: Option<PersonId>,
    /// From when.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub start: Option<Timestamp>,
    /// Until when.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub end: Option<Timestamp>,
    /// The sentence.
    pub says: String,
}

/// Changes a rota for a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotaOverrideRequest {
    /// What changes.
    pub change: StandIn,
    /// At which level, 0 is the primary; at every one where none is named.
    #[serde(default)]
    pub level: Option<u8>,
    /// From when; what is past stays as it was.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// Offers somebody's time to another; both are sent a link, and it counts when both have agreed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotaOfferRequest {
    /// Whose time it is.
    #[schema(value_type = String)]
    pub by: PersonId,
    /// The time.
    pub gives: RotaTime,
    /// Who is asked; anybody in the rota where nobody is named.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub to: Option<PersonId>,
    /// What they give in return; nothing where it is help.
    #[serde(default)]
    pub takes: Option<RotaTime>,
}

/// Asks people to join a rota; each is sent a link of their own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotaInviteRequest {
    /// Who is asked; everybody whom the file names, where nobody is.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub person: Option<PersonId>,
}

/// An invitation without an answer. Whoever does not want to join answers nothing, and nothing is kept of that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaInvitation {
    /// Who was asked.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// Until when their link works.
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
}

/// Begins a rota that people joined.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotaStartRequest {
    /// Who decides to begin before every condition is met.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub decided_by: Option<PersonId>,
    /// Why they do.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Whether a rota has begun. "Not yet" is an answer like any other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaStart {
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// When it began; none while it has not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    /// What is missing, or was when it began anyway.
    pub missing: Vec<String>,
}

/// A time in which somebody is not available. There is no reason here and no field for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotaAway {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// How long people were on call for a team, for whoever pays them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaHours {
    /// The team.
    #[schema(value_type = String)]
    pub team: TeamId,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// By person, rotation and level.
    pub people: Vec<RotaHoursOf>,
}

/// How long one person was on call in one rotation at one level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaHoursOf {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// 0 is the primary.
    pub level: u8,
    /// Minutes on call.
    pub minutes: i64,
    /// How many of them were Saturday or Sunday on the rotation's wall clock.
    pub weekend_minutes: i64,
    /// Pages that were sent to this person first, drills left out; counted at level 0.
    pub call_outs: u32,
}

/// Whose shifts a calendar shows: a team's or a person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RotaCalendarOf {
    /// Every shift of a team's rotas.
    #[schema(value_type = String)]
    Team(TeamId),
    /// Every shift of a person in any rota.
    #[schema(value_type = String)]
    Person(PersonId),
}

/// A calendar that programs follow by its address, which is its only key: whoever has it reads the shifts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotaCalendar {
    /// By what it is revoked.
    pub id: String,
    /// Whose shifts.
    pub of: RotaCalendarOf,
    /// The address; told once, when it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}
