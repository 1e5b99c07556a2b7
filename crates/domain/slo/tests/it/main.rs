//! Whole objectives in virtual time: how soon they page, that they do not flap, and the simulations in small.

#[cfg(test)]
mod flapping;
#[cfg(test)]
mod phases;
#[cfg(test)]
#[path = "../sim/mod.rs"]
mod sim;
#[cfg(test)]
mod simulations;
