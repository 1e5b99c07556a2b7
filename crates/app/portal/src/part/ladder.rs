//! The steps of a rollout: exposure as area, what is done solid, what is now magenta, what is ahead an outline.

use askama::Template;
use seaworthy_contract::api::{Rollout, RolloutState, Step, StepState};

use super::{Chip, prints_itself};
use crate::text;

/// One step.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "components/rung.html")]
pub struct Rung {
    /// `done`, `now`, `stop` or `next`.
    pub class: &'static str,
    /// Share of users, for people.
    pub share: String,
    /// Share of users, for the drawing: percent.
    pub width: String,
    /// Its state; none when it is simply ahead.
    pub chip: Option<Chip>,
    /// How long it lasted.
    pub lasted: Option<String>,
    /// What must be shown to leave it.
    pub needs: Option<String>,
    /// Whether it serves now.
    pub now: bool,
}

/// Draws the steps of a rollout.
pub fn ladder(rollout: &Rollout) -> Vec<Rung> {
    rollout.steps.iter().map(|step| rung(rollout.state, step)).collect()
}

fn rung(state: RolloutState, step: &Step) -> Rung {
    let (class, chip) = match step.state {
        StepState::Passed => ("done", Some(Chip::ok("Passed"))),
        StepState::Now if state == RolloutState::Held => ("now", Some(Chip::held("Held"))),
        StepState::Now => ("now", Some(Chip::run("Now"))),
        StepState::Next => ("next", None),
        StepState::Stopped => ("stop", Some(Chip::bad("Taken off here"))),
        StepState::Never => ("next", Some(Chip::none("Never reached"))),
    };
    Rung {
        class,
        share: text::percent(step.share),
        width: text::percent(step.share),
        chip,
        lasted: step.seconds.filter(|_| step.state != StepState::Next).map(text::seconds),
        needs: step.needs.as_ref().map(|needs| format!("needs {needs}")),
        now: step.state == StepState::Now,
    }
}

/// The same steps, small, for a table.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/mini_ladder.html")]
pub struct MiniLadder {
    /// The steps in words.
    pub label: String,
    /// Class, left edge and width in percent, top and height in pixels.
    pub bars: Vec<(&'static str, String, String, u64, u64)>,
}

/// Draws the steps of a rollout in a line of text.
pub fn mini_ladder(rollout: &Rollout) -> MiniLadder {
    let n = rollout.steps.len().max(1);
    let slot = 100.0 / n as f64;
    let bar = |(index, step): (usize, &Step)| {
        let class = match step.state {
            StepState::Passed => "done",
            StepState::Now => "now",
            StepState::Stopped => "stop",
            StepState::Next | StepState::Never => "next",
        };
        let height = 3 + index as u64 * 9 / (n as u64 - 1).max(1);
        let left = format!("{:.1}%", slot * index as f64);
        (class, left, format!("{:.1}%", slot * 0.85), 13 - height, height)
    };
    let at = rollout.steps.iter().position(|step| matches!(step.state, StepState::Now | StepState::Stopped));
    let label = match at {
        Some(index) => format!("step {} of {n}, {}", index + 1, text::percent(rollout.steps[index].share)),
        None => format!("{n} steps"),
    };
    MiniLadder { label, bars: rollout.steps.iter().enumerate().map(bar).collect() }
}

prints_itself!(Rung, MiniLadder);
