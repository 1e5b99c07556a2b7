//! Two small real services to put behind the gateway: `checkout`, which calls `payments` through it.
//!
//! A version behaves as its environment says (see [`faults`]), so one program is every version of the story: healthy,
//! failing, slow, crashing at start, leaking. The health check is never subject to `SAMPLE_FAIL`: the story is about
//! a version that looks well and fails its users.

mod answer;
mod faults;
mod serve;

use std::env;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::pool::Pool;
use crate::random::Random;
use answer::Service;
use faults::Faults;
use serve::{Ended, serve};

/// Which sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// Baskets and orders; calls payments at `$PAYMENTS_URL`.
    Checkout,
    /// Quotes and charges; calls nobody.
    Payments,
}

impl FromStr for Sample {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "checkout" => Ok(Self::Checkout),
            "payments" => Ok(Self::Payments),
            _ => Err(format!("\"{text}\" is no sample: \"checkout\" and \"payments\" are")),
        }
    }
}

/// What to run; the rest is in the environment, as for any version of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleOptions {
    /// Which sample.
    pub sample: Sample,
}

/// Runs a sample on `127.0.0.1:$PORT` until it is told to stop, and returns its exit code.
pub fn sample(options: SampleOptions) -> ExitCode {
    let get = |name: &str| env::var(name).ok();
    let ran = prepare(options.sample, get).and_then(|(address, service)| run(address, service));
    match ran {
        Ok(Ended::Stopped) => ExitCode::SUCCESS,
        Ok(Ended::Crashed(why)) => fail(&why),
        Err(why) => fail(&why),
    }
}

fn fail(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::FAILURE
}

fn prepare(sample: Sample, get: impl Fn(&str) -> Option<String>) -> Result<(SocketAddr, Service), String> {
    let faults = Faults::read(&get).map_err(|error| error.to_string())?;
    let port = get("PORT").ok_or("could not listen: PORT is not set")?;
    let port: u16 = port.parse().map_err(|_| format!("could not listen on PORT=\"{port}\": a number is wanted"))?;
    let payments = match sample {
        Sample::Payments => None,
        Sample::Checkout => {
            let base = get("PAYMENTS_URL").ok_or("could not find payments: PAYMENTS_URL is not set")?;
            Some(Pool::new(&base).map_err(|error| error.to_string())?)
        }
    };
    let random = faults.seed.map_or_else(Random::from_system, Random::new);
    Ok((SocketAddr::from((Ipv4Addr::LOCALHOST, port)), Service::new(sample, faults, payments, random)))
}

fn run(address: SocketAddr, service: Service) -> Result<Ended, String> {
    if service.faults.crash_after == Some(Duration::ZERO) {
        return Ok(Ended::Crashed("this version crashes at start (SAMPLE_CRASH)".to_owned()));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| format!("could not start the runtime: {error}"))?.block_on(async {
        let mut stop =
            signal(SignalKind::terminate()).map_err(|error| format!("could not watch for SIGTERM: {error}"))?;
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|error| format!("could not listen on \"{address}\": {error}"))?;
        Ok(serve(listener, service, async move {
            stop.recv().await;
        })
        .await)
    })
}

#[cfg(test)]
mod tests;
