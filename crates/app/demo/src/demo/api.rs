//! The few calls of the API that the story makes, as a stranger would make them.

use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};
use seaworthy_client::{Client, Error};
use seaworthy_contract::api::{Finding, Page, Readiness, Rollout, ShipRequest, Shipped, SignInLink, Verification};
use seaworthy_model::RolloutId;
use tokio::time::{Instant, sleep};

/// How often the story asks: finer than a step, coarser than the gateways' reports.
const ASK_EVERY: Duration = Duration::from_millis(100);
/// Longest wait for one answer; the next try follows. A control plane that was killed is back before.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// The API, with the admin's token.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    client: Client,
}

impl Api {
    pub(crate) fn new(base: &str, token: &str) -> Result<Self, Error> {
        Ok(Self { client: Client::new(base, Some(token.to_owned()))?.with_timeout(ANSWER_MAX) })
    }

    pub(crate) async fn ship(&self, service: &str, request: &ShipRequest) -> Result<Shipped, Error> {
        self.client.post_json(&format!("/v1/services/{service}/rollouts"), request).await
    }

    pub(crate) async fn rollout(&self, id: RolloutId) -> Result<Rollout, Error> {
        self.client.get_json(&format!("/v1/rollouts/{id}")).await
    }

    /// Returns the page about a rollout, if there is one.
    pub(crate) async fn page_of(&self, id: RolloutId) -> Result<Option<Page>, Error> {
        let pages: Vec<Page> = self.client.get_json("/v1/pages").await?;
        Ok(pages.into_iter().find(|page| page.rollout == Some(id)))
    }

    /// Returns one row of a service's readiness.
    pub(crate) async fn finding(&self, service: &str, row: &str) -> Result<Option<Finding>, Error> {
        let readiness: Readiness = self.client.get_json(&format!("/v1/services/{service}/readiness")).await?;
        Ok(readiness.findings.into_iter().find(|finding| finding.row == row))
    }

    /// Makes a link that signs a person in, once.
    pub(crate) async fn sign_in_link(&self) -> Result<SignInLink, Error> {
        self.client.post_json("/v1/sign-in-links", &serde_json::json!({})).await
    }

    pub(crate) async fn verify(&self) -> Result<Verification, Error> {
        self.client.get_json("/v1/ledger/verify").await
    }
}

/// Gets a path of the gateway and tells whether it answers with success.
pub(crate) async fn answers(base: &str, path: &str) -> Result<bool, Error> {
    let client = Client::new(base, None)?.with_timeout(ANSWER_MAX);
    let answer = client.request(Method::GET, path, bytes::Bytes::new(), HeaderMap::new()).await?;
    Ok(answer.status.is_success())
}

/// How asking until something is so ended.
#[derive(Debug)]
pub(crate) enum Asked<T> {
    /// It is so.
    Yes(T),
    /// It was not so in time; this was seen last, or why nothing could be seen.
    Late(Result<(), Error>),
}

/// Asks until the answer is there or `limit` is over. While the control plane is away, it asks again.
///
/// # Errors
/// When the API refuses: asking again would not help.
pub(crate) async fn until<T>(
    limit: Duration,
    mut ask: impl AsyncFnMut() -> Result<Option<T>, Error>,
) -> Result<Asked<T>, Error> {
    let end = Instant::now() + limit;
    loop {
        let seen = match ask().await {
            Ok(Some(answer)) => return Ok(Asked::Yes(answer)),
            Err(error) if error.status().is_some_and(is_final) => return Err(error),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if Instant::now() >= end {
            return Ok(Asked::Late(seen));
        }
        sleep(ASK_EVERY).await;
    }
}

fn is_final(status: StatusCode) -> bool {
    status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT && status != StatusCode::TOO_MANY_REQUESTS
}
