//! What is done with controls over services' traffic.

use std::collections::BTreeMap;

use seaworthy_contract::api::SetControl;
use seaworthy_contract::events::control::ControlConfirmedV1;
use seaworthy_contract::gateway::ControlHand;
use seaworthy_model::{ControlId, GatewayName, ServiceId};

/// What a control did, as far as gateways told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ControlTotal {
    /// Requests refused.
    pub refused: u64,
    /// Requests that met it and passed.
    pub passed: u64,
}

/// The same, by control.
pub type ControlTotals = BTreeMap<ControlId, ControlTotal>;

/// What is done with a control. What it did so far comes along where it may end: the ledger keeps that.
#[derive(Debug, Clone)]
pub enum ControlDone {
    /// A person sets one.
    Set {
        /// The service.
        service: ServiceId,
        /// What it is to do.
        asked: SetControl,
        /// What others did that it may take the place of.
        seen: ControlTotals,
    },
    /// A person wants it to last.
    Extend {
        /// The control.
        control: ControlId,
        /// How long from now, in milliseconds.
        for_ms: u64,
    },
    /// A person clears it.
    Clear {
        /// The control.
        control: ControlId,
        /// What it did.
        seen: ControlTotals,
    },
    /// Its time is over, or its service is gone.
    Over {
        /// The control.
        control: ControlId,
        /// What it did.
        seen: ControlTotals,
    },
    /// Every gateway has it in force.
    Confirmed(ControlConfirmedV1),
    /// Somebody set or cleared one on a gateway's own socket.
    Hand {
        /// The gateway.
        gateway: GatewayName,
        /// What was done.
        hand: ControlHand,
        /// What it did.
        seen: ControlTotals,
    },
}
