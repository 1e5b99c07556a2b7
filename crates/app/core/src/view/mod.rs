//! What outsiders see, from state and watch: one file a noun, each answer an API type.

mod action;
mod alert;
mod contact;
mod control;
mod downtime;
mod hook;
mod incident;
mod ledger;
mod level;
mod objective;
mod observation;
mod on_call;
mod outlet;
mod page;
mod probe;
mod readiness;
mod rollout;
mod rota;
mod rule;
mod service;
mod status;
mod ticket;
mod token;
mod week;
mod who;

use std::collections::BTreeMap;

use seaworthy_contract::catalogue::PersonDetails;
use seaworthy_model::PersonId;

pub use crate::rota::schedule;
pub use action::{action_control, actions};
pub use alert::{
    AlertFilter, alert, alerts, is_left_out, means, open_alerts, open_by, ownership, rules_saying, senders, silences,
};
pub use contact::contacts;
pub use control::{ControlWorked, control, control_preview, controls, controls_set, controls_worked};
pub(crate) use downtime::Promises;
pub use downtime::{
    DowntimeAsked, MonthsAsked, definition, downtime, downtime_at, downtime_concerns, downtime_months, downtime_rules,
    downtime_window,
};
pub use hook::{hook, hooks, run};
pub use incident::{IncidentFilter, incident, incident_of_page, incidents, suspects_of_page};
pub use ledger::sentence;
pub(crate) use level::{at_level, everybody};
pub use objective::{Drawing, Plot, objective, objectives, objectives_after, plot};
pub use observation::observations;
pub use on_call::{OnCallNow, on_call};
pub use outlet::outlets;
pub use page::{helpers, page, pages};
pub use probe::{probe, probers, probes};
pub use readiness::{readiness, readiness_kept, readiness_of_all};
pub use rollout::{rollout, rollouts, series};
pub use rota::{
    RotaAbout, RotaNotice, RotaQuestion, calendar, calendar_shifts, level, local, rota, rota_asks, rota_hours,
    rota_missing, rota_notices, rota_offer, rota_offer_asks, rota_offer_sentence, rota_plan, rota_question, rotas,
};
pub(crate) use rota::{readiness_facts as rota_facts, why};
pub use rule::{review, rule, rule_services, rules};
pub use service::{nearest_service, service, services};
pub use status::status;
pub use ticket::{TicketFilter, ticket, tickets};
pub use token::tokens;
pub(crate) use week::rota_woke_too_often;
pub use week::{wakes_crossed, week};
pub use who::who;

use crate::{State, Watch};

/// Everything that a view may look at.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// What the ledger says.
    pub state: &'a State,
    /// What gateways report.
    pub watch: &'a Watch,
    /// People's names, from beside the ledger.
    pub directory: &'a BTreeMap<PersonId, PersonDetails>,
    /// The time.
    pub now: seaworthy_model::Timestamp,
}

impl Look<'_> {
    /// Returns what people call an actor of the ledger: a credential by what it is for.
    pub fn called(&self, actor: &str) -> String {
        let token = actor.strip_prefix("token/").and_then(|id| id.parse().ok());
        let record = token.and_then(|id| self.state.tokens.get(&id));
        record.map_or_else(|| actor.to_owned(), |record| record.label.clone())
    }

    /// Returns what people call a person.
    pub(crate) fn display_name(&self, person: &PersonId) -> Option<String> {
        self.directory.get(person)?.display_name.clone()
    }
}
