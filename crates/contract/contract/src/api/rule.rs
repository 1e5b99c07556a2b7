//! Rules, what each has been worth, and the weekly review, as outsiders see them.

use jiff::Timestamp;
use seaworthy_model::ServiceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::events::alert::{NatureV1, RuleChangeV1, Urgency};

/// Most rules of one answer: more are asked for service by service.
pub const RULES_SHOWN_MAX: usize = 2_000;

/// What says that something is wrong, and what it has been worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rule {
    /// Its name: `objective/checkout-availability`, `alertmanager/HighErrorRate`.
    pub name: String,
    /// Where it comes from: `objective`, `probe`, `alertmanager`, `events`.
    pub source: String,
    /// Whether the catalogue declares it; the rules of other systems are known by what they said.
    pub declared: bool,
    /// Services that it speaks of, as far as is remembered.
    #[schema(value_type = Vec<String>)]
    pub services: Vec<ServiceId>,
    /// What its last alert asked for; none when it never fired.
    pub urgency: Option<Urgency>,
    /// Whether customers felt its last alert; none when it never fired.
    pub nature: Option<NatureV1>,
    /// When it fired last, drills included.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub fired_at: Option<Timestamp>,
    /// Whether that was a drill.
    pub fired_as_drill: bool,
    /// When a person last took a page that it was part of, drills included.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub reached_at: Option<Timestamp>,
    /// What its team did to it last.
    pub change: Option<RuleChanged>,
    /// The last 30 days, or those since its change.
    pub worth: Worth,
}

/// What a team did to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleChanged {
    /// What.
    pub change: RuleChangeV1,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// What a rule has been worth in the last 30 days (or fewer, in a review that looks back on fewer), or since it was
/// changed, without drills; of more than 64 firings the last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Worth {
    /// Times it fired.
    pub fired: u32,
    /// Times it was part of a page.
    pub paged: u32,
    /// Pages of which somebody said what they were worth.
    pub judged: u32,
    /// Of those, how many were acted on.
    pub acted: u32,
    /// Of those, how many were another's.
    pub not_ours: u32,
    /// Acted on by judged; none while nobody judged.
    pub actionable_ratio: Option<f64>,
    /// Times that it fired after it had been acted on: what was done did not mend it.
    pub repeats: u32,
}

/// A rule in the weekly review, and what it should become.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Proposal {
    /// The rule.
    pub rule: String,
    /// Services that it speaks of, as far as is remembered.
    #[schema(value_type = Vec<String>)]
    pub services: Vec<ServiceId>,
    /// What it should become; none when it is fine as it is.
    pub suggestion: Option<Suggestion>,
    /// What `POST /v1/rules/change` takes to make it so; none where that takes more than a tap.
    pub change: Option<RuleChangeV1>,
    /// Why, in one sentence.
    pub because: String,
    /// What it has been worth.
    pub worth: Worth,
    /// What of it is said of no rule before it in the list. Rules share pages: these add up.
    #[serde(default)]
    pub distinct: Option<Distinct>,
}

/// Pages that are counted once, whichever rules were part of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Distinct {
    /// Pages.
    pub paged: u32,
    /// Of those, how many were judged.
    pub judged: u32,
    /// Of those, how many were acted on.
    pub acted: u32,
}

/// What a rule should become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Suggestion {
    /// Ask for a ticket at most.
    Demote,
    /// Page.
    Raise,
    /// Say nothing any more.
    Delete,
    /// Be as its author wrote it.
    Restore,
    /// What it tells of should be mended.
    Mend,
    /// Be fired as a drill.
    Drill,
}

/// Body of `POST /v1/rules/change`. The same change again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleChangeRequest {
    /// The rule.
    pub rule: String,
    /// What it should become.
    pub change: RuleChangeV1,
}

/// Body of `POST /v1/rules/drill`. A second drill of a service waits until the first has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrillRequest {
    /// The rule.
    pub rule: String,
}
