//! Keeps true: who is on call by a calendar that a rotation follows is what that calendar says.
//!
//! An address is asked again and again, with what it said last, within bounds of time and size; only that address is asked: an
//! answer that leads elsewhere is none. What was read last stays while it cannot be read, and after a few tries the ledger says
//! so. A file is read when it is applied, and from then on only what of it lies ahead moves on.

mod fetch;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use seaworthy_calendars::{Layout, Period};
use seaworthy_contract::catalogue::{CalendarDetails, CalendarLayout};
use seaworthy_contract::events::rota::{CalendarShiftV1, CalendarTroubleV1};
use seaworthy_core::watch::CalendarSeen;
use seaworthy_core::{CalendarSays, Input};
use seaworthy_model::RotationId;
use seaworthy_prober::Secrets;
use tokio::task::JoinSet;

use crate::calendars::Calendars;
use crate::kernel::Kernel;
use fetch::{Answer, Fetch};

/// How fast it goes: tests have no minutes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// How often it is looked whether something is due.
    pub(crate) look_every: Duration,
    /// What a minute of a file is.
    pub(crate) minute: SignedDuration,
    /// The first wait after an address could not be read; it doubles up to the time between two reads.
    pub(crate) pause_min: SignedDuration,
}

impl Pace {
    /// The one of a server.
    pub(crate) const REAL: Self = Self {
        look_every: Duration::from_secs(1),
        minute: SignedDuration::from_mins(1),
        pause_min: SignedDuration::from_secs(5),
    };
}

/// How often a file is looked at anew: what lies ahead of it moves on by the hour at most.
const FILE_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Tries in a row that fail before the ledger says so: one may be chance.
const LOST_AFTER: u32 = 3;

/// Looks in a row at which an address is not there before the ledger says so.
const ABSENT_LOOKS: u32 = 30;

/// Calendars that are read at once: a socket each.
const READS_MAX: usize = 8;

/// Problems that are kept of one calendar.
const PROBLEMS_MAX: usize = 20;

/// Weeks ahead that are known of a calendar; whole weeks, so that the ledger hears of time going by once a week.
const WEEKS_AHEAD: i64 = 13;

/// A week, in seconds.
const WEEK_S: i64 = 7 * 24 * 3_600;

/// One calendar.
struct Entry {
    details: Arc<CalendarDetails>,
    every: SignedDuration,
    due_at: Timestamp,
    is_reading: bool,
    failed: u32,
    /// What it said last, and by what the address knows that.
    last: Option<Answer>,
}

/// Runs for ever.
pub(crate) async fn run(kernel: Kernel, calendars: Arc<Calendars>, secrets: Secrets, pace: Pace) {
    let mut followed = Followed { kernel, calendars, secrets, pace, entries: BTreeMap::new(), absent: BTreeMap::new() };
    let mut reading = JoinSet::new();
    let mut tick = tokio::time::interval(pace.look_every);
    loop {
        tokio::select! {
            _ = tick.tick() => {
                followed.follow().await;
                for fetch in followed.due(READS_MAX.saturating_sub(reading.len())) {
                    reading.spawn(fetch.run());
                }
            }
            Some(done) = reading.join_next() => match done {
                Ok((rotation, details, answer)) => followed.take(&rotation, &details, answer).await,
                Err(_) => tracing::error!("reading a calendar panicked"),
            },
        }
    }
}

struct Followed {
    kernel: Kernel,
    calendars: Arc<Calendars>,
    secrets: Secrets,
    pace: Pace,
    entries: BTreeMap<RotationId, Entry>,
    /// How often it was looked for an address that is not there.
    absent: BTreeMap<RotationId, u32>,
}

impl Followed {
    /// Follows the catalogue: another address, or another mapping, is another calendar.
    async fn follow(&mut self) {
        let all: Vec<(RotationId, u32, bool)> = self.kernel.look(|look| {
            let all = look.state.catalogue.rotations().filter_map(|(rotation, _)| {
                let calendar = rotation.layered.calendar.as_ref()?;
                let rota = look.state.rotas.get(&rotation.name);
                let is_lost = rota.is_some_and(|rota| rota.calendar.lost.is_some());
                Some((rotation.name.clone(), calendar.every_minutes, is_lost))
            });
            all.collect()
        });
        self.entries.retain(|rotation, _| all.iter().any(|(name, ..)| name == rotation));
        self.absent.retain(|rotation, _| all.iter().any(|(name, ..)| name == rotation));
        let now = self.kernel.now();
        for (rotation, minutes, is_lost) in all {
            let Some(known) = self.calendars.get(&rotation) else {
                // What stands beside the ledger was lost; or it comes in a moment, behind the entity of its document.
                let looks = self.absent.entry(rotation.clone()).or_default();
                *looks = looks.saturating_add(1);
                if *looks >= ABSENT_LOOKS && !is_lost {
                    self.lose(&rotation, CalendarTroubleV1::NoAddress).await;
                }
                continue;
            };
            self.absent.remove(&rotation);
            let every = match known.details.url {
                Some(_) => self.pace.minute * i32::try_from(minutes).unwrap_or(i32::MAX),
                None => FILE_EVERY,
            };
            let is_same = |entry: &Entry| Arc::ptr_eq(&entry.details, &known.details) && entry.every == every;
            if !self.entries.get(&rotation).is_some_and(is_same) {
                let details = known.details;
                let entry = Entry { details, every, due_at: now, is_reading: false, failed: 0, last: None };
                self.entries.insert(rotation, entry);
            }
        }
    }

    /// Returns what is to be read now.
    fn due(&mut self, reads_max: usize) -> Vec<Fetch> {
        let now = self.kernel.now();
        // A clock that went back far makes nobody wait for the time that was.
        let is_due = |entry: &Entry| entry.due_at <= now || entry.due_at.duration_since(now) > entry.every;
        let due = self.entries.iter_mut().filter(|(_, entry)| !entry.is_reading && is_due(entry));
        let due = due.take(reads_max).map(|(rotation, entry)| {
            entry.is_reading = true;
            Fetch {
                rotation: rotation.clone(),
                details: entry.details.clone(),
                secrets: self.secrets.clone(),
                last: entry.last.clone(),
            }
        });
        due.collect()
    }

    /// Takes what reading came to; of a calendar that is no longer followed like this it is dropped.
    async fn take(
        &mut self,
        rotation: &RotationId,
        details: &Arc<CalendarDetails>,
        answer: Result<Answer, CalendarTroubleV1>,
    ) {
        let now = self.kernel.now();
        let Some(entry) = self.entries.get_mut(rotation).filter(|entry| Arc::ptr_eq(&entry.details, details)) else {
            return;
        };
        entry.is_reading = false;
        let says = answer.and_then(|answer| {
            let says = says(details, &answer.text, now).ok_or(CalendarTroubleV1::NotACalendar)?;
            entry.last = Some(answer);
            Ok(says)
        });
        match says {
            Ok((says, seen)) => {
                (entry.failed, entry.due_at) = (0, now + entry.every);
                self.heard(rotation, says, seen, now).await;
            }
            Err(why) => {
                let pause = self.pace.pause_min * 2_i32.saturating_pow(entry.failed.min(20));
                entry.failed = entry.failed.saturating_add(1);
                entry.due_at = now + pause.min(entry.every);
                tracing::warn!(%rotation, ?why, tries = entry.failed, "could not read a calendar");
                if entry.failed >= LOST_AFTER {
                    self.lose(rotation, why).await;
                }
            }
        }
    }

    async fn heard(&self, rotation: &RotationId, says: CalendarSays, seen: CalendarSeen, now: Timestamp) {
        if let Err(error) = self.calendars.note_read(self.kernel.side.as_ref(), rotation, now).await {
            tracing::warn!(%error, "could not note when a calendar was read");
        }
        self.kernel.set_calendar(rotation.clone(), seen);
        if let Err(error) = self.kernel.command(Input::CalendarRead(Box::new(says)), "calendars").await {
            // What it says is taken with the next reading.
            tracing::error!(%error, %rotation, "could not take what a calendar says");
        }
    }

    async fn lose(&self, rotation: &RotationId, why: CalendarTroubleV1) {
        let read_at = self.calendars.get(rotation).and_then(|known| known.read_at);
        let lost = Input::CalendarLost { rotation: rotation.clone(), why, read_at };
        if let Err(error) = self.kernel.command(lost, "calendars").await {
            tracing::error!(%error, %rotation, "could not note that a calendar cannot be read");
        }
    }
}

/// Returns what a calendar says of the time ahead; none where it is none.
fn says(details: &CalendarDetails, text: &str, now: Timestamp) -> Option<(CalendarSays, CalendarSeen)> {
    let layout = match details.layout {
        CalendarLayout::Ics => Layout::Ics,
        CalendarLayout::Csv => Layout::Csv,
    };
    let week = now.as_second().div_euclid(WEEK_S) + WEEKS_AHEAD;
    let known_until = Timestamp::from_second(week * WEEK_S).unwrap_or(Timestamp::MAX);
    let calendar = layout.read(text, Period { from: now, to: known_until })?;
    let follow = calendar.follow(|name| details.whose(name));
    let shift = |part: seaworthy_calendars::Part| CalendarShiftV1 {
        start: part.start,
        end: part.end,
        level: part.level,
        person: part.person,
    };
    let shifts = follow.parts.into_iter().map(shift).collect();
    let problems = calendar.problems.iter().take(PROBLEMS_MAX).map(ToString::to_string).collect();
    let seen = CalendarSeen { read_at: Some(now), unmapped: follow.unmapped.into_iter().collect(), problems };
    Some((CalendarSays { rotation: details.rotation.clone(), known_until, shifts }, seen))
}
