//! Credentials: issued with a purpose that people can read, withdrawn for good.

use jiff::Timestamp;
use seaworthy_contract::events::server::{ScopeV4, TokenIssuedV4, TokenRevokedV1};
use seaworthy_model::TokenId;

use super::fit::line;
use crate::{NewFact, Refusal, State};

/// Credentials in force at once: a few for each team of a large company.
const TOKENS_MAX: usize = 1_000;

/// Longest label, in characters: it stands in tables in place of the credential's name.
const LABEL_CHARS_MAX: usize = 100;

pub(super) fn issued(
    state: &State,
    token: TokenId,
    scope: &ScopeV4,
    label: &str,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Vec<NewFact>, Refusal> {
    line("label", label)?;
    if label.trim().is_empty() || label.chars().count() > LABEL_CHARS_MAX {
        let why = format!("say in 1 to {LABEL_CHARS_MAX} characters what it is for");
        return Err(Refusal::Invalid("label", why));
    }
    if state.tokens.values().filter(|record| record.is_in_force(now)).count() >= TOKENS_MAX {
        let why = format!("{TOKENS_MAX} credentials are in force");
        return Err(Refusal::State(why, "withdraw one that nobody needs: `seaworthy token withdraw ID`"));
    }
    let issued = TokenIssuedV4 { token, scope: scope.clone(), label: label.to_owned(), expires_at };
    Ok(vec![NewFact::new(format!("token/{token}"), issued)])
}

/// The last admin stays: without one nobody could make another.
pub(super) fn revoked(state: &State, token: TokenId, now: Timestamp) -> Result<Vec<NewFact>, Refusal> {
    let record = state.tokens.get(&token).ok_or_else(|| Refusal::Unknown("token", token.to_string()))?;
    let admins = state.tokens.iter().filter(|(_, r)| r.scope == ScopeV4::Admin && r.is_in_force(now));
    if record.scope == ScopeV4::Admin && admins.filter(|(id, _)| **id != token).all(|(_, r)| r.expires_at.is_some()) {
        let why = "it is the last admin's credential without an end";
        return Err(Refusal::State(why.to_owned(), "make another before: `seaworthy token create --scope admin`"));
    }
    Ok(vec![NewFact::new(format!("token/{token}"), TokenRevokedV1 { token })])
}
