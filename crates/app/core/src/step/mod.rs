//! One step: state, an input and `now` in; events out, or a refusal. One file a noun.

mod account;
mod action;
mod alert;
mod calendar;
mod catalogue;
pub(crate) mod control;
mod document;
pub(crate) mod downtime;
pub(crate) mod escalation;
mod fit;
mod gateway;
mod incident;
mod observation;
mod outward;
mod page;
mod process;
mod rollout;
mod rota;
mod row;
mod ship;
mod source;
mod ticket;
mod token;

pub(crate) use alert::{hard, speaks_of};
pub use catalogue::plan;
pub use control::meant as control_meant;
pub(crate) use fit::one_line;
pub(crate) use page::{CONTACTS, PORTAL};
pub use row::{RowWanted, RowWord};
pub use source::speaks_for;

use seaworthy_contract::events::server::ServerStartedV1;

use crate::{Cx, Input, NewFact, Refusal, State};

/// Decides what follows from an input. Nothing has happened until the events are durable and folded in.
///
/// # Errors
/// When the input asks for something that the state does not allow. Signals of machines are never refused: what does
/// not fit gives no events.
pub fn step(state: &State, input: &Input, cx: &mut Cx) -> Result<Vec<NewFact>, Refusal> {
    match input {
        Input::Apply(document, used) => catalogue::apply(state, document, used, cx),
        Input::Ship { service, request } => rollout::ship(state, service, request, cx),
        Input::Revert { rollout, reason } => rollout::revert(state, *rollout, reason.as_deref(), cx),
        Input::Hold { rollout, reason } => rollout::hold(state, *rollout, reason.as_deref(), cx),
        Input::Resume { rollout } => rollout::resume(state, *rollout, cx),
        Input::Acknowledge { page } => page::acknowledge(state, *page),
        Input::Observed(observed) => Ok(process::observed(state, observed, cx)),
        Input::GatewayJoined { gateway, boot } => Ok(gateway::joined(state, gateway, *boot)),
        Input::GuardTripped { gateway, trip } => Ok(gateway::guard_tripped(state, gateway, trip, cx)),
        Input::BreakGlassUsed { gateway, entry } => Ok(gateway::break_glass_used(state, gateway, entry, cx)),
        Input::Judged(judged) => Ok(rollout::judged(state, judged, cx)),
        Input::Drained(drained) => Ok(rollout::drained(state, drained, cx)),
        Input::Downtime(change) => Ok(downtime::changed(state, change)),
        Input::Control(wanted) => control::done(state, wanted, cx),
        Input::Action(wanted) => action::done(state, wanted, cx),
        Input::AnnounceWindow(wanted) => downtime::announce(state, wanted, cx),
        Input::CancelWindow { window } => downtime::cancel(state, *window, cx),
        Input::NameCause(wanted) => downtime::name_cause(state, wanted),
        Input::Signal(signal) => Ok(alert::signal(state, signal, cx)),
        Input::Heard(words) => Ok(alert::heard(state, words, cx)),
        Input::Silence(wanted) => alert::silence(state, wanted, cx),
        Input::Unsilence(wanted) => alert::unsilence(state, wanted, cx),
        Input::JudgePage { page, verdict } => alert::judge(state, *page, *verdict),
        Input::Incident(wanted) => incident::wanted(state, wanted, cx),
        Input::ChangeRule { rule, change } => alert::change_rule(state, rule, *change),
        Input::Drill { rule } => alert::drill(state, rule, cx),
        Input::PageDelivered { page, channel, attempt } => Ok(page::delivered(state, *page, channel, *attempt)),
        Input::PageCalled { page, channel, contact, attempt } => {
            Ok(page::called(state, *page, channel, *contact, *attempt))
        }
        Input::PageTold { page, channel, contact, news } => Ok(page::told(state, *page, channel, *contact, *news)),
        Input::PageUndeliverable { page, channel, attempts, reason } => {
            Ok(page::undeliverable(state, *page, channel, *attempts, reason))
        }
        Input::ContactsChanged { people } => Ok(escalation::reachable(state, people)),
        Input::SetOverride(wanted) => rota::set(state, wanted, cx),
        Input::ClearOverride { rotation, id } => rota::clear(state, rotation, *id, cx),
        Input::OfferSwap(wanted) => rota::offer(state, wanted, cx),
        Input::AgreeSwap { id, person } => rota::agree(state, *id, person, cx),
        Input::WithdrawSwap { id } => rota::withdraw(state, *id, cx),
        Input::JoinRota { rotation, person } => rota::join(state, rotation, person),
        Input::LeaveRota { rotation, person } => Ok(rota::leave(state, rotation, person)),
        Input::StartRota(wanted) => rota::start(state, wanted),
        Input::SayOfRow(wanted) => row::said(state, wanted, cx),
        Input::ObservationsTaken(sent) => observation::taken(state, sent, cx),
        Input::Ticket { ticket, done } => ticket::done(state, *ticket, done),
        Input::CalendarRead(says) => Ok(calendar::read(state, says, cx.now)),
        Input::CalendarLost { rotation, why, read_at } => Ok(calendar::lost(state, rotation, *why, *read_at, cx.now)),
        Input::Outward(said) => Ok(outward::done(state, said)),
        Input::TokenIssued { token, scope, label, expires_at } => {
            token::issued(state, *token, scope, label, *expires_at, cx.now)
        }
        Input::TokenRevoked { token } => token::revoked(state, *token, cx.now),
        Input::OpenAccount { person, role } => account::open(state, person, *role),
        Input::InviteAccount { person } => account::invite(state, person),
        Input::CloseAccount { person } => account::close(state, person),
        Input::Started { boot, program } => {
            let started = NewFact::new("server", ServerStartedV1 { boot: *boot, program: program.clone() });
            Ok([started].into_iter().chain(action::lost(state)).collect())
        }
        Input::Tick => Ok(rollout::tick(state, cx)
            .into_iter()
            .chain(incident::told(state, alert::tick(state, cx), cx))
            .chain(incident::tick(state, cx))
            .chain(escalation::tick(state, cx.now))
            .chain(ticket::tick(state, cx))
            .chain(downtime::tick(state))
            .chain(action::tick(state, cx.now))
            .collect()),
    }
}
