//! What the store must be asked and told: the past of an objective that is new, buckets that changed, and what leaves.
//!
//! The core asks no store. It says what is missing, whoever runs it reads that, and gives it back.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::Tally;
use seaworthy_signals::{ArmBucket, Bucket, PAST_DAYS_MAX, Resolution, TEN_SECONDS_KEPT};

use super::counts::Past;
use super::since::Piece;
use super::watched::Watched;
use super::{Objectives, arms, convert};
use crate::State;

/// How often latencies of arms are stored: they are drawn, not judged, and what a crash loses of them decides nothing.
const ARMS_EVERY: SignedDuration = SignedDuration::from_secs(10);

/// The past that an objective is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Names of its series.
    pub series: Vec<String>,
    /// Slots of five minutes of its period that memory does not hold: their sum is asked for.
    pub older: Range<i64>,
}

/// What must be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Buckets as they are: a row is replaced.
    pub buckets: Vec<(String, Bucket)>,
    /// What is to be added to rows that memory does not hold.
    pub older: Vec<(String, Bucket)>,
    /// Latencies of arms.
    pub arms: Vec<ArmBucket>,
    /// Since when objectives are counted.
    pub since: Vec<Piece>,
}

impl Written {
    /// Says whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty() && self.older.is_empty() && self.arms.is_empty() && self.since.is_empty()
    }
}

/// What is to be done from time to time, by slots of five minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upkeep {
    /// Rows of ten seconds before this slot help no restart.
    pub fine_before: i64,
    /// Rows of five minutes before this slot are in no period.
    pub coarse_before: i64,
}

impl Objectives {
    /// Follows the catalogue and returns the past that is missing: nothing new is counted before [`Objectives::restored`].
    pub fn sync(&mut self, state: &State, now: Timestamp) -> Vec<Missing> {
        if self.all.values().any(|watched| watched.counts.as_ref().is_some_and(|counts| counts.is_ahead(now))) {
            self.make_again(now);
        }
        if self.synced != state.config_version {
            self.follow(state, now);
            self.synced = state.config_version;
        }
        let new = self.all.values().filter(|watched| !watched.is_ready);
        new.map(|watched| {
            let counts = watched.counts.as_ref();
            Missing {
                series: counts.map(super::counts::Counts::names).unwrap_or_default(),
                older: counts.map_or(0..0, super::counts::Counts::missing),
            }
        })
        .collect()
    }

    fn follow(&mut self, state: &State, now: Timestamp) {
        let mut before = std::mem::take(&mut self.all);
        for objective in state.catalogue.objectives() {
            let position = state.catalogue.get("objective", &objective.name).map_or(0, |declared| declared.position);
            let watched = match before.remove(&objective.name) {
                Some(mut same) if same.declared == *objective => {
                    same.position = position;
                    same
                }
                changed => {
                    self.let_go(changed);
                    Box::new(Watched::new(objective, position, now))
                }
            };
            self.all.insert(objective.name.clone(), watched);
        }
        before.into_values().for_each(|gone| self.let_go(Some(gone)));
        let series: BTreeSet<&str> = self.all.values().filter_map(|watched| watched.series_name()).collect();
        self.since.retain(|name| series.contains(name));
        self.reach.retain(|service, _| state.catalogue.service(service).is_some());
        self.recent.retain(|service, _| state.catalogue.service(service).is_some());
    }

    /// What it counted and is not stored yet is stored all the same.
    fn let_go(&mut self, gone: Option<Box<Watched>>) {
        let Some(gone) = gone else { return };
        let is_ready = gone.is_ready;
        if let Some(mut counts) = gone.counts {
            counts.take_dirty(&mut self.left, &mut self.left_older);
            // Another target of the same counts goes on with them.
            if let Some(first) = counts.first_at().filter(|_| is_ready) {
                self.since.keep(counts.name(), first);
            }
        }
    }

    /// The clock was set back: open buckets lie in the future, so everything comes from the store again.
    fn make_again(&mut self, now: Timestamp) {
        let all = std::mem::take(&mut self.all);
        for (name, watched) in all {
            let again = Box::new(Watched::new(&watched.declared, watched.position, now));
            self.let_go(Some(watched));
            self.all.insert(name, again);
        }
        self.looked_at = None;
    }

    /// Takes buckets of the past, by the names of their series, as they are read: three days of all series at once would
    /// weigh many times what stays of them. What does not miss its past takes none.
    pub fn recall<'a>(&mut self, buckets: impl IntoIterator<Item = (&'a str, Bucket)>) {
        for (name, bucket) in buckets {
            let watched = self.of_series(name).filter(|watched| !watched.is_ready);
            if let Some(counts) = watched.and_then(|watched| watched.counts.as_mut()) {
                counts.recall(name, bucket);
            }
        }
    }

    /// Lets everything go on whose past was missing and all of which has been taken by [`Objectives::recall`], with the
    /// alerts that the ledger has open. `past` is the rest of each period, by the name of the series.
    pub fn restored(&mut self, state: &State, past: &BTreeMap<String, Past>, now: Timestamp) {
        for new in self.all.values_mut().filter(|watched| !watched.is_ready) {
            let rest = new.series_name().and_then(|name| past.get(name)).copied();
            let first = new.series_name().and_then(|name| self.since.take(name));
            new.restore(rest.unwrap_or_default(), first, state, now);
        }
    }

    fn of_series(&mut self, name: &str) -> Option<&mut Watched> {
        let watched = self.all.get_mut(convert::objective_of(name)?)?;
        watched.counts.as_ref().is_some_and(|counts| counts.is_of(name)).then_some(watched)
    }

    /// Takes what must be written before a report counts as taken.
    pub fn take_dirty(&mut self, now: Timestamp) -> Written {
        let mut written = Written {
            buckets: std::mem::take(&mut self.left),
            older: std::mem::take(&mut self.left_older),
            arms: Vec::new(),
            since: self.take_since(),
        };
        let counts = self.all.values_mut().filter(|watched| watched.is_ready).filter_map(|w| w.counts.as_mut());
        counts.for_each(|counts| counts.take_dirty(&mut written.buckets, &mut written.older));
        let since = self.arms_taken_at.map(|at| now.duration_since(at));
        if since.is_none_or(|since| !(SignedDuration::ZERO..ARMS_EVERY).contains(&since)) {
            self.arms_taken_at = Some(now);
            self.arms.advance(now);
            written.arms = self.arms.take_dirty();
        }
        written
    }

    /// Takes back what could not be written; it is taken again next time.
    pub fn give_back(&mut self, written: Written) {
        let mut homeless = Vec::new();
        for (name, bucket) in written.buckets {
            match self.of_series(&name).and_then(|watched| watched.counts.as_mut()) {
                Some(counts) => counts.give_back(&name, bucket),
                None => homeless.push((name, bucket)),
            }
        }
        self.left.append(&mut homeless);
        self.left_older.extend(written.older);
        self.arms.give_back(written.arms);
        self.give_since_back(&written.since);
    }

    /// Takes stored latencies of arms in, at a start.
    pub fn restore_arms(&mut self, rows: impl IntoIterator<Item = ArmBucket>, now: Timestamp) {
        self.arms.restore(rows.into_iter().filter(|row| row.name.starts_with(arms::ARM)), now);
    }

    /// Returns what is to be done now, once in five minutes.
    pub fn upkeep(&mut self, now: Timestamp) -> Option<Upkeep> {
        let fine = Resolution::TenSeconds.slot(now);
        let coarse = Resolution::FiveMinutes.slot(now);
        let day = 86_400 / Resolution::FiveMinutes.seconds();
        let due = Upkeep {
            fine_before: fine - fine.rem_euclid(30) - TEN_SECONDS_KEPT as i64,
            coarse_before: (coarse.div_euclid(day) - PAST_DAYS_MAX - 1) * day,
        };
        let is_new = self.upkept != Some(due);
        self.upkept = Some(due);
        is_new.then_some(due)
    }

    /// Returns the slots of five minutes that left a period and are in its sum still.
    pub fn leaving(&mut self, now: Timestamp) -> Vec<Range<i64>> {
        let counts = self.all.values_mut().filter(|watched| watched.is_ready).filter_map(|w| w.counts.as_mut());
        let mut ranges: Vec<Range<i64>> =
            counts.map(|counts| counts.leaving(now)).filter(|range| !range.is_empty()).collect();
        ranges.sort_unstable_by_key(|range| (range.start, range.end));
        ranges.dedup();
        ranges
    }

    /// Takes slots off every period that they left, with their stored sums by name.
    pub fn leave(&mut self, range: &Range<i64>, sums: &BTreeMap<String, Tally>, now: Timestamp) {
        let counts = self.all.values_mut().filter(|watched| watched.is_ready).filter_map(|w| w.counts.as_mut());
        for counts in counts {
            if counts.leaving(now) == *range {
                counts.leave(range.end, sums.get(counts.name()).copied().unwrap_or_default());
            }
        }
    }
}
