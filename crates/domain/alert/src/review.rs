//! The weekly review: which rules are worth their pages, and what to change (PRACTICES SLO-03, SLO-07, SLO-08).

use std::time::Duration;

use jiff::Timestamp;

use crate::{Alerts, Change, Firing, Purpose, Rule, Verdict};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What is looked back on.
const LOOK_BACK_DAYS: u32 = 30;

/// Fewer judged pages say nothing about a rule.
const JUDGED_MIN: usize = 3;

/// A rule of which fewer pages than this share needed anything is noise.
const ACTIONABLE_MIN: f64 = 0.5;

/// As often in [`LOOK_BACK_DAYS`], acted on each time: what is done each time is not mended.
const REPEATS_MIN: usize = 3;

/// A rule that has neither fired nor been tested for so long may have stopped working (PRACTICES SLO-11).
const UNTESTED_DAYS: u32 = 90;

/// What a rule should become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suggestion {
    /// One tap makes it so.
    Change(Change),
    /// Mend what it tells of: it comes again and again.
    Mend,
    /// Fire it as a drill.
    Drill,
}

/// A rule, what it has been worth in the last 30 days, and what to do about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The rule.
    pub rule: String,
    /// What it should become; none when it is fine as it is.
    pub suggestion: Option<Suggestion>,
    /// Why, in one sentence.
    pub because: String,
    /// Times it fired.
    pub fired: usize,
    /// Times that it was part of a page.
    pub paged: usize,
    /// Pages of which somebody said what they were worth.
    pub judged: usize,
    /// Of those, how many were acted on.
    pub acted: usize,
    /// Of those, how many were another's, a vendor's for instance.
    pub not_ours: usize,
}

/// Looks at every rule; those with something to change first, by how often they paged.
///
/// `known` are the rules that are declared now: one of them that never fired is worth a word, one that is gone is not.
pub fn review(alerts: &Alerts, known: &[String], now: Timestamp) -> Vec<Proposal> {
    let none = Rule::default();
    let seen = alerts.rules.iter().map(|(name, rule)| (name.as_str(), rule));
    let silent = known.iter().filter(|name| !alerts.rules.contains_key(*name)).map(|name| (name.as_str(), &none));
    let mut proposals: Vec<Proposal> = seen
        .chain(silent)
        .filter(|(name, rule)| fired_lately(rule, now) || known.iter().any(|k| k == name))
        .map(|(name, rule)| look_at(name, rule, now))
        .collect();
    proposals.sort_by(|a, b| {
        let rank = |p: &Proposal| (p.suggestion.is_none(), std::cmp::Reverse(p.paged));
        rank(a).cmp(&rank(b)).then_with(|| a.rule.cmp(&b.rule))
    });
    proposals
}

fn since(now: Timestamp, days: u32) -> Timestamp {
    now.checked_sub(DAY * days).unwrap_or(Timestamp::MIN)
}

fn fired_lately(rule: &Rule, now: Timestamp) -> bool {
    rule.fired_at().is_some_and(|at| at >= since(now, LOOK_BACK_DAYS))
}

fn look_at(name: &str, rule: &Rule, now: Timestamp) -> Proposal {
    let from = since(now, LOOK_BACK_DAYS).max(rule.change.map_or(Timestamp::MIN, |(_, at)| at));
    let real: Vec<&Firing> = rule.firings.iter().filter(|f| f.purpose == Purpose::Real && f.at >= from).collect();
    let count = |of: Verdict| real.iter().filter(|f| f.verdict == Some(of)).count();
    let (acted, nothing, not_ours) = (count(Verdict::Acted), count(Verdict::Nothing), count(Verdict::NotOurs));
    let mut proposal = Proposal {
        rule: name.to_owned(),
        suggestion: None,
        because: String::new(),
        fired: real.len(),
        paged: real.iter().filter(|f| f.paged).count(),
        judged: acted + nothing + not_ours,
        acted,
        not_ours,
    };
    let (suggestion, because) = judge(rule, &proposal, now);
    proposal.suggestion = suggestion;
    proposal.because = because;
    proposal
}

/// The first that fits is said: a rule is changed one step at a time.
fn judge(rule: &Rule, seen: &Proposal, now: Timestamp) -> (Option<Suggestion>, String) {
    let (judged, acted) = (seen.judged, seen.acted);
    let is_deleted = matches!(rule.change, Some((Change::Delete, _)));
    if is_deleted {
        return (None, "taken out by its team".to_owned());
    }
    if judged >= JUDGED_MIN && seen.paged > 0 && seen.not_ours * 2 > judged {
        let why = format!("{} of {judged} pages were another's to mend: a ticket is enough", seen.not_ours);
        return (Some(Suggestion::Change(Change::Demote)), why);
    }
    if judged >= JUDGED_MIN && seen.paged > 0 && is_below(acted, judged, ACTIONABLE_MIN) {
        let (change, what) = match acted {
            0 => (Change::Delete, "take it out"),
            _ => (Change::Demote, "a ticket is enough"),
        };
        return (Some(Suggestion::Change(change)), format!("{acted} of {judged} pages needed anything: {what}"));
    }
    if acted >= REPEATS_MIN {
        let why = format!("acted on {acted} times in {LOOK_BACK_DAYS} days, and it comes again: mend what causes it");
        return (Some(Suggestion::Mend), why);
    }
    match rule.fired_at() {
        Some(at) if at >= since(now, UNTESTED_DAYS) => (None, "worth its pages so far".to_owned()),
        Some(_) => (Some(Suggestion::Drill), format!("neither fired nor tested for {UNTESTED_DAYS} days")),
        None => (Some(Suggestion::Drill), "never fired, never tested".to_owned()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of pages are small")]
fn is_below(part: usize, of: usize, share: f64) -> bool {
    (part as f64) < of as f64 * share
}
