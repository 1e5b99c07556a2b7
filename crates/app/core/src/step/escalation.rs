//! Escalation: whom a page calls first, and whom next while nobody has taken it.
//!
//! There are no timers: at each tick the ladder is looked at anew, from what the ledger has. People are looked up when they
//! are called and are then in the event, so that a rota that changes later calls nobody else about it.

mod who;

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_alert::Purpose;
use seaworthy_contract::catalogue::Service;
use seaworthy_contract::events::page::{EscalatedBecauseV2, PageEscalatedV2, PageExhaustedV1, PageRequestedV1};
use seaworthy_escalation::{Ladder, Next, Policy, Progress, Reach, Target, next, standard};
use seaworthy_model::{PageId, PersonId};

use crate::state::{ChannelState, PageRecord};
use crate::{NewFact, State};

pub(super) use who::Asked;

/// Every policy there is, as the rules take them; the standard one is among them unless a file has that name.
pub(crate) struct Policies<'a> {
    state: &'a State,
    policies: BTreeMap<String, Policy>,
}

/// The ladder of a page.
pub(crate) struct Found {
    /// The policy's name.
    pub name: String,
    /// What it comes to.
    pub ladder: Ladder,
    /// Why it is not the policy that the files name.
    pub problem: Option<String>,
}

impl<'a> Policies<'a> {
    pub(crate) fn of(state: &'a State) -> Self {
        let standard = standard();
        let mut policies = BTreeMap::from([(standard.name.clone(), standard)]);
        let declared = state.catalogue.escalation_policies();
        policies.extend(declared.map(|policy| (policy.name.to_string(), policy.as_rules())));
        Self { state, policies }
    }

    /// Returns the ladder of what a service's pages climb: its own policy, its team's, or the standard one. A policy that is
    /// no ladder was refused when it was applied; should the ledger have one all the same, the standard one is climbed.
    pub(crate) fn ladder(&self, request: &PageRequestedV1) -> Found {
        let own = self.state.catalogue.service(&request.service).and_then(|service| service.escalation.as_ref());
        let teams = || self.state.catalogue.team(&request.team).and_then(|team| team.escalation.as_ref());
        let named = own.or_else(teams).map_or_else(|| standard().name, ToString::to_string);
        match Ladder::of(&named, &self.policies) {
            Ok(ladder) => Found { name: named, ladder, problem: None },
            Err(problem) => {
                let policy = standard();
                let name = policy.name.clone();
                let ladder = Ladder::of(&name, &BTreeMap::from([(name.clone(), policy)]));
                let ladder = ladder.expect("the standard policy is a ladder: a test holds it to that");
                Found { name, ladder, problem: Some(problem.to_string()) }
            }
        }
    }
}

/// Whom a page calls with its request.
pub(super) fn first(
    state: &State,
    service: &Service,
    request: &PageRequestedV1,
    now: Timestamp,
) -> Vec<(Target, PersonId)> {
    let found = Policies::of(state).ladder(request);
    let asked = Asked { state, service: Some(service), now };
    let rung = found.ladder.rung(0).map(|rung| rung.targets.as_slice()).unwrap_or_default();
    let mut called: Vec<(Target, PersonId)> = Vec::new();
    for (target, person) in rung.iter().flat_map(|target| asked.people(target).into_iter().map(move |p| (target, p))) {
        if !called.iter().any(|(_, known)| *known == person) {
            called.push((target.clone(), person));
        }
    }
    called
}

/// Returns what time and failures make due: the next rung of each page that nobody has taken, or the end of its ladder.
pub(super) fn tick(state: &State, now: Timestamp) -> Vec<NewFact> {
    let mut climbing = state.pages.iter().filter(|(_, record)| climbs(state, record)).peekable();
    if climbing.peek().is_none() {
        return Vec::new();
    }
    let policies = Policies::of(state);
    climbing.flat_map(|(page, record)| climb(&policies, *page, record, now)).collect()
}

fn climb(policies: &Policies<'_>, page: PageId, record: &PageRecord, now: Timestamp) -> Vec<NewFact> {
    let ladder = policies.ladder(&record.request).ladder;
    let stream = format!("page/{page}");
    let round = |rung: usize| u16::try_from(ladder.round(rung)).unwrap_or(u16::MAX);
    let end = |round: u16, again: bool| {
        let event = PageExhaustedV1 { page, round, again };
        NewFact::new(stream.clone(), event).once(format!("page/{page}/exhausted-{round}"))
    };
    let last = record.climb.calls.last();
    match upcoming(policies.state, record, &ladder, now) {
        Next::Wait(_) => Vec::new(),
        Next::Over => vec![end(u16::try_from(ladder.rounds()).unwrap_or(u16::MAX), false)],
        Next::Call { rung, people } => {
            let before = last.map(|call| round(call.rung)).filter(|before| *before < round(rung));
            let event =
                PageEscalatedV2 { page, rung: u16::try_from(rung).unwrap_or(u16::MAX), people, why: why(record) };
            let called = NewFact::new(stream.clone(), event).once(format!("page/{page}/rung-{rung}"));
            before.map(|before| end(before, true)).into_iter().chain([called]).collect()
        }
    }
}

/// Calls people who can be reached by another contact since: about each page that came to the end of its ladder, that nobody has
/// taken, and whose every message to them was given up. Whoever a ladder still climbs to is called by it.
pub(super) fn reachable(state: &State, people: &[PersonId]) -> Vec<NewFact> {
    let stuck = state.pages.iter().filter(|(_, record)| record.climb.is_over() && is_open(state, record));
    let called = stuck.filter_map(|(page, record)| {
        let missed: Vec<PersonId> = people.iter().filter(|person| is_missed(record, person)).cloned().collect();
        let rung = u16::try_from(record.climb.calls.last()?.rung + 1).ok()?;
        let event = PageEscalatedV2 { page: *page, rung, people: missed, why: EscalatedBecauseV2::Unreachable };
        let called = NewFact::new(format!("page/{page}"), event.clone()).once(format!("page/{page}/rung-{rung}"));
        Some(called).filter(|_| !event.people.is_empty())
    });
    called.collect()
}

/// Says whether a page called a person and every message of it to them was given up.
fn is_missed(record: &PageRecord, person: &PersonId) -> bool {
    let theirs = record.climb.calls.iter().filter(|call| call.people.contains(person));
    let channels: Vec<String> = theirs.map(|call| call.channel(&record.request, person)).collect();
    let is_lost = |channel: &String| matches!(record.channels.get(channel), Some(ChannelState::Undeliverable(..)));
    !channels.is_empty() && channels.iter().all(is_lost)
}

/// Says what comes next for a page on its ladder.
pub(crate) fn upcoming(state: &State, record: &PageRecord, ladder: &Ladder, now: Timestamp) -> Next {
    let last = record.climb.calls.last();
    let reach = match last.is_some_and(|call| call.reached_nobody(&record.request, &record.channels)) {
        true => Reach::Nobody,
        false => Reach::Possible,
    };
    let progress = Progress { called: last.map(|call| (call.rung, call.at)), reach };
    let asked = Asked { state, service: state.catalogue.service(&record.request.service), now };
    next(ladder, progress, now, |target| asked.people(target))
}

fn why(record: &PageRecord) -> EscalatedBecauseV2 {
    match record.climb.calls.last() {
        None => EscalatedBecauseV2::Nobody,
        Some(call) if call.reached_nobody(&record.request, &record.channels) => EscalatedBecauseV2::Unreachable,
        Some(_) => EscalatedBecauseV2::Unanswered,
    }
}

/// Returns whom help is asked of: the people of the next rung, and of which, who were not called about the page yet. Whoever
/// asks is not called themselves.
pub(crate) fn helpers(
    state: &State,
    record: &PageRecord,
    asker: &str,
    now: Timestamp,
) -> Option<(usize, Vec<PersonId>)> {
    let ladder = Policies::of(state).ladder(&record.request).ladder;
    let asked = Asked { state, service: state.catalogue.service(&record.request.service), now };
    let called: Vec<&PersonId> = record.climb.calls.iter().flat_map(|call| &call.people).collect();
    let is_asker = |person: &PersonId| asker.strip_prefix("person/") == Some(person.as_str());
    let mut rung = record.climb.calls.last().map_or(0, |call| call.rung + 1);
    while let Some(step) = ladder.rung(rung) {
        let mut people: Vec<PersonId> = Vec::new();
        for person in step.targets.iter().flat_map(|target| asked.people(target)) {
            if !called.contains(&&person) && !people.contains(&person) && !is_asker(&person) {
                people.push(person);
            }
        }
        if !people.is_empty() {
            return Some((rung, people));
        }
        rung += 1;
    }
    None
}

/// Calls them at once, whoever has the page.
pub(super) fn help(state: &State, page: PageId, asker: &str, now: Timestamp) -> Option<NewFact> {
    let (rung, people) = helpers(state, state.pages.get(&page)?, asker, now)?;
    let rung = u16::try_from(rung).unwrap_or(u16::MAX);
    let event = PageEscalatedV2 { page, rung, people, why: EscalatedBecauseV2::Help };
    Some(NewFact::new(format!("page/{page}"), event).once(format!("page/{page}/rung-{rung}")))
}

/// Says whether a page that nobody took calls others: not once it came to the end of its ladder, not about what is over,
/// and not for a drill, which asks whether the way to one person works.
pub(crate) fn climbs(state: &State, record: &PageRecord) -> bool {
    !record.climb.is_over() && is_open(state, record)
}

/// Says whether a page still waits for somebody, although everybody may have been called: what they are to be sent is sent.
pub(crate) fn is_open(state: &State, record: &PageRecord) -> bool {
    record.acknowledged.is_none() && goes_on(state, record)
}

/// Says whether what a page is about goes on, as far as that is known.
pub(crate) fn goes_on(state: &State, record: &PageRecord) -> bool {
    match state.alerts.of_page(record.request.page) {
        Some((_, alert)) => alert.resolved_at.is_none() && alert.purpose == Purpose::Real,
        None => !rollout_is_over(state, record),
    }
}

/// A change that is off its users and that somebody was told of waits for the morning; one that nobody was told of does not.
fn rollout_is_over(state: &State, record: &PageRecord) -> bool {
    let rollout = record.request.rollout.and_then(|id| state.rollouts.get(&id));
    let is_over = rollout.is_some_and(|rollout| match rollout.reverted {
        Some(_) => !rollout.is_reverting(),
        None => rollout.is_over(),
    });
    is_over && record.reached_somebody()
}
