//! Tickets: what wakes nobody and waits to be looked at, in one list.

use std::collections::BTreeSet;

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Ticket, TicketState};
use seaworthy_model::ServiceId;

use crate::chrome::{Nav, PageView};
use crate::part::{Chip, LedgerLink, When};
use crate::text;

/// Most closed tickets on the page: the ledger holds the rest.
const CLOSED_MAX: usize = 30;

/// What the page is made from.
pub struct TicketsFacts<'a> {
    /// Tickets, those that are open first.
    pub tickets: &'a [Ticket],
    /// The form token of the reader's session.
    pub csrf: Option<&'a str>,
    /// The services that the reader may change.
    pub may_change: &'a BTreeSet<ServiceId>,
    /// The time.
    pub now: Timestamp,
}

/// A ticket in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRow {
    /// Its id.
    pub id: String,
    /// How it stands.
    pub chip: Chip,
    /// What is wrong.
    pub sentence: String,
    /// The service.
    pub service: String,
    /// The owning team.
    pub team: String,
    /// When it was opened.
    pub opened: When,
    /// How often it came, where that is more than once.
    pub times: Option<usize>,
    /// When it was closed and by whom.
    pub closed: Option<(When, String)>,
    /// The alert or incident that it is about.
    pub about: Option<(&'static str, String)>,
    /// The tracker that it is in, what that calls it, and its page there.
    pub tracker: Option<(String, String, Option<String>)>,
    /// Where it stands in the ledger.
    pub position: LedgerLink,
    /// The form token and what the button does: word and verb.
    pub button: Option<(String, &'static str, &'static str)>,
}

/// The list.
#[derive(Debug, Template)]
#[template(path = "tickets.html")]
pub struct TicketsPage {
    /// The answer.
    pub headline: String,
    /// Open ones and closed ones: title, anchor, what it says where there is none, rows.
    pub parts: [(&'static str, &'static str, &'static str, Vec<TicketRow>); 2],
}

impl TicketsPage {
    /// Makes the page.
    pub fn new(facts: &TicketsFacts<'_>) -> Self {
        let (closed, open): (Vec<&Ticket>, Vec<&Ticket>) =
            facts.tickets.iter().partition(|ticket| ticket.state == TicketState::Closed);
        let rows = |of: Vec<&Ticket>| of.into_iter().map(|ticket| row(ticket, facts)).collect::<Vec<_>>();
        let headline = match open.len() {
            0 => "No ticket is open.".to_owned(),
            1 => "One ticket is open.".to_owned(),
            n => format!("{} tickets are open.", text::number_word(n)),
        };
        let closed = closed.into_iter().take(CLOSED_MAX).collect();
        let none = "What burns an error budget slowly, and what is a cause alone, opens one; nobody is woken by it.";
        Self { headline, parts: [("Open", "open", none, rows(open)), ("Closed", "closed", "None yet.", rows(closed))] }
    }
}

fn row(ticket: &Ticket, facts: &TicketsFacts<'_>) -> TicketRow {
    let (word, verb) = match ticket.state {
        TicketState::Open | TicketState::Over => ("Close", "close"),
        TicketState::Closed => ("Open again", "reopen"),
    };
    let token = facts.csrf.filter(|_| facts.may_change.contains(&ticket.service));
    let alert = ticket.alert.map(|id| ("alert", format!("/alerts/{id}")));
    TicketRow {
        id: ticket.id.to_string(),
        chip: match ticket.state {
            TicketState::Open => Chip::warn("Goes on"),
            TicketState::Over => Chip::waits("Over, not closed"),
            TicketState::Closed => Chip::ok("Closed"),
        },
        sentence: ticket.sentence.clone(),
        service: ticket.service.to_string(),
        team: ticket.team.to_string(),
        opened: When::age(ticket.opened_at, facts.now),
        times: Some(ticket.times).filter(|times| *times > 1),
        closed: ticket.closed_at.zip(ticket.closed_by.clone()).map(|(at, by)| (When::age(at, facts.now), by)),
        about: ticket.incident.map(|id| ("incident", format!("/incidents/{id}"))).or(alert),
        tracker: ticket.tracker.as_ref().map(|tracked| {
            let key = tracked.key.clone().unwrap_or_else(|| "not made yet".to_owned());
            (tracked.outlet.to_string(), key, tracked.url.clone())
        }),
        position: LedgerLink::new(ticket.position),
        button: token.map(|token| (token.to_owned(), word, verb)),
    }
}

impl PageView for TicketsPage {
    fn title(&self) -> String {
        "Tickets".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::Alerts
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ticket(state: &str, times: usize) -> Ticket {
        let value = json!({
            "id": "01954a00-0000-7000-8000-000000000001", "service": "checkout", "team": "storefront", "state": state,
            "sentence": "the budget of <checkout> is gone in 3 days", "began_at": "2026-03-02T10:00:00Z",
            "opened_at": "2026-03-02T10:05:00Z", "times": times, "position": 31,
            "closed_at": (state == "closed").then_some("2026-03-02T11:00:00Z"),
            "closed_by": (state == "closed").then_some("the tracker: Done"),
        });
        serde_json::from_value(value).expect("the API's shape")
    }

    fn printed(tickets: &[Ticket], may_change: &[&str]) -> String {
        let may_change = may_change.iter().map(|name| name.parse().expect("a name")).collect();
        let now = "2026-03-02T12:00:00Z".parse().expect("a time");
        let facts = TicketsFacts { tickets, csrf: Some("token"), may_change: &may_change, now };
        TicketsPage::new(&facts).render().expect("it prints")
    }

    #[test]
    fn the_headline_counts_what_nobody_closed() {
        for (states, want) in [
            (vec![], "No ticket is open."),
            (vec!["closed"], "No ticket is open."),
            (vec!["over", "closed"], "One ticket is open."),
            (vec!["open", "over"], "Two tickets are open."),
        ] {
            let tickets: Vec<_> = states.iter().map(|state| ticket(state, 1)).collect();
            assert!(printed(&tickets, &[]).contains(want), "{want}");
        }
    }

    #[test]
    fn only_who_may_change_the_service_has_a_button() {
        let tickets = [ticket("open", 3)];
        let (mine, others) = (printed(&tickets, &["checkout"]), printed(&tickets, &["payments"]));
        assert!(mine.contains("/close\"") && !others.contains("<form"), "{others}");
        assert!(mine.contains("came 3 times") && mine.contains("&#60;checkout&#62;"), "{mine}");
        assert!(printed(&[ticket("closed", 1)], &["checkout"]).contains("/reopen\""));
    }
}
