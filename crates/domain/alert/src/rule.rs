//! What a rule has been worth: when it fired, whether it reached a person, and what they said of it.

use std::collections::VecDeque;

use jiff::Timestamp;
use seaworthy_model::AlertId;

use crate::{Nature, Purpose, Urgency};

/// Rules that are remembered.
pub const RULES_MAX: usize = 20_000;

/// Firings of a rule that are remembered: two a day for a month.
pub const FIRINGS_MAX: usize = 64;

/// Returns the rule's name without the one thing it speaks of: `alertmanager/High#7036ace5c7e8d0a9` is one of several
/// instances of `alertmanager/High`. Each must end by itself; what the rule is worth is known of all of them.
pub fn rule_of(instance: &str) -> &str {
    instance.split_once('#').map_or(instance, |(rule, _)| rule)
}

/// What somebody says of a page, in one tap (PRACTICES SLO-03).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They did something that helped.
    Acted,
    /// There was nothing to do.
    Nothing,
    /// Another team, or a vendor.
    NotOurs,
}

/// What a team does to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// From now on it asks for a ticket at most.
    Demote,
    /// From now on it pages, a cause too.
    Raise,
    /// It says nothing any more.
    Delete,
    /// It is as its author wrote it.
    Restore,
}

/// One time that it fired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Firing {
    /// When.
    pub at: Timestamp,
    /// The alert.
    pub alert: AlertId,
    /// Whether it was meant.
    pub purpose: Purpose,
    /// Whether somebody was paged.
    pub paged: bool,
    /// What they said.
    pub verdict: Option<Verdict>,
}

/// What a rule has done.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rule {
    /// The last firings, oldest first; at most [`FIRINGS_MAX`].
    pub firings: VecDeque<Firing>,
    /// When somebody last took a page that it was part of, drills included.
    pub reached_at: Option<Timestamp>,
    /// What its team did to it last, and when.
    pub change: Option<(Change, Timestamp)>,
}

impl Rule {
    /// Returns when it fired last, drills included.
    pub fn fired_at(&self) -> Option<Timestamp> {
        self.firings.back().map(|f| f.at)
    }

    /// Returns the urgency that counts for what it asks; none when it says nothing any more.
    pub fn urgency(&self, asked: Urgency, nature: Nature) -> Option<Urgency> {
        match (self.change.map(|(change, _)| change), nature) {
            (Some(Change::Delete), _) => None,
            (Some(Change::Demote), _) => Some(Urgency::Ticket),
            (Some(Change::Raise), _) => Some(Urgency::Page),
            (None | Some(Change::Restore), Nature::Cause) => Some(Urgency::Ticket),
            (None | Some(Change::Restore), Nature::Symptom) => Some(asked),
        }
    }

    pub(crate) fn fired(&mut self, alert: AlertId, at: Timestamp, purpose: Purpose) {
        if self.firings.len() >= FIRINGS_MAX {
            self.firings.pop_front();
        }
        self.firings.push_back(Firing { at, alert, purpose, paged: false, verdict: None });
    }

    pub(crate) fn paged(&mut self, alert: AlertId) {
        self.firings.iter_mut().filter(|f| f.alert == alert).for_each(|f| f.paged = true);
    }

    pub(crate) fn reached(&mut self, at: Timestamp) {
        self.reached_at = Some(at);
    }

    pub(crate) fn judged(&mut self, alert: Option<AlertId>, verdict: Verdict) {
        self.firings.iter_mut().filter(|f| Some(f.alert) == alert).for_each(|f| f.verdict = Some(verdict));
    }
}
