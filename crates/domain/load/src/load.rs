//! What being on call was, person by person and for all of them at once.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_model::PersonId;

use crate::wake::wakes;

/// What ends within this long, before anybody took it, has ended by itself.
const BY_ITSELF: SignedDuration = SignedDuration::from_mins(5);

/// A page.
#[derive(Debug, Clone)]
pub struct Page {
    /// When it was asked for.
    pub at: Timestamp,
    /// Whom it called, each once or more.
    pub called: Vec<Called>,
    /// When somebody took it, and who, where that is known.
    pub taken: Option<(Timestamp, Option<PersonId>)>,
    /// What somebody said of it.
    pub verdict: Option<Verdict>,
    /// When what it is about ended.
    pub ended_at: Option<Timestamp>,
}

/// Somebody who was called.
#[derive(Debug, Clone)]
pub struct Called {
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
    /// The clock on their wall.
    pub zone: TimeZone,
}

/// What somebody said of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They did something.
    Acted,
    /// There was nothing to do, or it was another's.
    Nothing,
}

/// Whether a page was worth it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// Somebody took it and did something.
    Actionable,
    /// It needed nobody.
    Nothing,
    /// Nobody said.
    Unknown,
}

impl Page {
    /// Says whether it needed somebody. What ended by itself did not, whatever was said of it later.
    pub fn worth(&self) -> Worth {
        match (self.ended_by_itself(), self.verdict, &self.taken) {
            (true, ..) | (_, Some(Verdict::Nothing), _) | (_, Some(Verdict::Acted), None) => Worth::Nothing,
            (false, Some(Verdict::Acted), Some(_)) => Worth::Actionable,
            (false, None, _) => Worth::Unknown,
        }
    }

    /// Says whether it ended within five minutes and before anybody took it.
    pub fn ended_by_itself(&self) -> bool {
        let before = |ended: Timestamp| self.taken.as_ref().is_none_or(|(taken, _)| ended < *taken);
        self.ended_at.is_some_and(|ended| self.at.duration_until(ended) <= BY_ITSELF && before(ended))
    }

    /// Returns how long it took somebody to take it; a clock that went back gives none.
    fn taken_after(&self) -> Option<SignedDuration> {
        let (taken, _) = self.taken.as_ref()?;
        Some(self.at.duration_until(*taken)).filter(|after| !after.is_negative())
    }
}

/// What being on call was for one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Load {
    /// Pages that called them.
    pub pages: usize,
    /// When they were woken, oldest first.
    pub wakes: Vec<Timestamp>,
    /// How long those that they took themselves waited, shortest first.
    pub taken_after: Vec<SignedDuration>,
    /// Of what called them, how much needed somebody.
    pub actionable: usize,
    /// Of what called them, how much needed nobody.
    pub nothing: usize,
}

/// Returns what pages were for everybody whom they called.
pub fn loads(pages: &[Page]) -> BTreeMap<PersonId, Load> {
    let mut called: BTreeMap<&PersonId, Vec<(Timestamp, &TimeZone)>> = BTreeMap::new();
    let mut found: BTreeMap<PersonId, Load> = BTreeMap::new();
    for page in pages {
        let mut people: Vec<&PersonId> = page.called.iter().map(|one| &one.person).collect();
        people.sort_unstable();
        people.dedup();
        for person in people {
            found.entry(person.clone()).or_default().note(page, person);
        }
        for one in &page.called {
            called.entry(&one.person).or_default().push((one.at, &one.zone));
        }
    }
    for (person, times) in called {
        found.entry(person.clone()).or_default().wakes = wakes(times);
    }
    found
}

impl Load {
    fn note(&mut self, page: &Page, person: &PersonId) {
        self.pages += 1;
        match page.worth() {
            Worth::Actionable => self.actionable += 1,
            Worth::Nothing => self.nothing += 1,
            Worth::Unknown => {}
        }
        let is_theirs = page.taken.as_ref().is_some_and(|(_, by)| by.as_ref() == Some(person));
        if let Some(after) = page.taken_after().filter(|_| is_theirs) {
            let place = self.taken_after.partition_point(|one| *one <= after);
            self.taken_after.insert(place, after);
        }
    }
}

/// What being on call was for everybody together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Total {
    /// Pages, each once.
    pub pages: usize,
    /// Wakes: two people whom one page wakes are two.
    pub wakes: usize,
    /// How long it took to take a page, in the middle; none while nobody took one.
    pub taken_after: Option<SignedDuration>,
    /// How many needed somebody.
    pub actionable: usize,
    /// How many needed nobody.
    pub nothing: usize,
}

/// Returns what pages were for everybody together.
pub fn total(pages: &[Page]) -> Total {
    let mut after: Vec<SignedDuration> = pages.iter().filter_map(Page::taken_after).collect();
    after.sort_unstable();
    let count = |worth| pages.iter().filter(|page| page.worth() == worth).count();
    Total {
        pages: pages.len(),
        wakes: loads(pages).values().map(|load| load.wakes.len()).sum(),
        // Of an even number the longer of the two in the middle: it is a time that somebody really waited.
        taken_after: after.get(after.len() / 2).copied(),
        actionable: count(Worth::Actionable),
        nothing: count(Worth::Nothing),
    }
}

#[cfg(test)]
mod tests;
