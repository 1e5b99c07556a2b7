//! Probes: when they run, what their results mean, and when one cannot see.
