//! Facts about what was done to a service and who stands behind it: the ledger's own events.

use jiff::Timestamp;
use seaworthy_model::{ControlKind, Position};

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
    /// When the schedule was asked.
    pub looked_at: Timestamp,
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
    /// Whether an objective of the service stands behind it.
    pub from_objective: bool,
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
    /// When the schedule was asked.
    pub looked_at: Timestamp,
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

/// A rollout of it that users met.
#[derive(Debug, Clone, PartialEq)]
pub struct Rollout {
    /// The version.
    pub version: String,
    /// When its first users met it.
    pub met_at: Timestamp,
    /// How it ended, and when; none while it goes on.
    pub ended: Option<(Timestamp, Ended)>,
    /// Whether its first users were a part of all.
    pub stepwise: bool,
    /// Whether they met it on a working day between 8 and 18, by the clock of the rota.
    pub in_daytime: bool,
    /// Seconds in which the service was seen degraded or down while it went on.
    pub lost_s: f64,
    /// Whether somebody had to take it off on a gateway's own socket.
    pub by_break_glass: bool,
    /// The commit that it was built from.
    pub commit: Option<String>,
    /// Ledger position of the event that ended it, or of its start.
    pub position: Position,
}

/// How a rollout ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// What users met was judged: promoted or taken off on evidence.
    OnEvidence,
    /// A person decided.
    ByHand,
    /// Promoted where nothing was there to compare it with.
    Unjudged,
}

/// A page about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// When it was asked for.
    pub at: Timestamp,
    /// Ledger position of that.
    pub position: Position,
    /// Whether nothing was wrong: a drill.
    pub drill: bool,
    /// What somebody said that it was worth.
    pub worth: Option<Worth>,
    /// When the very person whom ownership named took it, and the ledger position of that.
    pub taken_by_named: Option<(Timestamp, Position)>,
}

/// What a page was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// Somebody acted.
    Acted,
    /// There was nothing to do, or it was another team's.
    Nothing,
}

/// An incident of it, drills apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// When it was opened.
    pub at: Timestamp,
    /// Ledger position of that.
    pub position: Position,
    /// Whether a rule of ours noticed it, and not a person.
    pub noticed_by_rule: bool,
    /// Whether it is over.
    pub is_over: bool,
    /// Which of its five clocks nobody knows.
    pub unknown_clocks: Vec<&'static str>,
}

/// How often its rota was woken in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wakes {
    /// The rotation.
    pub rotation: String,
    /// Ledger position of its declaration.
    pub position: Position,
    /// When that was counted.
    pub looked_at: Timestamp,
    /// Whether somebody was woken more often than a year should have.
    pub is_over_line: bool,
}
