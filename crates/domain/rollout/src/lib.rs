//! Judges a canary and moves a rollout through its steps.
//!
//! Three layers, each a pure function of its arguments: [`judge`] is the statistics, checked against vectors; [`policy`]
//! turns them into a verdict that a person can understand (dwell, minimum counts, freeze, ratio check); [`lifecycle`]
//! moves one rollout from start to promoted or reverted. What is deliberately absent: clocks, traffic, storage.

mod checkpoint;
pub mod judge;
pub mod lifecycle;
pub mod policy;
mod steps;

pub use checkpoint::RestoreError;
pub use steps::{STEPS_MAX, Steps, StepsError};
