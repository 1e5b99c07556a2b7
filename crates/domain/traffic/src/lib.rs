//! Decides where one request goes: routes, sticky split, safety net, local guard, who counts as a user, and who is
//! refused by a control.
//!
//! Pure: bytes, names, times and random bits come in as arguments, decisions go out. The gateway does what is said
//! here and counts it; nothing here knows HTTP types, sockets or clocks.

pub mod control;
pub mod framing;
pub mod guard;
pub mod headers;
pub mod net;
pub mod route;
mod sip;
pub mod split;
pub mod users;
