//! The thread beside the workers: takes configs, sends reports, answers on the gateway's own socket. No request of a
//! user ever waits for it.

pub(crate) mod alone;
pub(crate) mod backoff;
mod deeds;
pub(crate) mod glass;
pub(crate) mod hands;
pub(crate) mod hold;
pub(crate) mod journal;
pub(crate) mod keep;
pub(crate) mod pages;
pub(crate) mod socket;
pub(crate) mod stream;

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use seaworthy_contract::api::{ApiError, Code};
use seaworthy_contract::gateway::{Config, Reverted};
use seaworthy_model::GatewayName;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::GatewayError;
use crate::compiled::{Canary, Compiled, Refused, Service};
use crate::control::alone::Alone;
use crate::control::glass::{Glass, Revert};
use crate::control::hands::Hands;
use crate::shared::Shared;
use crate::telemetry::collect::Collector;
use crate::telemetry::controls::Controls;
use crate::telemetry::queue::Queue;
use crate::trial::Off;

/// What is known about the control plane.
#[derive(Debug, Default)]
pub(crate) struct Health {
    /// When it last said anything.
    pub(crate) heard: Option<Instant>,
    /// Why its last config is not in force.
    pub(crate) refused: Option<String>,
    pub(crate) refused_total: u64,
}

/// Everything the control thread's tasks share.
pub(crate) struct Control {
    pub(crate) name: GatewayName,
    pub(crate) boot: Uuid,
    pub(crate) token: String,
    pub(crate) data_dir: PathBuf,
    pub(crate) shared: Arc<Shared>,
    pub(crate) collector: RefCell<Collector>,
    pub(crate) queue: RefCell<Queue>,
    pub(crate) alone: RefCell<Alone>,
    /// Told when there is a report to send.
    pub(crate) reports: Notify,
    pub(crate) glass: RefCell<Glass>,
    /// Controls set and cleared on the own socket.
    pub(crate) hands: RefCell<Hands>,
    pub(crate) controls: RefCell<Controls>,
    pub(crate) health: RefCell<Health>,
    pub(crate) seq: Cell<u64>,
    /// When the last report's interval ended.
    pub(crate) reported_ms: Cell<u64>,
    pub(crate) trips: Cell<u64>,
    /// Whether the config in force is on disk.
    pub(crate) is_kept: Cell<bool>,
}

impl Control {
    /// Opens what is kept on disk and puts the last good config in force.
    ///
    /// # Errors
    /// When the data directory cannot be used. A config on disk that is not usable is only reported: a new one comes.
    pub(crate) fn open(
        name: GatewayName,
        token: String,
        data_dir: PathBuf,
        shared: Arc<Shared>,
        boot: Uuid,
    ) -> Result<Self, GatewayError> {
        let unusable = |source| GatewayError::Journal { dir: data_dir.clone(), source };
        let (glass, hands) = (Glass::open(&data_dir).map_err(unusable)?, Hands::open(&data_dir).map_err(unusable)?);
        let control = Self {
            name,
            boot,
            token,
            data_dir,
            shared,
            collector: RefCell::default(),
            queue: RefCell::default(),
            alone: RefCell::default(),
            reports: Notify::new(),
            glass: RefCell::new(glass),
            hands: RefCell::new(hands),
            controls: RefCell::default(),
            health: RefCell::default(),
            seq: Cell::new(0),
            reported_ms: Cell::new(0),
            trips: Cell::new(0),
            is_kept: Cell::new(true),
        };
        match keep::load(&control.data_dir) {
            Ok(Some(config)) => {
                // What cannot be used any more was said; a new one comes.
                drop(control.put_in_force(config));
                control.is_kept.set(true);
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "the config kept on disk is not usable; waiting for the control plane")
            }
        }
        Ok(control)
    }

    /// Notes that the control plane said something.
    pub(crate) fn heard(&self) {
        self.health.borrow_mut().heard = Some(Instant::now());
    }

    /// How long the control plane has said nothing; since the start where it never did.
    pub(crate) fn silence(&self, now: Instant) -> Duration {
        let heard = self.health.borrow().heard;
        heard.map_or_else(|| Duration::from_millis(self.shared.ms(now)), |heard| now.saturating_duration_since(heard))
    }

    /// Puts a config in force, or says why not; then the last good one stays.
    pub(crate) fn put_in_force(&self, config: Config) -> Result<(), Refused> {
        let before = self.shared.current();
        self.settle_hands(&config);
        let compiled = Compiled::new(config, &before, &self.by_hand());
        match compiled {
            Ok(compiled) => {
                tracing::info!(config = compiled.version(), "config in force");
                self.settle_glass(&compiled);
                self.shared.replace(Arc::new(compiled));
                self.is_kept.set(false);
                self.health.borrow_mut().refused = None;
                Ok(())
            }
            Err(refused) => {
                self.refuse(&refused);
                Err(refused)
            }
        }
    }

    /// Notes a refused config, once for each reason.
    pub(crate) fn refuse(&self, refused: &Refused) {
        let why = refused.to_string();
        let mut health = self.health.borrow_mut();
        if health.refused.as_ref() != Some(&why) {
            tracing::error!(%why, "a config is refused; the last good one stays in force");
            health.refused_total += 1;
            health.refused = Some(why);
        }
    }

    /// Takes a service's canary off, journaled before it acts.
    ///
    /// # Errors
    /// When there is no such canary, it is all that is left, or the journal cannot be written.
    pub(crate) fn revert(&self, target: &str, by: String) -> Result<Reverted, ApiError> {
        let compiled = self.shared.current();
        let (service, canary) = find_canary(&compiled, target)?;
        if service.stable.is_none() {
            let message = format!("could not revert \"{}\": no stable version is healthy", service.id);
            return Err(refusal(
                Code::Refused,
                message,
                "the canary is all that answers; start a stable version first",
            ));
        }
        let revert = Revert {
            id: uuid::Builder::from_random_bytes(random_bits().to_le_bytes()).into_uuid(),
            service: service.id.clone(),
            version: canary.arm.version.clone(),
            rollout: canary.trial.key.rollout,
            by,
            at: Timestamp::now(),
        };
        let kept = self.glass.borrow_mut().revert(revert).map_err(|error| {
            let message = format!("could not revert \"{}\": the journal cannot be written ({error})", service.id);
            refusal(Code::Internal, message, "make room on the disk of the gateway's data directory")
        })?;
        canary.trial.take_off(Off::BreakGlass);
        tracing::warn!(service = %kept.service, version = %kept.version, by = %kept.by, "break-glass revert");
        Ok(Reverted { service: kept.service, version: kept.version, rollout: kept.rollout, journal: kept.id })
    }

    /// The ledger has these reverts and controls.
    pub(crate) fn acknowledge_glass(&self, told: &[Uuid]) {
        let hands = self.hands.borrow_mut().acknowledge(told);
        if let Err(error) = self.glass.borrow_mut().acknowledge(told).and(hands) {
            // They are told again, and the server knows their ids.
            tracing::warn!(%error, "could not note in the journals what was acknowledged");
        }
    }

    fn settle_glass(&self, compiled: &Compiled) {
        let rollout = |service: &str| Some(compiled.service(service)?.canary.as_ref()?.trial.key.rollout);
        if let Err(error) = self.glass.borrow_mut().settle(rollout) {
            // In force or not, the rollout it was about is gone.
            tracing::warn!(%error, "could not note in the journal that reverts are over");
        }
    }
}

fn find_canary<'a>(compiled: &'a Compiled, target: &str) -> Result<(&'a Service, &'a Canary), ApiError> {
    let by_route = || compiled.routes.iter().find(|route| route.name == target)?.service;
    let index = compiled.by_name.get(target).copied().or_else(by_route);
    let Some(service) = index.map(|index| &compiled.services[index]) else {
        let message = format!("could not revert \"{target}\": no such service or route");
        return Err(refusal(Code::NotFound, message, "`seaworthy gateway status` lists the canaries"));
    };
    let no_canary = || {
        let message = format!("could not revert \"{}\": it has no canary", service.id);
        // What serves everybody is no canary, and where the old version is only the control plane knows.
        let hint = format!(
            "`seaworthy gateway status` lists the canaries; a version that serves everybody is taken back through the \
             control plane, while the old one is warm: `seaworthy revert {}`",
            service.id
        );
        refusal(Code::Refused, message, &hint)
    };
    service.canary.as_ref().map(|canary| (service, canary)).ok_or_else(no_canary)
}

pub(crate) fn refusal(code: Code, message: String, hint: &str) -> ApiError {
    ApiError { code, message, hint: Some(hint.to_owned()) }
}

/// Returns random bits from the operating system.
pub(crate) fn random_bits() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system gives random bits to every process");
    u128::from_le_bytes(bytes)
}
