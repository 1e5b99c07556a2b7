//! Who may do what: credentials, sessions, and the one table of rights.
//!
//! Only health endpoints are anonymous. Any credential reads; writes need the owning team or an admin; gateways and
//! supervisors have scopes of their own. Secrets are hashed at rest and appear nowhere else.

pub(crate) mod link;
mod secret;
mod session;
mod token;

use std::sync::Arc;

use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_model::{TeamId, Timestamp};
use seaworthy_store::SideError;
use tokio::sync::Mutex;

use crate::kernel::Kernel;

pub(crate) use seaworthy_contract::gateway::SESSION_COOKIE;
pub(crate) use secret::{Digest, Secret};
pub(crate) use session::may_be_code;
pub(crate) use token::{issue, issue_as, withdraw};

/// Who a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principal {
    /// What it may do.
    pub(crate) scope: ScopeV4,
    /// How it appears in the ledger: `token/<id>`, `gateway/<label>`.
    pub(crate) actor: String,
    /// The form token of its session; none for a request with a credential of its own.
    pub(crate) csrf: Option<String>,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Everybody: health and sign-in only.
    Anyone,
    /// Any credential or session; what it may change is decided per service.
    SignedIn,
    /// Any credential or session, and the supervisor for the person who started it, who sees what happens.
    Reader,
    /// Admins, and the supervisor for the person who started it.
    Operator,
    /// Gateways.
    Gateway,
    /// Supervisors.
    Supervisor,
    /// Admins, and credentials that only send in alerts and counts.
    Intake,
    /// Admins, and credentials that only run probes.
    Prober,
    /// Admins, credentials that only send in what collectors saw, and teams for what they own.
    Observer,
    /// Admins, credentials that only send in alerts and counts, and teams for what they own: counts of services.
    Counts,
    /// Whoever may send facts in, with a credential in the body: the handler looks. The format of others leaves no choice.
    InBody,
    /// Whoever holds a link that is signed for the one thing it does: the handler looks.
    InLink,
}

impl Principal {
    /// Returns whether a route is open to it.
    pub(crate) fn may_call(&self, who: Who) -> bool {
        match who {
            Who::Anyone | Who::InLink => true,
            Who::SignedIn => matches!(self.scope, ScopeV4::Admin | ScopeV4::Team { .. } | ScopeV4::Read),
            Who::Reader => self.may_call(Who::SignedIn) || self.scope == ScopeV4::Supervisor,
            Who::Operator => matches!(self.scope, ScopeV4::Admin | ScopeV4::Supervisor),
            Who::Gateway => self.scope == ScopeV4::Gateway,
            Who::Supervisor => self.scope == ScopeV4::Supervisor,
            Who::Intake | Who::InBody => self.scope == ScopeV4::Admin || self.sends_for_all(),
            Who::Prober => matches!(self.scope, ScopeV4::Admin | ScopeV4::Prober | ScopeV4::Facts),
            Who::Observer => matches!(self.scope, ScopeV4::Admin | ScopeV4::Observe | ScopeV4::Team { .. }),
            Who::Counts => self.may_call(Who::Intake) || matches!(self.scope, ScopeV4::Team { .. }),
        }
    }

    /// Returns whether it is for sending in alerts and counts of whatever service.
    pub(crate) fn sends_for_all(&self) -> bool {
        matches!(self.scope, ScopeV4::Intake | ScopeV4::Facts)
    }

    /// Returns whether it is for sending in what collectors saw of whatever service.
    pub(crate) fn observes_for_all(&self) -> bool {
        self.scope == ScopeV4::Observe
    }

    /// Returns whether it may change what a team owns.
    pub(crate) fn may_change(&self, owner: &TeamId) -> bool {
        match &self.scope {
            ScopeV4::Admin => true,
            ScopeV4::Team { team } => team == owner,
            ScopeV4::Read
            | ScopeV4::Gateway
            | ScopeV4::Supervisor
            | ScopeV4::Facts
            | ScopeV4::Intake
            | ScopeV4::Prober
            | ScopeV4::Observe => false,
        }
    }
}

/// Finds out who a request comes from.
#[derive(Clone)]
pub(crate) struct Access {
    kernel: Kernel,
    /// Credentials that the supervisor made for this start: what each may do and who it is.
    boot: Arc<[(Digest, ScopeV4, String)]>,
    /// Held while a link is turned into a session: a link is one session, however many ask at once. One process has
    /// the data directory, so a lock inside it is enough.
    redeeming: Arc<Mutex<()>>,
}

impl Access {
    pub(crate) fn new(kernel: Kernel, boot: Vec<(Digest, ScopeV4, String)>) -> Self {
        Self { kernel, boot: boot.into(), redeeming: Arc::default() }
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
            Some(secret) => session::find(&self.kernel, secret).await,
            None => Ok(None),
        }
    }

    /// Makes a one-time link's code for a principal, which ends at the instant beside it; none when too many wait.
    ///
    /// # Errors
    /// When the side store fails.
    pub(crate) async fn link(&self, principal: &Principal) -> Result<Option<(String, Timestamp)>, SideError> {
        let _alone = self.redeeming.lock().await;
        session::link(&self.kernel, principal).await
    }

    /// Turns a link's code into a session's secret; none when it was used, is over or is not known.
    ///
    /// # Errors
    /// When the side store fails; then the link still works.
    pub(crate) async fn redeem(&self, code: &str) -> Result<Option<String>, SideError> {
        let _alone = self.redeeming.lock().await;
        session::redeem(&self.kernel, code).await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the side store fails; then it has not ended.
    pub(crate) async fn end(&self, secret: &str) -> Result<(), SideError> {
        session::end(&self.kernel, secret).await
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
        Some(Principal { scope: scope.clone(), actor: actor.clone(), csrf: None })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_follow_the_scope() {
        let team = |name: &str| name.parse::<TeamId>().expect("a name");
        let who = |scope| Principal { scope, actor: String::new(), csrf: None };
        let shop = who(ScopeV4::Team { team: team("shop") });
        assert!(shop.may_change(&team("shop")) && !shop.may_change(&team("bank")));
        assert!(who(ScopeV4::Admin).may_change(&team("bank")));
        let machines =
            [ScopeV4::Gateway, ScopeV4::Supervisor, ScopeV4::Facts, ScopeV4::Intake, ScopeV4::Prober, ScopeV4::Observe];
        for scope in machines.into_iter().chain([ScopeV4::Read]) {
            assert!(!who(scope).may_change(&team("shop")));
        }
        assert!(!who(ScopeV4::Gateway).may_call(Who::SignedIn), "a gateway's token does not read the portal");
        assert!(!who(ScopeV4::Admin).may_call(Who::Gateway), "an admin does not speak for a gateway");
        assert!(!shop.may_call(Who::Operator));
        let (intake, prober, facts) = (who(ScopeV4::Intake), who(ScopeV4::Prober), who(ScopeV4::Facts));
        for route in [Who::SignedIn, Who::Reader, Who::Operator, Who::Gateway, Who::Supervisor] {
            for machine in [&intake, &prober, &facts] {
                assert!(!machine.may_call(route), "facts in, nothing else: {route:?}");
            }
        }
        for route in [Who::Intake, Who::InBody, Who::Counts] {
            assert!(intake.may_call(route) && facts.may_call(route) && !prober.may_call(route), "{route:?}");
        }
        assert!(prober.may_call(Who::Prober) && facts.may_call(Who::Prober) && !intake.may_call(Who::Prober));
        let observe = who(ScopeV4::Observe);
        assert!(observe.may_call(Who::Observer) && shop.may_call(Who::Observer) && !intake.may_call(Who::Observer));
        assert!(!observe.may_call(Who::SignedIn) && !observe.may_call(Who::Intake) && !observe.may_call(Who::Prober));
        assert!(!shop.may_call(Who::Intake) && !shop.may_call(Who::Prober) && shop.may_call(Who::Counts));
        assert!(!who(ScopeV4::Read).may_call(Who::Counts) && !who(ScopeV4::Gateway).may_call(Who::Counts));
    }
}
