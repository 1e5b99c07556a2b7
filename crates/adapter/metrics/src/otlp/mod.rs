//! OTLP/HTTP metrics (opentelemetry.io/docs/specs/otlp): `POST /v1/metrics`, protobuf or JSON.
//!
//! Only series that objectives name are kept. `orders` is the metric of that name, its points bad or not by their
//! attributes; `http.server.request.duration/0.3` is a histogram of which good is at most 0.3, in its own unit, which
//! must be one of its bounds. An exponential histogram, whose bounds nobody chose, is read as finely as it is.
//!
//! What makes all events of a point bad, first that is there: `seaworthy.bad` (true), `http.response.status_code` (500
//! and above), `rpc.grpc.status_code` (the server's errors), `status.code` (`STATUS_CODE_ERROR`), `error.type` (any).

mod answer;
mod attributes;
mod body;
mod counter;
mod exponential;
mod gzip;
mod intake;
mod json;
mod message;
mod points;
mod wanted;

pub use answer::{answer, refusal};
pub use body::{BODY_BYTES_MAX, Encoding, MESSAGES_MAX};
pub use counter::{GROUPS_MAX, STREAMS_MAX};
pub use gzip::{INFLATED_BYTES_MAX, InflateError, inflate};
pub use intake::{Intake, Skipped, Taken};
pub use wanted::{Wanted, WantedError};

#[cfg(test)]
mod tests;
