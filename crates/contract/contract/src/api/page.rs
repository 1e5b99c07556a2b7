//! Pages to people as outsiders see them.

mod ladder;

use jiff::Timestamp;
use seaworthy_model::{AlertId, PageId, PersonId, Position, RolloutId, ServiceId, TeamId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::events::alert::VerdictV1;

pub use ladder::{LadderEnd, PageCall, PageCalled, PageCallee, PageContact, PageLadder};

/// A page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page {
    /// Its id.
    #[schema(value_type = String)]
    pub id: PageId,
    /// The service it is about.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The owning team.
    #[schema(value_type = String)]
    pub team: TeamId,
    /// The person paged; none when nobody was on call.
    #[schema(value_type = Option<String>)]
    pub to: Option<PersonId>,
    /// What people call them.
    pub to_name: Option<String>,
    /// What customers cannot do, since when.
    pub sentence: String,
    /// Where it stands.
    pub state: PageState,
    /// How what it is about is now.
    #[serde(default)]
    pub matter: PageMatter,
    /// The rollout it is about.
    #[schema(value_type = Option<String>)]
    pub rollout: Option<RolloutId>,
    /// The alert it is about.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub alert: Option<AlertId>,
    /// What somebody said it was worth.
    #[serde(default)]
    pub verdict: Option<VerdictV1>,
    /// When it began.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub began_at: Option<Timestamp>,
    /// When it was requested.
    #[schema(value_type = String, format = DateTime)]
    pub requested_at: Timestamp,
    /// When it was acknowledged, and by whom.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acknowledged_at: Option<Timestamp>,
    /// Who acknowledged it.
    pub acknowledged_by: Option<String>,
    /// Whether whoever did is known to be a person: by the link that only they were sent.
    #[serde(default)]
    pub reached: bool,
    /// How it left.
    pub channels: Vec<PageChannel>,
    /// Whom it has called, and whom it calls next unless somebody takes it.
    #[serde(default)]
    pub ladder: PageLadder,
    /// Ledger position of the request.
    pub position: Position,
}

/// How what a page is about is now: whether anything is left to do but to say that somebody has read it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PageMatter {
    /// It goes on, or only a person knows.
    #[default]
    GoesOn,
    /// It is over: users are off the version, or nothing says so any more.
    Over,
    /// Nothing is wrong: it was sent to see whether it reaches a person.
    Drill,
}

/// Where a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PageState {
    /// On its way.
    Requested,
    /// At least one channel accepted it.
    Delivered,
    /// A person has it.
    Acknowledged,
    /// No channel took it.
    Undeliverable,
}

/// How a page left by one channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageChannel {
    /// `portal`, `webhook-1`.
    pub channel: String,
    /// `waiting`, `delivered`, `undeliverable`.
    pub state: String,
    /// When that was last known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}
