//! What can be done to restore a service, with what is known of each.

use jiff::Timestamp;
use seaworthy_model::{Position, RolloutId, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that can be done for a service now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Action {
    /// Its name among the actions of the service: `revert`, `shutter`, `isolate-payments`, `run-restart-workers`.
    pub key: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// What kind.
    pub kind: ActionKind,
    /// What it does, in a few words.
    pub title: String,
    /// What will happen, sentence by sentence.
    pub preview: Vec<String>,
    /// The last time that it worked; none when nobody has seen it work.
    pub worked: Option<ActionWorked>,
    /// Whether a second person has to confirm it: it takes something away from users who are served.
    pub destructive: bool,
    /// The rollout that a revert takes back.
    #[schema(value_type = Option<String>)]
    pub rollout: Option<RolloutId>,
    /// The command that does the same.
    pub command: String,
}

/// What kind of action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ActionKind {
    /// Users go back to an older version.
    Revert,
    /// Users are told that it is closed.
    Shutter,
    /// Fewer requests are let in.
    Throttle,
    /// A dependency is no longer called.
    Isolate,
    /// A program or a call of the team's own: a command hook.
    Command,
}

/// When an action was last seen to work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ActionWorked {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// From the decision until every gateway had it, in seconds; of a command hook, from its begin to its end.
    pub took_s: f64,
    /// Whether it was an exercise.
    pub drill: bool,
    /// Where that is proven.
    pub position: Position,
}
