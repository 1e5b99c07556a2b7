//! Every rollout, newest first.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Rollout, RolloutState};

use super::words::{RolloutLine, is_live};
use crate::chrome::{Nav, PageView};
use crate::part::{MiniLadder, mini_ladder};
use crate::text;

/// Most rollouts on the page: the ledger holds the rest.
const ROWS_MAX: usize = 50;

/// The list of rollouts.
#[derive(Debug, Template)]
#[template(path = "rollouts.html")]
pub struct RolloutsPage {
    /// The answer.
    pub headline: String,
    /// More of it.
    pub say: Option<String>,
    /// The rollouts.
    pub rows: Vec<(RolloutLine, MiniLadder)>,
    /// How many are not shown.
    pub left_out: usize,
}

impl RolloutsPage {
    /// Makes the page.
    pub fn new(rollouts: &[Rollout], now: Timestamp) -> Self {
        let live = rollouts.iter().filter(|rollout| is_live(rollout)).count();
        let of = |state| rollouts.iter().filter(|rollout| rollout.state == state).count() as u64;
        let (promoted, reverted) = (of(RolloutState::Promoted), of(RolloutState::Reverted));
        Self {
            headline: match (rollouts.len(), live) {
                (0, _) => "Nothing was shipped yet.".to_owned(),
                (_, 0) => "No change is on its way to users.".to_owned(),
                (_, 1) => "One change is on its way to users.".to_owned(),
                (_, n) => format!("{} changes are on their way to users.", text::number_word(n)),
            },
            say: (promoted + reverted > 0).then(|| {
                format!(
                    "{} everybody, {} taken off.",
                    text::counted(promoted, "change reached", "changes reached"),
                    text::counted(reverted, "was", "were"),
                )
            }),
            rows: rollouts.iter().take(ROWS_MAX).map(|r| (RolloutLine::of(r, now), mini_ladder(r))).collect(),
            left_out: rollouts.len().saturating_sub(ROWS_MAX),
        }
    }
}

impl PageView for RolloutsPage {
    fn title(&self) -> String {
        "Rollouts".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::Rollouts
    }
}
