//! The leaver rehearsal: what stops when one person leaves, before they do.
//!
//! Rehearsed is the very moment: the person is gone, and nobody has edited a file yet. Only what the leaving itself stops is
//! told; what stood still before is not the leaver's. An empty answer says that nothing in what was given stops, and nothing
//! about what was not given.

mod rehearse;
mod stop;
mod world;

pub use rehearse::rehearse;
pub use stop::{MEMBERS_MIN, Stop};
pub use world::{Period, Rota, Service, Team, World};

#[cfg(test)]
mod tests;
