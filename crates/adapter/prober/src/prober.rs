//! A prober: tries a probe once, or runs it as a slot asks for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use seaworthy_contract::catalogue::{Probe, Target};
use seaworthy_contract::prober::{ProbeOutcome, ProbeReason, ProbeResult};
use seaworthy_probe::{Code, Outcome, Reason, own};
use seaworthy_tls::Connector;
use tokio::time::Instant;

use crate::journey::{millis, travel};
use crate::net::{connect, fail, host_and_port, secure};
use crate::template::unable;
use crate::{Secrets, dns};

/// The time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Runs probes. Clones share everything.
#[derive(Clone)]
pub struct Prober {
    connector: Connector,
    secrets: Secrets,
    clock: Clock,
    checked: Arc<Mutex<Checked>>,
}

/// What own checks of these addresses came to, and when.
type Checked = HashMap<Vec<String>, (Instant, Option<Reason>)>;

/// What one try came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took.
    pub took_ms: u64,
    /// Each step that was taken; one where the probe is no journey.
    pub steps: Vec<StepTried>,
}

/// What one step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepTried {
    /// What people call it.
    pub name: String,
    /// How long it took.
    pub took_ms: u64,
    /// How it ended.
    pub outcome: Outcome,
}

impl Prober {
    /// Makes a prober that trusts whom the connector trusts and has these secrets.
    pub fn new(connector: Connector, secrets: Secrets, clock: Clock) -> Self {
        Self { connector, secrets, clock, checked: Arc::default() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Tries a probe once, for as long as one try may take.
    pub async fn try_once(&self, probe: &Probe) -> Tried {
        let started = Instant::now();
        let deadline = started + Duration::from_millis(probe.timeout_ms);
        let mut steps = Vec::new();
        let outcome = match &probe.target {
            Target::Http { steps: wanted } => {
                travel(&self.connector, &self.secrets, wanted, deadline, &mut steps).await
            }
            single => {
                let tried = tokio::time::timeout_at(deadline, self.single(single)).await;
                let outcome = tried.unwrap_or_else(|_| fail(Code::Timeout, "no answer in time"));
                let name = kind(single).to_owned();
                steps.push(StepTried { name, took_ms: millis(started.elapsed()), outcome: outcome.clone() });
                outcome
            }
        };
        Tried { outcome, took_ms: millis(started.elapsed()), steps }
    }

    async fn single(&self, target: &Target) -> Outcome {
        let done = match target {
            Target::Http { .. } => Ok(()),
            Target::Tcp { address } => self.tcp(address).await,
            Target::Dns { name, record, resolver, expect } => {
                let (resolver, expect) = (resolver.as_deref(), expect.as_deref());
                dns::look_up(&dns::Ask { name, record, resolver, expect }).await
            }
            Target::Tls { address, server_name, days_min } => {
                self.tls(address, server_name.as_deref(), *days_min).await
            }
        };
        done.map_or_else(|outcome| outcome, |()| Outcome::Pass)
    }

    async fn tcp(&self, address: &str) -> Result<(), Outcome> {
        let (host, port) = parts(address)?;
        connect(host, port).await.map(drop)
    }

    async fn tls(&self, address: &str, name: Option<&str>, days_min: u16) -> Result<(), Outcome> {
        let (host, port) = parts(address)?;
        let stream = connect(host, port).await?;
        let stream = secure(&self.connector, name.unwrap_or(host), stream).await?;
        let validity = stream.validity().ok_or_else(|| fail(Code::Certificate, "the certificate cannot be read"))?;
        match validity.days_left(self.now()) {
            days if days < i64::from(days_min) => {
                let text = format!("the certificate ends in {days} days, on {}", validity.not_after);
                Err(Outcome::Degraded(Reason::new(Code::Expiring, text)))
            }
            _ => Ok(()),
        }
    }

    /// Runs a probe in a slot: what fails is tried again at once, and what fails again is blamed on the target only when
    /// one of `checks` accepts a connection.
    pub async fn run(&self, probe: &Probe, intended_at: Timestamp, checks: &[String]) -> ProbeResult {
        let started_at = self.now();
        let late = Duration::try_from(started_at.duration_since(intended_at)).unwrap_or_default();
        let result = |took_ms, outcome: &Outcome, retried: Option<&Reason>| ProbeResult {
            probe: probe.name.clone(),
            intended_at,
            started_at,
            took_ms,
            outcome: told(outcome),
            retried: retried.map(reason),
        };
        if let Some(why) = own::late(late) {
            return result(0, &Outcome::CannotSee(why), None);
        }
        let first = self.try_once(probe).await;
        // From the slot on: a stall of this machine is not left out.
        let first_ms = first.took_ms.saturating_add(millis(late));
        let Outcome::Fail(why) = first.outcome else {
            return result(first_ms, &slow(probe, first_ms, first.outcome), None);
        };
        let second = self.try_once(probe).await;
        let outcome = match second.outcome {
            Outcome::Fail(reason) => self.blame(reason, checks).await,
            other => slow(probe, second.took_ms, other),
        };
        result(second.took_ms, &outcome, Some(&why))
    }

    /// Looks at itself before it blames the target, unless the target said something.
    async fn blame(&self, why: Reason, checks: &[String]) -> Outcome {
        let is_silent = matches!(why.code, Code::Connection | Code::Timeout | Code::Name | Code::Tls);
        match is_silent {
            true => self.offline(checks).await.map_or(Outcome::Fail(why), Outcome::CannotSee),
            false => Outcome::Fail(why),
        }
    }

    async fn offline(&self, checks: &[String]) -> Option<Reason> {
        let checks: Vec<String> = checks.iter().take(own::CHECKS_MAX).cloned().collect();
        let known = self.checked.lock().unwrap_or_else(PoisonError::into_inner).get(&checks).cloned();
        if let Some((_, reason)) = known.filter(|(at, _)| at.elapsed() <= own::CHECK_FRESH) {
            return reason;
        }
        let mut running = tokio::task::JoinSet::new();
        for address in checks.clone() {
            running.spawn(async move {
                let Some((host, port)) = host_and_port(&address) else { return (address, false) };
                let answered = tokio::time::timeout(own::CHECK_TIMEOUT, connect(host, port)).await;
                let answered = matches!(answered, Ok(Ok(_)));
                (address, answered)
            });
        }
        let mut seen = Vec::new();
        while let Some(done) = running.join_next().await {
            let done = done.expect("connecting does not panic");
            let is_enough = done.1;
            seen.push(done);
            if is_enough {
                break;
            }
        }
        seen.sort();
        let reason = own::offline(&seen);
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        checked.retain(|_, (at, _)| at.elapsed() <= own::CHECK_FRESH);
        checked.insert(checks, (Instant::now(), reason.clone()));
        reason
    }
}

fn parts(address: &str) -> Result<(&str, u16), Outcome> {
    host_and_port(address).ok_or_else(|| unable("the address is not host:port"))
}

fn kind(target: &Target) -> &'static str {
    match target {
        Target::Http { .. } => "http",
        Target::Tcp { .. } => "tcp",
        Target::Dns { .. } => "dns",
        Target::Tls { .. } => "tls",
    }
}

/// What passes slower than it should works worse.
fn slow(probe: &Probe, took_ms: u64, outcome: Outcome) -> Outcome {
    match (outcome, probe.slow_ms) {
        (Outcome::Pass, Some(most)) if took_ms > most => {
            Outcome::Degraded(Reason::new(Code::Slow, format!("it took {took_ms} ms, {most} are usual")))
        }
        (outcome, _) => outcome,
    }
}

/// As it goes over the wire.
fn told(outcome: &Outcome) -> ProbeOutcome {
    match outcome {
        Outcome::Pass => ProbeOutcome::Pass,
        Outcome::Degraded(why) => ProbeOutcome::Degraded(reason(why)),
        Outcome::Fail(why) => ProbeOutcome::Fail(reason(why)),
        Outcome::CannotSee(why) => ProbeOutcome::CannotSee(reason(why)),
    }
}

fn reason(reason: &Reason) -> ProbeReason {
    ProbeReason { code: reason.code.text(), text: reason.text.clone() }
}
