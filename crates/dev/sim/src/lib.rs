//! Months of production in virtual time, from a seed.
//!
//! A [`World`] is the kernel's own engine on a disk in memory, with users, gateways, a supervisor and a network around
//! it that are simulated: it runs some hundred times faster than time, and a run is the same each time. While it runs,
//! checkers look at every event and every request for what must never be. [`plan`] makes a world's faults from a seed;
//! [`story`] lets a person play one by hand, as text; [`watch`] measures
//! how long an outage takes to reach a person; [`paging`] kills the server wherever a page may be lost; [`year`] plays a year of a whole
//! organisation and follows every alert to its end.

mod catalogue;
mod check;
mod gateway;
mod machine;
mod network;
pub mod paging;
pub mod plan;
mod random;
mod server;
pub mod story;
pub mod watch;
mod world;
pub mod year;

pub use machine::{Behaviour, Start};
pub use network::Weather;
pub use random::Random;
pub use world::World;

/// Virtual time, in milliseconds since the simulation began.
pub type Ms = u64;
