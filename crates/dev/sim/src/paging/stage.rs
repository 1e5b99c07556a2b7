//! One page with its server, people and channel, moved on in seconds; the server dies where the seed says.

mod check;
mod world;

use std::collections::BTreeMap;

use seaworthy_contract::catalogue::{EscalationPolicy, PersonDetails};
use seaworthy_core::{Input, outbox};
use seaworthy_model::{PageId, PersonId};
use seaworthy_testkit::store::Fault;

use super::Played;
use super::channel::{Channel, Edge, Not, Taken};
use super::oracle::Turns;
use crate::Ms;
use crate::random::Random;
use crate::server::Server;

/// How far time moves at once.
const STEP: Ms = 5_000;

/// Tries before a channel is given up, as few as show that it is.
const TRIES_MAX: u32 = 3;

/// Where a server dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Crash {
    /// After it decided, before anything is durable.
    DecideAppend,
    /// When it is durable, before anybody is told.
    AppendFold,
    /// After it was folded in, before a message leaves.
    FoldSend,
    /// After a contact took the message, before that is noted.
    SendNote,
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

/// One page's world.
pub(super) struct Stage {
    now: Ms,
    server: Server,
    channel: Channel,
    edge: Edge,
    random: Random,
    policy: EscalationPolicy,
    /// Beside the ledger, as the server has it.
    directory: BTreeMap<PersonId, PersonDetails>,
    service: Turns,
    other: Turns,
    /// Places at which it dies, as counts of places passed.
    dies_at: Vec<u64>,
    passed: u64,
    /// Tries of each message in this life of the server.
    tries: BTreeMap<String, u32>,
    /// When somebody who has read it takes it.
    takes_at: Option<Ms>,
    /// What makes somebody take it: the n-th message.
    takes_after: Option<usize>,
    resolves_at: Option<Ms>,
    until: Ms,
    played: Played,
}

impl Stage {
    /// Plays until the ladder is at its end and everything that was sent is noted.
    pub(super) fn play(&mut self) {
        while self.now < self.until {
            self.now += STEP;
            self.server.clock.set(self.now);
            self.server.look_after(self.now);
            self.signals();
            self.tick();
            self.people();
            self.send();
        }
    }

    /// Says whether the server dies at this place, and lets it.
    fn dies(&mut self, at: Crash) -> bool {
        if !self.server.is_up() {
            return true;
        }
        self.passed += 1;
        let dies = self.dies_at.contains(&self.passed);
        if dies {
            self.die(at);
        }
        dies
    }

    fn die(&mut self, at: Crash) {
        let down_for = if self.random.chance(0.3) { self.random.between(0, 90_000) } else { 0 };
        self.server.kill(self.now, down_for);
        self.tries.clear();
        *self.played.crashes.entry(at).or_default() += 1;
    }

    /// Lets the server do something that it may die in.
    fn doing(&mut self, what: impl FnOnce(&mut Server)) {
        let fault = [(Crash::DecideAppend, Fault::Full), (Crash::AppendFold, Fault::AfterCommit)];
        for (crash, fault) in fault {
            self.passed += 1;
            if self.server.is_up() && self.dies_at.contains(&self.passed) {
                self.server.fail_next_append(fault);
                what(&mut self.server);
                self.server.disarm();
                self.die(crash);
                return;
            }
        }
        what(&mut self.server);
        self.dies(Crash::FoldSend);
    }

    /// Commands until the server takes it, whatever becomes of it between.
    fn command(&mut self, input: &Input, actor: &str) -> bool {
        let mut done = false;
        self.doing(|server| done = server.command(input, actor).is_some_and(|done| done.is_ok()));
        done
    }

    fn tick(&mut self) {
        self.doing(|server| server.tick());
    }

    fn signals(&mut self) {
        let firing = self.resolves_at.is_none_or(|at| self.now < at);
        let signal = world::signal(firing, self.server.clock.now());
        // What says so says it again and again, as a probe does.
        self.command(&signal, "probe");
    }

    /// Somebody who got a message takes the page after a while, by the link in it.
    fn people(&mut self) {
        if self.takes_at.is_none() && self.takes_after.is_some_and(|nth| self.channel.taken.len() > nth) {
            self.takes_at = Some(self.now + self.random.between(0, 240_000));
        }
        let Some(page) = self.page() else { return };
        if self.takes_at.is_some_and(|at| self.now >= at) && !self.is_taken(page) {
            let who = self.channel.taken.last().map(|taken| format!("person/{}", taken.person));
            self.command(&Input::Acknowledge { page }, &who.unwrap_or_default());
        }
    }

    fn page(&self) -> Option<PageId> {
        self.server.read(|shared| shared.state.pages.keys().next().copied())?
    }

    fn is_taken(&self, page: PageId) -> bool {
        let taken = |shared: &seaworthy_kernel::Shared| shared.state.pages[&page].acknowledged.is_some();
        self.server.read(taken).unwrap_or_default()
    }

    /// What the server's outbox does, message by message.
    fn send(&mut self) {
        for parcel in self.parcels() {
            if self.dies(Crash::FoldSend) {
                return;
            }
            let wanted =
                self.server.read(|shared| outbox::is_still_wanted(&shared.state, parcel.page, &parcel.channel));
            if wanted == Some(true) && !self.carry(&parcel) {
                return;
            }
        }
    }

    /// Sends one and notes it; says whether the server lives.
    fn carry(&mut self, parcel: &Parcel) -> bool {
        let tries = self.tries.entry(parcel.key.clone()).or_default();
        *tries += 1;
        let attempt = *tries;
        if self.edge == Edge::NotesFirst {
            let contact = parcel.contacts.first().copied().unwrap_or(0);
            if !self.note(parcel, contact, attempt) || self.dies(Crash::SendNote) {
                return false;
            }
            // Whatever comes of it: it was noted.
            return self.hand_over(parcel, attempt).is_ok() || self.server.is_up();
        }
        match self.hand_over(parcel, attempt) {
            Ok(contact) => !self.dies(Crash::SendNote) && self.note(parcel, contact, attempt),
            Err(Not::Now) if attempt < TRIES_MAX => true,
            Err(_) if parcel.is_another => true,
            Err(_) => {
                let (page, channel) = (parcel.page, parcel.channel.clone());
                let reason = "nobody takes it".to_owned();
                self.command(&Input::PageUndeliverable { page, channel, attempts: attempt, reason }, "outbox");
                self.server.is_up()
            }
        }
    }

    /// Tries the contacts in order; the portal is contact 0 and has it already.
    fn hand_over(&mut self, parcel: &Parcel, attempt: u32) -> Result<u16, Not> {
        let Some(person) = &parcel.person else { return Ok(0) };
        let person = match self.edge {
            Edge::AsksAgain => self.on_call_now().unwrap_or_else(|| person.clone()),
            _ => person.clone(),
        };
        let key = |contact| match self.edge {
            Edge::NewKeys => format!("{}/{}/{attempt}", parcel.key, self.now),
            _ => outbox::key_of(parcel.page, &parcel.channel, contact),
        };
        let mut not = Not::Ever;
        for contact in &parcel.contacts {
            let (channel, key, person) = (parcel.channel.clone(), key(*contact), person.clone());
            match self.channel.send(Taken { at: self.now, person, contact: *contact, channel, key }) {
                Ok(()) => return Ok(*contact),
                Err(Not::Now) => not = Not::Now,
                Err(Not::Ever) => {}
            }
        }
        Err(not)
    }

    fn note(&mut self, parcel: &Parcel, contact: u16, attempt: u32) -> bool {
        let (page, channel) = (parcel.page, parcel.channel.clone());
        let input = match contact {
            0 => Input::PageDelivered { page, channel, attempt },
            contact => Input::PageCalled { page, channel, contact, attempt },
        };
        self.command(&input, "outbox");
        self.server.is_up()
    }

    fn on_call_now(&self) -> Option<PersonId> {
        let now = self.server.clock.now();
        self.server.read(|shared| {
            let (service, _) = shared.state.catalogue.services().next()?;
            Some(seaworthy_core::view::on_call(&shared.state, service, now)?.person)
        })?
    }

    fn parcels(&self) -> Vec<Parcel> {
        let now = self.server.clock.now();
        let parcels = self.server.read(|shared| {
            let contacts = |person: Option<&PersonId>| {
                let known = person.and_then(|person| self.directory.get(person));
                known.map(|person| person.contacts.clone()).unwrap_or_default()
            };
            let first = outbox::waiting(&shared.state).map(|message| {
                let contacts = contacts(message.person);
                let ways = outbox::first_ways(&contacts).iter().map(|way| way.index).collect();
                parcel(&message, message.key(), ways, false)
            });
            let later = outbox::unanswered(&shared.state).flat_map(|(message, used)| {
                let contacts = contacts(message.person);
                let due = outbox::later_ways(&contacts, &used, message.called_at, now);
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
