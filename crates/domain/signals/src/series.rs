//! One thing counted over time: buckets that coarsen with age, sums of fixed windows, and what must be stored.
//!
//! A window of n slots is the open slot and the n-1 before it, so it is never longer than it says and at most one slot
//! shorter: 10 s for windows up to 65 minutes, 5 minutes for longer ones. What is added counts at once.

use std::fmt;
use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::Tally;

use crate::cells::capped;
use crate::live::{Live, Watched};
use crate::resolution::{Bucket, FIVE_MINUTES_KEPT, Resolution, TEN_SECONDS_KEPT};
use crate::ring::Ring;
use crate::total::{PERIOD_DAYS_MAX, Period, Total};

/// The windows of the four standard tiers, in seconds (SRE Workbook, chapter 5).
pub const STANDARD_WINDOWS: [u32; 7] = [300, 1_800, 3_600, 7_200, 21_600, 86_400, 259_200];

/// Most windows of one series: two for each tier, and eight tiers are more than anybody reads.
pub const WINDOWS_MAX: usize = 16;

/// How far ahead of ours another clock may be. Up to here its events count as of now; later they are refused.
pub const FUTURE_MAX: SignedDuration = SignedDuration::from_secs(60);

/// Oldest event that is taken, in days: nothing older is stored or asked for.
pub const PAST_DAYS_MAX: i64 = 92;

/// Longest window, in seconds: what is in memory.
const WINDOW_SECONDS_MAX: u32 = FIVE_MINUTES_KEPT as u32 * 300;

/// Longest window that is drawn from buckets of ten seconds, in seconds.
const FINE_SECONDS_MAX: u32 = TEN_SECONDS_KEPT as u32 * 10;

/// Most buckets that wait for the store after they left memory: as many as memory holds. More leave only where nothing
/// was stored for days, and then the caller has long refused reports.
const SPILLED_MAX: usize = FIVE_MINUTES_KEPT;

/// Why a series cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesError {
    /// A window is empty or longer than memory; in seconds.
    Window(u32),
    /// There are more than [`WINDOWS_MAX`] windows.
    Windows(usize),
    /// A rolling period is empty or longer than [`PERIOD_DAYS_MAX`]; in days.
    Period(u16),
}

impl fmt::Display for SeriesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Window(seconds) => {
                write!(f, "could not sum a window of {seconds} s: a window has 1 to {WINDOW_SECONDS_MAX} s (3 days)")
            }
            Self::Windows(count) => write!(f, "could not sum {count} windows: a series has at most {WINDOWS_MAX}"),
            Self::Period(days) => {
                write!(f, "could not sum a period of {days} days: a period has 1 to {PERIOD_DAYS_MAX} days")
            }
        }
    }
}

impl std::error::Error for SeriesError {}

/// Why counts were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// They are from more than [`FUTURE_MAX`] ahead.
    Future,
    /// They are older than [`PAST_DAYS_MAX`].
    TooOld,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Future => write!(f, "could not count events from more than {FUTURE_MAX:#} ahead; check the clocks"),
            Self::TooOld => write!(f, "could not count events that are more than {PAST_DAYS_MAX} days old"),
        }
    }
}

impl std::error::Error for Refused {}

/// Takes events of another clock: those a little ahead are of now.
pub(crate) fn taken_at(at: Timestamp, now: Timestamp) -> Result<Timestamp, Refused> {
    match at.duration_since(now) {
        ahead if ahead > FUTURE_MAX => Err(Refused::Future),
        ahead if ahead < -SignedDuration::from_hours(24 * PAST_DAYS_MAX) => Err(Refused::TooOld),
        _ => Ok(at.min(now)),
    }
}

/// One series. `now` is the server's clock and may only go on; see [`Series::is_ahead`].
#[derive(Debug, Clone)]
pub struct Series {
    ten: Ring,
    five: Ring,
    total: Total,
    live: Option<Box<Watched>>,
    spilled: Vec<Bucket>,
    last_event: Option<Timestamp>,
    last_report: Option<Timestamp>,
}

impl Series {
    /// Makes an empty series; `windows` in seconds, rounded up to whole slots.
    ///
    /// One that was stored before is not to be added to until [`Series::restore`] and [`Series::settle`] gave it back what
    /// it held: what it writes replaces what is stored.
    ///
    /// # Errors
    /// When a window or the period is empty or too long, or there are too many windows.
    pub fn new(windows: &[u32], period: Period, now: Timestamp) -> Result<Self, SeriesError> {
        if windows.len() > WINDOWS_MAX {
            return Err(SeriesError::Windows(windows.len()));
        }
        if let Some(bad) = windows.iter().find(|seconds| !(1..=WINDOW_SECONDS_MAX).contains(*seconds)) {
            return Err(SeriesError::Window(*bad));
        }
        if let Period::Rolling { days } = period
            && !(1..=PERIOD_DAYS_MAX).contains(&days)
        {
            return Err(SeriesError::Period(days));
        }
        let heads = Resolution::ALL.map(|resolution| resolution.slot(now));
        let total = Total::new(period, heads[1]);
        let mut windows = windows.to_vec();
        if let Total::Window(seconds) = total {
            windows.push(seconds);
        }
        windows.sort_unstable();
        windows.dedup();
        let (fine, coarse) = windows.split_at(windows.partition_point(|seconds| *seconds <= FINE_SECONDS_MAX));
        Ok(Self {
            ten: Ring::new(TEN_SECONDS_KEPT, 10, fine.iter().copied(), heads[0]),
            five: Ring::new(FIVE_MINUTES_KEPT, 300, coarse.iter().copied(), heads[1]),
            total,
            live: None,
            spilled: Vec::new(),
            last_event: None,
            last_report: None,
        })
    }

    /// Adds counts of one instant, in any order of instants; none at all says that somebody looked and saw nothing.
    ///
    /// Returns what belongs to a bucket of five minutes that is no longer in memory: the caller reads that row, adds the
    /// tally and writes it.
    ///
    /// # Errors
    /// When `at` is too far ahead or too old; then nothing is counted.
    pub fn add(&mut self, at: Timestamp, tally: Tally, now: Timestamp) -> Result<Option<Bucket>, Refused> {
        let at = taken_at(at, now)?;
        self.advance(now);
        self.last_report = self.last_report.max(Some(at));
        if tally.total == 0 {
            return Ok(None);
        }
        self.last_event = self.last_event.max(Some(at));
        if let Some(live) = &mut self.live {
            live.add(at, tally);
        }
        self.ten.add(Resolution::TenSeconds.slot(at), tally);
        let slot = Resolution::FiveMinutes.slot(at);
        let went_in = self.five.add(slot, tally);
        self.total.add(slot, went_in.unwrap_or(capped(tally)));
        let older = Bucket { resolution: Resolution::FiveMinutes, slot, tally: capped(tally) };
        Ok(went_in.is_none().then_some(older))
    }

    /// Lets time go on; all other methods that take `now` do it by themselves.
    pub fn advance(&mut self, now: Timestamp) {
        // A ten-second bucket that nobody stored in an hour is of no use to a restart.
        self.ten.advance(Resolution::TenSeconds.slot(now), |_, _| {});
        let spilled = &mut self.spilled;
        self.five.advance(Resolution::FiveMinutes.slot(now), |slot, tally| spill(spilled, slot, tally));
        if self.live.as_ref().is_some_and(|live| live.is_idle(now)) {
            self.live = None;
        }
        if let Some(live) = &mut self.live {
            live.advance(now);
        }
    }

    /// Tells whether the clock was set back so far that open buckets lie in the future. Sums are wrong until `now` reaches
    /// them: make the series again from the store.
    pub fn is_ahead(&self, now: Timestamp) -> bool {
        Resolution::TenSeconds.start(self.ten.head()).duration_since(now) > FUTURE_MAX
    }

    /// Returns the sum of a window, in seconds; none for one that the series was not made with.
    pub fn sum(&mut self, window: u32, now: Timestamp) -> Option<Tally> {
        self.advance(now);
        self.ten.sum(window).or_else(|| self.five.sum(window))
    }

    /// Returns the sum of the period. A rolling one is too long by what [`Series::leaving`] says.
    pub fn period_sum(&mut self, now: Timestamp) -> Tally {
        self.advance(now);
        self.total.sum(&self.five)
    }

    /// Returns the latest instant at which something was counted, events that came out of order included.
    pub fn last_event_at(&self) -> Option<Timestamp> {
        self.last_event
    }

    /// Returns the latest instant of which anything was said, also that there were no events.
    pub fn last_report_at(&self) -> Option<Timestamp> {
        self.last_report
    }

    /// Returns what is not empty in memory, oldest first.
    pub fn recent(&self, resolution: Resolution) -> Vec<Bucket> {
        let ring = match resolution {
            Resolution::TenSeconds => &self.ten,
            Resolution::FiveMinutes => &self.five,
        };
        let counted = ring.slots().filter(|(_, tally)| tally.total > 0);
        counted.map(|(slot, tally)| Bucket { resolution, slot, tally }).collect()
    }

    /// Returns the last minute in steps of a report, from the first time that somebody asked; it is dropped when nobody
    /// has asked for a minute.
    pub fn live(&mut self, now: Timestamp) -> Live {
        self.advance(now);
        self.live.get_or_insert_with(|| Box::new(Watched::new(now))).view(now)
    }
}

/// Storing, and coming back from the store.
impl Series {
    /// Returns every bucket that changed since it was last taken, with all that it holds: writing one twice is harmless.
    pub fn take_dirty(&mut self) -> Vec<Bucket> {
        let mut taken = std::mem::take(&mut self.spilled);
        let rings = [(&mut self.ten, Resolution::TenSeconds), (&mut self.five, Resolution::FiveMinutes)];
        for (ring, resolution) in rings {
            ring.take_dirty(|slot, tally| taken.push(Bucket { resolution, slot, tally }));
        }
        taken
    }

    /// Gives back what was taken and could not be written: it is taken again next time.
    pub fn give_back(&mut self, taken: Vec<Bucket>) {
        for bucket in taken {
            match bucket.resolution {
                Resolution::TenSeconds => drop(self.ten.mark(bucket.slot)),
                Resolution::FiveMinutes if self.five.mark(bucket.slot) => {}
                Resolution::FiveMinutes => spill(&mut self.spilled, bucket.slot, bucket.tally),
            }
        }
    }

    /// Sets buckets to what was stored; those that memory does not hold are skipped. The last one of a slot holds.
    pub fn restore(&mut self, buckets: impl IntoIterator<Item = Bucket>) {
        for Bucket { resolution, slot, tally } in buckets {
            let before = match resolution {
                Resolution::TenSeconds => self.ten.replace(slot, tally),
                Resolution::FiveMinutes => {
                    let before = self.five.replace(slot, tally);
                    before.inspect(|before| self.total.replace(slot, *before, capped(tally)))
                }
            };
            if before.is_some() && tally.total > 0 {
                self.last_event = self.last_event.max(Some(resolution.start(slot)));
                self.last_report = self.last_report.max(self.last_event);
            }
        }
    }

    /// Returns the five-minute slots of the period that are older than memory: at a start their sum is read from the
    /// store for [`Series::settle`]. Empty for a period of up to three days.
    pub fn missing(&self) -> Range<i64> {
        self.total.missing(&self.five)
    }

    /// Counts the period again: what is in memory, and `older`, the stored sum of [`Series::missing`].
    pub fn settle(&mut self, older: Tally) {
        self.total.settle(older, &self.five);
    }

    /// Returns the five-minute slots that grew older than a rolling period and are in its sum still; at most one more
    /// every five minutes, and the same for all series of one period.
    pub fn leaving(&mut self, now: Timestamp) -> Range<i64> {
        self.advance(now);
        self.total.leaving(self.five.head())
    }

    /// Takes slots before `until` off the period: `tally` is their stored sum. Nothing may be added between the reading of
    /// that sum and this call, or an amendment to a slot that leaves would stay in the sum.
    pub fn leave(&mut self, until: i64, tally: Tally) {
        self.total.leave(until, tally);
    }

    /// Begins a calendar period ([`Period::Since`]): what is in memory from there on is in it already; where `from` is
    /// older, [`Series::missing`] says what else. Does nothing to a rolling one.
    pub fn begin_period(&mut self, from: Timestamp, now: Timestamp) {
        self.advance(now);
        self.total.begin(from, &self.five);
    }

    /// Returns the bytes that the series takes, its own and those on the heap.
    pub fn resident_bytes(&self) -> usize {
        let live = self.live.as_ref().map_or(0, |live| live.bytes());
        let spilled = self.spilled.capacity() * size_of::<Bucket>();
        size_of::<Self>() + self.ten.heap_bytes() + self.five.heap_bytes() + live + spilled
    }
}

fn spill(spilled: &mut Vec<Bucket>, slot: i64, tally: Tally) {
    if spilled.len() < SPILLED_MAX {
        spilled.push(Bucket { resolution: Resolution::FiveMinutes, slot, tally });
    }
}

#[cfg(test)]
mod tests;
