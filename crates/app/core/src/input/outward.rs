//! What became of messages to other systems, and what those say.

use seaworthy_contract::events::outward::OutwardMadeV1;
use seaworthy_model::{OutletId, Position};

/// What became of a message to another system, or what a tracker says of a ticket.
#[derive(Debug, Clone, PartialEq)]
pub enum OutwardDone {
    /// It took a message.
    Delivered {
        /// The outlet.
        outlet: OutletId,
        /// What the message belongs to.
        thread: String,
        /// The event that it is about.
        about: Position,
        /// Which try it was, from 1.
        attempt: u32,
        /// What the other system made for the thread.
        made: Option<OutwardMadeV1>,
    },
    /// It did not, and is not tried again.
    Undeliverable {
        /// The outlet.
        outlet: OutletId,
        /// What the message belongs to.
        thread: String,
        /// The event that it is about.
        about: Position,
        /// Tries made.
        attempts: u32,
        /// What was seen last.
        reason: String,
    },
    /// A tracker says how a ticket stands.
    Stands {
        /// The tracker.
        outlet: OutletId,
        /// What it calls the ticket.
        key: String,
        /// Its word for how it stands.
        word: String,
    },
}
