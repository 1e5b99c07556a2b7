//! Outages in virtual time: from the first bad request to the page that leaves.
//!
//! The engine, its objectives and alerts, the ledger's rules and the gateway's traffic rules are the real ones. Simulated are
//! the processes around them, to the millisecond: a request of every service each 10 ms, a report each 250 ms that
//! takes up to 20 ms, a look at the clock each second, all in phases drawn from the seed. Before it, every service had
//! three healthy days, so that every window is full.

mod catalogue;
mod origin;
mod past;
mod stage;

use seaworthy_model::ServiceId;

use crate::{Ms, Random};
pub use catalogue::{Objectives, document, services};
pub use origin::{Gone, origin_down};
pub use past::healthy;
use stage::{Life, Stage};

/// Time between two requests of a service.
const REQUEST_EVERY: Ms = 10;

/// From the first live report to the earliest fault: gateway and server know each other by then.
const WARM: Ms = 15_000;

/// Width of the buckets that short windows are made of: a fault may begin anywhere in one.
const BUCKET: Ms = 10_000;

/// Width of the buckets that long windows are made of: the live part may begin anywhere in one.
const WIDE_BUCKET: Ms = 300_000;

/// A page that has not left after so long never will.
const GIVE_UP: Ms = 300_000;

/// One service in an outage.
#[derive(Debug, Clone, PartialEq)]
pub struct Paged {
    /// The service.
    pub service: ServiceId,
    /// From its first request that failed to the page that leaves the outbox, in milliseconds.
    pub after_ms: Ms,
}

/// Lets so many services, each with the one objective of 99.9% over 30 days and 100 requests a second, fail completely at
/// the same moment, and returns when each paged.
///
/// # Errors
/// When one has not paged five minutes later, or was paged for before anything failed.
pub fn outage(seed: u64, services: usize) -> Result<Vec<Paged>, String> {
    let mut random = Random::new(seed);
    let mut stage = Stage::new(&mut random, services, Life::Busy);
    let fault = stage.now() + WARM + random.between(0, BUCKET);
    stage.advance(fault);
    if let Some((service, _)) = stage.pages().iter().next() {
        return Err(format!("seed {seed}: \"{service}\" was paged for while all was well"));
    }
    stage.fail_all(GIVE_UP);
    while stage.pages().len() < services {
        if stage.now() > fault + GIVE_UP {
            return Err(format!("seed {seed}: {} of {services} services paged", stage.pages().len()));
        }
        stage.step();
    }
    let paged = |(service, at): (&ServiceId, &Ms)| {
        let first_bad = stage.first_bad(service).ok_or_else(|| format!("\"{service}\" paged and never failed"))?;
        Ok(Paged { service: service.clone(), after_ms: at - first_bad })
    };
    stage.pages().iter().map(paged).collect()
}
