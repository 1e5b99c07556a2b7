//! API tokens: `sw_<id>_<secret>`. The id is public and in the ledger, the secret is hashed in the side store.

use jiff::Timestamp;
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_core::Input;
use seaworthy_model::{Entropy, TokenId};
use seaworthy_store::{SideError, Table, Write};

use super::{Digest, Principal, Secret};
use crate::kernel::{CommandError, Kernel};

/// Longest token text that is looked at.
const TOKEN_BYTES_MAX: usize = 200;

/// Takes a token apart: its id and its secret.
fn parse(text: &str) -> Option<(TokenId, &str)> {
    if text.len() > TOKEN_BYTES_MAX {
        return None;
    }
    let (id, secret) = text.strip_prefix("sw_")?.split_once('_')?;
    Some((id.parse().ok()?, secret))
}

/// Issues a token: the event is appended, then its hash is stored. One that stops half way has issued nothing that
/// works, and nothing that would keep the next start from issuing one. Returns the text, which is nowhere else.
pub(crate) async fn issue(
    kernel: &Kernel,
    scope: ScopeV4,
    label: &str,
    expires_at: Option<Timestamp>,
) -> Result<String, CommandError> {
    issue_as(kernel, scope, label, expires_at, "server").await.map(|(_, text)| text)
}

/// The same for somebody; returns its id as well.
pub(crate) async fn issue_as(
    kernel: &Kernel,
    scope: ScopeV4,
    label: &str,
    expires_at: Option<Timestamp>,
    actor: &str,
) -> Result<(TokenId, String), CommandError> {
    let mut seed = [0; 16];
    getrandom::fill(&mut seed).expect("the operating system gives randomness");
    let token = TokenId::new(kernel.now(), &mut Entropy::new(u128::from_le_bytes(seed)));
    let secret = Secret::random();
    let value = Digest::of(secret.reveal()).as_bytes().to_vec();
    let input = Input::TokenIssued { token, scope, label: label.to_owned(), expires_at };
    kernel.command(input, actor).await?;
    let put = Write::Put { table: Table::Tokens, key: token.to_string(), value };
    kernel.side.write(vec![put]).await.map_err(CommandError::Side)?;
    Ok((token, format!("sw_{}_{}", token.as_uuid().simple(), secret.reveal())))
}

/// Withdraws a token: from the event on it is not in force, and then its hash is forgotten.
pub(crate) async fn withdraw(kernel: &Kernel, token: TokenId, actor: &str) -> Result<(), CommandError> {
    kernel.command(Input::TokenRevoked { token }, actor).await?;
    let forget = Write::Delete { table: Table::Tokens, key: token.to_string() };
    kernel.side.write(vec![forget]).await.map_err(CommandError::Side)
}

/// Returns whose token it is, when it is known, not withdrawn and not over.
pub(super) async fn find(kernel: &Kernel, text: &str) -> Result<Option<Principal>, SideError> {
    let Some((token, secret)) = parse(text) else { return Ok(None) };
    let record = kernel.look(|look| look.state.tokens.get(&token).cloned());
    let Some(record) = record.filter(|record| record.is_in_force(kernel.now())) else { return Ok(None) };
    let stored = kernel.side.get(Table::Tokens, &token.to_string()).await?;
    let known = stored.and_then(|bytes| Digest::from_bytes(&bytes));
    let is_its = known.is_some_and(|known| known.equals(&Digest::of(secret)));
    Ok(is_its.then(|| Principal::credential(record.scope, format!("token/{token}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_form_is_a_token() {
        let id = "01a1fd9dfec67db3b93a44424087ef31";
        let (good, long) = (format!("sw_{id}_ab"), format!("sw_{id}_{}", "a".repeat(TOKEN_BYTES_MAX)));
        assert_eq!(parse(&good).map(|(_, secret)| secret), Some("ab"));
        for text in ["", "sw_", "sw__", "sw_x_y", id, &good[3..], &good.to_uppercase(), &good.replace('_', "-"), &long]
        {
            assert_eq!(parse(text).map(drop), None, "{text:.60}");
        }
    }
}
