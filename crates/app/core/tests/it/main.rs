//! The core from outside: decision tables of whole situations, and laws over any sequence of inputs and events.

#[cfg(test)]
mod account;
#[cfg(test)]
mod accounts;
#[cfg(test)]
mod alerts;
#[cfg(test)]
mod announced;
#[cfg(test)]
mod bench;
#[cfg(test)]
mod calendars;
#[cfg(test)]
mod controls;
#[cfg(test)]
mod downtime;
#[cfg(test)]
mod events;
#[cfg(test)]
mod incidents;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod observations;
#[cfg(test)]
mod outward;
#[cfg(test)]
mod paging;
#[cfg(test)]
mod rota;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod situations;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod tickets;
#[cfg(test)]
mod tolerance;
#[cfg(test)]
mod waits;
#[cfg(test)]
mod week;
