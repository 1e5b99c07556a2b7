//! Live observations in, segments out: when a function went down, and when it came back.
//!
//! Each source is believed once it has said the same for a while ([`Confirm`]); what is then recorded is backdated to the
//! first observation of that run, so confirming costs no minutes in the account. A run that goes up and down without
//! settling is taken at the level that all of it supports. Sources may disagree: all words are shown ([`Recorder::words`])
//! and the worst of the fresh ones counts, because one who sees users fail is not refuted by one who does not. A source
//! that falls silent stops counting, backdated to its last word; with no fresh source left the state is unknown, never up.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::{Cause, Seen, Segment, Severity, Source};

/// What a source has to repeat before it is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirm {
    /// Observations in a row, at least 1.
    pub times: u32,
    /// From the first to the last of them, at least.
    pub lasting: SignedDuration,
}

/// How a source is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// For a change to worse.
    pub worse: Confirm,
    /// For a change to better.
    pub better: Confirm,
    /// How long after its last word a source counts.
    pub fresh: SignedDuration,
}

impl Rules {
    /// The consensus of probes is confirmed by places and retries already (2 of 3 are down, 2 passes are up), so its first
    /// word counts; 90 s are three rounds at the usual 30 s.
    pub const PROBES: Self = Self {
        worse: Confirm { times: 1, lasting: SignedDuration::ZERO },
        better: Confirm { times: 1, lasting: SignedDuration::ZERO },
        fresh: SignedDuration::from_secs(90),
    };
    /// The gateway reports four times a second: one bad report is a blip, a second of them is seen by people; ten good
    /// seconds keep one outage from being written as twenty. Silent for 10 s means no traffic or no gateway.
    pub const GATEWAY: Self = Self {
        worse: Confirm { times: 4, lasting: SignedDuration::from_secs(1) },
        better: Confirm { times: 4, lasting: SignedDuration::from_secs(10) },
        fresh: SignedDuration::from_secs(10),
    };

    /// Returns the defaults for a source.
    pub fn of(source: &Source) -> Self {
        match source {
            Source::Gateway => Self::GATEWAY,
            _ => Self::PROBES,
        }
    }
}

/// One source's word on the function.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// When it was seen.
    pub at: Timestamp,
    /// By whom.
    pub source: Source,
    /// What; [`Seen::Unknown`] is silence: the source was there and could not see, which keeps nothing fresh.
    pub seen: Seen,
    /// Part of users met, 0 to 1, where it was measured.
    pub share_of_users: Option<f64>,
}

/// A source's believed word, to be shown beside others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Whose.
    pub source: Source,
    /// What.
    pub seen: Seen,
    /// Since when.
    pub since: Timestamp,
    /// When it was heard last.
    pub heard: Timestamp,
    /// Whether it counts.
    pub fresh: bool,
}

/// The function went from one state to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What ended, complete; none where it held no time at all.
    pub closed: Option<Segment>,
    /// What began, without an end.
    pub opened: Segment,
}

/// Keeps one function's state from observations. Holds one word a source, so its size is bounded by their number.
#[derive(Debug, Clone)]
pub struct Recorder {
    open: Segment,
    tracks: BTreeMap<Source, Track>,
    rules: fn(&Source) -> Rules,
}

#[derive(Debug, Clone)]
struct Track {
    seen: Seen,
    since: Timestamp,
    heard: Timestamp,
    stale: bool,
    run: Option<Run>,
}

/// Observations in a row that speak for the same change, to worse or to better.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: Timestamp,
    times: u32,
    /// The level nearest to the believed one: all of the run support it.
    level: Seen,
}

impl Recorder {
    /// Begins with nothing known, and the default rules.
    pub fn new(function: &str, since: Timestamp) -> Self {
        Self::with_rules(function, since, Rules::of)
    }

    /// Begins with nothing known, and rules of one's own.
    pub fn with_rules(function: &str, since: Timestamp, rules: fn(&Source) -> Rules) -> Self {
        let open = Segment::measured(function, Seen::Unknown, since, None, Source::Probes);
        Self { open, tracks: BTreeMap::new(), rules }
    }

    /// Goes on from a segment that was open, after a restart; sources have to speak again.
    pub fn resume(open: Segment) -> Self {
        Self { open: Segment { end: None, ..open }, tracks: BTreeMap::new(), rules: Rules::of }
    }

    /// Goes on from a segment that was open, after a restart, as if its source had said so last at `heard`: it counts
    /// from there until it speaks again or is silent for too long.
    pub fn resume_heard(open: Segment, heard: Timestamp) -> Self {
        let (source, seen, since) = (open.source.clone(), open.seen, open.start);
        let mut recorder = Self::resume(open);
        if seen != Seen::Unknown {
            let track = Track { seen, since, heard: heard.max(since), stale: false, run: None };
            recorder.tracks.insert(source, track);
        }
        recorder
    }

    /// Believes sources by other rules from here on.
    pub fn set_rules(&mut self, rules: fn(&Source) -> Rules) {
        self.rules = rules;
    }

    /// Takes a source for gone at once: it stops counting, backdated to its last word.
    pub fn lost(&mut self, source: &Source) -> Option<Change> {
        let track = self.tracks.get_mut(source).filter(|track| !track.stale)?;
        track.stale = true;
        let heard = track.heard;
        self.settle(heard)
    }

    /// Returns what goes on.
    pub fn open(&self) -> &Segment {
        &self.open
    }

    /// Says why, of what goes on.
    pub fn blame(&mut self, cause: Cause) {
        self.open.cause = cause;
    }

    /// Takes an observation. One that is older than its source's last word changes nothing. Returns what changed: at most
    /// one change because another source had fallen silent meanwhile, and one because of what was said.
    pub fn observe(&mut self, observation: &Observation) -> Vec<Change> {
        let mut changes: Vec<Change> = self.tick(observation.at).into_iter().collect();
        if observation.seen == Seen::Unknown {
            return changes;
        }
        let rules = (self.rules)(&observation.source);
        let at = match self.tracks.get_mut(&observation.source).filter(|track| !track.stale) {
            Some(track) if observation.at < track.heard => return changes,
            Some(track) => track.hear(observation, rules),
            None => {
                // After silence there is nothing to hold on to: the first word counts.
                self.tracks.insert(observation.source.clone(), Track::new(observation));
                Some(observation.at)
            }
        };
        let change = at.and_then(|at| self.settle(at));
        self.note_share(observation);
        changes.extend(change.map(|change| Change { opened: self.open.clone(), ..change }));
        changes
    }

    /// Looks for sources that fell silent. Call it now and then, also when nothing is heard.
    pub fn tick(&mut self, now: Timestamp) -> Option<Change> {
        let mut last: Option<Timestamp> = None;
        for (source, track) in &mut self.tracks {
            let silent_for = now.duration_since(track.heard);
            if !track.stale && silent_for > (self.rules)(source).fresh {
                track.stale = true;
                last = last.max(Some(track.heard));
            }
        }
        last.and_then(|heard| self.settle(heard))
    }

    /// Returns every source's word, fresh or not.
    pub fn words(&self) -> Vec<Word> {
        let word = |(source, track): (&Source, &Track)| Word {
            source: source.clone(),
            seen: track.seen,
            since: track.since,
            heard: track.heard,
            fresh: !track.stale,
        };
        self.tracks.iter().map(word).collect()
    }

    /// Returns whether fresh sources say different things.
    pub fn disagrees(&self) -> bool {
        let mut fresh = self.tracks.values().filter(|track| !track.stale).map(|track| track.seen);
        fresh.next().is_some_and(|first| fresh.any(|other| other != first))
    }

    /// Compares what goes on with the worst fresh word, and changes over at `at`, but neither before that word was said
    /// nor before what goes on began.
    fn settle(&mut self, at: Timestamp) -> Option<Change> {
        let fresh = self.tracks.iter().filter(|(_, track)| !track.stale);
        let (seen, source, since) = match fresh.max_by_key(|(_, track)| track.seen) {
            Some((source, track)) => (track.seen, source.clone(), track.since),
            None => (Seen::Unknown, self.open.source.clone(), at),
        };
        if seen == self.open.seen {
            return None;
        }
        let at = at.max(since).max(self.open.start);
        let opened = Segment::measured(&self.open.function, seen, at, None, source);
        let ended = std::mem::replace(&mut self.open, opened.clone());
        let closed = (at > ended.start).then_some(Segment { end: Some(at), ..ended });
        Some(Change { closed, opened })
    }

    /// Keeps the largest share of users that was met, and the severity that follows from it.
    fn note_share(&mut self, observation: &Observation) {
        if observation.seen == self.open.seen
            && let Some(share) = observation.share_of_users
        {
            let most = self.open.share_of_users.map_or(share, |known| known.max(share));
            self.open.share_of_users = Some(most);
            self.open.severity = Severity::of(self.open.seen, Some(most));
        }
    }
}

impl Track {
    fn new(observation: &Observation) -> Self {
        let Observation { at, seen, .. } = *observation;
        Self { seen, since: at, heard: at, stale: false, run: None }
    }

    /// Takes a word; returns the backdated time of a change that it confirms.
    fn hear(&mut self, observation: &Observation, rules: Rules) -> Option<Timestamp> {
        let Observation { at, seen, .. } = *observation;
        self.heard = at;
        let worse = match seen.cmp(&self.seen) {
            std::cmp::Ordering::Equal => {
                self.run = None;
                return None;
            }
            order => order.is_gt(),
        };
        let same_way = self.run.filter(|run| (run.level > self.seen) == worse);
        let run = same_way.map_or(Run { first: at, times: 1, level: seen }, |run| Run {
            first: run.first,
            times: run.times.saturating_add(1),
            level: if worse { run.level.min(seen) } else { run.level.max(seen) },
        });
        self.run = Some(run);
        let confirm = if worse { rules.worse } else { rules.better };
        let confirmed = run.times >= confirm.times && at.duration_since(run.first) >= confirm.lasting;
        confirmed.then(|| {
            (self.seen, self.since, self.run) = (run.level, run.first, None);
            run.first
        })
    }
}
