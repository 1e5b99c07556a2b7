//! Judges a canary and moves a rollout through its steps.
