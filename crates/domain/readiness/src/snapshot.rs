//! Facts about one service, gathered before any check looks; a check never fetches.

use jiff::Timestamp;
use seaworthy_model::{ControlKind, Position, Tier};

/// Everything checks may look at.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceSnapshot {
    /// How much it matters that the service is up; evidence ages faster where it matters more.
    pub tier: Tier,
    /// Whether Seaworthy runs versions of it or routes to them; without that there is nothing to revert.
    pub shipped_here: bool,
    /// The declaration of its owner.
    pub owner: Declared,
    /// Members of the owning team.
    pub owner_members: usize,
    /// Who is on call, as the schedule says now.
    pub on_call: Option<OnCall>,
    /// The rota that its pages go to: the ledger's `rota.*` events and the rotation's declaration.
    pub rota: Option<Rota>,
    /// Reverts of it that every gateway confirmed, oldest first.
    pub reverts: Vec<Revert>,
    /// Drills of it whose page a person took and that ended: the ledger's `alert.*` and `page.*` events.
    pub drills: Vec<Drill>,
    /// Rules that may wake somebody for it: its objectives and probes, and other systems' rules that have, unless its
    /// team made tickets of them.
    pub paging_rules: Vec<PagingRule>,
    /// Controls over its traffic that refused a request while every gateway had them, oldest first: the ledger's
    /// `control.*` events.
    pub controls: Vec<Controlled>,
    /// Whether it calls another service or is called by one.
    pub has_edges: bool,
}

/// A control that was seen to work.
#[derive(Debug, Clone, PartialEq)]
pub struct Controlled {
    /// Which of the three.
    pub kind: ControlKind,
    /// When it was set.
    pub set_at: Timestamp,
    /// From the decision until the last gateway had it in force, in seconds.
    pub took_s: f64,
    /// From when the service was first seen degraded or down until then, in seconds; none where it was set while it was well.
    pub from_first_bad_s: Option<f64>,
    /// Whether it was an exercise.
    pub drill: bool,
    /// Ledger position of the confirmation.
    pub position: Position,
    /// Gateways that confirmed.
    pub gateways: Vec<String>,
}

/// The rota that is paged for a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rota {
    /// The rotation.
    pub name: String,
    /// Ledger position of its declaration.
    pub position: Position,
    /// Whether people join it themselves.
    pub joins: bool,
    /// How many are in it.
    pub members: usize,
    /// How many of them acknowledged the terms of now.
    pub acknowledged: usize,
    /// When the last of them joined, and the ledger position of that.
    pub last_joined: Option<(Timestamp, Position)>,
    /// Minutes without a primary in the next 30 days.
    pub uncovered_minutes: i64,
    /// People who are primary for longer than a week at a time in the next 30 days.
    pub too_long: usize,
}

/// A drill that reached a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Drill {
    /// The rule that was fired.
    pub rule: String,
    /// From its signal until the page was asked for, in seconds.
    pub paged_s: f64,
    /// From its signal until a channel of the person took the page, in seconds; none when none did.
    pub delivered_s: Option<f64>,
    /// From its signal until the person took it, in seconds.
    pub taken_s: f64,
    /// When that was.
    pub taken_at: Timestamp,
    /// Ledger position of that.
    pub position: Position,
}

/// A rule that may wake somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct PagingRule {
    /// Its name.
    pub name: String,
    /// When a person last took a page of it, drills included, and the ledger position of that.
    pub reached: Option<(Timestamp, Position)>,
}

/// Where something was declared.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// What was declared: the owning team.
    pub value: String,
    /// `file:line`.
    pub source: String,
    /// Ledger position of the event.
    pub position: Position,
    /// When.
    pub at: Timestamp,
}

/// Who is on call.
#[derive(Debug, Clone, PartialEq)]
pub struct OnCall {
    /// The person, as people call them.
    pub person: String,
    /// The rotation that says so.
    pub rotation: String,
    /// Ledger position of the rotation's declaration.
    pub position: Position,
    /// Until when.
    pub until: Timestamp,
    /// Whether they said of a contact that it is theirs: otherwise nobody knows whom a message reaches.
    pub has_confirmed_contact: bool,
}

/// A revert that happened to users.
#[derive(Debug, Clone, PartialEq)]
pub struct Revert {
    /// The version that was taken off.
    pub version: String,
    /// Who or what decided it.
    pub trigger: RevertTrigger,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// When every gateway had confirmed.
    pub confirmed_at: Timestamp,
    /// From the decision until every gateway had confirmed that it let go, in seconds.
    pub took_s: f64,
    /// From the first bad response to the last response of the version, in seconds.
    pub from_first_bad_s: Option<f64>,
    /// Ledger position of the confirmation.
    pub position: Position,
    /// Gateways that confirmed.
    pub gateways: Vec<String>,
}

/// Who or what decided a revert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevertTrigger {
    /// The judge, or a gateway's guard.
    Machine,
    /// A person.
    Person,
}
