//! Keeps true: whoever is asked something because of a rota has a message with their own link, and whoever learns is told
//! of pages.
//!
//! What waits is folded from the ledger, and from the invitations beside it; what was sent is noted beside it too, so a
//! restart sends nothing twice but what it was just sending. An invitation is sent once: nobody is reminded, since a
//! reminder that stops would tell who had answered. Nothing here is logged with a name.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::Contact;
use seaworthy_core::view::{self, RotaAbout, RotaNotice};
use seaworthy_integrations::{Channels, Kind, Note};
use seaworthy_model::PersonId;
use seaworthy_store::{SideError, Table, Write};
use tokio::sync::Notify;

use crate::access::link::{self, Purpose};
use crate::http::joining::{self, Invited};
use crate::kernel::Kernel;

/// How often it is looked without a nudge.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Pauses after a message that nobody took: from the first to the longest.
const PAUSE_MIN: SignedDuration = SignedDuration::from_secs(5);
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(30);

/// Messages that are remembered between looks: more than all rotas of a large company have at once.
const REMEMBERED_MAX: usize = 20_000;

/// How long it is noted that a message was sent: longer than anything that is asked waits.
const NOTED_FOR: SignedDuration = SignedDuration::from_hours(40 * 24);

/// How a message stands.
enum Stands {
    Sent,
    Again { at: Timestamp, pause: SignedDuration },
}

struct Notices {
    kernel: Kernel,
    base: Arc<str>,
    channels: Arc<Channels>,
    known: BTreeMap<String, Stands>,
}

/// Runs for ever.
pub(crate) async fn run(kernel: Kernel, base: Arc<str>, channels: Arc<Channels>, invited: Arc<Notify>) {
    let mut changes = kernel.changes();
    let mut notices = Notices { kernel, base, channels, known: BTreeMap::new() };
    if let Err(error) = notices.forget().await {
        tracing::warn!(%error, "could not forget which messages of rotas were sent long ago");
    }
    loop {
        if let Err(error) = notices.look().await {
            tracing::error!(%error, "could not look at what rotas ask; trying again");
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = invited.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

impl Notices {
    async fn look(&mut self) -> Result<(), SideError> {
        if self.known.len() > REMEMBERED_MAX {
            self.known.clear();
        }
        for notice in self.kernel.look(view::rota_notices) {
            if self.is_due(&notice.key).await? {
                let note = self.note(&notice).await?;
                let is_sent = self.send(&notice.to, &note).await;
                self.noted(notice.key, is_sent).await?;
            }
        }
        for invited in joining::open(&self.kernel).await?.into_iter().filter(|one| !one.sent) {
            let key = format!("invite/{}/{}/{}", invited.rotation, invited.person, invited.ends_at.as_second());
            if self.is_due(&key).await? {
                let note = self.invitation(&invited, &key).await?;
                let is_sent = self.send(&invited.person, &note).await;
                if is_sent {
                    self.kernel.side.write(vec![Invited { sent: true, ..invited }.put()]).await?;
                }
                self.noted(key, is_sent).await?;
            }
        }
        Ok(())
    }

    async fn is_due(&mut self, key: &str) -> Result<bool, SideError> {
        match self.known.get(key) {
            Some(Stands::Sent) => Ok(false),
            Some(Stands::Again { at, .. }) => Ok(*at <= self.kernel.now()),
            None => {
                let was_sent = self.kernel.side.get(Table::Rota, &sent_key(key)).await?.is_some();
                if was_sent {
                    self.known.insert(key.to_owned(), Stands::Sent);
                }
                Ok(!was_sent)
            }
        }
    }

    async fn noted(&mut self, key: String, is_sent: bool) -> Result<(), SideError> {
        let now = self.kernel.now();
        let stands = match (is_sent, self.known.get(&key)) {
            (true, _) => Stands::Sent,
            (false, Some(Stands::Again { pause, .. })) => {
                let pause = (*pause * 2).min(PAUSE_MAX);
                Stands::Again { at: now + pause, pause }
            }
            (false, _) => Stands::Again { at: now + PAUSE_MIN, pause: PAUSE_MIN },
        };
        if is_sent {
            let value = now.as_second().to_string().into_bytes();
            self.kernel.side.write(vec![Write::Put { table: Table::Rota, key: sent_key(&key), value }]).await?;
        }
        self.known.insert(key, stands);
        Ok(())
    }

    async fn note(&self, notice: &RotaNotice) -> Result<Note, SideError> {
        let note = Note {
            key: notice.key.clone(),
            team: notice.team.to_string(),
            to: notice.to.to_string(),
            sentence: notice.sentence.clone(),
            ..Note::default()
        };
        Ok(match &notice.about {
            RotaAbout::Swap(offer) => {
                let thing = offer.to_string();
                let answer = link::sign(&self.kernel, &self.base, Purpose::Swap, (&thing, &notice.to)).await?;
                Note { kind: Kind::Ask, answer: Some(answer), ..note }
            }
            RotaAbout::Page { page, service, began_at } => Note {
                kind: Kind::Shadow,
                page: page.to_string(),
                service: service.to_string(),
                began_at: *began_at,
                link: format!("{}/pages/{page}", self.base),
                ..note
            },
        })
    }

    async fn invitation(&self, invited: &Invited, key: &str) -> Result<Note, SideError> {
        let of = (invited.rotation.as_str(), &invited.person);
        let team =
            self.kernel.look(|look| look.state.catalogue.rotation(&invited.rotation).map(|one| one.team.clone()));
        Ok(Note {
            kind: Kind::Ask,
            key: key.to_owned(),
            team: team.map(|team| team.to_string()).unwrap_or_default(),
            to: invited.person.to_string(),
            sentence: format!("Would you be on call in the rota {}?", invited.rotation),
            answer: Some(link::sign(&self.kernel, &self.base, Purpose::Accept, of).await?),
            link: link::sign(&self.kernel, &self.base, Purpose::Leave, of).await?,
            ..Note::default()
        })
    }

    /// Sends by the first contact that takes it. A pager is for pages: nobody is woken by a question.
    async fn send(&self, person: &PersonId, note: &Note) -> bool {
        let contacts = self.kernel.look(|look| look.directory.get(person).map(|person| person.contacts.clone()));
        for contact in contacts.unwrap_or_default() {
            if matches!(contact.contact, Contact::PagerDuty { .. }) {
                continue;
            }
            match self.channels.send(&contact.contact, note).await {
                Ok(()) => return true,
                Err(not) => tracing::warn!(why = not.why, "a message about a rota was not taken, trying again"),
            }
        }
        false
    }

    async fn forget(&self) -> Result<(), SideError> {
        let now = self.kernel.now();
        let is_old = |bytes: &[u8]| {
            let at = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
            at.and_then(|at| Timestamp::from_second(at).ok()).is_none_or(|at| now.duration_since(at) > NOTED_FOR)
        };
        let all = self.kernel.side.list(Table::Rota).await?.into_iter();
        let old = all.filter(|(key, bytes)| key.starts_with(SENT) && is_old(bytes));
        let forget = old.take(FORGET_MAX).map(|(key, _)| Write::Delete { table: Table::Rota, key });
        self.kernel.side.write(forget.collect()).await
    }
}

/// Where it is noted that a message was sent.
const SENT: &str = "sent/";

/// Most notes that are forgotten at once.
const FORGET_MAX: usize = 500;

fn sent_key(key: &str) -> String {
    format!("{SENT}{key}")
}
