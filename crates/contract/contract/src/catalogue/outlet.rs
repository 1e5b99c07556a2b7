//! An outlet as it is declared: another system that hears of what a team's services go through.
//!
//! Secrets are named, never written out: `${secret:NAME}` in a header, or the name of one where the whole is secret.

use std::collections::BTreeMap;

use seaworthy_model::{OutletId, PersonId, TeamId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::SecretName;

/// Another system that hears of a team's tickets, incidents and pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Outlet {
    /// Its name.
    #[schema(value_type = String)]
    pub name: OutletId,
    /// The team whose services it hears of.
    #[schema(value_type = String)]
    pub team: TeamId,
    /// What it is.
    pub way: OutletWay,
}

/// What an outlet is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum OutletWay {
    /// A tracker of tickets; a team has one at most.
    Tracker(Box<Tracker>),
    /// An address that takes each change as a signed message.
    Webhook {
        /// The address.
        url: String,
        /// What signs the messages, by name.
        #[schema(value_type = String)]
        secret: SecretName,
        /// Which changes: types of events, or their nouns with a star, such as `incident.*`.
        events: Vec<String>,
    },
    /// Slack, with a token that may open rooms: one for each incident.
    Rooms {
        /// The token, by name.
        #[schema(value_type = String)]
        token: SecretName,
        /// Where Slack's Web API is.
        api: String,
        /// Slack's ids of people, by their handles.
        #[serde(default)]
        #[schema(value_type = BTreeMap<String, String>)]
        people: BTreeMap<PersonId, String>,
    },
}

/// A tracker, as requests with gaps that are filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Tracker {
    /// What every path stands behind: `https://host`.
    pub url: String,
    /// Headers of every request.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Makes a ticket.
    pub create: TrackerCall,
    /// Where the answer to that says what it made.
    pub made: TrackerTicket,
    /// Finds the ticket of a key, so that a request whose answer was lost makes no second one.
    pub find: TrackerFind,
    /// Adds a line to a ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<TrackerCall>,
    /// Closes a ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close: Option<TrackerCall>,
    /// Opens a closed ticket again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopen: Option<TrackerCall>,
    /// Its words for how a ticket stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TrackerState>,
    /// Whether a ticket is closed when nothing of it goes on; otherwise it is told so and stays open.
    #[serde(default)]
    pub close_when_over: bool,
}

/// A request with gaps: `${title}` and the like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackerCall {
    /// Its method.
    pub method: String,
    /// Its path and query; what fills a gap is escaped for a path.
    pub path: String,
    /// Its body as JSON with gaps inside its texts; none for a request without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// Where a ticket stands in an answer: JSON pointers (RFC 6901).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackerTicket {
    /// What people call it.
    pub key: String,
    /// What paths call it; as people do where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its page: a pointer, or an address with gaps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}

/// How the ticket of a key is found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackerFind {
    /// Path and query of a GET, with gaps.
    pub path: String,
    /// Where the list of tickets stands in the answer; the answer itself where it is empty.
    #[serde(default)]
    pub list: String,
    /// Where in a ticket of the list its key of ours stands, among other text; the first one counts where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<String>,
    /// Where that ticket says what it is.
    pub found: TrackerTicket,
}

/// How a tracker says how a ticket stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackerState {
    /// Words for closed.
    pub closed: Vec<String>,
    /// Words for open.
    pub open: Vec<String>,
    /// How it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<TrackerAsk>,
    /// How it tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<TrackerTold>,
}

/// How a tracker is asked how a ticket stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackerAsk {
    /// Path and query of a GET, with gaps.
    pub path: String,
    /// Where the word stands in the answer.
    pub at: String,
    /// How often each open ticket is asked for, in milliseconds.
    pub every_ms: u64,
}

/// What a tracker sends to `POST /v1/trackers/{name}/changes` when a ticket changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackerTold {
    /// Where the ticket's key stands.
    pub key: String,
    /// Where the word stands.
    pub at: String,
    /// How it signs; a token of scope `intake` is asked for where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<TrackerSignature>,
}

/// A signature: HMAC-SHA-256 of the body, in hex.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrackerSignature {
    /// The header that it stands in.
    pub header: String,
    /// What stands before it there: `sha256=`.
    #[serde(default)]
    pub prefix: String,
    /// What signs, by name.
    #[schema(value_type = String)]
    pub secret: SecretName,
}

/// What fills gaps in a tracker's requests.
pub const TRACKER_GAPS: [&str; 11] =
    ["key", "title", "sentence", "service", "team", "began_at", "link", "what", "comment", "ticket.key", "ticket.id"];
