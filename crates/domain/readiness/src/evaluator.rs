//! Findings of one service, kept up to date: a changed fact runs again only the checks that read its kind, and time only
//! those whose answer it can have changed. The outcome is that of running all of them.

use jiff::Timestamp;

use crate::check::Check;
use crate::checks::ALL;
use crate::clock::Clock;
use crate::finding::{Finding, Verdict};
use crate::snapshot::ServiceSnapshot;

/// The last answer of a check.
#[derive(Debug, Clone, PartialEq)]
struct Answer {
    verdict: Verdict,
    /// Until when it stands on the same facts; none for ever.
    until: Option<Timestamp>,
}

/// Findings that are kept up to date.
#[derive(Debug, Clone)]
pub struct Evaluator {
    facts: ServiceSnapshot,
    answers: Vec<Answer>,
    runs: u64,
}

impl Evaluator {
    /// Runs every check once.
    pub fn new(facts: ServiceSnapshot, now: Timestamp) -> Self {
        let answers: Vec<Answer> = ALL.iter().map(|check| run(check, &facts, now)).collect();
        Self { facts, runs: answers.len() as u64, answers }
    }

    /// Takes the facts of now. Returns how many checks ran.
    pub fn update(&mut self, facts: ServiceSnapshot, now: Timestamp) -> usize {
        let changed = self.facts.changed(&facts);
        self.facts = facts;
        let mut ran = 0;
        for (check, answer) in ALL.iter().zip(&mut self.answers) {
            let is_over = answer.until.is_some_and(|until| until <= now);
            if is_over || check.kinds().meets(changed) {
                *answer = run(check, &self.facts, now);
                ran += 1;
            }
        }
        self.runs += ran as u64;
        ran
    }

    /// Returns the facts of the last look.
    pub fn facts(&self) -> &ServiceSnapshot {
        &self.facts
    }

    /// Returns every finding, in the order of the checks.
    pub fn findings(&self) -> Vec<Finding> {
        let tier = self.facts.tier;
        ALL.iter().zip(&self.answers).map(|(check, answer)| check.finding(answer.verdict.clone(), tier)).collect()
    }

    /// Returns how many checks ran since the beginning.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// Returns the first instant at which an answer can be another on the same facts.
    pub fn next(&self) -> Option<Timestamp> {
        self.answers.iter().filter_map(|answer| answer.until).min()
    }
}

fn run(check: &Check, facts: &ServiceSnapshot, now: Timestamp) -> Answer {
    let clock = Clock::at(now);
    let verdict = check.answer(facts, &clock);
    Answer { verdict, until: clock.next() }
}
