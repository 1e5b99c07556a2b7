//! Credentials as an admin sees them.

use seaworthy_contract::api::Token;
use seaworthy_contract::events::server::ScopeV4;

use super::Look;

/// Returns the credentials in force, oldest first.
pub fn tokens(look: &Look<'_>) -> Vec<Token> {
    let in_force = look.state.tokens.iter().filter(|(_, record)| record.is_in_force(look.now));
    let view = |(id, record): (&_, &crate::state::TokenRecord)| {
        let (scope, team) = match &record.scope {
            ScopeV4::Admin => ("admin", None),
            ScopeV4::Team { team } => ("team", Some(team.clone())),
            ScopeV4::Read => ("read", None),
            ScopeV4::Gateway => ("gateway", None),
            ScopeV4::Supervisor => ("supervisor", None),
            ScopeV4::Facts => ("intake, prober", None),
            ScopeV4::Intake => ("intake", None),
            ScopeV4::Prober => ("prober", None),
            ScopeV4::Observe => ("observe", None),
        };
        Token { id: *id, scope: scope.to_owned(), team, label: record.label.clone(), expires_at: record.expires_at }
    };
    in_force.map(view).collect()
}
