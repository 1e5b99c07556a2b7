//! Sessions of people: a one-time link on this machine gives a cookie; the cookie's digest is what is stored.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_model::{PersonId, TeamId, TokenId};
use seaworthy_store::{SideError, Table, Write};
use serde::{Deserialize, Serialize};

use super::{Digest, Entered, Holder, Principal, Secret};
use crate::kernel::Kernel;

/// How long a session lasts: a working day and a night.
const SESSION_HOURS: i64 = 24;

/// How long a session lasts that nobody uses: a working day, so that who signed in at nine need not again at four.
const IDLE_HOURS: i64 = 8;

/// How exactly it is noted when a session was used: one small write in that time, however many pages are looked at.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// How long a link for somebody else works: it is handed to them, who may be asleep.
const HANDED_HOURS: i64 = 24;

/// How long a sign-in link works: long enough to be copied from a terminal.
const LINK_MINUTES: i64 = 10;

/// Longest code of a link that is looked for, in characters: twice what is made, so that a longer one can be made later.
const CODE_CHARS_MAX: usize = 128;

/// Most sessions and links in force: far more people than one installation has, and few enough to be listed.
const SESSIONS_MAX: usize = 5_000;

/// Most of those that are over and forgotten at once; one more write makes the link.
const FORGET_MAX: usize = 500;

/// What is stored of a session or a link, under its digest.
#[derive(Clone, Serialize, Deserialize)]
struct Session {
    #[serde(flatten)]
    of: Of,
    expires_at: Timestamp,
    /// About when it was used; none for a link, and for a session of before that was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used_at: Option<Timestamp>,
}

impl Session {
    fn is_over(&self, now: Timestamp) -> bool {
        let is_idle = |used: Timestamp| now.duration_since(used) >= SignedDuration::from_hours(IDLE_HOURS);
        self.expires_at <= now || self.used_at.is_some_and(is_idle)
    }
}

/// Whose a session is. What a person may do is not stored: it follows the catalogue.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Of {
    Person {
        person: PersonId,
        #[serde(default)]
        by_password: bool,
    },
    Credential {
        scope: ScopeV4,
        actor: String,
    },
}

impl Of {
    fn actor(&self) -> String {
        match self {
            Self::Person { person, .. } => format!("person/{person}"),
            Self::Credential { actor, .. } => actor.clone(),
        }
    }
}

/// Makes a one-time link's code; none when as many sessions and links are in force as there may be.
pub(super) async fn link(
    kernel: &Kernel,
    person: Option<PersonId>,
    by: &Principal,
) -> Result<Option<(String, Timestamp)>, SideError> {
    let (mut writes, in_force) = over(kernel).await?;
    if in_force >= SESSIONS_MAX {
        return Ok(None);
    }
    let (of, works) = match person {
        Some(person) => (Of::Person { person, by_password: false }, SignedDuration::from_hours(HANDED_HOURS)),
        None => {
            let of = Of::Credential { scope: ScopeV4::Admin, actor: by.actor.clone() };
            (of, SignedDuration::from_mins(LINK_MINUTES))
        }
    };
    let expires_at = kernel.now() + works;
    let (code, whose) = (Secret::random(), of.actor());
    writes.push(put("link", code.reveal(), &Session { of, expires_at, used_at: None }));
    kernel.side.write(writes).await?;
    tracing::info!(actor = by.actor, whose, "made a sign-in link");
    Ok(Some((code.reveal().to_owned(), expires_at)))
}

/// Whether a text has the shape of a link's code: others are not looked for, and never stand in an address.
pub(crate) fn may_be_code(text: &str) -> bool {
    (1..=CODE_CHARS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Turns a link's code into a session's secret and whom it signs in; none when it was used, is over or is not known.
pub(super) async fn redeem(kernel: &Kernel, code: &str) -> Result<Option<(String, Option<PersonId>)>, SideError> {
    if !may_be_code(code) {
        return Ok(None);
    }
    let Some(link) = load(kernel, "link", code).await? else { return Ok(None) };
    let session = begun(kernel, link.of);
    let secret = Secret::random();
    let used = Write::Delete { table: Table::Sessions, key: key("link", code) };
    kernel.side.write(vec![used, put("session", secret.reveal(), &session)]).await?;
    tracing::info!(actor = session.of.actor(), "signed in");
    let person = match session.of {
        Of::Person { person, .. } => Some(person),
        Of::Credential { .. } => None,
    };
    Ok(Some((secret.reveal().to_owned(), person)))
}

/// Begins a session of a person who proved who they are; none when as many sessions and links are in force as may be.
pub(super) async fn open(kernel: &Kernel, person: PersonId) -> Result<Option<String>, SideError> {
    let (mut writes, in_force) = over(kernel).await?;
    if in_force >= SESSIONS_MAX {
        return Ok(None);
    }
    let (session, secret) = (begun(kernel, Of::Person { person, by_password: true }), Secret::random());
    writes.push(put("session", secret.reveal(), &session));
    kernel.side.write(writes).await?;
    tracing::info!(actor = session.of.actor(), "signed in");
    Ok(Some(secret.reveal().to_owned()))
}

fn begun(kernel: &Kernel, of: Of) -> Session {
    let now = kernel.now();
    Session { of, expires_at: now + SignedDuration::from_hours(SESSION_HOURS), used_at: Some(now) }
}

/// Ends a session.
pub(super) async fn end(kernel: &Kernel, secret: &str) -> Result<(), SideError> {
    kernel.side.write(vec![Write::Delete { table: Table::Sessions, key: key("session", secret) }]).await
}

/// Ends every session and link of a person; returns how many they were.
pub(super) async fn end_all(kernel: &Kernel, person: &PersonId) -> Result<usize, SideError> {
    let all = kernel.side.list(Table::Sessions).await?;
    let is_theirs = |bytes: &[u8]| {
        let session = serde_json::from_slice::<Session>(bytes);
        session.is_ok_and(|session| matches!(&session.of, Of::Person { person: whose, .. } if whose == person))
    };
    let theirs = all.into_iter().filter(|(_, bytes)| is_theirs(bytes));
    let writes: Vec<Write> = theirs.map(|(key, _)| Write::Delete { table: Table::Sessions, key }).collect();
    for some in writes.chunks(FORGET_MAX) {
        kernel.side.write(some.to_vec()).await?;
    }
    Ok(writes.len())
}

/// A session that is known and not over.
pub(super) struct Found {
    pub(super) principal: Principal,
    /// Whether it is time to note that it is used.
    pub(super) is_to_be_noted: bool,
}

/// Returns whose session it is, when it is known and not over.
pub(super) async fn find(kernel: &Kernel, secret: &str) -> Result<Option<Found>, SideError> {
    let Some(session) = load(kernel, "session", secret).await? else { return Ok(None) };
    let actor = session.of.actor();
    if is_withdrawn(kernel, &actor) {
        return Ok(None);
    }
    let is_to_be_noted = session.used_at.is_none_or(|used| kernel.now().duration_since(used) >= NOTED_EVERY);
    let holder = match session.of {
        Of::Person { person, by_password } => {
            // Whose account was closed is out with their next request, whatever became of their sessions.
            let Some(role) = kernel.look(|look| look.state.accounts.role(&person)) else { return Ok(None) };
            let entered = if by_password { Entered::Password } else { Entered::Link };
            Holder::Person { teams: teams(kernel, &person), person, role, entered }
        }
        Of::Credential { scope, .. } => Holder::Credential(scope),
    };
    let principal = Principal { holder, actor, csrf: Some(Digest::for_purpose("form", secret).hex()) };
    Ok(Some(Found { principal, is_to_be_noted }))
}

/// Notes that a session is used now, if it still is one.
pub(super) async fn note(kernel: &Kernel, secret: &str) -> Result<(), SideError> {
    let Some(session) = load(kernel, "session", secret).await? else { return Ok(()) };
    let used = Session { used_at: Some(kernel.now()), ..session };
    kernel.side.write(vec![put("session", secret, &used)]).await
}

/// The teams that a person is in now: whoever leaves one may change nothing of it from the next request on.
fn teams(kernel: &Kernel, person: &PersonId) -> BTreeSet<TeamId> {
    kernel.look(|look| {
        let teams = look.state.catalogue.teams().filter(|team| team.members.contains(person));
        teams.map(|team| team.name.clone()).collect()
    })
}

/// A session lasts no longer than the token that made its link.
fn is_withdrawn(kernel: &Kernel, actor: &str) -> bool {
    let token = actor.strip_prefix("token/").and_then(|id| id.parse::<TokenId>().ok());
    token.is_some_and(|token| {
        kernel.look(|look| look.state.tokens.get(&token).is_none_or(|record| !record.is_in_force(look.now)))
    })
}

async fn load(kernel: &Kernel, purpose: &str, secret: &str) -> Result<Option<Session>, SideError> {
    let bytes = kernel.side.get(Table::Sessions, &key(purpose, secret)).await?;
    let session = bytes.and_then(|bytes| serde_json::from_slice::<Session>(&bytes).ok());
    Ok(session.filter(|session| !session.is_over(kernel.now())))
}

/// Returns what forgets the sessions and links that are over, and how many are in force.
async fn over(kernel: &Kernel) -> Result<(Vec<Write>, usize), SideError> {
    let (all, now) = (kernel.side.list(Table::Sessions).await?, kernel.now());
    let ended = |bytes: &[u8]| serde_json::from_slice::<Session>(bytes).map_or(true, |s| s.is_over(now));
    let (over, in_force): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, bytes)| ended(bytes));
    let forget = over.into_iter().map(|(key, _)| Write::Delete { table: Table::Sessions, key });
    Ok((forget.take(FORGET_MAX).collect(), in_force.len()))
}

fn put(purpose: &str, secret: &str, session: &Session) -> Write {
    let value = serde_json::to_vec(session).expect("a session has string keys only");
    Write::Put { table: Table::Sessions, key: key(purpose, secret), value }
}

fn key(purpose: &str, secret: &str) -> String {
    format!("{purpose}/{}", Digest::for_purpose(purpose, secret).hex())
}
