//! Objectives as people write them: OpenSLO and Sloth files in, Prometheus rules out.
