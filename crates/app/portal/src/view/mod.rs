//! One struct a page.

mod alert;
mod alerts;
mod ask;
mod contacts;
mod controls;
mod downtime;
mod error;
mod home;
mod incidents;
mod judging;
mod ledger;
mod me;
mod objective;
mod objectives;
mod page;
mod pages;
mod password;
mod probes;
mod ready;
mod review;
mod rollout;
mod rollouts;
mod rota;
mod rules;
mod service;
mod services;
mod sign_in;
mod tickets;
mod week;
mod who;
mod words;

pub use alert::{AlertFacts, AlertView};
pub use alerts::{AlertsFacts, AlertsPage};
pub use ask::{Answer, AskPage};
pub use contacts::{ContactRow, ContactsPage};
pub use controls::{ControlAsk, ControlRow, ControlShown, ControlsFacts, ControlsPage};
pub use downtime::{DowntimeFacts, DowntimePage, Draft, Work, days_of, downtime_of, month_of};
pub use error::ErrorPage;
pub use home::{HomeFacts, HomePage};
pub use incidents::{ClockRow, Happened, IncidentPage, IncidentRow, IncidentsPage};
pub use ledger::LedgerView;
pub use me::{MeFacts, MePage, NextShift, Waits};
pub use objective::{ObjectiveFacts, ObjectivePage};
pub use objectives::ObjectivesPage;
pub use page::{
    ActionCard, BlockShown, ChannelRow, Done, HookField, HookForm, HookRunShown, PageFacts, PagePage, PersonRow,
    RunbookShown, SeenLine, SuspectLine, Worth,
};
pub use pages::PagesPage;
pub use password::PasswordPage;
pub use probes::{ProbePage, ProbesPage};
pub use ready::{ReadyFacts, ReadyPage};
pub use review::ReviewPage;
pub use rollout::{RolloutFacts, RolloutPage};
pub use rollouts::RolloutsPage;
pub use rota::{RotaBar, RotaFacts, RotaLine, RotaNowRow, RotaPage, RotaPlot, RotaRow, RotasPage};
pub use rules::{RulesFacts, RulesPage};
pub use service::{ServiceFacts, ServicePage};
pub use services::ServicesPage;
pub use sign_in::{SignInPage, SignInRefused};
pub use tickets::{TicketRow, TicketsFacts, TicketsPage};
pub use week::{Lane, LaneFacts, Lanes, WeekFacts, WeekPageView, WeeksPage};
pub use who::WhoPage;
