//! The edge: messages leave by lines that are down at times, with the pauses of the server's outbox, and are noted.

use std::collections::BTreeMap;

use seaworthy_core::{Input, outbox};
use seaworthy_model::{PageId, PersonId};

use super::Year;
use super::organisation::Line;
use super::stage::Stage;
use crate::Ms;

/// Tries before a message is given up, as the server's outbox has them.
const TRIES_MAX: u32 = 12;

/// The first pause between two tries; each is twice the one before, up to the longest.
const PAUSE_MIN: Ms = 1_000;
const PAUSE_MAX: Ms = 120_000;

/// One message that a contact took.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) at: Ms,
    pub(super) page: PageId,
    pub(super) channel: String,
    pub(super) person: PersonId,
    pub(super) contact: u16,
    pub(super) key: String,
}

/// Tries of one message in this life of the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tries {
    made: u32,
    next: Ms,
    pause: Ms,
}

/// A message that is to leave.
struct Parcel {
    page: PageId,
    channel: String,
    person: Option<PersonId>,
    key: String,
    /// Contacts that it goes to, in order.
    contacts: Vec<u16>,
    /// Whether the person was sent it before, by another contact.
    is_another: bool,
}

/// Why a message was not taken.
enum Not {
    Now,
    Ever,
}

impl Stage {
    /// Sends what is due. Says whether something waits for its next try.
    pub(super) fn send(&mut self) -> bool {
        let parcels = self.parcels();
        let waits = !parcels.is_empty();
        for parcel in parcels {
            let known = self.tries.get(&parcel.key).copied();
            if self.server.is_up() && known.is_none_or(|tries| tries.next <= self.now) {
                self.try_once(&parcel, known);
            }
        }
        waits
    }

    fn try_once(&mut self, parcel: &Parcel, known: Option<Tries>) {
        let made = known.map_or(0, |tries| tries.made) + 1;
        let pause = known.map_or(PAUSE_MIN, |tries| (tries.pause * 2).min(PAUSE_MAX));
        self.tries.insert(parcel.key.clone(), Tries { made, next: self.now + pause, pause });
        let (page, channel) = (parcel.page, parcel.channel.clone());
        let input = match self.hand_over(parcel) {
            Ok(0) => Input::PageDelivered { page, channel, attempt: made },
            Ok(contact) => Input::PageCalled { page, channel, contact, attempt: made },
            Err(Not::Now) if made < TRIES_MAX => return,
            // Given up, and not tried again in this life of the server.
            Err(_) if parcel.is_another => {
                let never = Tries { made, next: Ms::MAX, pause };
                self.tries.insert(parcel.key.clone(), never);
                return;
            }
            Err(_) => {
                self.given_up.push((page, channel.clone()));
                let reason = "nobody takes it".to_owned();
                Input::PageUndeliverable { page, channel, attempts: made, reason }
            }
        };
        self.command(&input, "outbox");
    }

    /// Tries the contacts in order; the portal is contact 0 and has it already.
    fn hand_over(&mut self, parcel: &Parcel) -> Result<u16, Not> {
        let Some(person) = &parcel.person else { return Ok(0) };
        if self.year == Year::DropsEscalations && !parcel.channel.starts_with("rung-0/") && parcel.channel != "contacts"
        {
            return Ok(1);
        }
        let person = match self.year {
            Year::IgnoresSwaps if parcel.channel == "contacts" => self.by_file(parcel.page).unwrap_or(person.clone()),
            _ => person.clone(),
        };
        let mut not = Not::Ever;
        for contact in &parcel.contacts {
            let line = self.organisation.lines.get(&(person.clone(), *contact)).copied().unwrap_or(Line::Gone);
            if line == Line::Gone {
                continue;
            }
            let mut outages = self.plan.outages.get(&line).into_iter().flatten();
            if outages.any(|(from, until)| *from <= self.now && self.now < *until) {
                not = Not::Now;
                continue;
            }
            let key = outbox::key_of(parcel.page, &parcel.channel, *contact);
            let (page, channel) = (parcel.page, parcel.channel.clone());
            self.reached(Taken { at: self.now, page, channel, person, contact: *contact, key });
            return Ok(*contact);
        }
        Err(not)
    }

    fn by_file(&self, page: PageId) -> Option<PersonId> {
        let service =
            self.server.read(|shared| shared.state.pages.get(&page).map(|one| one.request.service.clone()))??;
        self.organisation.crew_of(&service)?.turns.by_file(0, self.server.clock.now()).cloned()
    }

    fn parcels(&self) -> Vec<Parcel> {
        let now = self.server.clock.now();
        let parcels = self.server.read(|shared| {
            let contacts = |person: Option<&PersonId>| {
                let known = person.and_then(|person| self.organisation.directory.get(person));
                known.map(|person| person.contacts.as_slice()).unwrap_or_default()
            };
            let first = outbox::waiting(&shared.state).map(|message| {
                let ways = outbox::first_ways(contacts(message.person)).iter().map(|way| way.index).collect();
                parcel(&message, message.key(), ways, false)
            });
            let later = outbox::unanswered(&shared.state).flat_map(|(message, used)| {
                let due = outbox::later_ways(contacts(message.person), &used, message.called_at, now);
                let parcels = due.iter().map(|way| parcel(&message, message.key_of(way.index), vec![way.index], true));
                parcels.collect::<Vec<_>>()
            });
            first.chain(later).collect()
        });
        parcels.unwrap_or_default()
    }
}

fn parcel(message: &outbox::Message<'_>, key: String, contacts: Vec<u16>, is_another: bool) -> Parcel {
    let (channel, person) = (message.channel.to_owned(), message.person.cloned());
    Parcel { page: message.page, channel, person, key, contacts, is_another }
}

/// Tries that are over need not be remembered.
pub(super) fn forget(tries: &mut BTreeMap<String, Tries>, now: Ms) {
    tries.retain(|_, tries| tries.next > now.saturating_sub(super::DAY));
}
