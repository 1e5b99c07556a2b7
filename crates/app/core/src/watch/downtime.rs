//! Watching for downtime: what gateways count and probes say in, changes of the account out.
//!
//! Counts are looked at in buckets of 10 s, closed once every gateway that is there has reported past them. One in which
//! more than 1 in 100 requests failed is degraded, from its first failure to its last, and down where half of the requests
//! between those failed. One failed request alone changes nothing until a second bucket agrees. Nobody asked, and no probe: after five minutes it is unknown, from the
//! last word on. No gateway heard: unknown at once, from the last word on. A process that has ended is down, also where
//! nobody asks. Beginnings and ends are those of the quarter second in which a gateway met them.
//!
//! A gateway keeps what it counts while the control plane is away. What no report speaks of for longer than
//! ten seconds was watched by nobody, and is unknown, whatever was before and after.
//!
//! Changes are bounded: after twelve in an hour a function gets well only by five good minutes in a row, so it cannot
//! write more than about four a five minutes, whatever it does.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::events::control::ControlV1;
use seaworthy_contract::gateway::{ControlSeen, Count, Report};
use seaworthy_downtime::{Change, Confirm, Observation, Recorder, Rules, Seen, Segment, Source, Word};
use seaworthy_model::ServiceId;

use super::gateways::{GATEWAY_LOST, GatewaySeen, Gateways};
use crate::State;
use crate::age::ago;
use crate::state::{FunctionKey, Health, Recorded, function_name};

mod bucket;
mod coverage;

use bucket::{BUCKET_MS, Bucket};
use coverage::{Coverage, is_hole};

/// Buckets of one service that wait for a gateway that is behind; then the oldest is taken as it is. Ten minutes.
const BUCKETS_MAX: usize = 60;

/// Changes of one function that wait to become events, while the store takes no writes; then the oldest is forgotten.
const UNSENT_MAX: usize = 64;

/// Changes in an hour from which on a function is flapping.
const FLAPPING: usize = 12;

/// Silence after which what a gateway counted last no longer holds.
const QUIET: SignedDuration = SignedDuration::from_mins(5);

/// A function is seen differently from an instant on.
#[derive(Debug, Clone, PartialEq)]
pub struct DowntimeChange {
    /// The service.
    pub service: ServiceId,
    /// The function; the service as a whole where there is none.
    pub function: Option<String>,
    /// What began.
    pub opened: Segment,
    /// Largest part of users that what ended met, 0 to 1.
    pub share_before: Option<f64>,
}

impl DowntimeChange {
    /// Says whether what goes on in the ledger holds it already.
    pub fn is_known(&self, open: &Recorded) -> bool {
        open.segment.seen == self.opened.seen || open.segment.start > self.opened.start
    }
}

/// What every function is like, as far as reports and probes tell.
#[derive(Debug, Clone, Default)]
pub struct Downtime {
    kept: BTreeMap<FunctionKey, Kept>,
    /// How far gateways had been heard before this process started.
    heard: Option<Timestamp>,
    /// When the last event before that was recorded: until then somebody looked at processes.
    alive: Option<Timestamp>,
    /// What gateways reported on.
    coverage: Coverage,
    /// When it began to look: before gateways had a chance to report, their silence says nothing.
    since: Option<Timestamp>,
}

#[derive(Debug, Clone)]
struct Kept {
    recorder: Recorder,
    buckets: BTreeMap<i64, Bucket>,
    /// The bucket taken last, and the end of the last failure in it; none where it was good.
    last: Option<(i64, Option<Timestamp>)>,
    /// When it changed within the last hour.
    changed: VecDeque<Timestamp>,
    /// Until when nobody had looked.
    blind_until: Option<Timestamp>,
    unsent: VecDeque<DowntimeChange>,
}

impl Downtime {
    /// Counts a report that was not taken before; its interval had ended at `ended_at`.
    pub(super) fn take(&mut self, state: &State, report: &Report, ended_at: Timestamp) {
        let ended_at = in_ms(ended_at);
        let from = ago(ended_at, report.interval_ms);
        self.coverage.add(ago(ended_at, report.interval_ms.min(BUCKET_MS.unsigned_abs())), ended_at);
        let index = (ended_at.as_millisecond() - 1).div_euclid(BUCKET_MS);
        let has_ended = |count: &&Count| count.ended.met() > 0 && state.catalogue.service(&count.service).is_some();
        for count in report.counts.iter().filter(has_ended) {
            let kept = self.function(state, &(count.service.clone(), None), from);
            kept.buckets.entry(index).or_default().add(count, ended_at, report.interval_ms);
        }
        for (service, refused) in refused(state, report) {
            let kept = self.function(state, &(service.clone(), None), from);
            kept.buckets.entry(index).or_default().refuse(refused, ended_at, report.interval_ms);
        }
    }

    /// Takes somebody's word on a function: the consensus of its probes. A word on a service that nobody declared is
    /// left out.
    pub fn observe(&mut self, state: &State, key: &FunctionKey, seen: &Observation, now: Timestamp) {
        if state.catalogue.service(&key.0).is_some() {
            let seen = Observation { at: in_ms(seen.at.min(now)), ..seen.clone() };
            self.function(state, key, seen.at).observe(key, &seen, now);
        }
    }

    /// Returns what every source last said of a function, fresh or not: they may disagree.
    pub fn words(&self, key: &FunctionKey) -> Vec<Word> {
        self.kept.get(key).map(|kept| kept.recorder.words()).unwrap_or_default()
    }

    /// Returns the largest part of users that was met, 0 to 1, since it is as the ledger says it is now: there it stands once
    /// that has ended. None where nobody measured it, or something else is seen by now.
    pub fn share_of_users(&self, key: &FunctionKey, open: &Segment) -> Option<f64> {
        let known = self.kept.get(key)?.recorder.open();
        (known.seen == open.seen && known.start >= open.start).then_some(known.share_of_users)?
    }

    /// Returns what has changed and is not yet in the ledger, oldest first.
    pub(super) fn changes(&mut self, state: &State, gateways: &Gateways, now: Timestamp) -> Vec<DowntimeChange> {
        let now = in_ms(now);
        let since = *self.since.get_or_insert(now);
        self.resume(state);
        self.pass_holes(gateways, since, now);
        let there = || gateways.0.values().filter(|seen| within(now, seen.reported_at));
        let watermark = there().map(|seen| seen.ended_at).min();
        let lost = watermark.is_none() && !within(now, since);
        // Behind a hole that is not judged yet nothing is taken: what fills it may be on its way.
        let until = self.coverage.hole().map_or(Timestamp::MAX, |(from, _)| from);
        let until = watermark.unwrap_or(now).min(until);
        let mut changes = Vec::new();
        for (key, kept) in &mut self.kept {
            kept.close(key, until, now);
            if lost {
                kept.lost(key, &Source::Gateway, now);
            }
            if key.1.is_none() {
                kept.process(state, key, now);
            }
            kept.tick(key, now);
            let open = state.downtime.open(key);
            while kept.unsent.front().is_some_and(|change| open.is_some_and(|open| change.is_known(open))) {
                kept.unsent.pop_front();
            }
            changes.extend(kept.unsent.iter().cloned());
        }
        changes
    }

    /// Takes every word that was said before time on which nobody reported for over. A gateway that has not been heard since
    /// the start of this process may still tell of it, and is waited for.
    fn pass_holes(&mut self, gateways: &Gateways, since: Timestamp, now: Timestamp) {
        let is_late =
            |seen: &GatewaySeen| seen.reported_at < since && !is_hole(seen.ended_at, self.heard.unwrap_or(since));
        if within(now, since) && gateways.0.values().any(is_late) {
            return;
        }
        while let Some((from, to)) = self.coverage.hole() {
            for (key, kept) in &mut self.kept {
                kept.close(key, to, now);
                kept.blind(key, from, to, now);
            }
            self.coverage.pass();
        }
    }

    /// Goes on with what the ledger says after a restart, begins with what has ended by itself, and drops what left the
    /// catalogue.
    fn resume(&mut self, state: &State) {
        self.kept.retain(|(service, _), _| state.catalogue.service(service).is_some());
        let is_open = |recorded: &Recorded| recorded.segment.seen != Seen::Unknown;
        let open = state.downtime.functions().filter(|(_, kept)| kept.back().is_some_and(is_open));
        let open: Vec<_> = open.map(|(key, _)| key).filter(|key| !self.kept.contains_key(*key)).cloned().collect();
        let ended = state.serving.keys().filter_map(|service| Some((service, ended_at(state, service)?)));
        let ended = ended.map(|(service, at)| ((service.clone(), None), at));
        let ended: Vec<_> = ended.filter(|(key, _)| !self.kept.contains_key(key)).collect();
        for (key, at) in open.into_iter().map(|key| (key, Timestamp::MIN)).chain(ended) {
            if state.catalogue.service(&key.0).is_some() {
                self.function(state, &key, at);
            }
        }
    }

    /// Notes how far gateways had been heard before this process started.
    pub(super) fn heard_before(&mut self, at: Timestamp) {
        self.heard = self.heard.max(Some(in_ms(at)));
        self.coverage = self.heard.map(Coverage::from).unwrap_or_default();
    }

    /// Notes until when the process before this one is known to have looked.
    pub(super) fn alive_before(&mut self, at: Option<Timestamp>) {
        self.alive = self.alive.max(at.map(in_ms));
    }

    /// Returns what is kept of a function; where nothing is, it begins at `at`, or goes on with what the ledger says, as
    /// if that had last been heard when gateways were; what others said, when the process before this one last did anything.
    fn function(&mut self, state: &State, key: &FunctionKey, at: Timestamp) -> &mut Kept {
        let (heard, alive) = (self.heard, self.alive);
        self.kept.entry(key.clone()).or_insert_with(|| {
            let mut recorder = match state.downtime.open(key).map(|recorded| recorded.segment.clone()) {
                Some(open) => {
                    let heard = if open.source == Source::Gateway { heard } else { heard.max(alive) };
                    Recorder::resume_heard(open, heard.unwrap_or(Timestamp::MIN))
                }
                None => Recorder::new(&function_name(key), at),
            };
            recorder.set_rules(steady);
            let (buckets, last, changed, blind_until, unsent) = <_>::default();
            Kept { recorder, buckets, last, changed, blind_until, unsent }
        })
    }
}

/// Returns what a shutter or a throttle refused customers: they were not served, whoever decided it, and a window that
/// was announced in time makes it planned. Calls between services are no customers; theirs see what the caller makes of it.
fn refused<'a>(state: &'a State, report: &'a Report) -> impl Iterator<Item = (&'a ServiceId, u64)> {
    let record = |seen: &'a ControlSeen| Some((&state.controls.get(&seen.control)?.set, seen.refused));
    let felt = report.controls.iter().filter(|seen| seen.refused > 0).filter_map(record);
    let felt = felt.filter(|(set, _)| !matches!(set.what, ControlV1::Isolate { .. }));
    felt.filter(|(set, _)| state.catalogue.service(&set.service).is_some())
        .map(|(set, refused)| (&set.service, refused))
}

impl Kept {
    /// Takes every bucket that nobody reports on any more.
    fn close(&mut self, key: &FunctionKey, watermark: Timestamp, now: Timestamp) {
        let done = watermark.as_millisecond().div_euclid(BUCKET_MS);
        while let Some(entry) = self.buckets.first_entry() {
            let index = *entry.key();
            if index >= done && self.buckets.len() <= BUCKETS_MAX {
                return;
            }
            let (_, bucket) = self.buckets.pop_first().expect("it was just looked at");
            let after = self.last.filter(|(last, _)| index - last <= 1).and_then(|(_, bad)| bad);
            for seen in bucket.says(after) {
                self.observe(key, &seen, now);
            }
            self.last = Some((index, bucket.last_bad_at()));
        }
    }

    /// A process that has ended answers nobody; once it is there again, its machine has nothing to say.
    fn process(&mut self, state: &State, key: &FunctionKey, now: Timestamp) {
        match ended_at(state, &key.0) {
            Some(at) => {
                let at = in_ms(at).max(self.blind_until.unwrap_or(Timestamp::MIN)).min(now);
                let known = self.recorder.words().iter().any(|word| word.source == Source::Supervisor && word.fresh);
                let at = if known { now } else { at };
                let seen = Observation { at, source: Source::Supervisor, seen: Seen::Down, share_of_users: None };
                self.observe(key, &seen, now);
            }
            None => self.lost(key, &Source::Supervisor, now),
        }
    }

    fn observe(&mut self, key: &FunctionKey, seen: &Observation, now: Timestamp) {
        let changes = self.recorder.observe(seen);
        self.note(key, changes, now);
    }

    fn tick(&mut self, key: &FunctionKey, now: Timestamp) {
        let changes = self.recorder.tick(now);
        self.note(key, changes, now);
        while self.changed.front().is_some_and(|at| now.duration_since(*at) > SignedDuration::from_hours(1)) {
            self.changed.pop_front();
        }
        self.recorder.set_rules(if self.is_flapping() { flapping } else { steady });
    }

    fn lost(&mut self, key: &FunctionKey, source: &Source, now: Timestamp) {
        if !self.is_flapping() {
            let changes = self.recorder.lost(source);
            self.note(key, changes, now);
        }
    }

    /// Nobody looked from one instant to another: what was said before does not hold behind it.
    fn blind(&mut self, key: &FunctionKey, from: Timestamp, to: Timestamp, now: Timestamp) {
        let words = self.recorder.words().into_iter();
        let over = words.filter(|word| word.fresh && word.source != Source::Probes && is_hole(word.heard, to));
        for word in over.collect::<Vec<_>>() {
            self.lost(key, &word.source, now);
        }
        self.blind_until = self.blind_until.max(Some(to)).filter(|_| to > from);
    }

    fn is_flapping(&self) -> bool {
        self.changed.len() >= FLAPPING
    }

    fn note(&mut self, key: &FunctionKey, changes: impl IntoIterator<Item = Change>, now: Timestamp) {
        for Change { closed, opened } in changes {
            let (service, function) = key.clone();
            let share_before = closed.and_then(|closed| closed.share_of_users);
            self.unsent.push_back(DowntimeChange { service, function, opened, share_before });
            self.changed.push_back(now);
            if self.unsent.len() > UNSENT_MAX {
                self.unsent.pop_front();
            }
            if self.changed.len() > FLAPPING {
                self.changed.pop_front();
            }
        }
    }
}

/// When the process of the version that serves had ended, while none is there.
fn ended_at(state: &State, service: &ServiceId) -> Option<Timestamp> {
    let serving = state.serving.get(service)?;
    match serving.versions.get(serving.stable.as_ref()?)?.health {
        Health::Exited { at, .. } | Health::Failed { at, .. } => Some(at),
        Health::Unknown | Health::Healthy { .. } => None,
    }
}

/// How sources are believed. A bucket says its word twice, at its beginning and its end, unless one failure is all it
/// has: so two failures are an outage, and two good buckets are its end.
fn steady(source: &Source) -> Rules {
    let usual = Rules::of(source);
    let twice = Confirm { times: 2, lasting: SignedDuration::ZERO };
    match source {
        Source::Gateway => Rules { worse: twice, fresh: QUIET, ..usual },
        _ => usual,
    }
}

/// The same for a function that changes all the time: well is what is well for five minutes.
fn flapping(source: &Source) -> Rules {
    let better = Confirm { times: 2, lasting: QUIET };
    Rules { better, fresh: QUIET, ..steady(source) }
}

fn within(now: Timestamp, at: Timestamp) -> bool {
    now.duration_since(at).unsigned_abs() < GATEWAY_LOST
}

/// Whole milliseconds: what people read and name in the ledger.
fn in_ms(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}
