//! Events of pages. People appear by handle; how they are reached is in the directory, not here.

use jiff::Timestamp;
use seaworthy_model::{PageId, PersonId, RolloutId, RotationId, ServiceId, TeamId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody is to be paged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageRequestedV1 {
    /// The page.
    #[schema(value_type = String)]
    pub page: PageId,
    /// The service it is about.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The team that owns it.
    #[schema(value_type = String)]
    pub team: TeamId,
    /// The person on call; none when nobody is, which is shown in red.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub to: Option<PersonId>,
    /// The rotation that named them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub rotation: Option<RotationId>,
    /// One sentence: what customers cannot do, since when.
    pub sentence: String,
    /// The rollout it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub rollout: Option<RolloutId>,
    /// When it began, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub began_at: Option<Timestamp>,
    /// Channels it leaves by, each a message in the outbox: `portal`, `webhook-1`, `command-2`.
    pub channels: Vec<String>,
}

/// A channel accepted the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageDeliveredV1 {
    /// The page.
    #[schema(value_type = String)]
    pub page: PageId,
    /// The channel.
    pub channel: String,
    /// Which try it was, from 1.
    pub attempt: u32,
}

/// A channel did not take the page and is not tried again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageUndeliverableV1 {
    /// The page.
    #[schema(value_type = String)]
    pub page: PageId,
    /// The channel.
    pub channel: String,
    /// Tries made.
    pub attempts: u32,
    /// What was seen last, without addresses.
    pub reason: String,
}

/// Nobody took the page yet, or whoever has it needs help: these people are called as well. Each is a channel of the page from now on, `rung-<n>/<person>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageEscalatedV2 {
    /// The page.
    #[schema(value_type = String)]
    pub page: PageId,
    /// The rung of the ladder that is called, from 0; what `page.requested` calls is rung 0.
    pub rung: u16,
    /// Whom it calls, as they were on call at this instant; whoever is on call later is not called by it.
    #[schema(value_type = Vec<String>)]
    pub people: Vec<PersonId>,
    /// Why.
    pub why: EscalatedBecauseV2,
}

/// Why a page climbs. V1 knew no help; every payload of V1 is one of V2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EscalatedBecauseV2 {
    /// Whoever was called has not taken it in the time that the policy gives.
    Unanswered,
    /// Every contact of everybody who was called was given up.
    Unreachable,
    /// Nobody was there to be called.
    Nobody,
    /// Whoever has it asked for help.
    Help,
}

/// The ladder was climbed to its end and nobody has taken the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageExhaustedV1 {
    /// The page.
    #[schema(value_type = String)]
    pub page: PageId,
    /// How many times it was climbed, from 1.
    pub round: u16,
    /// Whether it begins again, as its policy says; otherwise nobody else is called.
    pub again: bool,
}

/// A contact of somebody who was called took the page. Which way that is stands in the directory, not here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageCalledV1 {
    /// The page.
    #[schema(value_type = String)]
    pub page: PageId,
    /// The channel: `contacts`, or `rung-<n>/<person>`.
    pub channel: String,
    /// Which of the person's contacts, from 1, as they stood then.
    pub contact: u16,
    /// Which try it was, from 1.
    pub attempt: u32,
}

/// A contact that a page called by was told what became of it. Nobody is called by that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageToldV1 {
    /// The page.
    #[schema(value_type = String)]
    pub page: PageId,
    /// The channel of the call: `contacts`, or `rung-<n>/<person>`.
    pub channel: String,
    /// Which of the person's contacts, from 1, as they stood at the call.
    pub contact: u16,
    /// What it was told.
    pub news: PageNewsV1,
}

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PageNewsV1 {
    /// Somebody has it.
    Taken,
    /// What it was about is over.
    Resolved,
}

/// A person has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageAcknowledgedV1 {
    /// The page.
    #[schema(value_type = String)]
    pub page: PageId,
}
