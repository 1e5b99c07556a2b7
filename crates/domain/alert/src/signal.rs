//! What one rule says of one service.

use jiff::Timestamp;
use seaworthy_model::ServiceId;

/// Whether somebody is woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// It waits for working hours.
    Ticket,
    /// Somebody is woken.
    Page,
}

/// Whether customers feel it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nature {
    /// They do.
    Symptom,
    /// They may: a full disk, a busy processor. A ticket, unless its team says otherwise (PRACTICES SLO-09).
    Cause,
}

/// Whether it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// It is.
    Real,
    /// It was injected to see whether it reaches a person (PRACTICES TEL-03, SLO-11). It never meets a real alert.
    Drill,
}

/// Whether the rule holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It does.
    Firing,
    /// It does no more.
    Ended,
}

/// What one rule says of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// The rule: `objective/checkout-availability`, `probe/checkout-buy`, `alertmanager/HighErrorRate`; behind a `#` which
    /// instance of it, where there are several ([`crate::rule_of`]).
    pub rule: String,
    /// The service.
    pub service: ServiceId,
    /// What is wrong, in the field's word: `availability`, `latency`, or the other system's own name for it.
    pub symptom: String,
    /// Whether customers feel it.
    pub nature: Nature,
    /// What the rule asks for.
    pub urgency: Urgency,
    /// Whether it holds.
    pub phase: Phase,
    /// Whether it is meant.
    pub purpose: Purpose,
    /// Since when.
    pub began_at: Timestamp,
    /// One sentence for whoever is woken.
    pub sentence: String,
}
