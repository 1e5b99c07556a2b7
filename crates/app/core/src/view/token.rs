//! Credentials as an admin sees them.

use seaworthy_contract::api::Token;
use seaworthy_contract::events::server::ScopeV2;

use super::Look;

/// Returns the credentials in force, oldest first.
pub fn tokens(look: &Look<'_>) -> Vec<Token> {
    let in_force = look.state.tokens.iter().filter(|(_, record)| record.is_in_force(look.now));
    let view = |(id, record): (&_, &crate::state::TokenRecord)| {
        let (scope, team) = match &record.scope {
            ScopeV2::Admin => ("admin", None),
            ScopeV2::Team { team } => ("team", Some(team.clone())),
            ScopeV2::Read => ("read", None),
            ScopeV2::Gateway => ("gateway", None),
            ScopeV2::Supervisor => ("supervisor", None),
            ScopeV2::Intake => ("intake", None),
        };
        Token { id: *id, scope: scope.to_owned(), team, label: record.label.clone(), expires_at: record.expires_at }
    };
    in_force.map(view).collect()
}
