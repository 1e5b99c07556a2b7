//! State: one value folded from the ledger, and from nothing else.
//!
//! [`State::apply`] is total: an event that does not fit what is known (a rollout nobody started) changes nothing but
//! the position, because a ledger that was written is the truth and folding it must never fail.

mod account;
mod action;
mod alert;
mod announced;
mod calendar;
mod catalogue;
mod control;
mod downtime;
mod incident;
mod observation;
mod outward;
mod page;
mod rollout;
mod rota;
mod row;
mod ticket;
mod version;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seaworthy_alert::Alerts;
use seaworthy_contract::events::Event;
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_model::{
    ActionRunId, ControlId, GatewayName, PageId, Position, RolloutId, RotationId, ServiceId, TokenId,
};
use uuid::Uuid;

pub use account::{AccountRecord, Accounts};
pub use action::RunRecord;
pub(crate) use alert::change;
pub(crate) use announced::Announced;
pub use calendar::{CalendarRecord, LostCalendar};
pub(crate) use calendar::{joined, within};
pub use catalogue::{Catalogue, Declared};
pub use control::ControlRecord;
pub use downtime::{Downtime, FunctionKey, Recorded, WindowRecord, function_name};
pub use incident::{IncidentRecord, Incidents, Line, Noted, NotedChange};
pub(crate) use incident::{is_meant, moment, role, stands};
pub use observation::{ObservationRecord, Observations};
pub(crate) use outward::thread_of;
pub use outward::{Item, Outward, WAITING_MAX, Waiting};
use page::Taken;
pub use page::{Call, ChannelState, Climb, Exhausted, PageRecord};
pub use rollout::{Placed, RolloutRecord};
pub use rota::{DeclaredRota, Membership, Offer, Rota, Started};
pub use row::{RowWords, Rows};
pub use ticket::{TicketRecord, Tickets};
pub use version::{Health, Serving, VersionRecord};

use crate::Fact;

/// Everything the control plane knows that must survive it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// Position of the last event folded in.
    pub position: Position,
    /// When that was recorded.
    pub at: Option<Timestamp>,
    /// When the first event was recorded: of what was before, nothing is known.
    pub began_at: Option<Timestamp>,
    /// What the files say.
    pub catalogue: Catalogue,
    /// What runs and serves, by service.
    pub serving: BTreeMap<ServiceId, Serving>,
    /// Every rollout.
    pub rollouts: BTreeMap<RolloutId, RolloutRecord>,
    /// Every page.
    pub pages: BTreeMap<PageId, PageRecord>,
    /// What changed rotations beside their files, who joined them, and how they were declared before.
    pub rotas: BTreeMap<RotationId, Rota>,
    /// What is wrong, what is silenced, and what every rule has been worth.
    pub alerts: Alerts,
    /// Controls over services' traffic.
    pub controls: BTreeMap<ControlId, ControlRecord>,
    /// Runs of command hooks.
    pub runs: BTreeMap<ActionRunId, RunRecord>,
    /// What went wrong, who came, and what changed lately.
    pub incidents: Incidents,
    /// What wakes nobody and waits to be looked at.
    pub tickets: Tickets,
    /// What waits for other systems.
    pub outward: Outward,
    /// What was seen of services since when, and what was declared.
    pub downtime: Downtime,
    /// What collectors saw outside.
    pub observations: Observations,
    /// What people said of rows of readiness.
    pub rows: Rows,
    /// The last start of each gateway.
    pub gateways: BTreeMap<GatewayName, Uuid>,
    /// Break-glass entries that were appended.
    pub break_glass: BTreeSet<Uuid>,
    /// When the control plane started last.
    pub started_at: Option<Timestamp>,
    /// Credentials that are not withdrawn: what they may do and until when. Their hashes are elsewhere.
    pub tokens: BTreeMap<TokenId, TokenRecord>,
    /// Who may sign in here as themselves, and who no longer.
    pub accounts: Accounts,
    /// Position of the last event that changed what gateways should do.
    pub config_version: Position,
    /// Position of the last event that changed what should run.
    pub desired_version: Position,
}

/// A credential.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenRecord {
    /// What it may do.
    pub scope: ScopeV4,
    /// What it is for.
    pub label: String,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

impl TokenRecord {
    /// Says whether it has not ended.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| end > now)
    }
}

impl State {
    /// Folds one fact in.
    pub fn apply(&mut self, fact: &Fact) {
        self.note_change(fact);
        self.position = fact.position;
        self.at = Some(fact.at);
        self.began_at.get_or_insert(fact.at);
        match &fact.event {
            Event::EntityDeclared(e) => {
                self.declare_rota(&e.entity, fact);
                self.catalogue.declare(e, fact);
            }
            Event::EntityClaimed(e) => self.catalogue.claim(e),
            Event::EntityRetired(e) => {
                self.catalogue.retire(e);
                self.forget_lives(e);
                if e.kind == "service" {
                    self.downtime.forget(&e.name, fact.at, fact.position);
                    self.observations.forget(&e.name);
                    self.rows.forget(&e.name);
                }
            }
            Event::VersionRegistered(e) => self.serving.entry(e.service.clone()).or_default().register(e, fact),
            Event::VersionBecameHealthy(_) | Event::VersionFailedToStart(_) | Event::VersionExited(_) => {
                self.apply_health(fact);
            }
            Event::RolloutStarted(_)
            | Event::RolloutStepEntered(_)
            | Event::RolloutHeld(_)
            | Event::RolloutResumed(_)
            | Event::RolloutPromoted(_)
            | Event::RolloutReverted(_)
            | Event::RevertConfirmed(_)
            | Event::BakeEnded(_) => self.apply_rollout(fact),
            Event::PageRequested(e) => {
                self.pages.insert(e.page, PageRecord::new(e, fact));
                if let Some(record) = e.rollout.and_then(|rollout| self.rollouts.get_mut(&rollout)) {
                    record.paged_at = Some(fact.at);
                }
            }
            Event::PageDelivered(e) => self.change_page(e.page, |page| page.delivered(&e.channel, fact.at)),
            Event::PageUndeliverable(e) => {
                self.change_page(e.page, |page| page.undeliverable(&e.channel, &e.reason, fact.at));
            }
            Event::PageEscalated(e) => self.change_page(e.page, |page| page.escalate(e, fact.at)),
            Event::PageExhausted(e) => self.change_page(e.page, |page| page.climb.exhaust(e, fact.at)),
            Event::PageCalled(e) => self.change_page(e.page, |page| page.climb.call(e, fact.at)),
            Event::PageTold(e) => self.change_page(e.page, |page| page.climb.tell(e)),
            Event::PageAcknowledged(e) => {
                let taken = if alert::is_person(&fact.actor) { Taken::Person } else { Taken::Somebody };
                self.change_page(e.page, |page| page.acknowledge(fact, taken));
                self.apply_alert(fact);
            }
            Event::PageJudged(e) => {
                self.change_page(e.page, |page| page.verdict = Some(e.verdict));
                self.apply_alert(fact);
            }
            Event::AlertFired(_)
            | Event::AlertJoined(_)
            | Event::AlertLeft(_)
            | Event::AlertFolded(_)
            | Event::AlertResolved(_)
            | Event::AlertPaged(_)
            | Event::AlertSilenced(_)
            | Event::AlertUnsilenced(_)
            | Event::RuleChanged(_) => self.apply_alert(fact),
            Event::DowntimeStateChanged(_)
            | Event::DowntimeWindowAnnounced(_)
            | Event::DowntimeWindowCancelled(_)
            | Event::DowntimeCauseNamed(_) => self.apply_downtime(fact),
            Event::ControlSet(_)
            | Event::ControlExtended(_)
            | Event::ControlConfirmed(_)
            | Event::ControlCleared(_) => self.apply_control(fact),
            Event::ActionAsked(_) | Event::ActionStarted(_) | Event::ActionEnded(_) => self.apply_action(fact),
            Event::RotaOverrideSet(_)
            | Event::RotaOverrideCleared(_)
            | Event::RotaSwapOffered(_)
            | Event::RotaSwapAgreed(_)
            | Event::RotaSwapWithdrawn(_)
            | Event::RotaMemberAccepted(_)
            | Event::RotaMemberLeft(_)
            | Event::RotaStarted(_)
            | Event::RotaCalendarRead(_)
            | Event::RotaCalendarLost(_) => self.apply_rota(fact),
            Event::RowExcepted(_)
            | Event::RowExceptionEnded(_)
            | Event::RowAttested(_)
            | Event::RowAttestationEnded(_) => self.apply_row(fact),
            Event::ObservationTaken(e) => self.observations.take(e, fact),
            Event::GatewayJoined(e) => drop(self.gateways.insert(e.gateway.clone(), e.boot)),
            Event::BreakGlassUsed(e) => self.apply_break_glass(e),
            Event::TokenIssued(e) => drop(self.tokens.insert(
                e.token,
                TokenRecord { scope: e.scope.clone(), label: e.label.clone(), expires_at: e.expires_at },
            )),
            Event::TokenRevoked(e) => drop(self.tokens.remove(&e.token)),
            Event::AccountOpened(e) => self.accounts.open(e),
            Event::AccountClosed(e) => self.accounts.close(e),
            Event::ServerStarted(_) => self.started_at = Some(fact.at),
            Event::IncidentOpened(_)
            | Event::IncidentPageJoined(_)
            | Event::IncidentJoined(_)
            | Event::IncidentRoleTaken(_)
            | Event::IncidentUpdatePosted(_)
            | Event::IncidentHelpAsked(_)
            | Event::IncidentRestored(_)
            | Event::IncidentReopened(_)
            | Event::IncidentClosed(_)
            | Event::IncidentClockSet(_)
            | Event::TicketOpened(_)
            | Event::TicketJoined(_)
            | Event::TicketEnded(_)
            | Event::TicketClosed(_)
            | Event::TicketReopened(_)
            | Event::OutwardDelivered(_)
            | Event::OutwardUndeliverable(_) => {
                // Incidents, tickets and outlets look at every fact, below.
            }
            // What tripped, and that a link was made, is history; what follows from it are events of their own.
            Event::GuardTripped(_) | Event::AccountInvited(_) | Event::Unknown { .. } => {}
        }
        self.apply_incident(fact);
        self.apply_ticket(fact);
        self.apply_outward(fact);
        if changes_config(&fact.event) {
            self.config_version = fact.position;
        }
        if changes_desired(&fact.event) {
            self.desired_version = fact.position;
        }
    }

    /// Folds facts in, oldest first.
    pub fn fold<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        let mut state = Self::default();
        facts.into_iter().for_each(|fact| state.apply(fact));
        state
    }

    fn change_page(&mut self, page: PageId, change: impl FnOnce(&mut PageRecord)) {
        if let Some(record) = self.pages.get_mut(&page) {
            change(record);
        }
    }
}

/// Whether gateways must be told. By type, not by comparing configs: a version is then the position of an event that
/// anybody can look up.
fn changes_config(event: &Event) -> bool {
    matches!(
        event,
        Event::EntityDeclared(_)
            | Event::EntityRetired(_)
            | Event::VersionBecameHealthy(_)
            | Event::RolloutStepEntered(_)
            | Event::RolloutPromoted(_)
            | Event::RolloutReverted(_)
            | Event::ControlSet(_)
            | Event::ControlExtended(_)
            | Event::ControlCleared(_)
    )
}

/// Whether supervisors must be told.
fn changes_desired(event: &Event) -> bool {
    matches!(
        event,
        Event::EntityDeclared(_)
            | Event::EntityRetired(_)
            | Event::VersionRegistered(_)
            | Event::RolloutStarted(_)
            | Event::RolloutPromoted(_)
            | Event::RolloutReverted(_)
            | Event::RevertConfirmed(_)
            | Event::BakeEnded(_)
    )
}
