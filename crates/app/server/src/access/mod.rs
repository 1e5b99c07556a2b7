//! Who may do what: people, credentials, sessions, and the one table of rights.
//!
//! Only health endpoints are anonymous. Whoever is signed in and any credential of people's reads; writes need the owning
//! team or an admin; gateways and supervisors have scopes of their own. Secrets are hashed at rest and appear nowhere else.

mod account;
pub(crate) mod link;
mod password;
mod principal;
mod secret;
mod session;
mod token;
mod tries;

use std::sync::Arc;

use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_model::{PersonId, Timestamp};
use seaworthy_store::SideError;
use tokio::sync::Mutex;

use self::password::Passwords;
use self::tries::Tries;
use crate::kernel::Kernel;

pub(crate) use account::NotIn;
pub(crate) use password::fault as password_fault;
pub(crate) use principal::{Entered, Holder, Principal, Who};
pub(crate) use seaworthy_contract::gateway::SESSION_COOKIE;
pub(crate) use secret::{Digest, Secret};
pub(crate) use session::may_be_code;
pub(crate) use token::{issue, issue_as, withdraw};

/// Finds out who a request comes from.
#[derive(Clone)]
pub(crate) struct Access {
    kernel: Kernel,
    /// Credentials that the supervisor made for this start: what each may do and who it is.
    boot: Arc<[(Digest, ScopeV4, String)]>,
    /// Held while a link is turned into a session: a link is one session, however many ask at once. One process has
    /// the data directory, so a lock inside it is enough.
    redeeming: Arc<Mutex<()>>,
    passwords: Arc<Passwords>,
    tries: Arc<Tries>,
}

impl Access {
    pub(crate) fn new(kernel: Kernel, boot: Vec<(Digest, ScopeV4, String)>) -> Self {
        let (redeeming, passwords, tries) = <_>::default();
        Self { kernel, boot: boot.into(), redeeming, passwords, tries }
    }

    /// Returns who a request comes from; none when it carries nothing that is known and in force.
    ///
    /// # Errors
    /// When the side store cannot say: that is no answer about the credential.
    pub(crate) async fn principal(&self, headers: &HeaderMap) -> Result<Option<Principal>, SideError> {
        if let Some(bearer) = bearer(headers) {
            return self.holder(bearer).await;
        }
        match cookie(headers, SESSION_COOKIE) {
            Some(secret) => self.session(secret).await,
            None => Ok(None),
        }
    }

    /// Makes the code of a one-time link by which a person signs in as themselves, or where none is named as an admin who
    /// appears as `by`; it ends at the instant beside it. None when too many wait.
    ///
    /// # Errors
    /// When the side store fails.
    pub(crate) async fn link(
        &self,
        person: Option<PersonId>,
        by: &Principal,
    ) -> Result<Option<(String, Timestamp)>, SideError> {
        let _alone = self.redeeming.lock().await;
        session::link(&self.kernel, person, by).await
    }

    /// Returns whose session it is, and notes once in a while that it is used.
    async fn session(&self, secret: &str) -> Result<Option<Principal>, SideError> {
        let Some(found) = session::find(&self.kernel, secret).await? else { return Ok(None) };
        if found.is_to_be_noted {
            // Nobody ends it meanwhile: what has ended must not come back.
            let _alone = self.redeeming.lock().await;
            session::note(&self.kernel, secret).await?;
        }
        Ok(Some(found.principal))
    }

    /// Turns a link's code into a session's secret and whom it signs in; none when it was used, is over or is not known.
    ///
    /// # Errors
    /// When the side store fails; then the link still works.
    pub(crate) async fn redeem(&self, code: &str) -> Result<Option<(String, Option<PersonId>)>, SideError> {
        let _alone = self.redeeming.lock().await;
        session::redeem(&self.kernel, code).await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the side store fails; then it has not ended.
    pub(crate) async fn end(&self, secret: &str) -> Result<(), SideError> {
        let _alone = self.redeeming.lock().await;
        session::end(&self.kernel, secret).await
    }

    /// Ends every session of a person, and every link that would make one; returns how many they were.
    ///
    /// # Errors
    /// When the side store fails; then none has ended.
    pub(crate) async fn end_all(&self, person: &PersonId) -> Result<usize, SideError> {
        let _alone = self.redeeming.lock().await;
        session::end_all(&self.kernel, person).await
    }

    /// Returns whose a credential is that did not come in a header; none when it is not known or not in force.
    ///
    /// # Errors
    /// When the side store cannot say.
    pub(crate) async fn holder(&self, bearer: &str) -> Result<Option<Principal>, SideError> {
        match self.by_boot_token(bearer) {
            Some(principal) => Ok(Some(principal)),
            None => token::find(&self.kernel, bearer).await,
        }
    }

    fn by_boot_token(&self, bearer: &str) -> Option<Principal> {
        let digest = Digest::of(bearer);
        let (_, scope, actor) = self.boot.iter().find(|(known, _, _)| known.equals(&digest))?;
        Some(Principal::credential(scope.clone(), actor.clone()))
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Returns the value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}
