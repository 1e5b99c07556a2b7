//! The weekly review: which rules are worth their pages, and what to change (PRACTICES SLO-03, SLO-07, SLO-08).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use seaworthy_model::{AlertId, ServiceId};

use crate::{Alerts, Change, Firing, Purpose, Rule, Urgency, Verdict};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What is looked back on at most, in days: PRACTICES SLO-03.
pub const LOOK_BACK_DAYS_MAX: u32 = 30;

/// Fewer judged pages say nothing about a rule.
const JUDGED_MIN: usize = 3;

/// A rule of which fewer pages than this share needed anything is noise.
const ACTIONABLE_MIN: f64 = 0.5;

/// As often in what is looked back on, acted on each time: what is done each time is not mended.
const REPEATS_MIN: usize = 3;

/// A rule that has neither fired nor been tested for so long may have stopped working (PRACTICES SLO-11).
pub const UNTESTED_DAYS: u32 = 90;

/// A page that was acted on so soon after a ticket: whoever had read the ticket would have known before.
const FORETOLD_WITHIN: Duration = Duration::from_secs(60 * 60);

/// Tickets that told of a page; fewer may be chance.
const FORETOLD_MIN: usize = 3;

/// Why a rule whose pages were taken by nobody, or with a credential alone, is to be drilled.
const UNPROVED: &str = "it paged, and nobody has proved that it reached a person: a credential may be a program's";

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

/// A rule, what it has been worth lately, and what to do about it. Drills do not count, and of more than
/// [`crate::FIRINGS_MAX`] firings the last.
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
    /// Times that it fired after it had been acted on: what was done did not mend it.
    pub repeats: usize,
    /// What of it is said of no rule before it in the list: rules share pages, and one page is one.
    pub distinct: Distinct,
}

/// Pages that are counted once, whichever rules were part of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Distinct {
    /// Pages.
    pub paged: usize,
    /// Of those, how many were judged.
    pub judged: usize,
    /// Of those, how many were acted on.
    pub acted: usize,
}

/// Looks at every rule that fired in the last `days` (1 to [`LOOK_BACK_DAYS_MAX`]) or is `known`; those with something
/// to change first, by how often they paged.
///
/// `known` are the rules that are declared now: one of them that never fired is worth a word, one that is gone is not.
pub fn review(alerts: &Alerts, known: &[String], now: Timestamp, days: u32) -> Vec<Proposal> {
    let known: BTreeSet<&str> = known.iter().map(String::as_str).collect();
    let look = Look { alerts, acted: acted(alerts), now, days: days.clamp(1, LOOK_BACK_DAYS_MAX) };
    let none = Rule::default();
    let seen = alerts.rules.iter().map(|(name, rule)| (name.as_str(), rule));
    let silent = known.iter().filter(|name| !alerts.rules.contains_key(**name)).map(|name| (*name, &none));
    let mut proposals: Vec<Proposal> = seen
        .chain(silent)
        .filter(|(name, rule)| rule.fired_at().is_some_and(|at| at >= look.since(look.days)) || known.contains(name))
        .map(|(name, rule)| look.at(name, rule))
        .collect();
    proposals.sort_by(|a, b| {
        let rank = |p: &Proposal| (p.suggestion.is_none(), std::cmp::Reverse(p.paged));
        rank(a).cmp(&rank(b)).then_with(|| a.rule.cmp(&b.rule))
    });
    let mut met = BTreeSet::new();
    for proposal in &mut proposals {
        proposal.distinct = look.distinct(&proposal.rule, &mut met);
    }
    proposals
}

/// Returns when pages of each service were asked for that somebody acted on, in order of time.
fn acted(alerts: &Alerts) -> BTreeMap<&ServiceId, BTreeSet<Timestamp>> {
    let mut acted: BTreeMap<&ServiceId, BTreeSet<Timestamp>> = BTreeMap::new();
    let firings = alerts.rules.values().flat_map(|rule| &rule.firings);
    for firing in firings.filter(|f| f.verdict == Some(Verdict::Acted) && f.purpose == Purpose::Real) {
        if let Some(alert) = alerts.alerts.get(&firing.alert) {
            acted.entry(&alert.service).or_default().insert(firing.at);
        }
    }
    acted
}

/// One look back.
struct Look<'a> {
    alerts: &'a Alerts,
    acted: BTreeMap<&'a ServiceId, BTreeSet<Timestamp>>,
    now: Timestamp,
    days: u32,
}

impl Look<'_> {
    fn since(&self, days: u32) -> Timestamp {
        self.now.checked_sub(DAY * days).unwrap_or(Timestamp::MIN)
    }

    fn at(&self, name: &str, rule: &Rule) -> Proposal {
        let real: Vec<&Firing> = self.real(rule).collect();
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
            distinct: Distinct::default(),
            repeats: real.iter().skip_while(|f| f.verdict != Some(Verdict::Acted)).count().saturating_sub(1),
        };
        let foretold = real.iter().filter(|firing| self.foretells(firing)).count();
        (proposal.suggestion, proposal.because) = self.judge(rule, &proposal, foretold);
        proposal
    }

    /// What it did before its team changed it says nothing of what it is now.
    fn real<'a>(&self, rule: &'a Rule) -> impl Iterator<Item = &'a Firing> + use<'a> {
        let from = self.since(self.days).max(rule.change.map_or(Timestamp::MIN, |(_, at)| at));
        rule.firings.iter().filter(move |f| f.purpose == Purpose::Real && f.at >= from)
    }

    fn distinct(&self, name: &str, met: &mut BTreeSet<AlertId>) -> Distinct {
        let firings = self.alerts.rules.get(name).into_iter().flat_map(|rule| self.real(rule));
        let own: Vec<&Firing> = firings.filter(|f| f.paged && met.insert(f.alert)).collect();
        Distinct {
            paged: own.len(),
            judged: own.iter().filter(|f| f.verdict.is_some()).count(),
            acted: own.iter().filter(|f| f.verdict == Some(Verdict::Acted)).count(),
        }
    }

    /// Says whether a ticket was soon followed by a page of the same service that somebody acted on.
    fn foretells(&self, firing: &Firing) -> bool {
        let Some(alert) = self.alerts.alerts.get(&firing.alert).filter(|a| a.urgency == Urgency::Ticket) else {
            return false;
        };
        let end = firing.at.checked_add(FORETOLD_WITHIN).unwrap_or(Timestamp::MAX);
        self.acted.get(&alert.service).is_some_and(|pages| pages.range(firing.at..=end).next().is_some())
    }

    /// The first that fits is said: a rule is changed one step at a time.
    fn judge(&self, rule: &Rule, seen: &Proposal, foretold: usize) -> (Option<Suggestion>, String) {
        let (judged, acted, change) = (seen.judged, seen.acted, rule.change.map(|(change, _)| change));
        if change == Some(Change::Delete) {
            return (None, "taken out by its team".to_owned());
        }
        if judged >= JUDGED_MIN && seen.not_ours * 2 > judged {
            let why = format!("{} of {judged} pages were another's to mend: a ticket is enough", seen.not_ours);
            return (Some(Suggestion::Change(Change::Demote)), why);
        }
        if judged >= JUDGED_MIN && is_below(acted, judged, ACTIONABLE_MIN) {
            let (change, what) = match acted {
                0 => (Change::Delete, "take it out"),
                _ => (Change::Demote, "a ticket is enough"),
            };
            return (Some(Suggestion::Change(change)), format!("{acted} of {judged} pages needed anything: {what}"));
        }
        if acted >= REPEATS_MIN {
            let days = self.days;
            let why = format!("acted on {acted} times in {days} days, and it comes again: mend what causes it");
            return (Some(Suggestion::Mend), why);
        }
        // A team that asked for tickets has heard of what they foretell.
        if foretold >= FORETOLD_MIN && foretold * 2 > seen.fired && change != Some(Change::Demote) {
            let fired = seen.fired;
            let why = format!("{foretold} of its {fired} tickets came before a page that was acted on: it told sooner");
            return (Some(Suggestion::Change(Change::Raise)), why);
        }
        self.tested(rule)
    }

    /// Says whether the rule is known to fire, and to reach a person.
    fn tested(&self, rule: &Rule) -> (Option<Suggestion>, String) {
        let recent = self.since(UNTESTED_DAYS);
        let judged = rule.firings.iter().any(|f| f.at >= recent && f.verdict.is_some());
        let reached = judged || rule.reached_at.is_some_and(|at| at >= recent);
        let lately: Vec<&Firing> = rule.firings.iter().filter(|f| f.at >= recent).collect();
        let drill = |why: &str| (Some(Suggestion::Drill), why.to_owned());
        match (lately.as_slice(), reached) {
            (_, true) => (None, "worth its pages so far".to_owned()),
            (some, false) if some.iter().any(|f| f.paged) => drill(UNPROVED),
            ([_, ..], false) => (None, "it woke nobody so far".to_owned()),
            ([], false) if rule.firings.is_empty() => drill("never fired, never tested"),
            ([], false) => drill(&format!("neither fired nor tested for {UNTESTED_DAYS} days")),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of pages are small")]
fn is_below(part: usize, of: usize, share: f64) -> bool {
    (part as f64) < of as f64 * share
}
