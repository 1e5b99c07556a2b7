//! What is done with command hooks.

use std::collections::BTreeMap;

use seaworthy_contract::events::action::ActionOutcomeV1;
use seaworthy_model::{ActionRunId, ElevationId};

/// What is done with a command hook.
#[derive(Debug, Clone, PartialEq)]
pub enum ActionDone {
    /// A person wants it run.
    Ask {
        /// The hook.
        action: String,
        /// The values of its parameters.
        parameters: BTreeMap<String, String>,
        /// Whether it shall only say what would be done.
        dry_run: bool,
        /// What a second person agreed to.
        elevation: Option<ElevationId>,
    },
    /// It is about to begin.
    Started(ActionRunId),
    /// It ended.
    Ended {
        /// The run.
        run: ActionRunId,
        /// How.
        outcome: ActionOutcomeV1,
        /// How long it took, in seconds.
        took_s: Option<f64>,
    },
}
