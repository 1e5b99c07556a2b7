//! Keeps true: how a ticket stands in its team's tracker is known here, where the tracker is asked.
//!
//! One question after the other, each ticket as often as its tracker's file says; what changes is an event, what does not is
//! nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use seaworthy_contract::catalogue::{OutletWay, Tracker};
use seaworthy_core::view::Look;
use seaworthy_core::{Input, OutwardDone};
use seaworthy_integrations::{Channels, Gaps};
use seaworthy_model::{OutletId, TicketId};
use tokio::time::Instant;

use super::said::ticket_gaps;
use crate::kernel::Kernel;

/// How often it is looked whether a question is due.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Questions of one look: with 5 s each at worst, four minutes.
const QUESTIONS_MAX: usize = 50;

/// A closed ticket is asked for so long: who opens it again does so soon.
const CLOSED_FOR: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

struct Question {
    ticket: TicketId,
    outlet: OutletId,
    key: String,
    tracker: Box<Tracker>,
    gaps: Gaps,
}

/// Runs for ever.
pub(crate) async fn run(kernel: Kernel, channels: Arc<Channels>) {
    let mut asked: BTreeMap<TicketId, Instant> = BTreeMap::new();
    loop {
        let mut questions = kernel.look(questions);
        asked.retain(|ticket, _| questions.iter().any(|question| question.ticket == *ticket));
        questions.retain(|question| {
            let every = question.tracker.state.as_ref().and_then(|state| state.ask.as_ref()).map(|ask| ask.every_ms);
            let every = Duration::from_millis(every.unwrap_or(u64::MAX));
            asked.get(&question.ticket).is_none_or(|at| at.elapsed() >= every)
        });
        for question in questions.into_iter().take(QUESTIONS_MAX) {
            asked.insert(question.ticket, Instant::now());
            ask(&kernel, &channels, question).await;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn questions(look: &Look<'_>) -> Vec<Question> {
    let recent = look.now - CLOSED_FOR;
    let tickets =
        look.state.tickets.iter().filter(|(_, record)| record.closed.as_ref().is_none_or(|(at, ..)| *at > recent));
    tickets
        .filter_map(|(ticket, record)| {
            let outlet: OutletId = record.opened.tracker.as_ref()?.parse().ok()?;
            let OutletWay::Tracker(tracker) = &look.state.catalogue.outlet(&outlet)?.way else { return None };
            tracker.state.as_ref()?.ask.as_ref()?;
            let made = look.state.outward.made(&outlet, &format!("ticket/{ticket}"))?;
            let gaps = ticket_gaps(look, *ticket, Some(made), "");
            Some(Question { ticket: *ticket, key: made.key.clone(), tracker: tracker.clone(), gaps, outlet })
        })
        .collect()
}

async fn ask(kernel: &Kernel, channels: &Channels, question: Question) {
    let Question { outlet, key, tracker, gaps, .. } = question;
    match channels.stands(&tracker, &gaps).await {
        Ok(Some(word)) => {
            let done = OutwardDone::Stands { outlet, key, word };
            if let Err(error) = kernel.command(Input::Outward(Box::new(done)), "tracker").await {
                tracing::warn!(%error, "could not note how a ticket stands; asked again later");
            }
        }
        Ok(None) => tracing::warn!(%outlet, "the tracker's answer has no word for how a ticket stands"),
        Err(not) => tracing::warn!(%outlet, why = not.why, "the tracker did not say how a ticket stands"),
    }
}
