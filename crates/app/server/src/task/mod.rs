//! Background tasks: each keeps one thing true, is nudged and also looks by itself, and takes no input.

pub(crate) mod calendars;
pub(crate) mod heartbeat;
pub(crate) mod news;
pub(crate) mod notices;
pub(crate) mod outbox;
pub(crate) mod outward;
pub(crate) mod prober;
pub(crate) mod queries;
