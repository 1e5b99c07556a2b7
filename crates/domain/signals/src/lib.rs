//! Signals: counts and latencies in time buckets that coarsen with age.
