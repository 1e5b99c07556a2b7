//! API tokens: `sw_<id>_<secret>`. The id is public and in the ledger, the secret is hashed in the side store.

use jiff::Timestamp;
use seaworthy_contract::events::server::ScopeV1;
use seaworthy_core::Input;
use seaworthy_model::{Entropy, TokenId};
use seaworthy_store::{Table, Write};

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

/// Issues a token: its hash is stored, then the event is appended. Returns the text, which is nowhere else.
pub(crate) async fn issue(
    kernel: &Kernel,
    scope: ScopeV1,
    label: &str,
    expires_at: Option<Timestamp>,
) -> Result<String, CommandError> {
    let mut seed = [0; 16];
    getrandom::fill(&mut seed).expect("the operating system gives randomness");
    let token = TokenId::new(kernel.now(), &mut Entropy::new(u128::from_le_bytes(seed)));
    let secret = Secret::random();
    let value = Digest::of(secret.reveal()).as_bytes().to_vec();
    let put = Write::Put { table: Table::Tokens, key: token.to_string(), value };
    kernel.side.write(vec![put]).await.map_err(CommandError::Side)?;
    let input = Input::TokenIssued { token, scope, label: label.to_owned(), expires_at };
    kernel.command(input, "server").await?;
    Ok(format!("sw_{}_{}", token.as_uuid().simple(), secret.reveal()))
}

/// Returns whose token it is, when it is known, not withdrawn and not over.
pub(super) async fn find(kernel: &Kernel, text: &str) -> Option<Principal> {
    let (token, secret) = parse(text)?;
    let record = kernel.look(|look| look.state.tokens.get(&token).cloned())?;
    if record.expires_at.is_some_and(|end| end <= kernel.now()) {
        return None;
    }
    let stored = kernel.side.get(Table::Tokens, &token.to_string()).await.ok()??;
    let known = Digest::from_bytes(&stored)?;
    known.equals(&Digest::of(secret)).then(|| Principal {
        scope: record.scope,
        actor: format!("token/{token}"),
        csrf: None,
    })
}
