//! Facts from other people's metrics: asked of a Prometheus or VictoriaMetrics, or pushed by OTLP or as plain counts.
//!
//! - [`promql`]: one instant query, or what an objective's indicator measured in a window.
//! - [`otlp`]: OTLP/HTTP metrics, protobuf and JSON, turned into counts of the series that objectives name.
//! - [`kpi`]: the body of `POST /v1/kpi`.
//!
//! Nothing of a payload is kept but what an objective asked for.

pub mod kpi;
pub mod otlp;
pub mod promql;
mod pushed;

pub use pushed::{AGE_MAX, AHEAD_MAX, NotUnderstood, Pushed};

#[cfg(test)]
mod tests;
