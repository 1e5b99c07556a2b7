//! The weekly review: what each rule has been worth, and one tap to make it better.

use std::collections::BTreeSet;

use askama::Template;
use seaworthy_contract::api::{Proposal, Suggestion};
use seaworthy_contract::events::alert::RuleChangeV1;
use seaworthy_model::ServiceId;

use super::rules::{may_change, worth_words};
use crate::chrome::{Nav, PageView};
use crate::part::Chip;
use crate::text;

/// Most proposals on the page: what a team gets through in the fifteen minutes of a hand-over, and more.
const ROWS_MAX: usize = 30;

/// Most rules that are fine and are named.
const FINE_MAX: usize = 40;

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalRow {
    /// What is proposed.
    pub chip: Chip,
    /// The rule.
    pub rule: String,
    /// Why.
    pub because: String,
    /// What it has been worth.
    pub worth: String,
    /// Services that it speaks of.
    pub services: Vec<String>,
    /// How it is accepted.
    pub accept: Accept,
    /// What stands on the button.
    pub label: &'static str,
}

/// How a proposal is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accept {
    /// One tap changes the rule.
    Change {
        /// The form token.
        token: String,
        /// What is sent.
        change: &'static str,
    },
    /// One tap fires it as a drill.
    Drill {
        /// The form token.
        token: String,
    },
    /// It takes more than a tap.
    Work,
    /// Another team's.
    NotYours,
}

/// The weekly review.
#[derive(Debug, Template)]
#[template(path = "review.html")]
pub struct ReviewPage {
    /// The answer.
    pub headline: String,
    /// More of it.
    pub say: Option<&'static str>,
    /// What is proposed, what pages most first.
    pub rows: Vec<ProposalRow>,
    /// How many are not shown.
    pub left_out: usize,
    /// Rules that are fine, and what they have been worth.
    pub fine: Vec<(String, String)>,
    /// How many rules are fine.
    pub fine_count: usize,
    /// Where a form of a row leads back to.
    pub back: &'static str,
}

impl ReviewPage {
    /// Makes the page for a reader who may change these services.
    pub fn new(proposals: &[Proposal], csrf: Option<&str>, mine: &BTreeSet<ServiceId>) -> Self {
        let (open, fine): (Vec<&Proposal>, Vec<_>) =
            proposals.iter().partition(|proposal| proposal.suggestion.is_some());
        let untried = open.iter().filter(|proposal| proposal.suggestion == Some(Suggestion::Drill)).count();
        let row = |proposal: &&Proposal| proposal_row(proposal, csrf.filter(|_| may_change(&proposal.services, mine)));
        Self {
            headline: headline(proposals.len(), open.len() - untried, untried),
            say: say(proposals),
            rows: open.iter().take(ROWS_MAX).map(row).collect(),
            left_out: open.len().saturating_sub(ROWS_MAX),
            fine: fine.iter().take(FINE_MAX).map(|p| (p.rule.clone(), worth_words(&p.worth))).collect(),
            fine_count: fine.len(),
            back: "review",
        }
    }
}

pub(super) fn proposal_row(proposal: &Proposal, token: Option<&str>) -> ProposalRow {
    let (chip, label) = match proposal.suggestion {
        Some(Suggestion::Demote) => (Chip::warn("Demote"), "Make it a ticket"),
        Some(Suggestion::Raise) => (Chip::warn("Raise"), "Make it a page"),
        Some(Suggestion::Delete) => (Chip::warn("Take out"), "Take it out"),
        Some(Suggestion::Restore) => (Chip::warn("Restore"), "As its author wrote it"),
        Some(Suggestion::Mend) => (Chip::warn("Mend"), ""),
        Some(Suggestion::Drill) => (Chip::unknown("Never tested"), "Drill"),
        None => (Chip::ok("Fine"), ""),
    };
    ProposalRow {
        chip,
        rule: proposal.rule.clone(),
        because: text::sentence(&proposal.because),
        worth: worth_words(&proposal.worth),
        services: proposal.services.iter().map(ToString::to_string).collect(),
        accept: match (proposal.change, proposal.suggestion, token) {
            (Some(change), _, Some(token)) => Accept::Change { token: token.to_owned(), change: change_value(change) },
            (None, Some(Suggestion::Drill), Some(token)) => Accept::Drill { token: token.to_owned() },
            (None, Some(Suggestion::Mend), _) => Accept::Work,
            _ => Accept::NotYours,
        },
        label,
    }
}

/// What a form sends for a change.
pub(super) fn change_value(change: RuleChangeV1) -> &'static str {
    match change {
        RuleChangeV1::Demote => "demote",
        RuleChangeV1::Raise => "raise",
        RuleChangeV1::Delete => "delete",
        RuleChangeV1::Restore => "restore",
    }
}

/// A rule that nobody tried is no worse for it: it is said apart from what people found wrong.
fn headline(all: usize, change: usize, untried: usize) -> String {
    let change = match change {
        0 => None,
        1 => Some("One rule should change".to_owned()),
        n => Some(format!("{} rules should change", text::number_word(n))),
    };
    match (all, change, untried) {
        (0, ..) => "There is no rule to review yet.".to_owned(),
        (_, None, 0) => "Every rule is worth its pages.".to_owned(),
        (_, Some(change), 0) => format!("{change}."),
        (_, None, 1) => "One rule was never tried, or not lately.".to_owned(),
        (_, None, n) => format!("{} rules were never tried, or not lately.", text::number_word(n)),
        (_, Some(change), 1) => format!("{change}, and one was never tried, or not lately."),
        (_, Some(change), n) => {
            format!("{change}, and {} were never tried, or not lately.", text::number_word(n).to_lowercase())
        }
    }
}

/// Rules share pages, so their numbers are not added up.
fn say(proposals: &[Proposal]) -> Option<&'static str> {
    if proposals.is_empty() {
        return None;
    }
    let paged = proposals.iter().any(|proposal| proposal.worth.paged > 0);
    let judged = proposals.iter().any(|proposal| proposal.worth.judged > 0);
    Some(match (paged, judged) {
        (false, _) => "No rule paged anybody in the last 30 days.",
        (true, false) => "Nobody said yet what the pages of the last 30 days were worth: one tap on each alert does.",
        (true, true) => "A rule is worth what people said of its pages in the last 30 days.",
    })
}

impl PageView for ReviewPage {
    fn title(&self) -> String {
        "Weekly review".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::Alerts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_tried_is_said_apart_from_what_should_change() {
        for (all, change, untried, said) in [
            (0, 0, 0, "There is no rule to review yet."),
            (6, 0, 0, "Every rule is worth its pages."),
            (6, 0, 6, "Six rules were never tried, or not lately."),
            (6, 0, 1, "One rule was never tried, or not lately."),
            (6, 2, 0, "Two rules should change."),
            (6, 1, 1, "One rule should change, and one was never tried, or not lately."),
            (6, 2, 3, "Two rules should change, and three were never tried, or not lately."),
        ] {
            assert_eq!(headline(all, change, untried), said);
        }
    }
}
