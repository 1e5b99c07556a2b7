//! The catalogue document: what a directory of files says, after parsing and before it is applied.
//!
//! The files' own formats (Backstage entities, `seaworthy/v1` kinds) are read by the files adapter; this is the
//! one shape that travels to the server and, entity by entity, into the ledger. People's names and contacts do not
//! travel with it into the ledger: see [`PersonDetails`].

mod action;
mod calendar;
mod contact;
mod escalation;
mod objective;
mod outlet;
mod probe;
mod rotation;
mod tolerance;

use std::collections::BTreeMap;

use seaworthy_model::{EscalationId, PersonId, RotationId, ServiceId, Share, SystemId, TeamId, Tier};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use action::{
    ARGUMENTS_MAX, CHOICES_MAX, CommandHook, HOOK_TIMEOUT_MS_MAX, HookParameter, HookRun, HookValues, PARAMETERS_MAX,
    VALUE_CHARS_MAX, is_plain,
};
pub use calendar::{CALENDAR_BYTES_MAX, CALENDAR_NAMES_MAX, CalendarDetails, CalendarLayout};
pub use contact::{Contact, ContactRule, NotASecretName, PersonContact, SecretName};
pub use escalation::{EscalationPolicy, EscalationStep, Whom};
pub use objective::{
    CalendarUnit, Counting, Indicator, Objective, PERIOD_DAYS_MAX, Period, QueryIndicator, RatioQuery, TierSpec,
    Urgency,
};
pub use outlet::{
    Outlet, OutletWay, TRACKER_GAPS, Tracker, TrackerAsk, TrackerCall, TrackerFind, TrackerSignature, TrackerState,
    TrackerTicket, TrackerTold,
};
pub use probe::{Expectation, Probe, STEPS_MAX, Step, Target};
pub use rotation::{
    DayOfWeek, FollowedCalendar, HoursOfWeek, Joining, Layered, Rotation, RotationLayer, RotationOverride, StandIn,
    TurnLength, WEEK,
};
pub use tolerance::{Planned, Tolerance};

/// Most entities in one document: far above any company seen, low enough to bound a request.
pub const ENTITIES_MAX: usize = 20_000;

/// Longest name of a source, in bytes: as long as anything that is only shown, and short enough for a line.
pub const SOURCE_BYTES_MAX: usize = 180;

/// Everything that one source says: a directory of files, a program.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Document {
    /// Whom it speaks for. What it leaves out is retired where the same source declared it, and left alone where
    /// another did. Without a name it speaks for what nobody else has claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Entities, in the order of kind and name.
    pub entities: Vec<Sourced>,
    /// Names and contacts of people; kept in the directory, never in the ledger.
    #[serde(default)]
    pub people: Vec<PersonDetails>,
    /// Calendars that its rotations follow; kept beside the ledger, never in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calendars: Vec<CalendarDetails>,
    /// Services that it leaves out and that are retired although users may still meet them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub retire: Vec<ServiceId>,
    /// Services that it declares and takes over from the source that declared them before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub take: Vec<ServiceId>,
}

/// An entity and the place it was read from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Sourced {
    /// The entity.
    pub entity: Entity,
    /// `file:line` of its `kind`, relative to the directory; shown as the source of its fields.
    pub source: String,
}

/// One thing of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Entity {
    /// A team.
    Team(Team),
    /// A person, by handle.
    Person(Person),
    /// A service.
    Service(Box<Service>),
    /// A rotation.
    Rotation(Rotation),
    /// A Backstage System, Domain, Resource or API: read, shown, not acted on.
    Other(Other),
    /// How good a service must be for its users.
    Objective(Box<Objective>),
    /// What is tried of a service, all day.
    Probe(Box<Probe>),
    /// How much planned downtime of a service the business puts up with.
    Tolerance(Tolerance),
    /// Whom a page calls next while nobody has taken it.
    EscalationPolicy(EscalationPolicy),
    /// What a team can do for a service by a program or a call of its own.
    Action(Box<CommandHook>),
    /// Another system that hears of a team's tickets, incidents and pages.
    Outlet(Outlet),
}

impl Entity {
    /// Returns kind and name: the identity of the entity.
    pub fn key(&self) -> (&'static str, &str) {
        match self {
            Self::Team(team) => ("team", team.name.as_str()),
            Self::Person(person) => ("person", person.name.as_str()),
            Self::Service(service) => ("service", service.name.as_str()),
            Self::Rotation(rotation) => ("rotation", rotation.name.as_str()),
            Self::Other(other) => ("other", &other.name),
            Self::Objective(objective) => ("objective", &objective.name),
            Self::Probe(probe) => ("probe", &probe.name),
            Self::Tolerance(tolerance) => ("tolerance", tolerance.service.as_str()),
            Self::EscalationPolicy(policy) => ("escalation-policy", policy.name.as_str()),
            Self::Action(hook) => ("action", &hook.name),
            Self::Outlet(outlet) => ("outlet", outlet.name.as_str()),
        }
    }
}

/// A team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Team {
    /// Its name.
    #[schema(value_type = String)]
    pub name: TeamId,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its members.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub members: Vec<PersonId>,
    /// The escalation policy of pages about what it owns; the standard one where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub escalation: Option<EscalationId>,
}

/// A person, by handle only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    /// The handle.
    #[schema(value_type = String)]
    pub name: PersonId,
}

/// What the directory keeps of a person, erasable, outside the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PersonDetails {
    /// The handle.
    #[schema(value_type = String)]
    pub name: PersonId,
    /// The name people call them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Ways to reach them, in order, each with when it is used.
    #[serde(default)]
    pub contacts: Vec<PersonContact>,
}

/// A service: what runs, how it is reached, who owns it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Service {
    /// Its name.
    #[schema(value_type = String)]
    pub name: ServiceId,
    /// One plain sentence: what it does for whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The one owning team.
    #[schema(value_type = String)]
    pub owner: TeamId,
    /// How much it matters that it is up.
    #[serde(default = "tier_two")]
    #[schema(value_type = u8)]
    pub tier: Tier,
    /// The system it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub system: Option<SystemId>,
    /// How users reach it; none for a service that only others call.
    #[serde(default)]
    pub routes: Vec<Route>,
    /// How a version of it runs; none where Seaworthy only knows about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
    /// What it needs.
    #[serde(default)]
    pub dependencies: Vec<Dependency>,
    /// How a change of it reaches users.
    #[serde(default)]
    pub rollout: Strategy,
    /// The rotation that is paged for it; the team's own where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub on_call: Option<RotationId>,
    /// The escalation policy of its pages; the owning team's where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub escalation: Option<EscalationId>,
}

/// A service whose file says nothing about its tier is in the middle.
fn tier_two() -> Tier {
    Tier::Two
}

/// Hosts and a path prefix that lead to a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Route {
    /// Host names without port; empty means every host.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// The path prefix, on segment boundaries; `/` for all.
    #[serde(default = "root")]
    pub path: String,
    /// Where the user key is; none means that each request is assigned at random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sticky: Option<Sticky>,
    /// Longest time for a whole request, in milliseconds.
    #[serde(default = "request_timeout_ms")]
    pub timeout_ms: u64,
    /// Longest time until an attempt's response headers, in milliseconds.
    #[serde(default = "attempt_timeout_ms")]
    pub attempt_timeout_ms: u64,
}

fn root() -> String {
    "/".to_owned()
}

fn request_timeout_ms() -> u64 {
    30_000
}

fn attempt_timeout_ms() -> u64 {
    10_000
}

/// Where the key that keeps a user on one arm is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sticky {
    /// The value of this request header.
    Header(String),
    /// The value of this cookie.
    Cookie(String),
}

/// How a version of a service runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Run {
    /// Program and arguments; `${version}` is replaced. Empty: versions are at addresses given when they are shipped.
    #[serde(default)]
    pub command: Vec<String>,
    /// Environment; `${version}` is replaced in values. `PORT` and the dependencies' addresses are added.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// The working directory, relative to the directory of files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// The path that answers 2xx when a version can serve; none means that an open port is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
    /// Longest time from start to healthy, in milliseconds.
    #[serde(default = "start_timeout_ms")]
    pub start_timeout_ms: u64,
    /// Longest time a version has to finish its requests when told to stop, in milliseconds.
    #[serde(default = "stop_timeout_ms")]
    pub stop_timeout_ms: u64,
}

fn start_timeout_ms() -> u64 {
    20_000
}

fn stop_timeout_ms() -> u64 {
    10_000
}

/// One thing a service needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Dependency {
    /// The service it needs; it may be unknown to the catalogue.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// Whether the consumer works without it.
    #[serde(default = "hard")]
    pub kind: DependencyKind,
    /// Why it is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

fn hard() -> DependencyKind {
    DependencyKind::Hard
}

/// Whether a consumer works without a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DependencyKind {
    /// It does not.
    Hard,
    /// It does, with less.
    Soft,
}

/// How a change reaches users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Strategy {
    /// Shares of users, growing; the last is 100%. In basis points.
    #[schema(value_type = Vec<u16>)]
    pub steps: Vec<Share>,
    /// Shortest stay on a step, in milliseconds.
    pub dwell_ms: u64,
    /// Fewest canary requests on a step.
    pub requests_min: u64,
    /// How long the old version stays warm after a promotion, in milliseconds.
    pub bake_ms: u64,
}

impl Default for Strategy {
    fn default() -> Self {
        let share = |points| Share::from_basis_points(points).expect("a constant in range");
        Self {
            steps: vec![share(500), share(2_500), share(5_000), Share::ALL],
            dwell_ms: 30_000,
            requests_min: 50,
            bake_ms: 30 * 60 * 1_000,
        }
    }
}

/// A Backstage entity that is read and shown, not acted on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Other {
    /// `system`, `domain`, `resource`, `api` or `component`, with the name behind a slash: `api/orders`.
    pub name: String,
    /// The owner as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// One sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}
