//! What is done with tickets.

/// What is done with a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketDone {
    /// Nobody needs to look at it any more.
    Closed,
    /// Somebody does after all.
    Reopened,
}
