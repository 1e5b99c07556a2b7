//! Listening sockets, passed between processes with a message: down to a child, and on to the next supervisor.
//!
//! A child gets one end of a socket pair as its standard input (the one descriptor that can be given without `unsafe`)
//! and receives the listening sockets over it as `SCM_RIGHTS` (unix(7)). It keeps the message and offers both on a
//! unix socket of its own, so that a supervisor that comes after a kill -9 gets them back.

mod message;
mod offer;
mod parent;

pub use message::{FDS_MAX, MESSAGE_MAX, receive_fds, send_fds};
pub use offer::{Taken, serve, take};
pub use parent::{Child, FromParent, Parent, channel, from_parent};
