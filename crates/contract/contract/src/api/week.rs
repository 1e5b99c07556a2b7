//! A team's week as outsiders see it: its pages, what they cost people, and what is ahead. Nobody is told how often somebody
//! else was woken: what is here is of all together.

use jiff::Timestamp;
use seaworthy_model::{PageId, PersonId, RotationId, ServiceId, TeamId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Proposal, RotaPlan};
use crate::events::alert::VerdictV1;

/// Fewest people of whom figures are told by how many they are: of fewer, everybody knows who is meant.
pub const WEEK_PEOPLE_MIN: usize = 5;

/// Answer of `GET /v1/week`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Weeks {
    /// The reader's team; for admins every team.
    pub teams: Vec<Week>,
    /// For admins, where people are woken too often; none for everybody else.
    pub crossed: Option<WakesCrossed>,
}

/// Where somebody was woken more than twice in a year: a question to whoever leads (ONC-18).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WakesCrossed {
    /// In how many rotas.
    pub rotas: u32,
    /// Those of them with at least five people.
    #[schema(value_type = Vec<String>)]
    pub named: Vec<RotationId>,
}

/// A team's week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Week {
    /// The team.
    #[schema(value_type = String)]
    pub team: TeamId,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until now.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// What it was, of all together.
    pub load: WeekLoad,
    /// The last 365 days.
    pub year: WeekYear,
    /// Its pages, newest first, without drills.
    pub pages: Vec<WeekPage>,
    /// Rules of its services that should change; how much the last 30 days say for each.
    pub rules: Vec<Proposal>,
    /// Its rotas over the next 14 days.
    pub ahead: RotaPlan,
    /// Coming nights that are held by somebody who was woken in the night before.
    pub rest: Vec<WeekRest>,
    /// Nights of the next 14 days by who is primary when they begin, most first.
    #[serde(default)]
    pub nights: Vec<WeekNights>,
}

/// Nights that somebody is primary in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WeekNights {
    /// The rota.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// How many.
    pub nights: u32,
}

/// What a week was, of all together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WeekLoad {
    /// Pages.
    pub pages: u32,
    /// Of those, how many came between 22:00 and 07:00 on the rota's wall clock.
    pub at_night: u32,
    /// Wakes: one a person and half hour.
    pub wakes: u32,
    /// Of the pages, how many somebody took and acted on.
    pub actionable: u32,
    /// Of the pages, how many needed nobody: there was nothing to do, it was another's, or it ended by itself within 5 minutes.
    pub nothing: u32,
    /// How long it took to take a page, in the middle; none while nobody took one.
    pub taken_after_seconds: Option<i64>,
    /// How long people were on call, at all levels.
    pub held_minutes: i64,
    /// How much of that was Saturday or Sunday.
    pub weekend_minutes: i64,
}

/// What a year was, of all together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WeekYear {
    /// Wakes.
    pub wakes: u32,
    /// Of who is in a rota now, how many were woken never, once, twice, and more often; none for fewer than five people.
    pub people: Option<[u32; 4]>,
}

/// A page of a week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WeekPage {
    /// Its id.
    #[schema(value_type = String)]
    pub id: PageId,
    /// The service it is about.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// What customers could not do.
    pub sentence: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Whether that was at night on the rota's wall clock.
    pub at_night: bool,
    /// Whether somebody took it.
    pub taken: bool,
    /// What somebody said that it was worth.
    pub verdict: Option<VerdictV1>,
}

/// A coming night to be taken over by somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WeekRest {
    /// The rota.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// 0 is the primary.
    pub level: u8,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}
