//! Credentials as an admin sees them.

use seaworthy_contract::api::Token;
use seaworthy_contract::events::server::ScopeV3;

use super::Look;

/// Returns the credentials in force, oldest first.
pub fn tokens(look: &Look<'_>) -> Vec<Token> {
    let in_force = look.state.tokens.iter().filter(|(_, record)| record.is_in_force(look.now));
    let view = |(id, record): (&_, &crate::state::TokenRecord)| {
        let (scope, team) = match &record.scope {
            ScopeV3::Admin => ("admin", None),
            ScopeV3::Team { team } => ("team", Some(team.clone())),
            ScopeV3::Read => ("read", None),
            ScopeV3::Gateway => ("gateway", None),
            ScopeV3::Supervisor => ("supervisor", None),
            ScopeV3::Facts => ("intake, prober", None),
            ScopeV3::Intake => ("intake", None),
            ScopeV3::Prober => ("prober", None),
        };
        Token { id: *id, scope: scope.to_owned(), team, label: record.label.clone(), expires_at: record.expires_at }
    };
    in_force.map(view).collect()
}
