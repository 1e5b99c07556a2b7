//! Runs probes over real sockets.
