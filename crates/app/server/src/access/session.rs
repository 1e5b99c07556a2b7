//! Sessions of people: a one-time link on this machine gives a cookie; the cookie's digest is what is stored.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::events::server::ScopeV1;
use seaworthy_store::{SideError, Table, Write};
use serde::{Deserialize, Serialize};

use super::{Digest, Principal, Secret};
use crate::kernel::Kernel;

/// Name of the session's cookie.
pub(crate) const SESSION_COOKIE: &str = "sw_session";

/// How long a session lasts: a working day and a night.
const SESSION_HOURS: i64 = 24;

/// How long a sign-in link works: long enough to be copied from a terminal.
const LINK_MINUTES: i64 = 10;

/// What is stored of a session or a link, under its digest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    scope: ScopeV1,
    actor: String,
    expires_at: Timestamp,
}

impl Session {
    /// Makes a one-time link's code for a principal.
    pub(crate) async fn link(kernel: &Kernel, principal: &Principal) -> Result<(String, Timestamp), SideError> {
        let expires_at = kernel.now() + SignedDuration::from_mins(LINK_MINUTES);
        let session = Self { scope: principal.scope.clone(), actor: principal.actor.clone(), expires_at };
        let code = Secret::random();
        store(kernel, vec![put("link", code.reveal(), &session)]).await?;
        Ok((code.reveal().to_owned(), expires_at))
    }

    /// Turns a link's code into a session's secret; none when it was used, is over or is not known.
    pub(crate) async fn redeem(kernel: &Kernel, code: &str) -> Result<Option<String>, SideError> {
        let Some(link) = load(kernel, "link", code).await else { return Ok(None) };
        let now = kernel.now();
        let session = Self { expires_at: now + SignedDuration::from_hours(SESSION_HOURS), ..link };
        let secret = Secret::random();
        let used = Write::Delete { table: Table::Sessions, key: key("link", code) };
        let mut writes = vec![used, put("session", secret.reveal(), &session)];
        writes.extend(over(kernel, now).await?);
        store(kernel, writes).await?;
        Ok(Some(secret.reveal().to_owned()))
    }

    /// Ends a session.
    pub(crate) async fn end(kernel: &Kernel, secret: &str) -> Result<(), SideError> {
        store(kernel, vec![Write::Delete { table: Table::Sessions, key: key("session", secret) }]).await
    }
}

/// Returns whose session it is, when it is known and not over.
pub(super) async fn find(kernel: &Kernel, secret: &str) -> Option<Principal> {
    let session = load(kernel, "session", secret).await?;
    let csrf = Some(Digest::for_purpose("form", secret).hex());
    Some(Principal { scope: session.scope, actor: session.actor, csrf })
}

async fn load(kernel: &Kernel, purpose: &str, secret: &str) -> Option<Session> {
    let bytes = kernel.side.get(Table::Sessions, &key(purpose, secret)).await.ok()??;
    let session: Session = serde_json::from_slice(&bytes).ok()?;
    (session.expires_at > kernel.now()).then_some(session)
}

/// Sessions that are over, to be forgotten whenever somebody signs in.
async fn over(kernel: &Kernel, now: Timestamp) -> Result<Vec<Write>, SideError> {
    let all = kernel.side.list(Table::Sessions).await?;
    let ended = |bytes: &[u8]| serde_json::from_slice::<Session>(bytes).map_or(true, |s| s.expires_at <= now);
    let over = all.into_iter().filter(|(_, bytes)| ended(bytes));
    Ok(over.map(|(key, _)| Write::Delete { table: Table::Sessions, key }).take(100).collect())
}

async fn store(kernel: &Kernel, writes: Vec<Write>) -> Result<(), SideError> {
    kernel.side.write(writes).await
}

fn put(purpose: &str, secret: &str, session: &Session) -> Write {
    let value = serde_json::to_vec(session).expect("a session has string keys only");
    Write::Put { table: Table::Sessions, key: key(purpose, secret), value }
}

fn key(purpose: &str, secret: &str) -> String {
    format!("{purpose}/{}", Digest::for_purpose(purpose, secret).hex())
}
