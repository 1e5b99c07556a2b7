//! Keeps true: whoever was called hears what became of the page, where that wakes nobody.
//!
//! PagerDuty is told that a page was taken, and that what it was about is over; a person by mail or Slack only that somebody
//! else has it. What waits is folded from the ledger and noted there once told, so a server that dies in between tells again,
//! with the same key. News that nobody takes are dropped: nothing hangs on them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::tz::TimeZone;
use seaworthy_contract::catalogue::Contact;
use seaworthy_contract::events::page::PageNewsV1;
use seaworthy_core::view::Look;
use seaworthy_core::{Input, outbox};
use seaworthy_integrations::{Channels, Kind, Note, hears_what_follows};
use seaworthy_model::PageId;

use crate::kernel::Kernel;
use crate::task::outbox::Pace;

/// Tries before news are dropped: with the pauses of the outbox, about a minute.
const TRIES_MAX: u32 = 6;

/// News that are on their way at once; more wait for the next look.
const CARRIED_MAX: usize = 100;

/// News on their way.
struct Parcel {
    page: PageId,
    channel: String,
    contact: u16,
    what: PageNewsV1,
    way: Contact,
    note: Note,
}

struct Teller {
    kernel: Kernel,
    base: Arc<str>,
    channels: Arc<Channels>,
    pace: Pace,
    carried: Mutex<BTreeSet<String>>,
    /// What nobody took; forgotten with the news themselves, or with a restart.
    dropped: Mutex<BTreeSet<String>>,
}

/// Runs for ever.
pub(crate) async fn run(kernel: Kernel, base: Arc<str>, channels: Arc<Channels>, pace: Pace) {
    let mut changes = kernel.changes();
    let (carried, dropped) = <_>::default();
    let teller = Arc::new(Teller { kernel, base, channels, pace, carried, dropped });
    loop {
        for parcel in teller.waiting() {
            tokio::spawn(teller.clone().carry(parcel));
        }
        if let Ok(Err(_)) = tokio::time::timeout(pace.look_every, changes.changed()).await {
            return;
        }
    }
}

impl Teller {
    /// Takes what is to be told and is not on its way already.
    fn waiting(&self) -> Vec<Parcel> {
        self.kernel.look(|look| {
            let mut carried = self.carried.lock().unwrap_or_else(PoisonError::into_inner);
            let mut dropped = self.dropped.lock().unwrap_or_else(PoisonError::into_inner);
            let (mut parcels, mut still) = (Vec::new(), BTreeSet::new());
            for news in outbox::news(look.state, look.now) {
                let key = news.key();
                if dropped.contains(&key) {
                    still.insert(key);
                } else if carried.len() < CARRIED_MAX && !carried.contains(&key) {
                    let parcel = self.parcel(look, &news);
                    carried.extend(parcel.is_some().then_some(key));
                    parcels.extend(parcel);
                }
            }
            *dropped = still;
            parcels
        })
    }

    /// None where this contact is not told of it.
    fn parcel(&self, look: &Look<'_>, news: &outbox::News<'_>) -> Option<Parcel> {
        let index = usize::from(news.contact).checked_sub(1)?;
        let way = look.directory.get(news.person)?.contacts.get(index)?.contact.clone();
        let is_own = news.by.and_then(|by| by.strip_prefix("person/")) == Some(news.person.as_str());
        let is_machine = matches!(way, Contact::PagerDuty { .. });
        let hears = match news.what {
            // Who has it knows it, and may have gone back to sleep.
            PageNewsV1::Taken => is_machine || !is_own,
            PageNewsV1::Resolved => is_machine,
        };
        (hears && hears_what_follows(&way)).then(|| Parcel {
            page: news.page,
            channel: news.channel.to_owned(),
            contact: news.contact,
            what: news.what,
            way,
            note: self.note(look, news),
        })
    }

    fn note(&self, look: &Look<'_>, news: &outbox::News<'_>) -> Note {
        let at = news.at.to_zoned(TimeZone::UTC).strftime("%H:%M UTC");
        let by = news.by.map(|by| by.strip_prefix("person/").map_or_else(|| look.called(by), str::to_owned));
        let (kind, sentence) = match news.what {
            PageNewsV1::Taken => (Kind::Taken, format!("Taken by {} {at}", by.unwrap_or_default())),
            PageNewsV1::Resolved => (Kind::Resolved, format!("Over since {at}")),
        };
        Note {
            kind,
            key: news.key(),
            follows: Some(news.call()),
            page: news.page.to_string(),
            service: news.request.service.to_string(),
            team: news.request.team.to_string(),
            to: news.person.to_string(),
            sentence,
            link: format!("{}/pages/{}", self.base, news.page),
            ..Note::default()
        }
    }

    async fn carry(self: Arc<Self>, parcel: Parcel) {
        let key = parcel.note.key.clone();
        if !self.tell(&parcel).await {
            self.dropped.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone());
        }
        self.carried.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    /// Tries until it is told and noted; returns whether it was.
    async fn tell(&self, parcel: &Parcel) -> bool {
        let mut pause = self.pace.pause_min;
        for _ in 0..TRIES_MAX {
            match self.channels.send(&parcel.way, &parcel.note).await {
                Ok(()) => return self.noted(parcel).await,
                Err(not) => {
                    tracing::warn!(page.id = %parcel.page, why = not.why, "could not tell what became of a page");
                    if !not.again {
                        return false;
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause = self.pace.after(pause);
        }
        false
    }

    async fn noted(&self, parcel: &Parcel) -> bool {
        let Parcel { page, channel, contact, what, .. } = parcel;
        let told = Input::PageTold { page: *page, channel: channel.clone(), contact: *contact, news: *what };
        let noted = self.kernel.command(told, "outbox").await;
        if let Err(error) = &noted {
            // Told again by the next server at worst, with the same key.
            tracing::warn!(page.id = %page, %error, "could not note what was told of a page");
        }
        noted.is_ok()
    }
}
