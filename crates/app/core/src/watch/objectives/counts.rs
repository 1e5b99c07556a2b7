//! What one objective counts: a series, or slices of time made of one; what must be stored of it, and coming back.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::Objective;
use seaworthy_model::Tally;
use seaworthy_signals::{Bucket, Period, Refused, Resolution, Series, SeriesError, Slices};
use seaworthy_slo as slo;

use super::convert::{self, RAW};

/// A day: events that slices are cut from are summed for nobody.
const RAW_PERIOD: Period = Period::Rolling { days: 1 };

/// Counts of one objective.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    name: String,
    series: Series,
    sliced: Option<Sliced>,
    /// What belongs to rows that memory does not hold: the store adds it.
    older: Vec<(String, Bucket)>,
    first_at: Option<Timestamp>,
    /// Whether that is not stored yet.
    first_is_new: bool,
}

/// Events, and the slices that are cut from them.
#[derive(Debug, Clone)]
struct Sliced {
    raw: Series,
    slices: Slices,
}

impl Counts {
    /// Makes empty ones; what was stored must come back before anything is added.
    pub(super) fn new(declared: &Objective, windows: &[u32], begin: Timestamp, now: Timestamp) -> Result<Self, String> {
        let told = |error: SeriesError| error.to_string();
        let series = Series::new(windows, convert::summed(&declared.period, begin), now).map_err(told)?;
        let sliced = match convert::slices(declared.counting) {
            None => None,
            Some((rule, seconds)) => {
                let slices = Slices::new(rule, seconds, now).map_err(|error| error.to_string())?;
                let raw = Series::new(&[convert::HOUR_SECONDS], RAW_PERIOD, now).map_err(told)?;
                Some(Sliced { raw, slices })
            }
        };
        let name = convert::series_name(declared);
        Ok(Self { name, series, sliced, older: Vec::new(), first_at: None, first_is_new: false })
    }

    /// Returns the name of its series on disk.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn raw_name(&self) -> String {
        format!("{}{RAW}", self.name)
    }

    /// Returns the names of all that it stores.
    pub(super) fn names(&self) -> Vec<String> {
        let raw = self.sliced.as_ref().map(|_| self.raw_name());
        [self.name.clone()].into_iter().chain(raw).collect()
    }

    /// Adds events of one instant.
    pub(super) fn add(&mut self, at: Timestamp, tally: Tally, now: Timestamp) -> Result<(), Refused> {
        let (series, name) = match &mut self.sliced {
            None => (&mut self.series, self.name.clone()),
            Some(sliced) => {
                let late = sliced.slices.late();
                sliced.slices.add(at, tally, now)?;
                if sliced.slices.late() > late {
                    // What its slice was judged without is not kept either, or a restart would judge with it.
                    return Ok(());
                }
                (&mut sliced.raw, format!("{}{RAW}", self.name))
            }
        };
        let older = series.add(at, tally, now)?;
        self.older.extend(older.map(|bucket| (name, bucket)));
        // What another clock says is ahead counts as of now.
        let at = at.min(now);
        if tally.total > 0 && self.first_at.is_none_or(|first| at < first) {
            (self.first_at, self.first_is_new) = (Some(at), true);
        }
        Ok(())
    }

    /// Judges the slices that are over.
    pub(super) fn close(&mut self, now: Timestamp) {
        let Some(sliced) = &mut self.sliced else { return };
        for slice in sliced.slices.close(now) {
            // A slice was heard a moment ago, so it is neither ahead nor too old.
            let older = self.series.add(slice.start, slice.tally, now).unwrap_or_default();
            self.older.extend(older.map(|bucket| (self.name.clone(), bucket)));
        }
    }

    /// Returns the sum of a window that the engine looks at.
    pub(super) fn sum(&mut self, window: u32, now: Timestamp) -> Tally {
        self.series.sum(window, now).unwrap_or_default()
    }

    /// Returns the sum of the period.
    pub(super) fn period_sum(&mut self, now: Timestamp) -> Tally {
        self.series.period_sum(now)
    }

    /// Lets a calendar period begin anew.
    pub(super) fn begin_period(&mut self, from: Timestamp, now: Timestamp) {
        self.series.begin_period(from, now);
    }

    /// Returns the events themselves, also where slices are what counts.
    pub(super) fn events(&self) -> &Series {
        self.sliced.as_ref().map_or(&self.series, |sliced| &sliced.raw)
    }

    /// Returns what the engine counts: events, or slices.
    pub(super) fn counted(&self) -> &Series {
        &self.series
    }

    /// Returns the instant of the first event that is known.
    pub(super) fn first_at(&self) -> Option<Timestamp> {
        self.first_at
    }

    /// Returns the seconds since the first event that is known; none where there never was one.
    pub(super) fn known_seconds(&self, now: Timestamp) -> Option<f64> {
        self.first_at.map(|first| now.duration_since(first).as_secs_f64().max(0.0))
    }

    /// Returns events in the hour that ended with the last one.
    pub(super) fn recent_per_hour(&self) -> f64 {
        let events = self.events();
        let Some(last) = events.last_event_at() else { return 0.0 };
        let sum = |resolution: Resolution| {
            let hour = SignedDuration::from_secs(i64::from(convert::HOUR_SECONDS));
            let is_in = |bucket: &Bucket| last.duration_since(resolution.start(bucket.slot)) < hour;
            let buckets = events.recent(resolution).into_iter().filter(is_in);
            buckets.fold(0_u64, |all, bucket| all.saturating_add(bucket.tally.total))
        };
        let fine = sum(Resolution::TenSeconds);
        (if fine > 0 { fine } else { sum(Resolution::FiveMinutes) }) as f64
    }

    /// Returns events in the hour that ends now: right after an event, that is the hour that ended with it.
    pub(super) fn events_in_last_hour(&mut self, now: Timestamp) -> u64 {
        let sum = match &mut self.sliced {
            Some(sliced) => sliced.raw.sum(convert::HOUR_SECONDS, now),
            None => self.series.sum(convert::HOUR_SECONDS, now),
        };
        sum.map_or(0, |tally| tally.total)
    }

    /// Tells whether the clock was set back so far that sums are wrong until it is made again.
    pub(super) fn is_ahead(&self, now: Timestamp) -> bool {
        self.series.is_ahead(now) || self.events().is_ahead(now)
    }
}

/// What the store knows of the part of a period that memory does not hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Past {
    /// Its sum.
    pub older: Tally,
    /// The first slot of five minutes in which something was counted.
    pub first: Option<i64>,
}

/// Storing, and coming back.
impl Counts {
    /// Returns the five-minute slots of its period that memory does not hold.
    pub(super) fn missing(&self) -> std::ops::Range<i64> {
        self.series.missing()
    }

    /// Tells whether it stores a series of this name.
    pub(super) fn is_of(&self, name: &str) -> bool {
        name == self.name || (self.sliced.is_some() && name.strip_suffix(RAW) == Some(&self.name))
    }

    /// Takes a bucket of its past, by the name of its series; the last one of a slot holds.
    pub(super) fn recall(&mut self, name: &str, bucket: Bucket) {
        let start = bucket.resolution.start(bucket.slot);
        self.first_at = Some(self.first_at.map_or(start, |first| first.min(start)));
        if name == self.name {
            self.series.restore([bucket]);
        } else if let Some(sliced) = &mut self.sliced {
            sliced.raw.restore([bucket]);
        }
    }

    /// Goes on from its past: every bucket that memory holds was taken before. `first` is its first event; where nobody wrote
    /// that down, it is taken to be as old as the first bucket, and written down so that it stays.
    pub(super) fn restore(&mut self, past: Past, first: Option<Timestamp>, declared: &Objective, now: Timestamp) {
        let before = past.first.map(|slot| Resolution::FiveMinutes.start(slot));
        let oldest = [self.first_at, before].into_iter().flatten().min();
        (self.first_at, self.first_is_new) = (first.or(oldest), first.is_none() && oldest.is_some());
        self.series.settle(past.older);
        let of = |resolution| self.series.recent(resolution).pop();
        let last = of(Resolution::TenSeconds).or_else(|| of(Resolution::FiveMinutes));
        let (Some(sliced), Some((rule, seconds))) = (&mut self.sliced, convert::slices(declared.counting)) else {
            return;
        };
        let raw = sliced.raw.recent(Resolution::TenSeconds);
        let start = |bucket: &Bucket| bucket.resolution.start(bucket.slot);
        // A slice begins somewhere in its bucket; the one after the last that may is the first that is not judged.
        let after = |last: Bucket| {
            let width = last.resolution.seconds() + i64::from(seconds);
            start(&last) + SignedDuration::from_millis(width * 1_000 - 1)
        };
        let from = last.map(after).or(raw.first().map(start)).unwrap_or(now).min(now);
        // The same rule and length made slices before.
        let Ok(slices) = Slices::new(rule, seconds, from) else { return };
        sliced.slices = slices;
        for bucket in raw.iter().filter(|bucket| start(bucket) >= from) {
            sliced.slices.add(start(bucket), bucket.tally, now).unwrap_or_default();
        }
    }

    /// Adds what must be stored to the lists: buckets as they are, and what is to be added to older rows.
    pub(super) fn take_dirty(&mut self, buckets: &mut Vec<(String, Bucket)>, older: &mut Vec<(String, Bucket)>) {
        buckets.extend(self.series.take_dirty().into_iter().map(|bucket| (self.name.clone(), bucket)));
        let raw_name = self.raw_name();
        if let Some(sliced) = &mut self.sliced {
            buckets.extend(sliced.raw.take_dirty().into_iter().map(|bucket| (raw_name.clone(), bucket)));
        }
        older.append(&mut self.older);
    }

    /// Tells, once, that its first event is another than is stored.
    pub(super) fn take_first_is_new(&mut self) -> bool {
        std::mem::take(&mut self.first_is_new)
    }

    /// Takes back buckets that could not be stored, where they are its own.
    pub(super) fn give_back(&mut self, name: &str, bucket: Bucket) {
        let raw_name = self.raw_name();
        match &mut self.sliced {
            _ if name == self.name => self.series.give_back(vec![bucket]),
            Some(sliced) if name == raw_name => sliced.raw.give_back(vec![bucket]),
            _ => {}
        }
    }

    /// Returns the slots that have left its period.
    pub(super) fn leaving(&mut self, now: Timestamp) -> std::ops::Range<i64> {
        self.series.leaving(now)
    }

    /// Takes slots before `until` off its period.
    pub(super) fn leave(&mut self, until: i64, tally: Tally) {
        self.series.leave(until, tally);
    }

    /// Returns the budget's spending in the engine's words: slices that count by ratio have no counts that chance knows.
    pub(super) fn reading(tally: Tally, is_ratio: bool) -> slo::Reading {
        match (is_ratio, tally.bad_ratio()) {
            (false, _) => slo::Reading::Counts(tally),
            (true, Some(ratio)) => slo::Reading::Ratio(ratio),
            (true, None) => slo::Reading::Nothing,
        }
    }
}
