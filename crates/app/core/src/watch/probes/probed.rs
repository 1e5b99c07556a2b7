//! One probe and its watcher: runs in, what they mean together out.

use std::collections::VecDeque;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::Probe;
use seaworthy_probe::{History, PlaceView, Run, State as Seen, Transition, Unseen, Watch, Watcher};

/// Runs that are kept of one probe: an hour from one place each 10 s, twenty minutes from three. Enough for a plot, and
/// for a watcher to remember over a restart how often its target went up and down.
pub const RUNS_KEPT: usize = 360;

/// How far ahead the clock of a place may be, as a watcher has it.
const AHEAD_MAX: SignedDuration = SignedDuration::from_secs(5);

/// One probe that is watched.
#[derive(Debug, Clone)]
pub struct Probed {
    /// As it is declared.
    pub declared: Probe,
    /// Since when it is as it is; the beginning where nobody has looked.
    pub since: Timestamp,
    pub(super) told_at: Option<Timestamp>,
    watcher: Watcher,
    runs: VecDeque<Run>,
    /// Whether what is tried was declared anew: what was said of it before is not of this.
    is_other: bool,
}

impl Probed {
    pub(super) fn new(declared: &Probe, places: Vec<String>, history: History) -> Self {
        Self {
            declared: declared.clone(),
            since: Timestamp::UNIX_EPOCH,
            told_at: None,
            watcher: Watcher::new(watch(declared, places), history),
            runs: VecDeque::new(),
            is_other: false,
        }
    }

    /// Makes one that nobody has looked at.
    pub(crate) fn unwatched(declared: &Probe) -> Self {
        Self::new(declared, Vec::new(), History::NeverUp)
    }

    /// Makes one from runs that were stored, as if each came when it had ended.
    pub(super) fn replayed(declared: &Probe, history: History, runs: Vec<Run>) -> Self {
        let mut places: Vec<String> = runs.iter().map(|run| run.place.clone()).collect();
        places.sort();
        places.dedup();
        let mut probed = Self::new(declared, places, history);
        for run in runs {
            let ended = i64::try_from(run.took_ms).unwrap_or(i64::MAX);
            let at = run.intended_at.checked_add(SignedDuration::from_millis(ended)).unwrap_or(run.intended_at);
            probed.take(&run, at);
        }
        probed
    }

    /// Goes on under another declaration, or with other places. What another target was says nothing of this one.
    pub(super) fn redeclared(mut self, declared: &Probe, places: Vec<String>, now: Timestamp) -> Self {
        if self.declared.target != declared.target || self.declared.service != declared.service {
            return Self { is_other: true, ..Self::new(declared, places, History::NeverUp) };
        }
        self.declared = declared.clone();
        let change = self.watcher.rewatch(watch(declared, places), now);
        self.note(change);
        self
    }

    /// Takes a run in; `false` for one of a slot that was heard of from there, or of a place that is not asked.
    pub(super) fn take(&mut self, run: &Run, now: Timestamp) -> bool {
        let places = self.watcher.places(now);
        let Some(place) = places.iter().find(|place| place.place == run.place) else { return false };
        let latest = self.runs.iter().filter(|kept| kept.place == run.place).map(|kept| kept.intended_at).max();
        if latest.max(place.last).is_some_and(|last| run.intended_at <= last) {
            return false;
        }
        if run.intended_at.duration_since(now) > AHEAD_MAX {
            // Whoever sees by a clock that is wrong is blind; a slot of the future would hide those of the present.
            let change = self.watcher.observe(run, now);
            self.note(change);
            return false;
        }
        if self.runs.len() == RUNS_KEPT {
            self.runs.pop_front();
        }
        self.runs.push_back(run.clone());
        let change = self.watcher.observe(run, now);
        self.note(change);
        true
    }

    /// Looks at the time: slots may be missing.
    pub(super) fn tick(&mut self, now: Timestamp) {
        let change = self.watcher.tick(now);
        self.note(change);
    }

    fn note(&mut self, change: Option<Transition>) {
        let Some(change) = change else { return };
        self.is_other &= matches!(change.to, Seen::Unknown(_));
        self.since = change.since;
    }

    /// Says whether an alert that it raised may go on: what nobody can see ends none.
    pub(super) fn may_still(&self, is_down: bool) -> bool {
        match self.state() {
            Seen::Down => is_down,
            Seen::Degraded => !is_down,
            Seen::Up => false,
            Seen::Unknown(_) => !self.is_other,
        }
    }

    /// Returns what the target is.
    pub fn state(&self) -> Seen {
        self.watcher.state()
    }

    /// Returns whether it was ever up.
    pub fn history(&self) -> History {
        self.watcher.history()
    }

    /// Returns whether it must pass longer than usual before it is up again.
    pub fn is_flapping(&self) -> bool {
        self.watcher.is_flapping()
    }

    /// Returns what each place says.
    pub fn places(&self, now: Timestamp) -> Vec<PlaceView> {
        self.watcher.places(now)
    }

    /// Returns the runs that are kept, as they came.
    pub fn runs(&self) -> impl DoubleEndedIterator<Item = &Run> {
        self.runs.iter()
    }

    /// What an alert says at three in the morning.
    pub(super) fn sentence(&self) -> String {
        let what = match &self.declared.function {
            Some(function) => format!("{function} of {}", self.declared.service),
            None => self.declared.service.to_string(),
        };
        let how = if self.state() == Seen::Down { "does not work" } else { "works worse than it should" };
        let since = self.since.to_zoned(TimeZone::UTC).strftime("%H:%M UTC");
        format!("{what} {how} since {since}: {} (probe {})", self.watcher.reason(), self.declared.name)
    }

    /// Says what is so now of what an alert was about.
    pub(crate) fn at_present(&self) -> String {
        let how = match self.state() {
            Seen::Up => "its probe passes now",
            Seen::Degraded => "it works worse than it should",
            Seen::Down => "it does not work",
            Seen::Unknown(_) => "nobody can say how it is now",
        };
        format!("{how}: {}", self.words())
    }

    /// One sentence for people who look: why it is as it is, by what its places say now.
    pub fn words(&self) -> String {
        match (self.state(), self.watcher.reason()) {
            (Seen::Unknown(Unseen::NotYet), _) | (_, "") => "too few results yet".to_owned(),
            (_, reason) => reason.to_owned(),
        }
    }
}

fn watch(declared: &Probe, places: Vec<String>) -> Watch {
    Watch { every_ms: declared.every_ms, timeout_ms: declared.timeout_ms, places }
}
