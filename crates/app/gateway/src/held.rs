//! Controls as workers use them: compiled with the config, shared by all workers, counted where they act.
//!
//! A control that is set costs its own requests a few loads; where none is set, a request looks at an empty list.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use seaworthy_contract::events::control::ControlV1;
use seaworthy_contract::gateway::ControlConfig;
use seaworthy_model::{ControlId, Share};
use seaworthy_traffic::control::{self, Rate};

/// A control in force.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) config: ControlConfig,
    /// The control's 128 bits: they key the users' hash.
    pub(crate) salt: u128,
    pub(crate) rule: Rule,
    /// When it ends, whatever the control plane says or does not say.
    ends: Option<Instant>,
    pub(crate) did: Arc<Did>,
}

#[derive(Debug)]
pub(crate) enum Rule {
    Shutter { page: Bytes, paths: Vec<String>, users: HashSet<u64> },
    Throttle { rate: Option<Rate>, users: Option<Share>, page: Bytes, status: StatusCode },
    Isolate { status: StatusCode },
}

/// What a control did here. It stays while configs come and go.
#[derive(Debug)]
pub(crate) struct Did {
    since: Instant,
    refused: AtomicU64,
    passed: AtomicU64,
    /// Milliseconds from `since` to the first refusal, plus one; 0 means "none yet".
    first_refused: AtomicU64,
    /// When the next request of a rate is due, in nanoseconds from `since`.
    due_ns: AtomicU64,
}

/// Why a request is let through or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Pass,
    /// Refused; whoever waits this long may come again.
    Refuse(Duration),
}

impl Held {
    /// Compiles a control; what it did before, it has still done.
    pub(crate) fn new(config: ControlConfig, before: Option<&Held>) -> Self {
        let left = config.until.duration_since(Timestamp::now());
        let left = Duration::try_from(left).unwrap_or(Duration::ZERO);
        let did = before.map_or_else(|| Arc::new(Did::new()), |held| held.did.clone());
        let (salt, rule) = (config.control.as_uuid().as_u128(), rule(&config));
        Self { salt, rule, ends: Instant::now().checked_add(left), did, config }
    }

    pub(crate) fn id(&self) -> ControlId {
        self.config.control
    }

    /// Says whether calls of a service meet it. By name: a caller need not have a version here.
    pub(crate) fn is_for_calls_of(&self, service: &str) -> bool {
        match &self.config.what {
            ControlV1::Isolate { caller, .. } => caller.as_str() == service,
            _ => true,
        }
    }

    /// How long it still lasts; none when it is over.
    pub(crate) fn left(&self, now: Instant) -> Option<Duration> {
        // An end that no clock can tell is none.
        self.ends.map_or(Some(Duration::MAX), |ends| ends.checked_duration_since(now)).filter(|left| !left.is_zero())
    }

    /// Decides on a request and counts it.
    pub(crate) fn decide(&self, path: &str, key: Option<&[u8]>, now: Instant, random: u64) -> Said {
        let Some(left) = self.left(now) else { return Said::Pass };
        let said = match &self.rule {
            Rule::Shutter { paths, users, .. } => {
                let is_known = || key.is_some_and(|key| users.contains(&control::mark(self.salt, key)));
                let passes = paths.iter().any(|open| open == path) || (!users.is_empty() && is_known());
                if passes { Said::Pass } else { Said::Refuse(left) }
            }
            Rule::Throttle { rate, users, .. } => {
                match users.is_none_or(|share| control::lets_in(share, self.salt, key, random)) {
                    true => rate.map_or(Said::Pass, |rate| self.did.admit(rate, now)),
                    false => Said::Refuse(left),
                }
            }
            Rule::Isolate { .. } => Said::Refuse(left),
        };
        self.did.count(said, now);
        said
    }
}

impl Did {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            refused: AtomicU64::new(0),
            passed: AtomicU64::new(0),
            first_refused: AtomicU64::new(0),
            due_ns: AtomicU64::new(0),
        }
    }

    /// One bucket for all workers: what each of them lets in would depend on how connections fell.
    fn admit(&self, rate: Rate, now: Instant) -> Said {
        let now_ns = u64::try_from(now.saturating_duration_since(self.since).as_nanos()).unwrap_or(u64::MAX);
        let mut said = Said::Pass;
        let step = |due_ns| match rate.admit(due_ns, now_ns) {
            Ok(next) => {
                said = Said::Pass;
                Some(next)
            }
            Err(wait) => {
                said = Said::Refuse(wait);
                None
            }
        };
        // Declined is refused, and said so.
        let _ = self.due_ns.fetch_update(Relaxed, Relaxed, step);
        said
    }

    fn count(&self, said: Said, now: Instant) {
        if said == Said::Pass {
            self.passed.fetch_add(1, Relaxed);
            return;
        }
        if self.refused.fetch_add(1, Relaxed) == 0 {
            self.first_refused.store(millis(now.saturating_duration_since(self.since)) + 1, Relaxed);
        }
    }

    /// Returns how long it has been in force, in milliseconds.
    pub(crate) fn in_force_ms(&self, now: Instant) -> u64 {
        millis(now.saturating_duration_since(self.since))
    }

    /// Returns the age of the first refusal, in milliseconds.
    pub(crate) fn first_refused_age_ms(&self, now: Instant) -> Option<u64> {
        let after = self.first_refused.load(Relaxed).checked_sub(1)?;
        Some(self.in_force_ms(now).saturating_sub(after))
    }

    /// Returns all that was refused and all that passed.
    pub(crate) fn totals(&self) -> (u64, u64) {
        (self.refused.load(Relaxed), self.passed.load(Relaxed))
    }
}

fn rule(config: &ControlConfig) -> Rule {
    let page = |text: &str| Bytes::from(control::page(text, config.drill));
    match &config.what {
        ControlV1::Shutter { text, paths, users } => {
            Rule::Shutter { page: page(text), paths: paths.clone(), users: users.iter().copied().collect() }
        }
        ControlV1::Throttle { per_second, burst, users, status: code } => {
            let rate = per_second.map(|rate| Rate::new(NonZeroU32::new(rate).unwrap_or(NonZeroU32::MIN), *burst));
            let page = page("Very many people are here just now. Please try again in a minute.");
            Rule::Throttle { rate, users: *users, page, status: status(*code) }
        }
        ControlV1::Isolate { status: code, .. } => Rule::Isolate { status: status(*code) },
    }
}

/// A status that is none of a refusal would tell clients that all is well.
fn status(code: u16) -> StatusCode {
    let known = StatusCode::from_u16(code).ok();
    known
        .filter(|status| status.is_client_error() || status.is_server_error())
        .unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
