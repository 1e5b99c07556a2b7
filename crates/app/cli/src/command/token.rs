//! `seaworthy token`: credentials for people's programs and for other systems.

use std::time::Duration;

use jiff::Timestamp;
use seaworthy_contract::api::{Token, TokenMade, TokenRequest, TokenScope};
use seaworthy_model::{TeamId, TokenId};

use crate::context::Context;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{age, long_duration};
use crate::{Exit, Failure};

/// Makes, lists and withdraws credentials. Takes an admin's.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  seaworthy token create --scope intake --label alertmanager > alertmanager.token\n  seaworthy token list"
)]
pub struct Args {
    /// What to do
    #[command(subcommand)]
    pub action: Action,
}

/// What to do with credentials.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Makes one and prints it, once: nobody can read it again
    Create(CreateArgs),
    /// Lists those in force
    List,
    /// Withdraws one, at once and for good
    Withdraw {
        /// Its id, as `seaworthy token list` shows it
        id: TokenId,
    },
}

/// What to make.
#[derive(Debug, Clone, clap::Args)]
pub struct CreateArgs {
    /// What it may do
    #[arg(long, value_enum)]
    pub scope: Scope,
    /// The team that it may act for
    #[arg(long, required_if_eq("scope", "team"))]
    pub team: Option<TeamId>,
    /// What it is for, in a few words
    #[arg(long, value_name = "TEXT")]
    pub label: String,
    /// How long it works: `12h`, `90d`; without it, until it is withdrawn
    #[arg(long = "for", value_name = "TIME", value_parser = long_duration)]
    pub length: Option<Duration>,
}

/// What a credential may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Scope {
    /// Everything
    Admin,
    /// Read everything, change what the team owns
    Team,
    /// Read everything
    Read,
    /// Send in other systems' alerts and counts; read nothing
    Intake,
    /// Run probes from another place; read nothing else
    Prober,
    /// Send in what collectors saw of services; read nothing
    Observe,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match &args.action {
        Action::Create(args) => create(args, cx).await,
        Action::List => {
            let tokens: Vec<Token> = cx.api.get_json("/v1/tokens").await?;
            cx.answer(&tokens, |tokens, view| table(tokens, view))?;
            Ok(Exit::Ok)
        }
        Action::Withdraw { id } => {
            let path = format!("/v1/tokens/{id}/revoke");
            let left: Vec<Token> = cx.api.post_json(&path, &serde_json::json!({})).await?;
            cx.answer(&left, |left, _| format!("withdrawn; {} in force", left.len()))?;
            Ok(Exit::Ok)
        }
    }
}

/// The credential alone goes to standard output: it can be kept in a file without anybody seeing it.
async fn create(args: &CreateArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let expires_at = args.length.and_then(|length| Timestamp::now().checked_add(length).ok());
    let scope = match args.scope {
        Scope::Admin => TokenScope::Admin,
        Scope::Team => TokenScope::Team,
        Scope::Read => TokenScope::Read,
        Scope::Intake => TokenScope::Intake,
        Scope::Prober => TokenScope::Prober,
        Scope::Observe => TokenScope::Observe,
    };
    let request = TokenRequest { scope, team: args.team.clone(), label: args.label.clone(), expires_at };
    let made: TokenMade = cx.api.post_json("/v1/tokens", &request).await?;
    cx.say("shown once; the server keeps a hash of it. `seaworthy token withdraw ID` withdraws it:");
    cx.say(&format!("id {}", made.token.id));
    cx.answer(&made, |made, _| made.secret.clone())?;
    Ok(Exit::Ok)
}

fn table(tokens: &[Token], view: &View) -> String {
    let columns = [Column::Gives, Column::Text, Column::Text, Column::Text];
    let header = ["FOR", "MAY", "ENDS IN", "ID"].map(str::to_owned).to_vec();
    let row = |token: &Token| {
        let may = match &token.team {
            Some(team) => format!("team {team}"),
            None => harmless(&token.scope),
        };
        let ends = token.expires_at.map(|at| age(at.duration_since(view.now).as_secs().max(0)));
        vec![harmless(&token.label), may, ends.unwrap_or_else(|| "never".to_owned()), token.id.to_string()]
    };
    let rows = tokens.iter().map(row);
    lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width()).join("\n")
}

#[cfg(test)]
mod tests;
