//! Tickets as a page, and closing one there.

use axum::extract::{Form, Path};
use axum::response::Response;
use seaworthy_core::{TicketDone, view};
use seaworthy_portal::view::{TicketsFacts, TicketsPage};
use serde::Deserialize;

use super::act::{back, check};
use super::visit::{Visit, changeable};
use crate::http::{Failure, tickets as doing};

pub(super) async fn list(visit: Visit) -> Response {
    let page = visit.app.kernel.look(|look| {
        TicketsPage::new(&TicketsFacts {
            tickets: &view::tickets(look, &view::TicketFilter { all: true, ..view::TicketFilter::default() }),
            csrf: visit.principal.csrf.as_deref(),
            may_change: &changeable(&visit.principal, look),
            now: look.now,
        })
    });
    visit.show(&page)
}

/// What a form of a ticket sends.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    csrf: String,
}

pub(super) async fn act(visit: Visit, Path((id, verb)): Path<(String, String)>, Form(sent): Form<Sent>) -> Response {
    let Visit { app, principal, .. } = visit;
    let done = async {
        check(&principal, &sent.csrf)?;
        let (done, said) = match verb.as_str() {
            "close" => (TicketDone::Closed, "The ticket is closed."),
            "reopen" => (TicketDone::Reopened, "The ticket is open again."),
            _ => return Err(Failure::invalid("a ticket has no such button")),
        };
        doing::act(&app, principal, &id, done).await?;
        Ok(("/tickets".to_owned(), said.to_owned()))
    };
    back(done.await, "/tickets", "")
}
