//! What others see and we must keep: event payloads, the catalogue document, gateway config and telemetry,
//! process supervision, probers, API types.
//!
//! Serde lives here. A payload that was ever written to a ledger stays readable for ever: a change adds a version.

pub mod api;
pub mod catalogue;
pub mod events;
pub mod gateway;
pub mod prober;
pub mod process;
