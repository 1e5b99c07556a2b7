//! The judge against the reference vectors, and whole rollouts against simulated users.

mod lifecycle;
mod rollouts;
mod simulation;
mod vectors;
