//! Follows every page and every alert through the ledger to its end, and holds who was called against the oracle.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::alert::Urgency;
use seaworthy_contract::events::page::PageRequestedV1;
use seaworthy_core::view::{Look, wakes_crossed};
use seaworthy_core::{Fact, State};
use seaworthy_model::{AlertId, PageId, PersonId, RolloutId};

use super::Lived;
use super::stage::Stage;
use super::story::moment;

/// How late a rung or the end of a ladder may come while the server is there: steps of time, and a look.
pub(super) const LATE: SignedDuration = SignedDuration::from_secs(60);

/// A page, as the ledger has it.
pub(super) struct Paged<'a> {
    pub(super) request: &'a PageRequestedV1,
    pub(super) at: Timestamp,
    pub(super) calls: Vec<Called>,
    pub(super) taken: Option<(Timestamp, &'a str)>,
    pub(super) exhausted: Option<Timestamp>,
    /// When what it is about was over: a rollout that is off its users, once a contact of somebody took its page.
    pub(super) over: Option<Timestamp>,
    is_reached: bool,
    is_confirmed: bool,
}

/// One call.
pub(super) struct Called {
    pub(super) rung: usize,
    pub(super) at: Timestamp,
    pub(super) people: Vec<PersonId>,
}

/// An alert, as the ledger has it.
struct Alerted {
    fault: usize,
    at: Timestamp,
    is_ticket: bool,
    folded_into: Option<AlertId>,
    page: Option<PageId>,
    resolved: Option<Timestamp>,
}

/// Everything of the ledger that is followed.
#[derive(Default)]
struct Story<'a> {
    pages: BTreeMap<PageId, Paged<'a>>,
    alerts: BTreeMap<AlertId, Alerted>,
    /// Pages of rollouts.
    rollouts: BTreeMap<RolloutId, Vec<PageId>>,
}

impl Paged<'_> {
    /// When nobody else had to be called any more.
    pub(super) fn ended(&self) -> Option<Timestamp> {
        [self.taken.map(|(at, _)| at), self.over].into_iter().flatten().min()
    }
}

impl Stage {
    pub(super) fn check(mut self) -> Result<Lived, String> {
        self.server.look_after(u64::MAX);
        let facts = self.facts();
        let live = self.server.read(|shared| shared.state.clone()).ok_or("the server does not start")?;
        if live != State::fold(&facts) {
            return Err("replaying the ledger does not give the live state".to_owned());
        }
        let story = Story::of(&facts);
        let mut lived = self.counted(&facts, &story);
        self.page_by_page(&story, &mut lived)?;
        self.alert_by_alert(&story, &mut lived)?;
        Ok(lived)
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts: Vec<Fact> = Vec::new();
        loop {
            let more = self.server.facts_after(facts.last().map_or(0, |fact| fact.position));
            if more.is_empty() {
                return facts;
            }
            facts.extend(more);
        }
    }

    fn counted(&self, facts: &[Fact], story: &Story<'_>) -> Lived {
        let keys: BTreeSet<&String> = self.taken.iter().map(|taken| &taken.key).collect();
        let crews = &self.organisation.crews;
        let people = crews.iter().map(|crew| crew.people().len()).sum();
        let (directory, now) = (&self.organisation.directory, moment(self.plan.until));
        let crossed = self
            .server
            .read(|shared| wakes_crossed(&Look { state: &shared.state, watch: &shared.watch, directory, now }).rotas);
        Lived {
            organisation: (crews.len(), people, self.organisation.services.len()),
            events: facts.len(),
            alerts: story.alerts.len(),
            tickets: story.alerts.values().filter(|alert| alert.is_ticket).count(),
            pages: story.pages.len(),
            escalations: story.pages.values().map(|page| page.calls.len().saturating_sub(1)).sum(),
            messages: self.taken.len(),
            again: self.taken.len() - keys.len(),
            given_up: self.given_up.len(),
            restarts: self.server.starts - 1,
            stand_ins: crews.iter().map(|crew| crew.turns.stand_ins.len()).sum(),
            deploys: self.deploys,
            crossed: crossed.unwrap_or_default(),
            ..Lived::default()
        }
    }

    /// Each page ends with a person, at the end of its ladder, or because it was over.
    fn page_by_page(&self, story: &Story<'_>, lived: &mut Lived) -> Result<(), String> {
        let mut messages: BTreeMap<PageId, Vec<_>> = BTreeMap::new();
        self.taken.iter().for_each(|taken| messages.entry(taken.page).or_default().push(taken));
        let given_up: BTreeSet<(PageId, &str)> =
            self.given_up.iter().map(|(page, channel)| (*page, &**channel)).collect();
        for (id, page) in &story.pages {
            let messages = messages.remove(id).unwrap_or_default();
            self.ladder(*id, page, &given_up)?;
            self.sent(*id, page, &messages, &given_up)?;
            match (page.taken, page.exhausted, page.over) {
                (Some((_, by)), ..) => {
                    let by: PersonId = by.strip_prefix("person/").and_then(|name| name.parse().ok()).ok_or("nobody")?;
                    if !page.calls.iter().any(|call| call.people.contains(&by)) {
                        return Err(format!("page {id} was taken by {by}, who was not called"));
                    }
                    lived.taken += 1;
                }
                (None, Some(_), _) => lived.exhausted += 1,
                (None, None, Some(_)) if !page.calls.is_empty() => lived.over += 1,
                (None, None, _) => {
                    return Err(format!("page {id} ended with nobody, and not at the end of its ladder"));
                }
            }
        }
        match messages.keys().next() {
            Some(page) => Err(format!("messages of page {page}, which is not in the ledger")),
            None => Ok(()),
        }
    }

    /// Each rung is in order, in time, and calls whom the oracle says.
    fn ladder(&self, id: PageId, page: &Paged<'_>, given_up: &BTreeSet<(PageId, &str)>) -> Result<(), String> {
        let crew = self.organisation.crew_of(&page.request.service).ok_or("a page of a service that nobody has")?;
        let rungs = crew.rungs();
        let people = |rung: usize, at| crew.turns.called(&rungs[rung].call, at);
        let wait = |rung: usize| SignedDuration::from_millis(rungs[rung].wait_ms.cast_signed());
        let mut next = (0, page.at);
        for call in &page.calls {
            if call.rung < next.0 || (next.0..call.rung).any(|rung| !people(rung, call.at).is_empty()) {
                return Err(format!("page {id}: rung {} came where {} was due", call.rung, next.0));
            }
            let mut called = call.people.clone();
            called.sort();
            if called != people(call.rung, call.at) {
                return Err(format!(
                    "page {id}: rung {} called {called:?}, not {:?}",
                    call.rung,
                    people(call.rung, call.at)
                ));
            }
            if call.at > self.late(next.1) {
                return Err(format!("page {id}: rung {} was called {}, due {}", call.rung, call.at, next.1));
            }
            let unreachable = call.people.iter().all(|one| given_up.contains(&(id, &*page.channel(call, one))));
            let earlier =
                page.calls.iter().any(|other| other.rung == call.rung + 1 && other.at < call.at + wait(call.rung));
            if earlier && !unreachable {
                return Err(format!("page {id}: the rung after {} came before its wait was over", call.rung));
            }
            if page.ended().is_some_and(|ended| ended < call.at) {
                return Err(format!("page {id}: rung {} was called after it was taken or over", call.rung));
            }
            next = (call.rung + 1, call.at + wait(call.rung));
        }
        let ended = page.ended().into_iter().chain(page.exhausted).min();
        match ended {
            // What is left of the ladder calls somebody, or the page would be at its end.
            Some(ended) if ended <= self.late(next.1) => Ok(()),
            _ => Err(format!("page {id}: nobody was called after rung {}, due {}", next.0.saturating_sub(1), next.1)),
        }
    }

    /// The last instant at which something that was due is in time: the server may have been away.
    pub(super) fn late(&self, due: Timestamp) -> Timestamp {
        let mut until = due + LATE;
        for (from, to) in &self.away {
            if moment(*from) <= until && moment(*to) > due {
                until += moment(*from).duration_until(moment(*to));
            }
        }
        until
    }

    /// Each alert has a page, is a ticket, stood under another, was silenced, or was over at once.
    fn alert_by_alert(&self, story: &Story<'_>, lived: &mut Lived) -> Result<(), String> {
        let known: BTreeSet<usize> = story.alerts.values().map(|alert| alert.fault).collect();
        if let Some(lost) = self.heard.iter().find(|fault| !known.contains(fault)) {
            return Err(format!("the source of fault {lost} was heard, and there is no alert"));
        }
        for (id, alert) in &story.alerts {
            let trouble = &self.plan.troubles[alert.fault];
            let resolved = alert.resolved.ok_or_else(|| format!("alert {id} is open for ever"))?;
            let covers = |(service, from, to): &(usize, u64, u64)| {
                *service == trouble.service && moment(*from) <= alert.at + LATE && resolved <= self.late(moment(*to))
            };
            match (alert.is_ticket, alert.page) {
                (true, None) => {}
                (true, Some(page)) => return Err(format!("ticket {id} called somebody: page {page}")),
                (false, Some(page)) if story.pages.contains_key(&page) => {}
                (false, Some(page)) => return Err(format!("alert {id} names page {page}, which is not there")),
                (false, None) if self.stands_for(story, alert, resolved) => lived.folded += 1,
                (false, None) if self.silences.iter().any(covers) => lived.silenced += 1,
                (false, None) if resolved <= self.late(alert.at) => lived.brief += 1,
                (false, None) => return Err(format!("alert {id} of fault {} ended with nobody", alert.fault)),
            }
        }
        Ok(())
    }

    /// Whether the alert stood under another one that somebody was told of, until both were over.
    fn stands_for(&self, story: &Story<'_>, alert: &Alerted, resolved: Timestamp) -> bool {
        let Some(into) = alert.folded_into.and_then(|into| story.alerts.get(&into)) else { return false };
        let root_over = into.resolved.unwrap_or(Timestamp::MAX);
        let told = into.page.is_some() || self.stands_for(story, into, root_over) || self.was_silenced(into);
        told && resolved <= self.late(root_over + super::story::RECOVERY)
    }

    fn was_silenced(&self, alert: &Alerted) -> bool {
        let service = self.plan.troubles[alert.fault].service;
        self.silences.iter().any(|(of, from, to)| *of == service && moment(*from) <= alert.at && alert.at < moment(*to))
    }
}

impl<'a> Story<'a> {
    fn of(facts: &'a [Fact]) -> Self {
        let mut story = Self::default();
        facts.iter().for_each(|fact| story.tell(fact));
        story
    }

    fn tell(&mut self, fact: &'a Fact) {
        let at = fact.at;
        match &fact.event {
            Event::PageRequested(e) => {
                let others = e.channels.iter().filter_map(|channel| channel.strip_prefix("rung-0/")?.parse().ok());
                let people: Vec<PersonId> = e.to.iter().cloned().chain(others).collect();
                let calls = (!people.is_empty()).then_some(Called { rung: 0, at, people }).into_iter().collect();
                let page = Paged {
                    request: e,
                    at,
                    calls,
                    taken: None,
                    exhausted: None,
                    over: None,
                    is_reached: false,
                    is_confirmed: false,
                };
                self.pages.insert(e.page, page);
                if let Some(rollout) = e.rollout {
                    self.rollouts.entry(rollout).or_default().push(e.page);
                }
            }
            Event::PageEscalated(e) => {
                let call = Called { rung: e.rung.into(), at, people: e.people.clone() };
                self.page(e.page, |page| page.calls.push(call));
            }
            Event::PageExhausted(e) if !e.again => self.page(e.page, |page| page.exhausted = Some(at)),
            Event::PageAcknowledged(e) => self.page(e.page, |page| {
                page.taken.get_or_insert((at, &fact.actor));
            }),
            Event::RevertConfirmed(e) => {
                for page in self.rollouts.get(&e.rollout).cloned().unwrap_or_default() {
                    self.page(page, |page| page.is_confirmed = true);
                    self.off_and_told(page, at);
                }
            }
            Event::PageCalled(e) => {
                self.page(e.page, |page| page.is_reached = true);
                self.off_and_told(e.page, at);
            }
            Event::AlertFired(e) => {
                let fault = e.sentence.strip_prefix("fault ").and_then(|nth| nth.parse().ok()).unwrap_or(usize::MAX);
                let (is_ticket, folded_into) = (e.urgency == Urgency::Ticket, e.folded_into);
                let alert = Alerted { fault, at, is_ticket, folded_into, page: None, resolved: None };
                self.alerts.insert(e.alert, alert);
            }
            Event::AlertFolded(e) => self.alert(e.alert, |alert| alert.folded_into = e.into.or(alert.folded_into)),
            Event::AlertPaged(e) => self.alert(e.alert, |alert| alert.page = Some(e.page)),
            Event::AlertResolved(e) => {
                let page = self.alerts.get(&e.alert).and_then(|alert| alert.page);
                self.alert(e.alert, |alert| alert.resolved = Some(at));
                if let Some(page) = page {
                    self.page(page, |page| page.over = Some(at));
                }
            }
            _ => {}
        }
    }

    fn off_and_told(&mut self, id: PageId, at: Timestamp) {
        self.page(id, |page| {
            if page.is_confirmed && page.is_reached {
                page.over.get_or_insert(at);
            }
        });
    }

    fn page(&mut self, id: PageId, change: impl FnOnce(&mut Paged<'a>)) {
        if let Some(page) = self.pages.get_mut(&id) {
            change(page);
        }
    }

    fn alert(&mut self, id: AlertId, change: impl FnOnce(&mut Alerted)) {
        if let Some(alert) = self.alerts.get_mut(&id) {
            change(alert);
        }
    }
}
