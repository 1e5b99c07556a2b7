//! Probes: what is tried in production, all day, from outside.

use std::collections::BTreeMap;

use seaworthy_model::ServiceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most steps of a journey.
pub const STEPS_MAX: usize = 50;

/// One probe of one service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = DeclaredProbe)]
pub struct Probe {
    /// Its name, unique among probes: `checkout-buy`.
    pub name: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The business function it stands for, `buy`; the service as a whole where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// How often from each place, in milliseconds; 1,000 or more.
    pub every_ms: u64,
    /// Longest time of one try, in milliseconds; a run has two, which fit into `every_ms`.
    pub timeout_ms: u64,
    /// Slower than this is degraded, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow_ms: Option<u64>,
    /// Places it runs from; every prober that has joined where none is named.
    #[serde(default)]
    pub places: Vec<String>,
    /// What is tried.
    pub target: Target,
}

/// What is tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Target {
    /// Requests one after the other; one is a plain HTTP probe.
    Http {
        /// The steps of the journey.
        steps: Vec<Step>,
    },
    /// A connection is accepted.
    Tcp {
        /// `host:port`.
        address: String,
    },
    /// A name resolves.
    Dns {
        /// The name.
        name: String,
        /// `A`, `AAAA`, `CNAME`, `MX`, `NS` or `TXT`.
        record: String,
        /// `host:port` of the resolver; the machine's own where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resolver: Option<String>,
        /// A value that must be among the answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expect: Option<String>,
    },
    /// A certificate is valid, and long enough.
    Tls {
        /// `host:port`.
        address: String,
        /// The name it must be for; the host of the address where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        server_name: Option<String>,
        /// Fewer days left than this is degraded.
        days_min: u16,
    },
}

/// One request of a journey. `${name}` in address, headers and body stands for a variable taken by an earlier step;
/// `${secret:NAME}` for a credential that the prober has, which is never shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = JourneyStep)]
pub struct Step {
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The method.
    #[serde(default = "get")]
    pub method: String,
    /// The address.
    pub url: String,
    /// Headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// What must be true of the answer; a status below 400 where nothing is said.
    #[serde(default)]
    pub expect: Vec<Expectation>,
    /// Variables taken from the answer: name, and where it is (`json:$.id`, `header:location`, `cookie:session`).
    #[serde(default)]
    pub take: BTreeMap<String, String>,
}

fn get() -> String {
    "GET".to_owned()
}

/// What must be true of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Expectation {
    /// The status is one of these.
    Status(Vec<u16>),
    /// The body holds this text.
    Contains(String),
    /// The value at a path (`$.items[0].id`) equals this text.
    Json {
        /// The path.
        path: String,
        /// The text of the value.
        equals: String,
    },
    /// A header has this value.
    Header {
        /// Its name.
        name: String,
        /// Its value.
        equals: String,
    },
    /// The answer was complete within so many milliseconds.
    WithinMs(u64),
}
