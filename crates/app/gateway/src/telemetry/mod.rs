//! What the gateway saw, on its way to the control plane: collected each 250 ms, numbered, kept until acknowledged.

pub(crate) mod collect;
pub(crate) mod controls;
pub(crate) mod metrics;
pub(crate) mod moments;
pub(crate) mod queue;
pub(crate) mod send;
