//! Alerts, silences and what a page was worth, as outsiders see them.

use jiff::Timestamp;
use seaworthy_model::{AlertId, ServiceId, TeamId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Page, PageState};
use crate::events::alert::{NatureV1, Urgency, VerdictV1};

/// Most alerts of one answer.
pub const ALERTS_SHOWN_MAX: usize = 500;

/// Alerts, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertPage {
    /// The alerts.
    pub alerts: Vec<Alert>,
    /// What to ask for as `before` to get older ones; none when there are no more.
    #[schema(value_type = Option<String>)]
    pub next: Option<AlertId>,
}

/// One symptom of one service, from its first rule to its last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Alert {
    /// Its id.
    #[schema(value_type = String)]
    pub id: AlertId,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The owning team; none when the service left the catalogue.
    #[schema(value_type = Option<String>)]
    pub team: Option<TeamId>,
    /// `availability`, `latency`, or the other system's own name for it.
    pub symptom: String,
    /// Whether customers feel it.
    pub nature: NatureV1,
    /// The highest that any of its rules asked for.
    pub urgency: Urgency,
    /// It was injected to see whether it reaches a person.
    pub drill: bool,
    /// What its first rule said.
    pub sentence: String,
    /// What is so at this moment: `in the last minute 0.2% of 310 requests failed`. None where it is over, and where only
    /// another system knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// Since when the symptom is there.
    #[schema(value_type = String, format = DateTime)]
    pub began_at: Timestamp,
    /// When it fired.
    #[schema(value_type = String, format = DateTime)]
    pub fired_at: Timestamp,
    /// When it ended; none while it is open.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved_at: Option<Timestamp>,
    /// Rules that say so now, each with its instance behind a `#`.
    pub rules: Vec<String>,
    /// Rules that have said so, now or before.
    pub said_by: Vec<String>,
    /// The alert of the failing dependency that stands for it: nobody is told of this one.
    pub folded_into: Option<AlertRef>,
    /// Open alerts of other services that this one stands for.
    pub dependants: Vec<AlertRef>,
    /// The silence that keeps anybody from being told; of several the one that ends first.
    pub silence: Option<Silence>,
    /// The end of announced work that it waits for: nobody is told before, unless that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub announced_until: Option<Timestamp>,
    /// The page about it.
    pub page: Option<Page>,
}

/// Another alert, by its service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlertRef {
    /// The alert.
    #[schema(value_type = String)]
    pub alert: AlertId,
    /// Its service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// Its symptom.
    pub symptom: String,
}

/// An open alert in few words, beside what it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OpenAlert {
    /// Its id.
    #[schema(value_type = String)]
    pub id: AlertId,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// `availability`, `latency`, or the other system's own name for it.
    pub symptom: String,
    /// What it asks for.
    pub urgency: Urgency,
    /// It was injected to see whether it reaches a person.
    pub drill: bool,
    /// What its first rule said.
    pub sentence: String,
    /// What is so at this moment; none where only another system knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// Since when the symptom is there.
    #[schema(value_type = String, format = DateTime)]
    pub began_at: Timestamp,
    /// Where its page stands; none when nobody was paged.
    pub page: Option<PageState>,
    /// A failing dependency stands for it.
    pub folded: bool,
    /// Nobody is told of it now.
    pub silenced: bool,
    /// It waits for the end of announced work: nobody is told before.
    #[serde(default)]
    pub announced: bool,
}

/// Nobody is told of a service, or of one rule of it, until an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Silence {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// One rule; all of the service where there is none.
    pub rule: Option<String>,
    /// Its end.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

/// Body of `POST /v1/silences`: with exactly one of `until` and `for_s`. A further silence of the same service and rule
/// replaces the one before, so sending it again does no harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SilenceRequest {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// One rule; all of the service where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Its end, at most 30 days ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// How long from now, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_s: Option<u32>,
    /// Why, for whoever looks at night.
    pub reason: String,
}

/// Body of `POST /v1/silences/end`. Ending what is not silent changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnsilenceRequest {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The rule; the silence of the whole service where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// Body of `POST /v1/pages/{page}/judge`: a second thought replaces the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgeRequest {
    /// What the page was worth.
    pub verdict: VerdictV1,
}

/// Something that another system said is wrong, of a service that the catalogue does not know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UnownedAlert {
    /// The rule and its instance.
    pub rule: String,
    /// Names that its service may have, best first.
    pub names: Vec<String>,
    /// What it says.
    pub sentence: String,
    /// What it asks for.
    pub urgency: Urgency,
    /// What the credential that it came with is for.
    pub by: String,
    /// When it was first heard.
    #[schema(value_type = String, format = DateTime)]
    pub first_heard_at: Timestamp,
    /// When it was last heard.
    #[schema(value_type = String, format = DateTime)]
    pub last_heard_at: Timestamp,
    /// How often it was heard.
    pub times: u64,
}

/// Answer to other systems' alerts: what was made of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlertsTaken {
    /// Alerts of the request.
    pub alerts: u32,
    /// Of those, how many changed something; the others were known.
    pub changed: u32,
    /// Alerts that their sender left out of the request.
    pub truncated: u64,
    /// Names of services that the catalogue does not know, each once, at most twenty: nobody was told of their alerts.
    pub unowned: Vec<String>,
    /// What to do about those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Answer to an event of PagerDuty's Events v2, in its shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventReply {
    /// `success`, `invalid event` or `throttle exceeded`.
    pub status: String,
    /// What came of it.
    pub message: String,
    /// The key that further events about the same thing have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dedup_key: Option<String>,
    /// What was wrong with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
}
