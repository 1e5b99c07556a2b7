//! The API as a stranger's program uses it, one call after the other.

use seaworthy_client::{Client, Error};
use seaworthy_contract::api::{
    Finding, LedgerPage, LedgerRow, Page, Readiness, Rollout, RolloutState, ShipRequest, Shipped, Status, Verification,
};
use seaworthy_model::RolloutId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::runtime::Runtime;

use super::{PATIENCE, Up, until};

/// Most rows of the ledger that a test reads: above what any of them makes.
const ROWS: u32 = 500;

/// The API with the admin's token.
pub(crate) struct Api {
    runtime: Runtime,
    portal: String,
    token: String,
}

impl Api {
    pub(crate) fn new(up: &Up) -> Self {
        Self::with_token(up, &up.token)
    }

    /// The same with a token that an earlier start told.
    pub(crate) fn with_token(up: &Up, token: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, portal: up.portal.clone(), token: token.to_owned() }
    }

    /// A new connection each time: between calls nobody would notice that a kept one was closed.
    fn client(&self) -> Client {
        Client::new(&self.portal, Some(self.token.clone())).unwrap().with_timeout(PATIENCE)
    }

    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.runtime.block_on(self.client().get_json(path))
    }

    pub(crate) fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Error> {
        self.runtime.block_on(self.client().post_json(path, body))
    }

    pub(crate) fn status(&self) -> Status {
        self.get("/v1/status").unwrap()
    }

    pub(crate) fn ship(&self, service: &str, request: &ShipRequest) -> RolloutId {
        let shipped: Shipped = self.post(&format!("/v1/services/{service}/rollouts"), request).unwrap();
        shipped.rollout
    }

    pub(crate) fn revert(&self, id: RolloutId) -> Rollout {
        self.post(&format!("/v1/rollouts/{id}/revert"), &json!({})).unwrap()
    }

    pub(crate) fn rollout(&self, id: RolloutId) -> Rollout {
        self.get(&format!("/v1/rollouts/{id}")).unwrap()
    }

    /// Waits until a rollout is in a state. One that ended in another never will be.
    pub(crate) fn until(&self, id: RolloutId, state: RolloutState) -> Rollout {
        until(&format!("the rollout is {state:?}"), || {
            let rollout = self.rollout(id);
            let over = matches!(rollout.state, RolloutState::Promoted | RolloutState::Reverted);
            assert!(!over || rollout.state == state, "it ended otherwise: {rollout:#?}");
            (rollout.state == state).then_some(rollout)
        })
    }

    /// Waits until a rollout has a share of users and the gateways report its requests.
    pub(crate) fn until_met(&self, id: RolloutId) -> Rollout {
        until("users meet the version on trial", || {
            Some(self.rollout(id)).filter(|rollout| rollout.canary.requests > 0)
        })
    }

    pub(crate) fn page_of(&self, id: RolloutId) -> Option<Page> {
        let pages: Vec<Page> = self.get("/v1/pages").unwrap();
        pages.into_iter().find(|page| page.rollout == Some(id))
    }

    pub(crate) fn finding(&self, service: &str, row: &str) -> Finding {
        let readiness: Readiness = self.get(&format!("/v1/services/{service}/readiness")).unwrap();
        readiness.findings.into_iter().find(|finding| finding.row == row).unwrap()
    }

    pub(crate) fn ledger(&self) -> Vec<LedgerRow> {
        let page: LedgerPage = self.get(&format!("/v1/ledger?from=1&limit={ROWS}")).unwrap();
        page.rows
    }

    /// Fails unless every hash of the ledger fits.
    pub(crate) fn verify(&self) {
        let found: Verification = self.get("/v1/ledger/verify").unwrap();
        assert!(found.verified, "{found:?}");
    }
}
