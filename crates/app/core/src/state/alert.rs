//! Alerts: the ledger's events become the domain's, which folds them.

use seaworthy_alert::{Change, Event as Alerting, Nature, Phase, Purpose, Signal, Silence, Urgency, Verdict};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::alert::{self, NatureV1, RuleChangeV1, VerdictV1};

use super::State;
use crate::Fact;

impl State {
    pub(super) fn apply_alert(&mut self, fact: &Fact) {
        if matches!(fact.event, Event::PageAcknowledged(_)) && !is_person(&fact.actor) {
            // Whoever holds a credential took it, or another system: no word of whether ours reaches the person.
            return;
        }
        if let Some(event) = domain(&fact.event) {
            self.alerts.apply(&event, fact.at);
        }
    }
}

/// Says whether an actor is a person who is known to be that person, and not a credential that anybody may hold.
pub(super) fn is_person(actor: &str) -> bool {
    actor.starts_with("person/")
}

fn domain(event: &Event) -> Option<Alerting> {
    Some(match event {
        Event::AlertFired(e) => {
            let signal = Signal {
                rule: e.rule.clone(),
                service: e.service.clone(),
                symptom: e.symptom.clone(),
                nature: nature(e.nature),
                urgency: urgency(e.urgency),
                phase: Phase::Firing,
                purpose: if e.drill { Purpose::Drill } else { Purpose::Real },
                began_at: e.began_at,
                sentence: e.sentence.clone(),
            };
            Alerting::Fired { alert: e.alert, signal, folded_into: e.folded_into }
        }
        Event::AlertJoined(e) => Alerting::Joined {
            alert: e.alert,
            rule: e.rule.clone(),
            urgency: urgency(e.urgency),
            nature: nature(e.nature),
        },
        Event::AlertLeft(e) => Alerting::Left { alert: e.alert, rule: e.rule.clone() },
        Event::AlertFolded(e) => match e.into {
            Some(into) => Alerting::Folded { alert: e.alert, into },
            None => Alerting::Unfolded { alert: e.alert },
        },
        Event::AlertResolved(e) => Alerting::Resolved { alert: e.alert },
        Event::AlertPaged(e) => Alerting::Paged { alert: e.alert, page: e.page },
        Event::PageAcknowledged(e) => Alerting::Reached { page: e.page },
        Event::PageJudged(e) => Alerting::Judged { page: e.page, verdict: verdict(e.verdict) },
        Event::AlertSilenced(e) => Alerting::Silenced(Silence {
            service: e.service.clone(),
            rule: e.rule.clone(),
            until: e.until,
            reason: e.reason.clone(),
        }),
        Event::AlertUnsilenced(e) => Alerting::Unsilenced(e.service.clone(), e.rule.clone()),
        Event::RuleChanged(e) => Alerting::RuleChanged { rule: e.rule.clone(), change: change(e.change) },
        _ => return None,
    })
}

pub(crate) fn urgency(urgency: alert::Urgency) -> Urgency {
    match urgency {
        alert::Urgency::Ticket => Urgency::Ticket,
        alert::Urgency::Page => Urgency::Page,
    }
}

fn nature(nature: NatureV1) -> Nature {
    match nature {
        NatureV1::Symptom => Nature::Symptom,
        NatureV1::Cause => Nature::Cause,
    }
}

fn verdict(verdict: VerdictV1) -> Verdict {
    match verdict {
        VerdictV1::Acted => Verdict::Acted,
        VerdictV1::NothingToDo => Verdict::Nothing,
        VerdictV1::NotOurs => Verdict::NotOurs,
    }
}

pub(crate) fn change(change: RuleChangeV1) -> Change {
    match change {
        RuleChangeV1::Demote => Change::Demote,
        RuleChangeV1::Raise => Change::Raise,
        RuleChangeV1::Delete => Change::Delete,
        RuleChangeV1::Restore => Change::Restore,
    }
}
