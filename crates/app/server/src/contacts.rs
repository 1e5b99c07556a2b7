//! Contacts that their owners confirmed: a link goes out through the contact itself, and whoever opens it has it.
//!
//! What is kept is a keyed digest of the contact and when it was confirmed, beside the ledger. So a contact that changes is
//! confirmed no more, and a mark tells nothing of the address to whoever reads the store alone. An unconfirmed contact is
//! tried all the same: a page is never lost over this.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{Code, ContactTried, ContactsTried};
use seaworthy_contract::catalogue::Contact;
use seaworthy_core::watch::Confirmed;
use seaworthy_integrations::{Channels, Kind, Note, hears_what_follows};
use seaworthy_model::PersonId;
use seaworthy_store::{SideError, Table, Write};
use tokio::task::JoinSet;

use crate::access::link::{Purpose, contact_mark, sign};
use crate::http::Failure;
use crate::kernel::Kernel;

/// What the keys of marks begin with.
const PREFIX: &str = "contact/";

/// How often somebody may be written to by hand, in [`WITHIN`]: enough to try twice, and no way to keep them awake.
const WRITES_MAX: usize = 3;

/// The time in which so much may be written.
const WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// People whose writes are remembered: more than are written to in ten minutes by hand.
const REMEMBERED_MAX: usize = 1_000;

/// Most writes to the side store at once.
const BATCH: usize = 100;

/// What a person is written for, other than a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writing {
    /// To every contact that is not confirmed: is this yours?
    Verify,
    /// To every contact: this is how a page would come.
    Test,
}

/// Writes to contacts by hand.
pub(crate) struct Contacts {
    channels: Arc<Channels>,
    base: Arc<str>,
    wrote: Mutex<BTreeMap<PersonId, Vec<Timestamp>>>,
}

impl Contacts {
    pub(crate) fn new(channels: Arc<Channels>, base: Arc<str>) -> Self {
        Self { channels, base, wrote: Mutex::default() }
    }

    /// Writes to a person's contacts, all at once, and says what came of each.
    ///
    /// # Errors
    /// When too much was written to them just now, or the side store fails.
    pub(crate) async fn write(
        &self,
        kernel: &Kernel,
        person: &PersonId,
        why: Writing,
    ) -> Result<ContactsTried, Failure> {
        self.spend(person, kernel.now())?;
        let mut sending = JoinSet::new();
        for (index, contact) in to_write(kernel, person, why) {
            let note = self.note(kernel, (person, index, &contact), why).await?;
            let channels = self.channels.clone();
            sending.spawn(async move {
                let sent = channels.send(&contact, &note).await;
                let channel = contact.channel().to_owned();
                ContactTried { contact: index, channel, refused: sent.err().map(|not| not.why) }
            });
        }
        let mut tried = sending.join_all().await;
        tried.sort_by_key(|tried| tried.contact);
        Ok(ContactsTried { person: person.clone(), tried })
    }

    async fn note(
        &self,
        kernel: &Kernel,
        (person, index, contact): (&PersonId, u16, &Contact),
        why: Writing,
    ) -> Result<Note, Failure> {
        let link = format!("{}/people/{person}", self.base);
        let sentence = match why {
            Writing::Verify => format!("Seaworthy has this as contact {index} of {person}. Pages would come here."),
            Writing::Test => format!("This is how a page would reach {person}, as contact {index}."),
        };
        let note = Note { to: person.to_string(), sentence, link, ..Note::default() };
        let mark = mark(kernel, person, contact).await.map_err(|error| Failure::side(&error))?;
        match why {
            Writing::Test => {
                // Each test is another: who asks for two wants to see two.
                let key = format!("test/{}/{}", kernel.now().as_millisecond(), &mark[..16]);
                Ok(Note { kind: Kind::Test, key, ..note })
            }
            Writing::Verify => {
                let confirm = sign(kernel, &self.base, Purpose::Confirm, (&mark, person)).await;
                let confirm = confirm.map_err(|error| Failure::side(&error))?;
                Ok(Note { kind: Kind::Confirm, key: key(&mark), confirm: Some(confirm), ..note })
            }
        }
    }

    /// Notes that the owner of a contact has it; returns whether it is still theirs.
    ///
    /// # Errors
    /// When the side store fails.
    pub(crate) async fn confirm(&self, kernel: &Kernel, person: &PersonId, mark: &str) -> Result<bool, SideError> {
        let Some(contact) = find(kernel, person, mark).await? else { return Ok(false) };
        let value = kernel.now().to_string().into_bytes();
        let key = format!("{PREFIX}{mark}");
        if kernel.side.get(Table::Meta, &key).await?.is_none() {
            kernel.side.write(vec![Write::Put { table: Table::Meta, key, value }]).await?;
        }
        refresh(kernel).await?;
        self.close(contact, person, mark);
        Ok(true)
    }

    /// What was opened elsewhere for the question is closed: PagerDuty made an incident of it.
    fn close(&self, contact: Contact, person: &PersonId, mark: &str) {
        if !hears_what_follows(&contact) || !matches!(contact, Contact::PagerDuty { .. }) {
            return;
        }
        let (channels, key) = (self.channels.clone(), key(mark));
        let note = Note {
            kind: Kind::Resolved,
            key: format!("{key}/resolved"),
            follows: Some(key),
            to: person.to_string(),
            ..Note::default()
        };
        // It helps nobody to be told that this failed: their own rules close it in time.
        tokio::spawn(async move { channels.send(&contact, &note).await.ok() });
    }

    fn spend(&self, person: &PersonId, now: Timestamp) -> Result<(), Failure> {
        let mut wrote = self.wrote.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at: &Timestamp| now.duration_since(*at) < WITHIN && *at <= now;
        wrote.retain(|_, times| times.iter().any(is_recent));
        let is_full = wrote.len() >= REMEMBERED_MAX && !wrote.contains_key(person);
        let times = wrote.entry(person.clone()).or_default();
        times.retain(is_recent);
        if is_full || times.len() >= WRITES_MAX {
            let hint = "wait a few minutes: nobody is written to without an end";
            let why = format!("{person} was written to {WRITES_MAX} times within {} min", WITHIN.as_mins());
            return Err(Failure::new(Code::Refused, why, Some(hint)));
        }
        times.push(now);
        Ok(())
    }
}

/// The contacts that are written to, each with its place from 1.
fn to_write(kernel: &Kernel, person: &PersonId, why: Writing) -> Vec<(u16, Contact)> {
    kernel.look(|look| {
        let known = look.directory.get(person).map(|details| details.contacts.as_slice()).unwrap_or_default();
        let wanted = |index: &usize| why == Writing::Test || look.watch.confirmed.at(person, *index).is_none();
        let all = known.iter().enumerate().filter(|(index, _)| wanted(index));
        all.filter_map(|(index, known)| Some((u16::try_from(index + 1).ok()?, known.contact.clone()))).collect()
    })
}

/// Reads which contacts are confirmed, and forgets marks of those that are gone: what comes back is asked again.
///
/// # Errors
/// When the side store fails; then what was known before goes on.
pub(crate) async fn refresh(kernel: &Kernel) -> Result<(), SideError> {
    let marks = kernel.side.list(Table::Meta).await?;
    let marks: BTreeMap<String, Option<Timestamp>> =
        marks.into_iter().filter_map(|(key, at)| Some((key.strip_prefix(PREFIX)?.to_owned(), instant(&at)))).collect();
    let people = kernel.look(|look| look.directory.clone());
    let (mut confirmed, mut used) = (BTreeMap::new(), BTreeSet::new());
    for (person, details) in people {
        let mut of_person = Vec::new();
        for known in &details.contacts {
            let mark = mark(kernel, &person, &known.contact).await?;
            of_person.push(marks.get(&mark).copied().flatten());
            used.insert(mark);
        }
        confirmed.insert(person, of_person);
    }
    kernel.set_confirmed(Confirmed::new(confirmed));
    let gone: Vec<_> = marks.into_keys().filter(|mark| !used.contains(mark)).collect();
    for batch in gone.chunks(BATCH) {
        let delete = |mark: &String| Write::Delete { table: Table::Meta, key: format!("{PREFIX}{mark}") };
        kernel.side.write(batch.iter().map(delete).collect()).await?;
    }
    Ok(())
}

fn instant(text: &[u8]) -> Option<Timestamp> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// The contact of a person that a mark stands for, as long as they have it.
async fn find(kernel: &Kernel, person: &PersonId, wanted: &str) -> Result<Option<Contact>, SideError> {
    let known = kernel.look(|look| look.directory.get(person).map(|details| details.contacts.clone()));
    for known in known.unwrap_or_default() {
        if mark(kernel, person, &known.contact).await? == wanted {
            return Ok(Some(known.contact));
        }
    }
    Ok(None)
}

async fn mark(kernel: &Kernel, person: &PersonId, contact: &Contact) -> Result<String, SideError> {
    let text = serde_json::to_string(contact).expect("a contact has string keys only");
    contact_mark(kernel, person, &text).await
}

/// The key of the question whether a contact is somebody's: the same as long as it is the same question.
fn key(mark: &str) -> String {
    format!("confirm/{}", &mark[..16])
}
