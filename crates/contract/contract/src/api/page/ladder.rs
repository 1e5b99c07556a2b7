//! The ladder of a page: whom it has called, when and how, and whom it calls next.

use jiff::Timestamp;
use seaworthy_model::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::events::page::EscalatedBecauseV2;

/// Whom a page has called, and whom it calls next unless somebody takes it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageLadder {
    /// The escalation policy.
    pub policy: String,
    /// Why it is not the policy that the files name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Everybody who was called, oldest first.
    pub calls: Vec<PageCall>,
    /// When the next are called; none where nobody else is.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
    /// Who that would be, as the rotations are now; they are asked anew when it comes to it. Empty where the ladder ends then.
    #[serde(default)]
    pub next: Vec<PageCallee>,
    /// Why nobody else is called; none while it climbs.
    #[serde(default)]
    pub end: Option<LadderEnd>,
    /// When it came to its end the last time.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub exhausted_at: Option<Timestamp>,
    /// The round that it is in, or that was its last, from 1.
    pub round: u16,
    /// How many rounds there are.
    pub rounds: u16,
}

/// Why nobody else is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LadderEnd {
    /// Somebody has the page.
    Taken,
    /// What it is about is over.
    Over,
    /// It is a drill: it asks whether the way to one person works.
    Drill,
    /// Everybody was called in every round and nobody has taken it.
    Exhausted,
}

/// One rung that was called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageCall {
    /// Its place on the ladder, from 0.
    pub rung: u16,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Why it was called after another; none where it was called with the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<EscalatedBecauseV2>,
    /// Rungs right before it in which nobody was there to be called.
    #[serde(default)]
    pub left_out: u16,
    /// Whom.
    pub people: Vec<PageCalled>,
}

/// Somebody who was called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageCalled {
    /// Who.
    #[serde(flatten)]
    pub who: PageCallee,
    /// `waiting`, `delivered`, `undeliverable`.
    pub state: String,
    /// Which of their contacts took it, in the order of time.
    pub contacts: Vec<PageContact>,
    /// Why no contact did, where each was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A person, and what people call them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageCallee {
    /// The handle.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// What people call them.
    pub name: Option<String>,
}

/// A contact that took a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PageContact {
    /// Its place among the person's contacts, from 1, as they stood then.
    pub contact: u16,
    /// When it took it.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}
