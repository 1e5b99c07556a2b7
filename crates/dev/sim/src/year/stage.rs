//! The year as it goes by: from one thing that happens to the next, and in small steps while somebody is waited for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use seaworthy_alert::Phase;
use seaworthy_contract::events::alert::VerdictV1;
use seaworthy_core::Input;
use seaworthy_core::state::PageRecord;
use seaworthy_core::watch::Used;
use seaworthy_model::PageId;
use seaworthy_testkit::store::Fault;

use super::carry::{Taken, Tries, forget};
use super::organisation::Organisation;
use super::plan::{Happens, Plan};
use super::{DAY, Size, Year};
use crate::Ms;
use crate::random::Random;
use crate::server::Server;

/// A step while somebody is waited for.
const STEP: Ms = 15_000;

/// A step while nobody is: what is held back by time alone comes at most so late.
const QUIET_STEP: Ms = 30 * 60_000;

/// What is left after the last thing that was planned: ladders come to their ends.
const AFTER: Ms = 2 * DAY;

/// Pages that are looked at for whether somebody is waited for: the last ones, more than a storm asks for.
const PAGES_LOOKED_AT: usize = 500;

/// Longer than any ladder here takes: nobody is waited for about a rollout that was reverted so long ago.
const LADDER_MAX: SignedDuration = SignedDuration::from_hours(3);

/// Everything of one year.
pub(super) struct Stage {
    pub(super) now: Ms,
    pub(super) server: Server,
    pub(super) organisation: Organisation,
    pub(super) plan: Plan,
    pub(super) year: Year,
    pub(super) random: Random,
    pub(super) tries: BTreeMap<String, Tries>,
    pub(super) taken: Vec<Taken>,
    /// Messages that no contact took.
    pub(super) given_up: Vec<(PageId, String)>,
    /// Faults whose source was heard when they began, and when they ended.
    pub(super) heard: BTreeSet<usize>,
    pub(super) silences: Vec<(usize, Ms, Ms)>,
    pub(super) deploys: usize,
    /// Times in which the server was away.
    pub(super) away: Vec<(Ms, Ms)>,
    pub(super) clock_forgotten: bool,
    queue: BTreeMap<(Ms, u64), Happens>,
    queued: u64,
}

impl Stage {
    pub(super) fn new(random: &mut Random, size: Size, year: Year) -> Self {
        let organisation = Organisation::new(random, size.services);
        let plan = Plan::new(random, size, &organisation);
        let server = Server::new(random.split());
        let mut stage = Self {
            now: 0,
            server,
            organisation,
            plan,
            year,
            random: random.split(),
            tries: BTreeMap::new(),
            taken: Vec::new(),
            given_up: Vec::new(),
            heard: BTreeSet::new(),
            silences: Vec::new(),
            deploys: 0,
            away: Vec::new(),
            clock_forgotten: false,
            queue: BTreeMap::new(),
            queued: 0,
        };
        for (at, happens) in std::mem::take(&mut stage.plan.happens) {
            stage.at(at, happens);
        }
        stage.server.look_after(0);
        let files = Input::Apply(Box::new(stage.organisation.document()), Used::new());
        let applied = stage.server.command(&files, "sim");
        applied.expect("it runs").expect("the files are allowed");
        stage
    }

    /// Plays to the end of what was planned and of what came of it.
    pub(super) fn play(&mut self) {
        let until = self.plan.until + AFTER;
        while self.now < until {
            let mut told = false;
            while let Some(entry) = self.queue.first_entry().filter(|entry| entry.key().0 <= self.now) {
                told = true;
                let happens = entry.remove();
                self.happen(happens);
            }
            self.tick(told);
            let waits = self.send();
            self.step_on(waits || (!self.forgets() && self.somebody_is_waited_for()));
        }
    }

    fn step_on(&mut self, is_busy: bool) {
        let step = if is_busy || !self.server.is_up() { STEP } else { QUIET_STEP };
        let next = self.queue.first_key_value().map_or(Ms::MAX, |((at, _), _)| *at);
        let (was_up, starts, before) = (self.server.is_up(), self.server.starts, self.now);
        self.now = (self.now + step).min(next.max(self.now + 1));
        self.server.clock.set(self.now);
        self.server.look_after(self.now);
        if !was_up || self.server.starts > starts {
            self.away.push((before, self.now));
        }
        if self.server.starts > starts {
            // What was tried is not remembered by the next life of the server.
            self.tries.clear();
            self.clock_forgotten = true;
        }
        forget(&mut self.tries, self.now);
    }

    /// Plans something.
    pub(super) fn at(&mut self, at: Ms, happens: Happens) {
        self.queued += 1;
        self.queue.insert((at, self.queued), happens);
    }

    fn tick(&mut self, told: bool) {
        if told || !self.forgets() {
            self.server.tick();
        }
    }

    fn forgets(&self) -> bool {
        self.clock_forgotten && self.year == Year::ForgetsTheClock
    }

    /// Commands; says whether the server took it.
    pub(super) fn command(&mut self, input: &Input, actor: &str) -> bool {
        self.server.command(input, actor).is_some_and(|done| done.is_ok())
    }

    /// Says whether a page climbs: nobody has taken it, and what it is about goes on.
    fn somebody_is_waited_for(&self) -> bool {
        let now = self.server.clock.now();
        let waits = self.server.read(|shared| {
            let goes_on = |page: &PageRecord| match shared.state.alerts.of_page(page.request.page) {
                Some((_, alert)) => alert.is_open(),
                None => page.requested_at.duration_until(now) < LADDER_MAX,
            };
            let mut pages = shared.state.pages.values().rev().take(PAGES_LOOKED_AT);
            pages.any(|page| page.acknowledged.is_none() && !page.climb.is_over() && goes_on(page))
        });
        waits.unwrap_or(true)
    }

    fn happen(&mut self, happens: Happens) {
        match happens {
            Happens::Begins(nth) => self.says(nth, Phase::Firing),
            Happens::Ends(nth) => self.says(nth, Phase::Ended),
            Happens::Restart(down_for) => self.ends(down_for),
            Happens::Crash { durable } => {
                self.server.fail_next_append(if durable { Fault::AfterCommit } else { Fault::Full });
            }
            Happens::Ship { service, is_bad } => self.ship(service, is_bad),
            Happens::Judged { service, is_bad } => self.judged(service, is_bad),
            Happens::Silence { service, lasts } => self.silence(service, lasts),
            Happens::StandIn { crew, is_swap } => self.stand_in(crew, is_swap),
            Happens::Takes { page, person } => self.takes(page, person),
            Happens::Judges { page, acted } => {
                let verdict = if acted { VerdictV1::Acted } else { VerdictV1::NothingToDo };
                self.command(&Input::JudgePage { page, verdict }, "sim");
            }
            Happens::Nudge => {}
        }
    }
}
