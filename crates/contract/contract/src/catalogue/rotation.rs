//! A rotation as it is declared: people in turn, and what lies over it.

use jiff::Timestamp;
use jiff::civil::Time;
use seaworthy_model::{PersonId, RotationId, TeamId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who is on call, in turn: a list and a start, and what lies over it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rotation {
    /// Its name.
    #[schema(value_type = String)]
    pub name: RotationId,
    /// The team it belongs to.
    #[schema(value_type = String)]
    pub team: TeamId,
    /// People in turn.
    #[schema(value_type = Vec<String>)]
    pub participants: Vec<PersonId>,
    /// The first hand-over.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// IANA time zone whose wall clock hand-overs keep.
    pub zone: String,
    /// Length of a turn, in days of the wall clock.
    pub days: u16,
    /// What a list and a start do not say.
    #[serde(default, skip_serializing_if = "Layered::is_plain")]
    pub layered: Layered,
}

/// What lies over a rotation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Layered {
    /// Length of a turn that is not whole days; the rotation's `days` count otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<TurnLength>,
    /// How many people are on call at a time, 1 to 4; whoever is secondary has the next turn. 1 where it is 0.
    #[serde(default)]
    pub levels: u8,
    /// Hours of the week in which the rotation counts; always where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<HoursOfWeek>,
    /// Layers above it, the lowest first: the highest that has somebody counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<RotationLayer>,
    /// Changes for a time, in the order in which they were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<RotationOverride>,
    /// Who is on call where no layer has anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub fallback: Option<PersonId>,
    /// Who is told of its pages to learn from them: they never cover and are never called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub shadows: Vec<PersonId>,
    /// What people agree to, where only who accepts is in turn; none where the file alone says who is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joining: Option<Joining>,
    /// Another system's calendar that says who is on call, in place of turns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Box<FollowedCalendar>>,
}

/// A calendar of another system that a rotation follows. Its address and whom its names mean are kept beside the ledger: see
/// [`super::CalendarDetails`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowedCalendar {
    /// Where it is, as people may read it: the file, or the host of the address. Never the address, which is often a key.
    pub from: String,
    /// Minutes between two reads, 1 to 1440; a file is read when it is applied.
    pub every_minutes: u32,
    /// For how many hours what was read last says who is on call, once it cannot be read any more: 1 to 720.
    pub trusted_hours: u32,
}

/// A rotation that people join themselves: what they agree to, and what must hold before it begins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Joining {
    /// What people agree to, such as hours and pay, in the team's words.
    pub terms: String,
    /// Shadow shifts that somebody has had before their first turn as primary.
    pub shadow_shifts: u16,
    /// Drills whose page somebody has taken before their first turn as primary.
    pub drills: u16,
    /// Rows of readiness that must hold for every service that it covers, such as `DEP-12`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readiness: Vec<String>,
}

impl Layered {
    /// Returns whether nothing lies over the rotation.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Returns whether turns alone say who is on call, at one level and at all hours.
    pub fn names_by_turn_alone(&self) -> bool {
        *self == Self { shadows: self.shadows.clone(), ..Self::default() }
    }

    /// Returns everybody it names.
    pub fn people(&self) -> impl Iterator<Item = &PersonId> {
        let layers = self.layers.iter().flat_map(|layer| &layer.participants);
        let others = layers.chain(self.overrides.iter().flat_map(|one| one.change.people())).chain(&self.fallback);
        others.chain(&self.shadows)
    }
}

/// Length of a turn, on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TurnLength {
    /// Hours.
    Hours(u16),
    /// Days; a week is seven.
    Days(u16),
    /// Calendar months.
    Months(u16),
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "they are what they are called")]
pub enum DayOfWeek {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// Every day, Monday first.
pub const WEEK: [DayOfWeek; 7] =
    [DayOfWeek::Mon, DayOfWeek::Tue, DayOfWeek::Wed, DayOfWeek::Thu, DayOfWeek::Fri, DayOfWeek::Sat, DayOfWeek::Sun];

/// From one local time to another on some days; over midnight when the end is not after the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HoursOfWeek {
    /// Days on which it begins.
    pub days: Vec<DayOfWeek>,
    /// When it begins, on the wall clock.
    #[schema(value_type = String)]
    pub from: Time,
    /// When it ends.
    #[schema(value_type = String)]
    pub until: Time,
}

/// People in turn above the rotation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotationLayer {
    /// How people call it.
    pub name: String,
    /// People in turn.
    #[schema(value_type = Vec<String>)]
    pub participants: Vec<PersonId>,
    /// The first hand-over.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// IANA time zone whose wall clock hand-overs and hours keep.
    pub zone: String,
    /// Length of a turn.
    pub turn: TurnLength,
    /// Hours of the week in which it counts; always where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<HoursOfWeek>,
}

/// A change of a rotation for a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RotationOverride {
    /// What changes.
    pub change: StandIn,
    /// At which level, 0 is the primary; at every one where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// Who stands in for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StandIn {
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

impl StandIn {
    fn people(&self) -> impl Iterator<Item = &PersonId> {
        let (one, other) = match self {
            Self::Add(person) | Self::Remove(person) => (person, None),
            Self::Replace { who, with } => (who, Some(with)),
        };
        [one].into_iter().chain(other)
    }
}
