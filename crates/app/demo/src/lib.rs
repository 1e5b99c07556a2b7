//! The story a newcomer sees: sample services, real users, a bad change caught, reverted, paged, and turned into evidence.
//!
//! Everything here stands outside the product and meets it as strangers do: it starts `seaworthy up` as a process,
//! ships by the HTTP API, and sends users' requests to the gateway's socket. It reads no state of the product's own.

mod demo;
mod load;
mod pool;
mod random;
mod sample;

pub use demo::{DemoOptions, demo};
pub use load::{Causes, Counts, Load, LoadError, LoadOptions, VersionCounts, WindowId, load};
pub use sample::{Sample, SampleOptions, sample};
