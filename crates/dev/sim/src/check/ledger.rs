//! What must hold of the ledger: the checker folds it itself, whatever the server believes.

use std::collections::BTreeMap;

use seaworthy_contract::events::Event;
use seaworthy_contract::events::rollout::{RevertCauseV1, RevertConfirmedV1};
use seaworthy_contract::gateway::Config;
use seaworthy_contract::process::Desired;
use seaworthy_core::desired::{desired_processes, gateway_config};
use seaworthy_core::state::{Health, RolloutRecord};
use seaworthy_core::{Fact, State};
use seaworthy_model::{EventId, Position, RolloutId, Share};

use super::Violations;

/// What the ledger says.
#[derive(Default)]
pub(crate) struct Truth {
    pub(crate) state: State,
    pub(crate) facts: Vec<Fact>,
    config: Config,
    desired: Desired,
    pages: BTreeMap<RolloutId, usize>,
}

impl Truth {
    /// Folds what is new and checks each event against what was so before it.
    pub(crate) fn follow(&mut self, facts: Vec<Fact>, violations: &mut Violations) {
        for fact in facts {
            self.before(&fact, violations);
            self.state.apply(&fact);
            self.after(&fact, violations);
            self.facts.push(fact);
        }
    }

    fn before(&mut self, fact: &Fact, violations: &mut Violations) {
        let state = &self.state;
        violations.unless(fact.position == state.position + 1, || format!("#{} leaves a gap", fact.position));
        let at = fact.position;
        match &fact.event {
            Event::RolloutStarted(e) => {
                let latest = state.serving.get(&e.service).and_then(|s| state.rollouts.get(&s.latest?));
                let free = latest.is_none_or(|record| record.is_over() && !record.is_reverting());
                violations.unless(free, || format!("#{at} starts a second change of {}", e.service));
                let stable = state.serving.get(&e.service).and_then(|s| s.stable.clone());
                violations.unless(stable == e.baseline, || format!("#{at} is compared with what does not serve"));
            }
            Event::RolloutStepEntered(e) => self.share_grows(at, e.rollout, e.share, violations),
            Event::RolloutPromoted(e) => self.share_grows(at, e.rollout, Share::ALL, violations),
            Event::RevertConfirmed(e) => {
                let record = state.rollouts.get(&e.rollout);
                violations.unless(record.is_some_and(RolloutRecord::is_reverting), || {
                    format!("#{at} confirms a revert that nobody decided")
                });
                self.measured(at, e, violations);
            }
            Event::PageRequested(e) => {
                let pages = self.pages.entry(e.rollout.unwrap_or(RolloutId::from_uuid(uuid::Uuid::nil()))).or_default();
                *pages += 1;
                violations.unless(*pages == 1, || format!("#{at} pages twice about one rollout"));
            }
            _ => {}
        }
    }

    fn share_grows(&self, at: Position, rollout: RolloutId, share: Share, violations: &mut Violations) {
        let Some(record) = self.state.rollouts.get(&rollout) else {
            return violations.unless(false, || format!("#{at} is about a rollout that nobody started"));
        };
        violations.unless(!record.is_over(), || format!("#{at}: a rollout that is over grows"));
        violations.unless(record.share() < share, || format!("#{at}: the share does not grow"));
        let health = self.state.version(record.service(), record.version()).map(|version| &version.health);
        let first = record.share() == Share::ZERO;
        violations.unless(!first || matches!(health, Some(Health::Healthy { .. })), || {
            format!("#{at}: a version that is not healthy gets users: {health:?}")
        });
    }

    fn measured(&self, at: Position, event: &RevertConfirmedV1, violations: &mut Violations) {
        let times = [event.decision_to_last_assignment_s, event.decision_to_last_response_s];
        violations
            .unless(times.iter().all(|s| s.is_finite() && *s >= 0.0), || format!("#{at}: no such times {times:?}"));
        violations
            .unless(event.canary_failures <= event.canary_requests, || format!("#{at}: more failures than requests"));
    }

    fn after(&mut self, fact: &Fact, violations: &mut Violations) {
        let (at, state) = (fact.position, &self.state);
        let config = gateway_config(state);
        violations.unless(config.version == self.config.version || config.version == at, || {
            format!("#{at}: the config's version is the place of no event")
        });
        violations.unless(config == self.config || config.version == at, || {
            format!("#{at} changes the config without its version: {}", fact.event.kind().0)
        });
        let desired = desired_processes(state);
        violations.unless(desired == self.desired || desired.version == at, || {
            format!("#{at} changes what should run without its version: {}", fact.event.kind().0)
        });
        for service in &config.services {
            let reverted =
                service.canary.as_ref().and_then(|c| state.rollouts.get(&c.rollout)).map(RolloutRecord::is_over);
            violations.unless(reverted != Some(true), || format!("#{at}: a canary that is over stays in the config"));
        }
        for (name, serving) in &state.serving {
            let promoted = state.rollouts.values().filter(|r| r.service() == name && r.promoted.is_some());
            let expected = promoted.filter(|r| r.reverted.is_none()).max_by_key(|r| r.promoted.map(|(_, place)| place));
            let stable = expected.map(RolloutRecord::version);
            violations.unless(serving.stable.as_ref() == stable, || {
                format!(
                    "#{at}: {name}'s stable is {:?}, the last that was promoted and not reverted {stable:?}",
                    serving.stable
                )
            });
        }
        (self.config, self.desired) = (config, desired);
    }

    /// Checks what must hold when everything has settled.
    pub(crate) fn settled(&self, acknowledged: &[(Position, EventId)], violations: &mut Violations) {
        for (position, id) in acknowledged {
            let kept = self.facts.get(usize::try_from(*position).unwrap_or(usize::MAX).wrapping_sub(1));
            violations.unless(kept.is_some_and(|fact| fact.id == *id), || {
                format!("#{position} was acknowledged and is lost")
            });
        }
        let waiting = seaworthy_core::outbox::waiting(&self.state).count();
        violations.unless(waiting == 0, || format!("{waiting} messages never left"));
        for record in self.state.rollouts.values() {
            let name = format!("{} {}", record.service(), record.version());
            violations.unless(!record.is_reverting(), || format!("the revert of {name} is never confirmed"));
            let Some(reverted) = &record.reverted else { continue };
            let by_machine = matches!(reverted.event.cause, RevertCauseV1::Judge | RevertCauseV1::Guard);
            let pages = self.pages.get(&record.id()).copied().unwrap_or(0);
            let wanted = usize::from(by_machine && self.state.catalogue.service(record.service()).is_some());
            violations.unless(pages == wanted || !by_machine, || format!("{pages} pages about the revert of {name}"));
            violations.unless(by_machine || pages == 0, || format!("a page about {name}, which a person took off"));
        }
    }
}
