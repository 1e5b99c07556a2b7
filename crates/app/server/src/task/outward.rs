//! Keeps true: every message to another system leaves, at least once and in the order of its thread, or is given up loudly.
//!
//! What waits is folded from the ledger; what is said is made from the event when it leaves. One system that hangs holds
//! up nothing but its own threads, and nothing here holds up a page: those leave by another task.

mod poll;
mod said;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{OutletWay, Tracker};
use seaworthy_contract::events::outward::OutwardMadeV1;
use seaworthy_core::{Input, OutwardDone, outbox};
use seaworthy_integrations::{ChangeNote, Channels, NotTaken, Room, TrackerStep};
use seaworthy_model::Position;
use seaworthy_store::Record;
use serde_json::value::RawValue;
use tokio::sync::Semaphore;

use crate::kernel::Kernel;
use crate::task::outbox::Pace;
use said::{About, Parcel};

pub(crate) use poll::run as poll;

/// How long a message is tried: another system may be down for a night, and a day later nobody wants to hear of it.
const TRIED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_mins(10);

/// Threads that are taken care of at once, most of them in a pause; others wait for their turn.
const CARRIED_MAX: usize = 200;

/// Other systems that are spoken to at once.
const SENDING_MAX: usize = 8;

struct Outward {
    kernel: Kernel,
    base: Arc<str>,
    channels: Arc<Channels>,
    pace: Pace,
    carried: Mutex<BTreeSet<String>>,
    sending: Semaphore,
}

/// Runs for ever.
pub(crate) async fn run(kernel: Kernel, base: Arc<str>, channels: Arc<Channels>, pace: Pace) {
    let mut changes = kernel.changes();
    let (carried, sending) = (Mutex::default(), Semaphore::new(SENDING_MAX));
    let outward = Arc::new(Outward { kernel, base, channels, pace, carried, sending });
    loop {
        for parcel in outward.waiting() {
            tokio::spawn(outward.clone().carry(parcel));
        }
        if let Ok(Err(_)) = tokio::time::timeout(pace.look_every, changes.changed()).await {
            return;
        }
    }
}

impl Outward {
    /// Takes the first of each thread that is not carried already.
    fn waiting(&self) -> Vec<Parcel> {
        self.kernel.look(|look| {
            let mut carried = self.carried.lock().unwrap_or_else(PoisonError::into_inner);
            let mut parcels = Vec::new();
            for message in outbox::outward(look.state, look.now) {
                if carried.len() >= CARRIED_MAX {
                    break;
                }
                let parcel = Parcel::of(&message);
                if carried.insert(parcel.lane()) {
                    parcels.push(parcel);
                }
            }
            parcels
        })
    }

    async fn carry(self: Arc<Self>, parcel: Parcel) {
        let lane = parcel.lane();
        let outward = self.clone();
        let whole = async move {
            let done = outward.deliver(&parcel).await;
            outward.note(done).await;
        };
        if tokio::spawn(whole).await.is_err() {
            // It stays where it is; at once it would only meet the same bug.
            tracing::error!(lane, "a delivery to another system panicked");
            tokio::time::sleep(self.pace.pause_max).await;
        }
        self.carried.lock().unwrap_or_else(PoisonError::into_inner).remove(&lane);
    }

    /// Notes what came of it, however long the store takes no writes.
    async fn note(&self, done: OutwardDone) {
        let mut pause = self.pace.pause_min;
        let input = Input::Outward(Box::new(done));
        while let Err(error) = self.kernel.command(input.clone(), "outbox").await {
            tracing::error!(%error, "could not note a delivery to another system");
            tokio::time::sleep(pause).await;
            pause = self.pace.after(pause);
        }
    }

    async fn deliver(&self, parcel: &Parcel) -> OutwardDone {
        let (outlet, thread, about) = (parcel.outlet.name.clone(), parcel.thread.clone(), parcel.about);
        let mut pause = self.pace.pause_min;
        let mut attempt = 1;
        loop {
            match self.once(parcel).await {
                Ok(made) => return OutwardDone::Delivered { outlet, thread, about, attempt, made },
                Err(not) if not.again && !self.is_late(parcel) => {
                    tracing::warn!(outlet = %outlet, attempt, why = not.why, "not taken by another system, trying again");
                    tokio::time::sleep(pause.max(not.away.unwrap_or_default())).await;
                }
                Err(not) => {
                    return OutwardDone::Undeliverable { outlet, thread, about, attempts: attempt, reason: not.why };
                }
            }
            (attempt, pause) = (attempt + 1, (pause * 2).min(PAUSE_MAX));
        }
    }

    fn is_late(&self, parcel: &Parcel) -> bool {
        self.kernel.now().duration_since(parcel.at) > TRIED_FOR
    }

    async fn once(&self, parcel: &Parcel) -> Result<Option<OutwardMadeV1>, NotTaken> {
        let _turn = self.sending.acquire().await.expect("nobody closes it");
        let record = self.record(parcel.about).await?;
        let about = self.kernel.look(|look| About::of(look, parcel, &record, &self.base));
        match &parcel.outlet.way {
            OutletWay::Tracker(tracker) => self.track(tracker, parcel, &about).await,
            OutletWay::Webhook { url, secret, .. } => {
                let data: &RawValue = serde_json::from_str(record.event.payload.as_str())
                    .map_err(|_| NotTaken::for_good("the event is no JSON"))?;
                let note = change(parcel, &about, &record, data);
                self.channels.tell_change(url, secret, &note).await.map(|()| None)
            }
            OutletWay::Rooms { token, api, .. } => self.room(&Room { api, token }, parcel, &about).await,
        }
    }

    async fn record(&self, about: Position) -> Result<Record, NotTaken> {
        let read = self.kernel.ledger.read(about, 1).await;
        let found = read.map_err(|_| NotTaken::for_now("the ledger could not be read"))?.into_iter().next();
        found.ok_or_else(|| NotTaken::for_good("the ledger has no such event"))
    }

    async fn track(
        &self,
        tracker: &Tracker,
        parcel: &Parcel,
        about: &About,
    ) -> Result<Option<OutwardMadeV1>, NotTaken> {
        if about.step != TrackerStep::Create && parcel.made.is_none() {
            return Err(NotTaken::for_good("the tracker has no ticket for it"));
        }
        self.channels.track(tracker, about.step, &about.gaps).await
    }

    async fn room(&self, room: &Room<'_>, parcel: &Parcel, about: &About) -> Result<Option<OutwardMadeV1>, NotTaken> {
        let made = match &parcel.made {
            Some(made) => made.clone(),
            // Over before there was a room: nobody needs one.
            None if about.is_closing => return Ok(None),
            None => self.channels.open_room(room, &about.room_name, &about.people).await?,
        };
        self.channels.say_in_room(room, &made.id, &about.text, &about.people).await?;
        if about.is_closing {
            self.channels.close_room(room, &made.id).await?;
        }
        Ok(parcel.made.is_none().then_some(made))
    }
}

fn change<'a>(parcel: &'a Parcel, about: &'a About, record: &'a Record, data: &'a RawValue) -> ChangeNote<'a> {
    ChangeNote {
        key: parcel.key.clone(),
        event: &record.event.kind,
        version: record.event.version,
        position: record.position,
        at: record.recorded_at,
        service: &about.service,
        thread: &parcel.thread,
        by: &record.event.actor,
        sentence: about.sentence.clone(),
        data,
    }
}

/// Writes an instant as people in every zone read it.
fn clock(at: Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
}
