//! Rotas: what changed a rotation beside its file, who joined it, when it began, and how it was declared before.
//!
//! What was declared is kept with its time, so that a change of a file never rewrites who was on call before it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{Entity, Rotation};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::rota::{RotaOverrideSetV1, RotaStartedV1, RotaSwapOfferedV1};
use seaworthy_model::{OfferId, OverrideId, PersonId, Position, RotationId};

use super::State;
use super::calendar::CalendarRecord;
use crate::Fact;

/// Declarations of one rotation that are remembered: a change a week for several years.
const DECLARATIONS_MAX: usize = 300;

/// How long an override or an offer is remembered after its end: as far back as a rota is shown.
pub(super) const REMEMBERED: SignedDuration = SignedDuration::from_hours(731 * 24);

/// A rotation, as it was and is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rota {
    /// How it was declared, and from when on; the oldest that is known counts for the time before it as well.
    pub declared: Vec<DeclaredRota>,
    /// Changes that people made, by id, which is the order in which they were made.
    pub overrides: BTreeMap<OverrideId, RotaOverrideSetV1>,
    /// Offers to swap.
    pub offers: BTreeMap<OfferId, Offer>,
    /// Times in which people were members, oldest first.
    pub members: Vec<Membership>,
    /// When it began, where its people join themselves.
    pub started: Option<Started>,
    /// What its calendar says, where it follows one.
    pub calendar: CalendarRecord,
}

/// A declaration of a rotation.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredRota {
    /// From when on.
    pub at: Timestamp,
    /// Where it stands.
    pub position: Position,
    /// What it said.
    pub rotation: Rotation,
}

/// An offer to swap turns.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// What is offered.
    pub offered: RotaSwapOfferedV1,
    /// When it was offered.
    pub at: Timestamp,
    /// Who agreed.
    pub agreed: Vec<PersonId>,
    /// Whether it was taken back.
    pub is_withdrawn: bool,
    /// Overrides that came of it.
    pub became: Vec<OverrideId>,
}

impl Offer {
    /// Says whether it waits for somebody.
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.is_withdrawn && self.became.is_empty() && now < self.offered.ends_at
    }
}

/// A time in which a person was a member.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// Who.
    pub person: PersonId,
    /// When they joined.
    pub from: Timestamp,
    /// Where that stands.
    pub position: Position,
    /// When they left; none while they have not.
    pub until: Option<Timestamp>,
    /// Position of the declaration whose terms they acknowledged.
    pub terms: Position,
}

/// The beginning of a rota.
#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    /// When.
    pub at: Timestamp,
    /// Where that stands.
    pub position: Position,
    /// What was said.
    pub said: RotaStartedV1,
}

impl Rota {
    /// Returns who is a member now.
    pub fn members_now(&self) -> impl Iterator<Item = &Membership> {
        self.members.iter().filter(|one| one.until.is_none())
    }

    /// Returns the membership of a person who is a member now.
    pub fn member(&self, person: &PersonId) -> Option<&Membership> {
        self.members_now().find(|one| one.person == *person)
    }

    /// Returns the terms of a declaration.
    pub fn terms_at(&self, position: Position) -> Option<&str> {
        let declared = self.declared.iter().find(|one| one.position == position)?;
        declared.rotation.layered.joining.as_ref().map(|joining| joining.terms.as_str())
    }

    fn declare(&mut self, rotation: &Rotation, fact: &Fact) {
        if self.declared.len() >= DECLARATIONS_MAX {
            self.declared.remove(0);
        }
        self.declared.push(DeclaredRota { at: fact.at, position: fact.position, rotation: rotation.clone() });
    }

    fn apply(&mut self, fact: &Fact) {
        match &fact.event {
            Event::RotaOverrideSet(e) => {
                self.overrides.retain(|_, one| fact.at.duration_since(one.until) < REMEMBERED);
                if let Some(offer) = e.offer.and_then(|offer| self.offers.get_mut(&offer)) {
                    offer.became.push(e.id);
                }
                self.overrides.insert(e.id, e.clone());
            }
            Event::RotaOverrideCleared(e) => self.clear(e.id, fact.at),
            Event::RotaSwapOffered(e) => {
                self.offers.retain(|_, one| fact.at.duration_since(one.offered.ends_at) < REMEMBERED);
                let offer =
                    Offer { offered: e.clone(), at: fact.at, agreed: vec![], is_withdrawn: false, became: vec![] };
                self.offers.insert(e.id, offer);
            }
            Event::RotaSwapAgreed(e) => {
                if let Some(offer) = self.offers.get_mut(&e.id).filter(|offer| !offer.agreed.contains(&e.person)) {
                    offer.agreed.push(e.person.clone());
                }
            }
            Event::RotaSwapWithdrawn(e) => {
                if let Some(offer) = self.offers.get_mut(&e.id) {
                    offer.is_withdrawn = true;
                }
            }
            Event::RotaMemberAccepted(e) => {
                self.leave(&e.person, fact.at);
                let (person, terms) = (e.person.clone(), e.terms);
                self.members.push(Membership { person, from: fact.at, position: fact.position, until: None, terms });
            }
            Event::RotaMemberLeft(e) => self.leave(&e.person, fact.at),
            Event::RotaStarted(e) => {
                self.started.get_or_insert(Started { at: fact.at, position: fact.position, said: e.clone() });
            }
            Event::RotaCalendarRead(e) => self.calendar.read(e, fact.at),
            Event::RotaCalendarLost(e) => self.calendar.lose(e, fact.at),
            _ => {}
        }
    }

    /// What an override did until now stays.
    fn clear(&mut self, id: OverrideId, at: Timestamp) {
        match self.overrides.get_mut(&id) {
            Some(one) if one.from < at => one.until = one.until.min(at),
            Some(_) => drop(self.overrides.remove(&id)),
            None => {}
        }
    }

    fn leave(&mut self, person: &PersonId, at: Timestamp) {
        let theirs = self.members.iter_mut().filter(|one| one.person == *person && one.until.is_none());
        theirs.for_each(|one| one.until = Some(at));
    }
}

/// Returns the rotation that an event of a rota is about.
fn rotation(event: &Event) -> Option<&RotationId> {
    Some(match event {
        Event::RotaOverrideSet(e) => &e.rotation,
        Event::RotaOverrideCleared(e) => &e.rotation,
        Event::RotaSwapOffered(e) => &e.rotation,
        Event::RotaSwapAgreed(e) => &e.rotation,
        Event::RotaSwapWithdrawn(e) => &e.rotation,
        Event::RotaMemberAccepted(e) => &e.rotation,
        Event::RotaMemberLeft(e) => &e.rotation,
        Event::RotaStarted(e) => &e.rotation,
        Event::RotaCalendarRead(e) => &e.rotation,
        Event::RotaCalendarLost(e) => &e.rotation,
        _ => return None,
    })
}

impl State {
    pub(super) fn apply_rota(&mut self, fact: &Fact) {
        if let Some(rotation) = rotation(&fact.event) {
            self.rotas.entry(rotation.clone()).or_default().apply(fact);
        }
    }

    pub(super) fn declare_rota(&mut self, entity: &Entity, fact: &Fact) {
        if let Entity::Rotation(rotation) = entity {
            self.rotas.entry(rotation.name.clone()).or_default().declare(rotation, fact);
        }
    }
}
