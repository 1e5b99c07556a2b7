//! Keeps true: every message in the outbox leaves, at least once, or is given up loudly.
//!
//! What waits is folded from the ledger, so a restart forgets tries, never messages. Each channel of a page is sent by
//! itself: one that hangs holds up nothing else. Once a channel took a message, only the note of that is tried again.
//! While nobody takes the page, the other contacts of whoever was called come at their own times.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use seaworthy_core::view::Look;
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
    by: By,
}

impl Parcel {
    /// The key of a contact is its own, whether it is tried first or later: what comes twice has one.
    fn key_of(&self, contact: u16) -> String {
        outbox::key_of(self.page, &self.channel, contact)
    }
}

/// The contacts that a message goes to.
#[derive(Clone, Copy)]
enum By {
    /// The first that takes it.
    Any,
    /// One more, by its index from 1: the person was sent it before.
    Another(u16),
}

struct Outbox {
    kernel: Kernel,
    base: Arc<str>,
    channels: Arc<Channels>,
    pace: Pace,
    carried: Mutex<BTreeSet<String>>,
    /// Messages to one more contact that were given up; forgotten when the page is taken, or with a restart.
    spent: Mutex<BTreeSet<String>>,
    sending: Semaphore,
}

/// Runs for ever.
pub(crate) async fn run(kernel: Kernel, base: Arc<str>, channels: Arc<Channels>, pace: Pace) {
    let mut changes = kernel.changes();
    let (carried, spent, sending) = (Mutex::default(), Mutex::default(), Semaphore::new(SENDING_MAX));
    let outbox = Arc::new(Outbox { kernel, base, channels, pace, carried, spent, sending });
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
                    parcels.push(self.parcel(&message, By::Any));
                }
            }
            parcels.extend(self.later(look, &mut carried));
            parcels
        })
    }

    /// Takes what is due to one more contact of somebody who has not answered.
    fn later(&self, look: &Look<'_>, carried: &mut BTreeSet<String>) -> Vec<Parcel> {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut due, mut still) = (Vec::new(), BTreeSet::new());
        for (message, used) in outbox::unanswered(look.state) {
            let contacts = message.person.and_then(|person| look.directory.get(person)).map(|person| &person.contacts);
            let contacts = contacts.map(Vec::as_slice).unwrap_or_default();
            for way in outbox::later_ways(contacts, &used, message.called_at, look.now) {
                let key = message.key_of(way.index);
                if spent.contains(&key) {
                    still.insert(key);
                } else if carried.len() < CARRIED_MAX && carried.insert(key) {
                    due.push(self.parcel(&message, By::Another(way.index)));
                }
            }
        }
        *spent = still;
        due
    }

    fn parcel(&self, message: &outbox::Message<'_>, by: By) -> Parcel {
        let request = message.request;
        let note = Note {
            key: match by {
                By::Any => message.key(),
                By::Another(contact) => message.key_of(contact),
            },
            page: message.page.to_string(),
            service: request.service.to_string(),
            team: request.team.to_string(),
            to: message.person.map(ToString::to_string).unwrap_or_default(),
            sentence: match message.helps {
                true => format!("Help is asked for: {}", request.sentence),
                false => request.sentence.clone(),
            },
            began_at: request.began_at,
            link: format!("{}/pages/{}", self.base, message.page),
            ..Note::default()
        };
        let (channel, person) = (message.channel.to_owned(), message.person.cloned());
        Parcel { page: message.page, channel, note, person, by }
    }

    async fn carry(self: Arc<Self>, parcel: Parcel) {
        let key = parcel.note.key.clone();
        let outbox = self.clone();
        let whole = async move {
            match outbox.deliver(&parcel).await {
                Some(input) => outbox.note(&parcel, input).await,
                None => outbox.give_up(&parcel),
            }
        };
        if tokio::spawn(whole).await.is_err() {
            // It stays in the outbox; at once it would only meet the same bug.
            tracing::error!(key, "a delivery panicked");
            tokio::time::sleep(self.pace.pause_max).await;
        }
        self.carried.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    /// Remembers that one more contact did not take it: the person was reached by another.
    fn give_up(&self, parcel: &Parcel) {
        if let By::Another(_) = parcel.by {
            self.spent.lock().unwrap_or_else(PoisonError::into_inner).insert(parcel.note.key.clone());
        }
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

    /// Tries until the channel takes it or is given up; nothing is to be noted where nobody wants it any more.
    async fn deliver(&self, parcel: &Parcel) -> Option<Input> {
        let (page, channel) = (parcel.page, parcel.channel.clone());
        let mut pause = self.pace.pause_min;
        let mut attempt = 1;
        loop {
            if !self.kernel.look(|look| outbox::is_still_wanted(look.state, page, &channel)) {
                return None;
            }
            match self.once(parcel).await {
                Ok(None) => return Some(Input::PageDelivered { page, channel, attempt }),
                Ok(Some(contact)) => return Some(Input::PageCalled { page, channel, contact, attempt }),
                Err(not) if not.again && attempt < TRIES_MAX => {
                    tracing::warn!(page.id = %page, channel, attempt, why = not.why, "page not taken, trying again");
                }
                Err(not) => return self.given_up(parcel, attempt, not.why),
            }
            tokio::time::sleep(pause).await;
            (attempt, pause) = (attempt + 1, self.pace.after(pause));
        }
    }

    fn given_up(&self, parcel: &Parcel, attempts: u32, reason: String) -> Option<Input> {
        let (page, channel) = (parcel.page, parcel.channel.clone());
        match parcel.by {
            By::Any => Some(Input::PageUndeliverable { page, channel, attempts, reason }),
            By::Another(contact) => {
                tracing::warn!(page.id = %page, channel, contact, why = reason, "one more contact did not take a page");
                None
            }
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

    /// One try: the portal has it already; a person is reached by the first contact that takes it, by its index.
    async fn once(&self, parcel: &Parcel) -> Result<Option<u16>, NotTaken> {
        if parcel.channel == PORTAL {
            return Ok(None);
        }
        let _turn = self.sending.acquire().await.expect("nobody closes it");
        let known = |person| self.kernel.look(|look| look.directory.get(person).cloned());
        let note = self.signed(parcel).await;
        let contacts = parcel.person.as_ref().and_then(known).map(|person| person.contacts).unwrap_or_default();
        let mut last = NotTaken::for_good("the person has no contact in the directory");
        let ways = outbox::first_ways(&contacts).into_iter().filter(|way| match parcel.by {
            By::Any => true,
            By::Another(index) => way.index == index,
        });
        for way in ways {
            let note = Note { key: parcel.key_of(way.index), ..note.clone() };
            match self.channels.send(way.contact, &note).await {
                Ok(()) => return Ok(Some(way.index)),
                Err(not) => last = NotTaken { again: not.again || last.again, ..not },
            }
        }
        Err(last)
    }
}
