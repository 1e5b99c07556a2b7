//! Folds the ledger into state and decides what happens next.
//!
//! Three pure parts: [`State`] is folded from the ledger and from nothing else; [`step`] takes state, an input and
//! `now`, and gives events; [`Watch`] turns gateways' reports into verdicts. Nothing here does IO, so the
//! simulator runs exactly what production runs. Invariant: folding the events of a run gives the state of the run.

mod age;
pub mod desired;
mod evidence;
mod fact;
mod input;
pub mod outbox;
mod ownership;
pub mod readiness;
mod rota;
pub mod state;
mod step;
pub mod view;
pub mod watch;

pub use fact::{Fact, NewFact};
pub use input::{
    ActionDone, CalendarSays, CauseWanted, ControlDone, ControlTotal, ControlTotals, Cx, IncidentDone, IncidentWanted,
    Input, OfferWanted, OutwardDone, OverrideWanted, Refusal, StartWanted, TicketDone, WindowWanted, Word,
};
pub use state::State;
pub use step::{RowWanted, RowWord, control_meant, plan, speaks_for, step};
pub use watch::Watch;
