//! Asking a Prometheus or VictoriaMetrics by PromQL, over its HTTP API (prometheus.io/docs/prometheus/latest/querying/api).

mod access;
mod answer;
mod ask;
mod error;
mod source;
mod window;

pub use access::{Access, AccessError};
pub use answer::{Answer, SERIES_MAX, Sample};
pub use ask::{Asked, Part};
pub use error::{AskError, Why};
pub use source::{QUERY_BYTES_MAX, Source};
pub use window::{WindowError, in_window};
