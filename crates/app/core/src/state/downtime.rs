//! Downtime: what was seen of every service since when, what was declared, and why it was.
//!
//! Folded into the domain's segments and windows, in bounded memory: the oldest makes room, and what is no longer here
//! is unknown, never up. The ledger keeps all of it.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use seaworthy_contract::events::Event;
use seaworthy_contract::events::downtime::{
    CauseV1, DowntimeCauseNamedV1, DowntimeStateChangedV1, DowntimeWindowAnnouncedV1, SeenV1, WatcherV1,
};
use seaworthy_downtime::{Cause, Seen, Segment, Severity, Source, Span, Window};
use seaworthy_model::{Position, ServiceId, WindowId};

use super::State;
use crate::Fact;

/// Segments kept of one function: two years of one that changes once an hour.
const SEGMENTS_MAX: usize = 20_000;

/// Functions that are followed; further ones are not. A thousand services with ten functions each.
const FUNCTIONS_MAX: usize = 10_000;

/// Windows kept: 25 years of one a day.
const WINDOWS_MAX: usize = 10_000;

/// A service, and a function of it where it is not the service as a whole.
pub type FunctionKey = (ServiceId, Option<String>);

/// Returns what the account calls a function: `checkout`, `checkout/buy`.
pub fn function_name((service, function): &FunctionKey) -> String {
    match function {
        Some(function) => format!("{service}/{function}"),
        None => service.to_string(),
    }
}

/// What was seen and what was declared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Downtime {
    functions: BTreeMap<FunctionKey, VecDeque<Recorded>>,
    windows: BTreeMap<WindowId, WindowRecord>,
}

/// A segment and its place in the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// What was seen.
    pub segment: Segment,
    /// Position of the event that began it.
    pub position: Position,
    /// Who named its cause; none while nobody has.
    pub named_by: Option<String>,
}

impl Recorded {
    /// Says whether users were not served as promised.
    pub fn is_bad(&self) -> bool {
        matches!(self.segment.seen, Seen::Degraded | Seen::Down)
    }
}

/// A declared window.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowRecord {
    /// What was declared.
    pub announced: DowntimeWindowAnnouncedV1,
    /// When.
    pub announced_at: Timestamp,
    /// By whom.
    pub by: String,
    /// Where that stands in the ledger.
    pub position: Position,
    /// When it was taken back.
    pub cancelled_at: Option<Timestamp>,
}

impl WindowRecord {
    /// Returns its end: the declared one, or when it was taken back.
    pub fn end(&self) -> Timestamp {
        self.cancelled_at.map_or(self.announced.end, |at| at.min(self.announced.end))
    }

    /// Says whether it was taken back before it began: then it never was.
    pub fn never_began(&self) -> bool {
        self.end() <= self.announced.start
    }

    /// Says whether it is for this function; one that names none is for all of its service.
    pub fn is_for(&self, (service, function): &FunctionKey) -> bool {
        self.announced.service == *service
            && (self.announced.function.is_none() || self.announced.function == *function)
    }

    /// Returns it as the account sees it, for one function; none where it never began.
    pub fn of(&self, key: &FunctionKey) -> Option<Window> {
        let span = Span::new(self.announced.start, self.end());
        let window = || Window::new(&self.announced.window.to_string(), &function_name(key), self.announced_at, span);
        (!self.never_began()).then(window)
    }
}

impl Downtime {
    /// Returns every function that was ever seen, with what was seen of it, oldest first.
    pub fn functions(&self) -> impl Iterator<Item = (&FunctionKey, &VecDeque<Recorded>)> {
        self.functions.iter()
    }

    /// Returns what was seen of a function, oldest first.
    pub fn of(&self, key: &FunctionKey) -> Option<&VecDeque<Recorded>> {
        self.functions.get(key)
    }

    /// Returns what goes on; none for a function that was never seen.
    pub fn open(&self, key: &FunctionKey) -> Option<&Recorded> {
        self.functions.get(key)?.back()
    }

    /// Says whether a function is followed or can still be.
    pub(crate) fn has_room_for(&self, key: &FunctionKey) -> bool {
        self.functions.len() < FUNCTIONS_MAX || self.functions.contains_key(key)
    }

    /// Returns the bad segment that holds an instant.
    pub fn bad_at(&self, key: &FunctionKey, at: Timestamp) -> Option<&Recorded> {
        let holds = |segment: &Segment| segment.start <= at && segment.end.is_none_or(|end| at < end);
        self.functions.get(key)?.iter().rev().find(|recorded| recorded.is_bad() && holds(&recorded.segment))
    }

    /// Returns every window, in the order of their announcement.
    pub fn windows(&self) -> impl Iterator<Item = &WindowRecord> {
        self.windows.values()
    }

    /// Returns a window.
    pub fn window(&self, window: WindowId) -> Option<&WindowRecord> {
        self.windows.get(&window)
    }

    fn change(&mut self, event: &DowntimeStateChangedV1, fact: &Fact) {
        let key = (event.service.clone(), event.function.clone());
        if !self.has_room_for(&key) {
            return;
        }
        let name = function_name(&key);
        let kept = self.functions.entry(key).or_default();
        let seen = seen(event.state);
        let since = event.since.min(fact.at).max(kept.back().map_or(Timestamp::MIN, |last| last.segment.start));
        if let Some(share) = share(event.share_of_users_before) {
            kept.back_mut().into_iter().for_each(|last| note_share(&mut last.segment, share));
        }
        let Some(goes_on) = close(kept, since, seen) else { return };
        if let Some(goes_on) = goes_on {
            kept.push_back(goes_on);
            return;
        }
        let mut segment = Segment::measured(&name, seen, since, None, source(event.source));
        share(event.share_of_users).into_iter().for_each(|share| note_share(&mut segment, share));
        segment.cause = event.cause.as_ref().map_or(Cause::Unknown, cause);
        let named_by = event.cause.as_ref().map(|_| fact.actor.clone());
        kept.push_back(Recorded { segment, position: fact.position, named_by });
        while kept.len() > SEGMENTS_MAX {
            kept.pop_front();
        }
    }

    fn name(&mut self, event: &DowntimeCauseNamedV1, fact: &Fact) {
        let key = (event.service.clone(), event.function.clone());
        let kept = self.functions.get_mut(&key).into_iter().flatten();
        for recorded in kept.filter(|recorded| recorded.segment.start == event.since && recorded.is_bad()) {
            (recorded.segment.cause, recorded.named_by) = (cause(&event.cause), Some(fact.actor.clone()));
        }
    }

    fn announce(&mut self, event: &DowntimeWindowAnnouncedV1, fact: &Fact) {
        let (announced, by) = (event.clone(), fact.actor.clone());
        let (announced_at, position) = (fact.at, fact.position);
        let record = WindowRecord { announced, announced_at, by, position, cancelled_at: None };
        self.windows.insert(event.window, record);
        while self.windows.len() > WINDOWS_MAX {
            self.windows.pop_first();
        }
    }

    /// What left the catalogue is no longer watched: what it was like from then on is not known.
    pub(super) fn forget(&mut self, service: &str, at: Timestamp, position: Position) {
        for ((_, _), kept) in self.functions.iter_mut().filter(|((name, _), _)| name.as_str() == service) {
            let Some(last) = kept.back().map(|last| last.segment.clone()) else { continue };
            let since = at.max(last.start);
            if let Some(None) = close(kept, since, Seen::Unknown) {
                let segment = Segment::measured(&last.function, Seen::Unknown, since, None, last.source);
                kept.push_back(Recorded { segment, position, named_by: None });
            }
        }
    }
}

/// Ends what goes on. Returns none where the same goes on, and otherwise what was before it where that goes on instead:
/// what held no time at all never was.
fn close(kept: &mut VecDeque<Recorded>, since: Timestamp, seen: Seen) -> Option<Option<Recorded>> {
    let Some(last) = kept.back_mut() else { return Some(None) };
    if last.segment.seen == seen {
        return None;
    }
    last.segment.end = Some(since);
    if last.segment.start < since {
        return Some(None);
    }
    kept.pop_back();
    let before = kept.pop_back_if(|before| before.segment.seen == seen && before.segment.end == Some(since));
    Some(before.map(|before| Recorded { segment: Segment { end: None, ..before.segment }, ..before }))
}

fn share(share: Option<f64>) -> Option<f64> {
    share.filter(|share| share.is_finite()).map(|share| share.clamp(0.0, 1.0))
}

fn note_share(segment: &mut Segment, share: f64) {
    let most = segment.share_of_users.map_or(share, |known| known.max(share));
    segment.share_of_users = Some(most);
    segment.severity = Severity::of(segment.seen, Some(most));
}

impl State {
    pub(super) fn apply_downtime(&mut self, fact: &Fact) {
        match &fact.event {
            Event::DowntimeStateChanged(e) => self.downtime.change(e, fact),
            Event::DowntimeCauseNamed(e) => self.downtime.name(e, fact),
            Event::DowntimeWindowAnnounced(e) => self.downtime.announce(e, fact),
            Event::DowntimeWindowCancelled(e) => {
                let window = self.downtime.windows.get_mut(&e.window);
                let open = window.filter(|w| w.cancelled_at.is_none() && fact.at < w.announced.end);
                open.into_iter().for_each(|window| window.cancelled_at = Some(fact.at));
            }
            _ => {}
        }
    }
}

fn seen(state: SeenV1) -> Seen {
    match state {
        SeenV1::Unknown => Seen::Unknown,
        SeenV1::Up => Seen::Up,
        SeenV1::Degraded => Seen::Degraded,
        SeenV1::Down => Seen::Down,
    }
}

fn source(watcher: WatcherV1) -> Source {
    match watcher {
        WatcherV1::Gateway => Source::Gateway,
        WatcherV1::Probes => Source::Probes,
        WatcherV1::Supervisor => Source::Supervisor,
    }
}

fn cause(cause: &CauseV1) -> Cause {
    match cause {
        CauseV1::Change => Cause::Change,
        CauseV1::Dependency(name) => Cause::Dependency(name.clone()),
        CauseV1::Capacity => Cause::Capacity,
        CauseV1::Credential => Cause::Credential,
        CauseV1::Vendor(name) => Cause::Vendor(name.clone()),
        CauseV1::Maintenance => Cause::Maintenance,
    }
}
