//! Keeps true: every message in the outbox leaves, at least once, or is given up loudly.
//!
//! What waits is folded from the ledger, so a restart forgets tries, never messages. Each channel of a page is sent by
//! itself: one that hangs holds up nothing else.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use seaworthy_contract::catalogue::PersonDetails;
use seaworthy_core::{Input, outbox};
use seaworthy_integrations::{NotTaken, Note, send};
use seaworthy_model::PageId;

use crate::kernel::Kernel;

/// Tries before a channel is given up: with the pauses below, a little over ten minutes.
const TRIES_MAX: u32 = 12;

/// The first pause; each is twice the one before, up to [`PAUSE_MAX`].
const PAUSE_MIN: Duration = Duration::from_secs(1);

/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(120);

/// How often the outbox is looked at without a nudge.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Messages on their way at once; more wait their turn in the ledger.
const SENDING_MAX: usize = 64;

/// The channel that is the portal itself: a page is there as soon as it is in the ledger.
const PORTAL: &str = "portal";

/// A message on its way.
#[derive(Clone)]
struct Parcel {
    page: PageId,
    channel: String,
    note: Note,
    person: Option<PersonDetails>,
}

type Sending = Arc<Mutex<BTreeSet<String>>>;

/// Runs for ever.
pub(crate) async fn run(kernel: Kernel, base: Arc<str>) {
    let sending = Sending::default();
    let mut changes = kernel.changes();
    loop {
        for parcel in waiting(&kernel, &base, &sending) {
            tokio::spawn(carry(kernel.clone(), parcel, sending.clone()));
        }
        if let Ok(Err(_)) = tokio::time::timeout(LOOK_EVERY, changes.changed()).await {
            return;
        }
    }
}

/// Takes what waits and is not on its way already.
fn waiting(kernel: &Kernel, base: &str, sending: &Sending) -> Vec<Parcel> {
    kernel.look(|look| {
        let mut on_their_way = sending.lock().unwrap_or_else(PoisonError::into_inner);
        let mut parcels = Vec::new();
        for message in outbox::waiting(look.state) {
            let key = message.key();
            if on_their_way.len() >= SENDING_MAX || on_their_way.contains(&key) {
                continue;
            }
            let request = message.request;
            let note = Note {
                key: key.clone(),
                page: message.page.to_string(),
                service: request.service.to_string(),
                team: request.team.to_string(),
                to: request.to.as_ref().map(ToString::to_string).unwrap_or_default(),
                sentence: request.sentence.clone(),
                began_at: request.began_at,
                link: format!("{base}/pages/{}", message.page),
            };
            let person = request.to.as_ref().and_then(|person| look.directory.get(person)).cloned();
            parcels.push(Parcel { page: message.page, channel: message.channel.to_owned(), note, person });
            on_their_way.insert(key);
        }
        parcels
    })
}

async fn carry(kernel: Kernel, parcel: Parcel, sending: Sending) {
    let input = deliver(&parcel).await;
    if let Err(error) = kernel.command(input, "outbox").await {
        // It stays in the outbox and is sent again with the same key.
        tracing::error!(page.id = %parcel.page, channel = parcel.channel, %error, "could not note a delivery");
        tokio::time::sleep(PAUSE_MIN).await;
    }
    sending.lock().unwrap_or_else(PoisonError::into_inner).remove(&parcel.note.key);
}

/// Tries until the channel takes it or is given up.
async fn deliver(parcel: &Parcel) -> Input {
    let (page, channel) = (parcel.page, parcel.channel.clone());
    let mut pause = PAUSE_MIN;
    let mut attempt = 1;
    loop {
        match once(parcel).await {
            Ok(()) => return Input::PageDelivered { page, channel, attempt },
            Err(not) if not.again && attempt < TRIES_MAX => {
                tracing::warn!(page.id = %page, channel, attempt, why = not.why, "page not taken, trying again");
            }
            Err(not) => return Input::PageUndeliverable { page, channel, attempts: attempt, reason: not.why },
        }
        tokio::time::sleep(pause).await;
        (attempt, pause) = (attempt + 1, (pause * 2).min(PAUSE_MAX));
    }
}

/// One try: the portal has it already; a person is reached by the first contact that takes it.
async fn once(parcel: &Parcel) -> Result<(), NotTaken> {
    if parcel.channel == PORTAL {
        return Ok(());
    }
    let contacts = parcel.person.as_ref().map(|person| person.contacts.as_slice()).unwrap_or_default();
    let mut last = NotTaken { why: "the person has no contact in the directory".to_owned(), again: false };
    for contact in contacts {
        match send(contact, &parcel.note).await {
            Ok(()) => return Ok(()),
            Err(not) => last = NotTaken { again: not.again || last.again, why: not.why },
        }
    }
    Err(last)
}
