//! Setting and clearing controls by hand, while nothing else answers.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{ApiError, CONTROL_FOR_MAX_MS, Code};
use seaworthy_contract::events::control::ControlV1;
use seaworthy_contract::gateway::{Config, ControlConfig, ControlHeld, ControlWanted};
use seaworthy_model::{ControlId, ServiceId};
use seaworthy_traffic::control::TEXT_CHARS_MAX;
use uuid::Uuid;

use crate::compiled::{ByHand, Compiled};
use crate::control::hands::{Did, Hand};
use crate::control::{Control, random_bits, refusal};
use crate::held::Held;

impl Control {
    /// Sets a control, journaled before it acts.
    ///
    /// # Errors
    /// When there is no such service or route, it makes no sense, or the journal cannot be written.
    pub(crate) fn hold(&self, wanted: ControlWanted, by: String) -> Result<ControlHeld, ApiError> {
        let compiled = self.shared.current();
        let config = compiled.config.as_ref().ok_or_else(no_config)?;
        let (service, route) = find(config, &wanted.target)?;
        check(config, &service, &wanted)?;
        let now = Timestamp::now();
        let lasts = SignedDuration::from_millis(i64::try_from(wanted.for_ms).unwrap_or(i64::MAX));
        let control = ControlConfig {
            control: ControlId::from_uuid(random_id()),
            route: route.filter(|_| !matches!(wanted.what, ControlV1::Isolate { .. })),
            service,
            what: wanted.what,
            until: now.checked_add(lasts).unwrap_or(Timestamp::MAX),
            drill: wanted.drill,
        };
        let did = Did::Set { control: control.clone(), reason: wanted.reason };
        self.journal(Hand { id: random_id(), did, by, at: now })?;
        tracing::warn!(service = %control.service, kind = %control.what.kind(), "a control was set by hand");
        Ok(ControlHeld { control, by_hand: true, refused: 0, passed: 0 })
    }

    /// Clears controls: one by its id, or all of a service. Journaled before it acts.
    ///
    /// # Errors
    /// When none is meant, or the journal cannot be written.
    pub(crate) fn let_go(&self, target: &str, by: &str) -> Result<Vec<ControlId>, ApiError> {
        let compiled = self.shared.current();
        let is_meant =
            |held: &&std::sync::Arc<Held>| held.id().to_string() == target || held.config.service.as_str() == target;
        let meant: Vec<_> = compiled.controls.iter().filter(is_meant).cloned().collect();
        if meant.is_empty() {
            let message = format!("could not clear \"{target}\": no such control, and no service with one");
            return Err(refusal(Code::NotFound, message, "`seaworthy gateway status` lists the controls"));
        }
        for held in &meant {
            let did = Did::Cleared { control: held.id(), until: held.config.until };
            self.journal(Hand { id: random_id(), did, by: by.to_owned(), at: Timestamp::now() })?;
            tracing::warn!(control = %held.id(), "a control was cleared by hand");
        }
        Ok(meant.iter().map(|held| held.id()).collect())
    }

    /// Returns the controls in force.
    pub(crate) fn held(&self) -> Vec<ControlHeld> {
        let (by_hand, _) = self.hands.borrow().in_force();
        let compiled = self.shared.current();
        let in_force = compiled.controls.iter().filter(|held| held.left(Instant::now()).is_some());
        let one = |held: &std::sync::Arc<Held>| {
            let (refused, passed) = held.did.totals();
            let by_hand = by_hand.iter().any(|ours| ours.control == held.id());
            ControlHeld { control: held.config.clone(), by_hand, refused, passed }
        };
        in_force.map(one).collect()
    }

    /// Returns everything that was done on the own socket and is in force.
    pub(crate) fn by_hand(&self) -> ByHand {
        let (controls, cleared) = self.hands.borrow().in_force();
        ByHand { broken: self.glass.borrow().in_force(), controls, cleared }
    }

    /// Ends what a new config has settled.
    pub(crate) fn settle_hands(&self, config: &Config) {
        if let Err(error) = self.hands.borrow_mut().settle(config, Timestamp::now()) {
            // It is settled again with the next config.
            tracing::warn!(%error, "could not note in the journal that controls are over");
        }
    }

    fn journal(&self, hand: Hand) -> Result<(), ApiError> {
        self.hands.borrow_mut().add(hand).map_err(|error| {
            let message = format!("could not change a control: the journal cannot be written ({error})");
            refusal(Code::Internal, message, "make room on the disk of the gateway's data directory")
        })?;
        self.compile_again()
    }

    /// Puts the config that is in force there again, with what was done by hand since.
    fn compile_again(&self) -> Result<(), ApiError> {
        let before = self.shared.current();
        let config = before.config.clone().ok_or_else(no_config)?;
        let compiled = Compiled::new(config, &before, &self.by_hand()).map_err(|refused| {
            let message = format!("could not put the control in force: {refused}");
            refusal(Code::Internal, message, "it is journaled; the next config puts it in force")
        })?;
        self.shared.replace(std::sync::Arc::new(compiled));
        Ok(())
    }
}

fn no_config() -> ApiError {
    let message = "could not change a control: the gateway has no config yet".to_owned();
    refusal(Code::Refused, message, "it must have heard a control plane once")
}

fn random_id() -> Uuid {
    uuid::Builder::from_random_bytes(random_bits().to_le_bytes()).into_uuid()
}

/// Finds the service, and the route where one is named.
fn find(config: &Config, target: &str) -> Result<(ServiceId, Option<String>), ApiError> {
    if let Some(route) = config.routes.iter().find(|route| route.name == target) {
        return Ok((route.service.clone(), Some(route.name.clone())));
    }
    let routes = config.routes.iter().map(|route| &route.service);
    let mut known = routes.chain(config.services.iter().map(|service| &service.service));
    known.find(|service| service.as_str() == target).map(|service| (service.clone(), None)).ok_or_else(|| {
        let names: std::collections::BTreeSet<&str> = config.services.iter().map(|s| s.service.as_str()).collect();
        let hint = format!("it carries for: {}", names.into_iter().collect::<Vec<_>>().join(", "));
        refusal(Code::NotFound, format!("could not hold \"{target}\": no such service or route"), &hint)
    })
}

fn check(config: &Config, service: &ServiceId, wanted: &ControlWanted) -> Result<(), ApiError> {
    let invalid = |why: &str, hint: &str| Err(refusal(Code::Invalid, format!("could not set it: {why}"), hint));
    if wanted.for_ms == 0 || wanted.for_ms > CONTROL_FOR_MAX_MS {
        return invalid("it must end, within a day", "give a time such as --for 30m");
    }
    match &wanted.what {
        ControlV1::Shutter { text, .. } if text.chars().count() > TEXT_CHARS_MAX => {
            invalid("the text is too long", "2,000 characters are the limit")
        }
        ControlV1::Throttle { per_second: Some(0), .. } => invalid("a rate of 0 lets nobody in", "set a shutter"),
        ControlV1::Throttle { per_second: None, users: None, .. } => {
            invalid("a throttle needs a rate or a share of users", "give --rate or --users")
        }
        ControlV1::Isolate { caller, dependency, .. } => {
            let is_known = |name: &ServiceId| config.services.iter().any(|s| s.service == *name);
            match (service == caller || service == dependency, is_known(dependency)) {
                (true, true) => Ok(()),
                _ => invalid("no such edge", "name the service and one that it calls or that calls it"),
            }
        }
        _ => Ok(()),
    }
}
