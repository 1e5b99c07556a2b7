//! Command hooks and their runs: what a team can do by a program of its own, when it last worked, how a run stands.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_model::{ActionRunId, ElevationId, Position, ServiceId, TeamId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ActionWorked;
use crate::catalogue::HookParameter;

/// A command hook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Hook {
    /// Its name.
    pub name: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The team whose it is; none where the service has left the catalogue.
    #[schema(value_type = Option<String>)]
    pub owner: Option<TeamId>,
    /// What it does.
    pub does: String,
    /// How: the program with its arguments, or the address that is called.
    pub how: String,
    /// What is said when it is run.
    pub parameters: Vec<HookParameter>,
    /// Longest time it has, in milliseconds.
    pub timeout_ms: u64,
    /// Whether there is a dry run.
    pub dry_run: bool,
    /// Whether a second person has to agree.
    pub destructive: bool,
    /// The last time that it said that it did it; none where it never has.
    pub worked: Option<ActionWorked>,
    /// Its last run that was meant.
    pub last: Option<ActionRun>,
    /// Its last dry run.
    pub last_dry: Option<ActionRun>,
    /// `file:line`.
    pub source: String,
}

/// One run of a command hook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ActionRun {
    /// The run.
    #[schema(value_type = String)]
    pub id: ActionRunId,
    /// The hook.
    pub action: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The values of its parameters.
    pub parameters: BTreeMap<String, String>,
    /// Whether it only says what would be done.
    pub dry_run: bool,
    /// Who asked for it.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    /// How it stands.
    pub state: ActionRunState,
    /// The same in one sentence.
    pub sentence: String,
    /// How long it took, in seconds.
    pub took_s: Option<f64>,
    /// Where that stands in the ledger.
    pub position: Position,
    /// The end of what it printed, for who may run it, while this server remembers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tail: Option<String>,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ActionRunState {
    /// It is asked for and not begun.
    Asked,
    /// It is begun.
    Running,
    /// It said that it did it.
    Succeeded,
    /// It said that it did not.
    Failed,
    /// It was ended at its time.
    TimedOut,
    /// It was never begun.
    NotStarted,
    /// Nobody knows how it ended.
    Unknown,
}

impl ActionRunState {
    /// Says whether nothing follows any more.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Asked | Self::Running)
    }
}

/// A run that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunAction {
    /// The values of its parameters, by name.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Whether it shall only say what would be done.
    #[serde(default)]
    pub dry_run: bool,
    /// What a second person agreed to.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub elevation: Option<ElevationId>,
}
