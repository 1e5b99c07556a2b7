//! The consensus of places: what a probe's runs mean together, and when that changes.

mod heard;

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

use crate::place::{Place, Standing};
use crate::{Code, Reason, Run};
use heard::{Heard, Verdict, quorum};

/// Longest way of a result from its prober to here: a place whose next slot is not heard of by then is silent.
pub const DELIVERY_MAX: Duration = Duration::from_secs(5);

/// How far ahead a prober's clock may be.
const AHEAD_MAX: Duration = Duration::from_secs(5);

/// Passes in a row until a place says that a target works again.
pub const PASSES_MIN: u32 = 2;

/// The same for one that flaps: each time it was down within [`FLAP_WITHIN`] doubles them, up to this.
pub const PASSES_MAX: u32 = 32;

/// How long a time that a target was down is held against it.
pub const FLAP_WITHIN: Duration = Duration::from_secs(30 * 60);

/// What to watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// How often each place looks, in milliseconds.
    pub every_ms: u64,
    /// Longest time of one try, in milliseconds; a run has two.
    pub timeout_ms: u64,
    /// Places that should look. One alone decides alone, and that is said.
    pub places: Vec<String>,
}

/// Whether a target was ever seen up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// Never: then nobody has lost anything when it fails, and it is rather the probe that is wrong.
    NeverUp,
    /// Once at least.
    UpBefore,
}

/// What a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody can say.
    Unknown(Unseen),
    /// It works.
    Up,
    /// It works, worse than it should.
    Degraded,
    /// It does not work.
    Down,
}

/// Why nobody can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unseen {
    /// It was only just begun.
    NotYet,
    /// It fails, and was never once up: "cannot see" is not "down".
    NeverUp,
    /// Results are missing.
    Silent,
    /// Probers look and cannot see.
    Blind,
    /// Places see opposite things, or too few of them see.
    Undecided,
}

/// What one place says at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// It works.
    Up,
    /// It works, worse than it should.
    Degraded(Reason),
    /// It does not work, since this slot.
    Down(Timestamp, Reason),
    /// It cannot see.
    Blind(Reason),
    /// A slot of it is missing.
    Silent,
    /// It has not looked often enough.
    NotYet,
}

/// One place, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceView {
    /// The place.
    pub place: String,
    /// Its latest slot that was heard of.
    pub last: Option<Timestamp>,
    /// What it says.
    pub says: Says,
}

/// A change. [`State::Unknown`] neither opens an alert nor ends one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// What it was.
    pub from: State,
    /// What it is.
    pub to: State,
    /// Since when: the first bad slot of the places that agree, the slot with which enough of them passed again.
    pub since: Timestamp,
    /// Why, with how many places say so.
    pub reason: String,
    /// What each place says.
    pub places: Vec<PlaceView>,
    /// Whether it went up and down so often that it must pass longer before it is up again.
    pub flapping: bool,
}

/// The watcher of one probe.
#[derive(Debug, Clone)]
pub struct Watcher {
    watch: Watch,
    history: History,
    places: Vec<Place>,
    state: State,
    /// Why it is so, as of the last look.
    reason: String,
    /// When it became down, within [`FLAP_WITHIN`], at most as often as makes a difference.
    downs: VecDeque<Timestamp>,
}

impl Watcher {
    /// Begins to watch.
    pub fn new(watch: Watch, history: History) -> Self {
        let places = watch.places.iter().cloned().map(Place::new).collect();
        let (state, reason) = (State::Unknown(Unseen::NotYet), String::new());
        Self { watch, history, places, state, reason, downs: VecDeque::new() }
    }

    /// Goes on with other places or times; what known places have said is kept.
    pub fn rewatch(&mut self, watch: Watch, now: Timestamp) -> Option<Transition> {
        let mut before = std::mem::take(&mut self.places);
        for name in &watch.places {
            let known = before.iter().position(|place| place.name == *name);
            self.places.push(known.map_or_else(|| Place::new(name.clone()), |at| before.swap_remove(at)));
        }
        self.watch = watch;
        self.tick(now)
    }

    /// Takes a run in. One of a place that is not asked, or that came before, changes nothing.
    pub fn observe(&mut self, run: &Run, now: Timestamp) -> Option<Transition> {
        let place = self.places.iter_mut().find(|place| place.name == run.place)?;
        let ahead = Duration::try_from(run.intended_at.duration_since(now)).unwrap_or_default();
        if ahead > AHEAD_MAX {
            let text = format!("its clock is {} s ahead of ours", ahead.as_secs());
            place.blind = Some(Reason::new(Code::Clock, text));
        } else {
            place.take(run, self.watch.every_ms);
        }
        self.tick(now)
    }

    /// Looks at the time: slots may be missing.
    pub fn tick(&mut self, now: Timestamp) -> Option<Transition> {
        let old = self.downs.iter().take_while(|at| !within(**at, FLAP_WITHIN, now)).count();
        self.downs.drain(..old);
        let passes_min = self.passes_min();
        self.places.iter_mut().for_each(|place| place.settle(passes_min, now));
        let verdict = self.verdict(now);
        self.reason.clone_from(&verdict.reason);
        if verdict.state == self.state {
            return None;
        }
        let from = std::mem::replace(&mut self.state, verdict.state);
        match verdict.state {
            State::Up | State::Degraded => self.history = History::UpBefore,
            State::Down => self.count_down(now),
            State::Unknown(_) => {}
        }
        Some(Transition {
            from,
            to: verdict.state,
            since: verdict.since.min(now),
            reason: verdict.reason,
            places: self.places(now),
            flapping: self.is_flapping(),
        })
    }

    /// Returns what the target is.
    pub fn state(&self) -> State {
        self.state
    }

    /// Returns why it is so, by what places said until the last look: it changes as they come, leave and repeat themselves,
    /// and the state need not. Empty before the first look.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Returns whether it was ever up: to be kept, and given to [`Self::new`] after a restart.
    pub fn history(&self) -> History {
        self.history
    }

    /// Returns what each place says.
    pub fn places(&self, now: Timestamp) -> Vec<PlaceView> {
        let view =
            |place: &Place| PlaceView { place: place.name.clone(), last: place.last, says: self.says(place, now) };
        self.places.iter().map(view).collect()
    }

    /// Returns whether it must pass longer than usual before it is up again.
    pub fn is_flapping(&self) -> bool {
        self.passes_min() > PASSES_MIN
    }

    fn passes_min(&self) -> u32 {
        let again = u32::try_from(self.downs.len().saturating_sub(1)).unwrap_or(u32::MAX);
        PASSES_MIN.checked_shl(again).unwrap_or(PASSES_MAX).clamp(PASSES_MIN, PASSES_MAX)
    }

    fn count_down(&mut self, now: Timestamp) {
        // From here on the limit is reached and one more changes nothing; the oldest makes room.
        if self.downs.len() > PASSES_MAX.ilog2() as usize {
            self.downs.pop_front();
        }
        self.downs.push_back(now);
    }

    fn says(&self, place: &Place, now: Timestamp) -> Says {
        let next = Duration::from_millis(self.watch.every_ms.saturating_add(self.watch.timeout_ms.saturating_mul(2)));
        let heard = place.last.or(place.begun).unwrap_or(now);
        if !within(heard, next.saturating_add(DELIVERY_MAX), now) {
            return Says::Silent;
        }
        match (&place.blind, &place.standing) {
            (Some(reason), _) => Says::Blind(reason.clone()),
            (None, Standing::New) => Says::NotYet,
            (None, Standing::Bad { since, reason }) => Says::Down(*since, reason.clone()),
            (None, Standing::Good) => place.degraded.clone().map_or(Says::Up, Says::Degraded),
        }
    }

    fn verdict(&self, now: Timestamp) -> Verdict {
        let heard = Heard::of(self, now);
        let need = quorum(heard.up.len() + heard.bad.len() + heard.early, self.places.len());
        if heard.bad.len() >= need {
            return heard.down(self.history);
        }
        if heard.up.len() >= need {
            return heard.works(need);
        }
        heard.unknown(self.state, now)
    }
}

/// Returns whether `at` is at most `span` before `now`.
fn within(at: Timestamp, span: Duration, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(at)).is_ok_and(|passed| passed <= span) || at > now
}
