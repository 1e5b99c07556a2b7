//! What people, sources and machines do in the year, each as a command of theirs.

use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::{Nature, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::api::ShipRequest;
use seaworthy_contract::catalogue::StandIn;
use seaworthy_contract::events::alert::AlertSilencedV1;
use seaworthy_contract::events::rota::HeldV1;
use seaworthy_contract::process::{InstanceState, Observed, ObservedInstance};
use seaworthy_core::watch::Judged;
use seaworthy_core::{Input, OfferWanted, OverrideWanted};
use seaworthy_model::{PageId, PersonId, ServiceId};
use seaworthy_rollout::policy::{MetricName, Verdict};

use super::carry::Taken;
use super::plan::Happens;
use super::stage::Stage;
use super::turns::StandsIn;
use crate::Ms;
use crate::server::BEGIN;

/// How often somebody says again what nobody heard.
const AGAIN: Ms = 30_000;

/// How many of those who get a message answer, and within what time.
const ANSWERS: f64 = 0.8;
const ANSWERS_WITHIN: (Ms, Ms) = (20_000, 14 * 60_000);

/// How long after a page somebody says what it was worth.
const JUDGES_AFTER: Ms = 3_600_000;

/// How long a dependant is waited for after its dependency is well again.
pub(super) const RECOVERY: SignedDuration = SignedDuration::from_secs(360);

/// How far ahead people arrange who stands in, in days.
const AHEAD_DAYS: (u64, u64) = (1, 6);

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const NAME: &str = "a name that is allowed";

impl Stage {
    /// A source tells of a fault, and tells again while nobody hears; what is over before is never heard of.
    pub(super) fn says(&mut self, nth: usize, phase: Phase) {
        let trouble = self.plan.troubles[nth].clone();
        let is_begin = phase == Phase::Firing;
        if is_begin && self.now >= trouble.ends {
            return;
        }
        if !is_begin && !self.heard.contains(&nth) {
            return;
        }
        let service = self.service(trouble.service);
        let signal = Signal {
            rule: format!("alertmanager/{service}-{}", trouble.symptom),
            service,
            symptom: trouble.symptom.to_owned(),
            nature: if trouble.is_ticket { Nature::Cause } else { Nature::Symptom },
            urgency: if trouble.is_ticket { Urgency::Ticket } else { Urgency::Page },
            phase,
            purpose: Purpose::Real,
            began_at: self.server.clock.now(),
            sentence: format!("fault {nth}"),
        };
        if !self.command(&Input::Signal(Box::new(signal)), "alertmanager") {
            let again = if is_begin { Happens::Begins(nth) } else { Happens::Ends(nth) };
            return self.at(self.now + AGAIN, again);
        }
        match phase {
            Phase::Firing => drop(self.heard.insert(nth)),
            Phase::Ended => self.at(self.now + RECOVERY.as_millis() as Ms + 1, Happens::Nudge),
        }
    }

    /// The server ends, for as long as it takes.
    pub(super) fn ends(&mut self, down_for: Ms) {
        self.server.kill(self.now, down_for);
        self.tries.clear();
    }

    /// Somebody has a message; most people take the page then.
    pub(super) fn reached(&mut self, taken: Taken) {
        if self.random.chance(ANSWERS) {
            let after = self.random.between(ANSWERS_WITHIN.0, ANSWERS_WITHIN.1);
            let (page, person) = (taken.page, taken.person.clone());
            self.at(self.now + after, Happens::Takes { page, person });
        }
        self.taken.push(taken);
    }

    pub(super) fn takes(&mut self, page: PageId, person: PersonId) {
        let is_free = self.server.read(|shared| shared.state.pages[&page].acknowledged.is_none());
        if is_free == Some(false) {
            return;
        }
        if !self.command(&Input::Acknowledge { page }, &format!("person/{person}")) {
            return self.at(self.now + AGAIN, Happens::Takes { page, person });
        }
        let acted = self.random.chance(0.6);
        self.at(self.now + JUDGES_AFTER, Happens::Judges { page, acted });
    }

    pub(super) fn silence(&mut self, service: usize, lasts: Ms) {
        let wanted = AlertSilencedV1 {
            service: self.service(service),
            rule: None,
            until: moment(self.now + lasts),
            reason: "work that was agreed".to_owned(),
        };
        if self.command(&Input::Silence(wanted), "sim") {
            self.silences.push((service, self.now, self.now + lasts));
            self.at(self.now + lasts + 1, Happens::Nudge);
        }
    }

    /// Ships a version; it is healthy at once, and its judge looks a minute later.
    pub(super) fn ship(&mut self, service: usize, is_bad: bool) {
        let name = self.service(service);
        let version = format!("v{}", self.deploys + 1);
        let request: ShipRequest =
            serde_json::from_value(serde_json::json!({ "version": version, "address": "127.0.0.1:9" }))
                .expect("a request");
        if !self.command(&Input::Ship { service: name.clone(), request: Box::new(request) }, "sim") {
            return;
        }
        self.deploys += 1;
        let state = InstanceState::Healthy { address: "127.0.0.1:9".to_owned(), took_ms: 5 };
        let version = version.parse().expect(NAME);
        let instance = format!("at-{}", self.deploys);
        let seen = ObservedInstance { service: name, version, instance, state };
        self.command(&Input::Observed(Observed { desired: None, instances: vec![seen] }), "up");
        self.at(self.now + 60_000, Happens::Judged { service, is_bad });
    }

    /// The judge's word on the step that a rollout is at, until there is no other.
    pub(super) fn judged(&mut self, service: usize, is_bad: bool) {
        let name = self.service(service);
        let at = self.server.read(|shared| {
            let rollout = shared.state.serving.get(&name)?.latest?;
            Some((rollout, shared.state.rollouts.get(&rollout)?.step()?))
        });
        if let Some(Some((rollout, step))) = at {
            let verdict = match is_bad {
                true => Verdict::Abort { metric: MetricName::Errors, log_e: 7.0 },
                false => Verdict::Promote { log_e: 4.0 },
            };
            let judged = Judged { rollout, step, verdict, first_bad_at: None, stuck_since: None };
            self.command(&Input::Judged(Box::new(judged)), "judge");
        }
        if at != Some(None) {
            self.at(self.now + 60_000, Happens::Judged { service, is_bad });
        }
    }

    /// Somebody who holds a day gives it to another: by a swap that both agree to, or because they are off.
    pub(super) fn stand_in(&mut self, crew: usize, is_swap: bool) {
        let day = self.random.between(AHEAD_DAYS.0, AHEAD_DAYS.1);
        let from = moment(self.now) + SignedDuration::from_hours(24 * day.cast_signed());
        let until = from + SignedDuration::from_hours(24);
        let turns = &self.organisation.crews[crew].turns;
        let hours = || (0..24).map(|hour| from + HOUR * hour).chain([until - SignedDuration::from_secs(1)]);
        let Some(who) = turns.by_file(0, from).cloned() else { return };
        let is_on = |person: &PersonId| {
            hours().any(|at| (0..turns.levels).any(|level| turns.by_file(level, at) == Some(person)))
        };
        let free: Vec<&PersonId> = turns.below.people.iter().filter(|person| !is_on(person)).collect();
        let overlaps = turns.stand_ins.iter().any(|one| one.from < until && from < one.until);
        if free.is_empty() || overlaps {
            return;
        }
        let with = (*self.random.pick(&free)).clone();
        let holds_all_of_it = hours().all(|at| turns.by_file(0, at) == Some(&who));
        let done = match is_swap && holds_all_of_it {
            true => self.swap(crew, &who, &with, HeldV1 { level: 0, from, until }),
            false => self.time_off(crew, &who, &with, (from, until)),
        };
        if done {
            self.organisation.crews[crew].turns.stand_ins.push(StandsIn { who, with, from, until });
        }
    }

    fn swap(&mut self, crew: usize, by: &PersonId, to: &PersonId, gives: HeldV1) -> bool {
        let rotation = self.organisation.crews[crew].rota.clone();
        let wanted =
            OfferWanted { rotation: rotation.clone(), by: by.clone(), gives, to: Some(to.clone()), takes: None };
        if !self.command(&Input::OfferSwap(Box::new(wanted)), "sim") {
            return false;
        }
        let offer = self.server.read(|shared| shared.state.rotas[&rotation].offers.keys().next_back().copied());
        let Some(Some(id)) = offer else { return false };
        let agrees = |person: &PersonId| (Input::AgreeSwap { id, person: person.clone() }, format!("person/{person}"));
        [agrees(by), agrees(to)].iter().all(|(input, actor)| self.command(input, actor))
    }

    fn time_off(
        &mut self,
        crew: usize,
        who: &PersonId,
        with: &PersonId,
        (from, until): (Timestamp, Timestamp),
    ) -> bool {
        let change = StandIn::Replace { who: who.clone(), with: with.clone() };
        let rotation = self.organisation.crews[crew].rota.clone();
        let wanted = OverrideWanted { rotation, change, level: None, from, until };
        self.command(&Input::SetOverride(Box::new(wanted)), "sim")
    }

    fn service(&self, nth: usize) -> ServiceId {
        self.organisation.services[nth].0.clone()
    }
}

/// Returns the instant of a virtual time.
pub(super) fn moment(at: Ms) -> Timestamp {
    BEGIN + SignedDuration::from_millis(at.cast_signed())
}
