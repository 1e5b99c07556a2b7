//! What can be asked for, as options: the same for the control plane and for a gateway's own socket.

use std::time::Duration;

use seaworthy_contract::api::{ControlAsked, SetControl};
use seaworthy_model::ServiceId;

use crate::words::long_duration;

/// For how long and why.
#[derive(Debug, Clone, clap::Args)]
pub struct Lasting {
    /// For how long: `90s`, `30m`, `2h`; a day at most [default: 1h, a drill 2m]
    #[arg(long = "for", value_name = "TIME", value_parser = long_duration)]
    pub length: Option<Duration>,
    /// Why, for whoever finds it set; lands in the ledger
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
    /// An exercise: it acts all the same, and the page says what it is
    #[arg(long)]
    pub drill: bool,
}

impl Lasting {
    /// Returns its length, in milliseconds.
    pub fn for_ms(&self) -> Option<u64> {
        self.length.map(|length| u64::try_from(length.as_millis()).unwrap_or(u64::MAX))
    }

    /// Returns the request to the control plane.
    pub(crate) fn asked(&self, what: ControlAsked, dry_run: bool) -> SetControl {
        SetControl { what, route: None, for_ms: self.for_ms(), reason: self.reason.clone(), drill: self.drill, dry_run }
    }
}

/// What a shutter shows, and what it leaves alone.
#[derive(Debug, Clone, clap::Args)]
pub struct Page {
    /// What customers read; a line that says "come again" without it
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub text: String,
    /// A path that passes, as it is; may be repeated
    #[arg(long, value_name = "PATH")]
    pub let_path: Vec<String>,
}

impl Page {
    pub(crate) fn asked(&self, users: Vec<String>) -> ControlAsked {
        ControlAsked::Shutter { text: self.text.clone(), paths: self.let_path.clone(), users }
    }
}

/// How much a throttle lets in.
#[derive(Debug, Clone, clap::Args)]
#[group(required = true, multiple = true)]
pub struct Rate {
    /// Requests a second that each gateway lets in
    #[arg(long, value_name = "N")]
    pub rate: Option<u32>,
    /// Requests that may come at once before the rate holds [default: as many as in a second]
    #[arg(long, value_name = "N", requires = "rate")]
    pub burst: Option<u32>,
    /// Share of users who are let in: `50%`
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub users: Option<f64>,
    /// Status of a refusal: 429 or 503 [default: 429]
    #[arg(long, value_name = "STATUS")]
    pub status: Option<u16>,
}

impl Rate {
    pub(crate) fn asked(&self) -> ControlAsked {
        ControlAsked::Throttle { per_second: self.rate, burst: self.burst, users: self.users, status: self.status }
    }
}

/// Which calls an isolation refuses.
#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("edge").required(true))]
pub struct Edge {
    /// The dependency that the service no longer calls
    #[arg(long, value_name = "SERVICE", group = "edge")]
    pub calls_to: Option<ServiceId>,
    /// The service whose calls into this one are refused
    #[arg(long, value_name = "SERVICE", group = "edge")]
    pub calls_from: Option<ServiceId>,
    /// Status of a refusal: 429 or 503 [default: 503]
    #[arg(long, value_name = "STATUS")]
    pub status: Option<u16>,
}

impl Edge {
    pub(crate) fn asked(&self) -> ControlAsked {
        ControlAsked::Isolate {
            calls_to: self.calls_to.clone(),
            calls_from: self.calls_from.clone(),
            status: self.status,
        }
    }
}

fn share(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).parse::<f64>();
    match number {
        Ok(percent) if percent > 0.0 && percent < 100.0 && text.ends_with('%') => Ok(percent / 100.0),
        _ => Err("a share of users is written `50%`, and is more than none and less than all".to_owned()),
    }
}
