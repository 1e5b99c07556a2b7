//! Keeps true: every message in the outbox leaves, at least once, or is given up loudly.
//!
//! What waits is folded from the ledger, so a restart forgets tries, never messages. Each channel of a page is sent by
//! itself: one that hangs holds up nothing else. Once a channel took a message, only the note of that is tried again.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use seaworthy_core::{Input, outbox};
use seaworthy_integrations::{Channels, NotTaken, Note};
use seaworthy_model::{PageId, PersonId};
use tokio::sync::Semaphore;

use crate::access::link::{self, Purpose};
use crate::kernel::Kernel;

/// Tries before a channel is given up: with the pauses below, a little over ten minutes.
const TRIES_MAX: u32 = 12;

/// How fast it goes about its work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// The first pause; each is twice the one before, up to the longest.
    pub(crate) pause_min: Duration,
    /// The longest pause.
    pub(crate) pause_max: Duration,
    /// How often the outbox is looked at without a nudge.
    pub(crate) look_every: Duration,
}

impl Pace {
    /// A receiver that is down for a moment is met again in seconds, one that is down for long is left in peace.
    pub(crate) const REAL: Self = Self {
        pause_min: Duration::from_secs(1),
        pause_max: Duration::from_secs(120),
        look_every: Duration::from_secs(5),
    };

    pub(crate) fn after(&self, pause: Duration) -> Duration {
        (pause * 2).min(self.pause_max)
    }
}

/// Messages that are taken care of at once, most of them in a pause; more wait their turn in the ledger.
const CARRIED_MAX: usize = 1_000;

/// Contacts that are spoken to at once: each may be a program.
const SENDING_MAX: usize = 64;

/// The channel that is the portal itself: a page is there as soon as it is in the ledger.
const PORTAL: &str = "portal";

/// A message on its way. Contacts are looked up at each try: a person may be erased, or reachable again, by then.
struct Parcel {
    page: PageId,
    channel: String,
    note: Note,
    person: Option<PersonId>,
}

struct Outbox {
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
    let outbox = Arc::new(Outbox { kernel, base, channels, pace, carried, sending });
    loop {
        for parcel in outbox.waiting() {
            tokio::spawn(outbox.clone().carry(parcel));
        }
        if let Ok(Err(_)) = tokio::time::timeout(pace.look_every, changes.changed()).await {
            return;
        }
    }
}

impl Outbox {
    /// Takes what waits and is not carried already.
    fn waiting(&self) -> Vec<Parcel> {
        self.kernel.look(|look| {
            let mut carried = self.carried.lock().unwrap_or_else(PoisonError::into_inner);
            let mut parcels = Vec::new();
            for message in outbox::waiting(look.state) {
                if carried.len() >= CARRIED_MAX {
                    break;
                }
                if carried.insert(message.key()) {
                    parcels.push(self.parcel(&message));
                }
            }
            parcels
        })
    }

    fn parcel(&self, message: &outbox::Message<'_>) -> Parcel {
        let request = message.request;
        let note = Note {
            key: message.key(),
            page: message.page.to_string(),
            service: request.service.to_string(),
            team: request.team.to_string(),
            to: request.to.as_ref().map(ToString::to_string).unwrap_or_default(),
            sentence: request.sentence.clone(),
            began_at: request.began_at,
            link: format!("{}/pages/{}", self.base, message.page),
            ..Note::default()
        };
        Parcel { page: message.page, channel: message.channel.to_owned(), note, person: request.to.clone() }
    }

    async fn carry(self: Arc<Self>, parcel: Parcel) {
        let key = parcel.note.key.clone();
        let outbox = self.clone();
        if tokio::spawn(async move { outbox.note(&parcel, outbox.deliver(&parcel).await).await }).await.is_err() {
            // It stays in the outbox; at once it would only meet the same bug.
            tracing::error!(key, "a delivery panicked");
            tokio::time::sleep(self.pace.pause_max).await;
        }
        self.carried.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    /// Notes what came of it, however long the store takes no writes: sending again would wake somebody twice.
    async fn note(&self, parcel: &Parcel, input: Input) {
        let mut pause = self.pace.pause_min;
        while let Err(error) = self.kernel.command(input.clone(), "outbox").await {
            tracing::error!(page.id = %parcel.page, channel = parcel.channel, %error, "could not note a delivery");
            tokio::time::sleep(pause).await;
            pause = self.pace.after(pause);
        }
    }

    /// Tries until the channel takes it or is given up.
    async fn deliver(&self, parcel: &Parcel) -> Input {
        let (page, channel) = (parcel.page, parcel.channel.clone());
        let mut pause = self.pace.pause_min;
        let mut attempt = 1;
        loop {
            match self.once(parcel).await {
                Ok(()) => return Input::PageDelivered { page, channel, attempt },
                Err(not) if not.again && attempt < TRIES_MAX => {
                    tracing::warn!(page.id = %page, channel, attempt, why = not.why, "page not taken, trying again");
                }
                Err(not) => return Input::PageUndeliverable { page, channel, attempts: attempt, reason: not.why },
            }
            tokio::time::sleep(pause).await;
            (attempt, pause) = (attempt + 1, self.pace.after(pause));
        }
    }

    /// Adds the link by which its person takes it. Without one, where the side store fails, the page still leaves.
    async fn signed(&self, parcel: &Parcel) -> Note {
        let Some(person) = &parcel.person else { return parcel.note.clone() };
        let page = parcel.page.to_string();
        let link = link::sign(&self.kernel, &self.base, Purpose::Take, (&page, person)).await;
        let link = link.inspect_err(|error| {
            tracing::error!(page.id = %parcel.page, %error, "could not sign a link to take a page");
        });
        Note { take: link.ok(), ..parcel.note.clone() }
    }

    /// One try: the portal has it already; a person is reached by the first contact that takes it.
    async fn once(&self, parcel: &Parcel) -> Result<(), NotTaken> {
        if parcel.channel == PORTAL {
            return Ok(());
        }
        let _turn = self.sending.acquire().await.expect("nobody closes it");
        let known = |person| self.kernel.look(|look| look.directory.get(person).cloned());
        let note = self.signed(parcel).await;
        let contacts = parcel.person.as_ref().and_then(known).map(|person| person.contacts).unwrap_or_default();
        let mut last = NotTaken::for_good("the person has no contact in the directory");
        for contact in &contacts {
            match self.channels.send(&contact.contact, &note).await {
                Ok(()) => return Ok(()),
                Err(not) => last = NotTaken { again: not.again || last.again, ..not },
            }
        }
        Err(last)
    }
}
