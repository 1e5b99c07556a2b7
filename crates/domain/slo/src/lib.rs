//! Objectives: when a budget burns too fast, and when silence is an outage.
