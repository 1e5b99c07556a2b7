//! What was heard of services that the catalogue does not know: kept in memory, so that a slip in a label is seen.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use seaworthy_contract::api::UnownedAlert;
use seaworthy_integrations::intake::Heard;

/// Most that are kept; the one heard least lately makes room. More are one and the same mistake.
const KEPT_MAX: usize = 200;

/// Longest name that is shown, in characters: no service has a longer one.
const NAME_CHARS_MAX: usize = 100;

/// What was heard and belongs to nobody.
#[derive(Default)]
pub(crate) struct Unowned {
    /// The one heard last stands last.
    kept: Mutex<VecDeque<UnownedAlert>>,
    heard: AtomicU64,
}

impl Unowned {
    /// Keeps what was heard.
    pub(super) fn keep(&self, heard: &Heard, by: String, now: Timestamp) {
        self.heard.fetch_add(1, Relaxed);
        let mut kept = self.kept();
        let known = kept.iter().position(|known| known.rule == heard.rule).and_then(|at| kept.remove(at));
        let (first_heard_at, times) = known.map_or((now, 0), |known| (known.first_heard_at, known.times));
        if kept.len() >= KEPT_MAX {
            kept.pop_front();
        }
        let shown = |name: &String| name.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
        kept.push_back(UnownedAlert {
            rule: heard.rule.clone(),
            names: heard.services.iter().map(shown).collect(),
            sentence: heard.sentence.clone(),
            urgency: heard.urgency,
            by,
            first_heard_at,
            last_heard_at: now,
            times: times + 1,
        });
    }

    /// Forgets what is over, or has an owner now.
    pub(super) fn forget(&self, rule: &str) {
        self.kept().retain(|known| known.rule != rule);
    }

    /// Forgets those of rules that fit.
    pub(super) fn forget_where(&self, fits: impl Fn(&str) -> bool) {
        self.kept().retain(|known| !fits(&known.rule));
    }

    /// Returns them, the one heard last first.
    pub(crate) fn list(&self) -> Vec<UnownedAlert> {
        self.kept().iter().rev().cloned().collect()
    }

    /// Returns how many are kept, and how often such a thing was heard since the start.
    pub(crate) fn counts(&self) -> (usize, u64) {
        (self.kept().len(), self.heard.load(Relaxed))
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<UnownedAlert>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use seaworthy_contract::catalogue::Urgency;

    use super::*;

    fn heard(rule: &str) -> Heard {
        Heard {
            rule: rule.to_owned(),
            services: vec!["x".repeat(NAME_CHARS_MAX + 1), "a\u{1b}b".to_owned()],
            symptom: "availability".to_owned(),
            is_cause: false,
            urgency: Urgency::Page,
            is_firing: true,
            began_at: None,
            sentence: "it is slow".to_owned(),
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn what_is_repeated_is_one_and_what_is_over_is_gone() {
        let unowned = Unowned::default();
        for second in 1..=3 {
            unowned.keep(&heard("a#1"), "am".to_owned(), at(second));
            unowned.keep(&heard("a#2"), "am".to_owned(), at(second));
        }
        let list = unowned.list();
        assert_eq!(list.iter().map(|u| u.rule.as_str()).collect::<Vec<_>>(), ["a#2", "a#1"]);
        assert_eq!((list[0].times, list[0].first_heard_at, list[0].last_heard_at), (3, at(1), at(3)));
        assert_eq!((list[0].names[0].len(), list[0].names[1].as_str()), (NAME_CHARS_MAX, "ab"));
        unowned.forget("a#1");
        assert_eq!(unowned.counts(), (1, 6));
    }

    #[test]
    fn the_one_heard_least_lately_makes_room() {
        let unowned = Unowned::default();
        for n in 0..KEPT_MAX {
            unowned.keep(&heard(&format!("a#{n}")), String::new(), at(1));
        }
        unowned.keep(&heard("a#0"), String::new(), at(2));
        unowned.keep(&heard("a#new"), String::new(), at(2));
        let list = unowned.list();
        assert_eq!((list.len(), list[0].rule.as_str(), list[1].rule.as_str()), (KEPT_MAX, "a#new", "a#0"));
        assert!(!list.iter().any(|known| known.rule == "a#1"));
    }
}
