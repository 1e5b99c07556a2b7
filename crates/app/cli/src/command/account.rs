//! `seaworthy account`: who may sign in here as themselves.

use std::io::{self, BufRead, IsTerminal};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use seaworthy_contract::api::{Account, AccountMade, AccountRequest};
use seaworthy_contract::events::account::AccountRoleV1;
use seaworthy_model::PersonId;

use crate::context::Context;
use crate::table::{Column, lay_out};
use crate::view::View;
use crate::words::age;
use crate::{Exit, Failure};

/// Opens, lists and closes people's accounts. Takes an admin's token.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy account add ines\n  seaworthy account list")]
pub struct Args {
    /// What to do
    #[command(subcommand)]
    pub action: Action,
}

/// What to do with accounts.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Lets a person of the catalogue sign in, and prints the link by which they choose a password
    Add {
        /// Who, by handle
        person: PersonId,
        /// They may do everything
        #[arg(long)]
        admin: bool,
        /// Asks for their password here instead; standard input gives it where that is no terminal
        #[arg(long)]
        password: bool,
    },
    /// Lists accounts, those that are closed among them
    List,
    /// Lets a person in no more: ends their sessions and forgets their password
    Disable {
        /// Who, by handle
        person: PersonId,
    },
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match &args.action {
        Action::Add { person, admin, password } => {
            let role = if *admin { AccountRoleV1::Admin } else { AccountRoleV1::Person };
            let password = if *password { Some(typed(cx, person)?) } else { None };
            add(&AccountRequest { person: person.clone(), role, password }, cx).await?;
        }
        Action::List => {
            let accounts: Vec<Account> = cx.api.get_json("/v1/accounts").await?;
            cx.answer(&accounts, |accounts, view| table(accounts, view))?;
        }
        Action::Disable { person } => {
            let path = format!("/v1/accounts/{person}/close");
            let closed: Account = cx.api.post_json(&path, &serde_json::json!({})).await?;
            cx.answer(&closed, |closed, _| format!("{} may not sign in any more", closed.person))?;
        }
    }
    Ok(Exit::Ok)
}

/// The link alone goes to standard output.
async fn add(request: &AccountRequest, cx: &mut Context<'_>) -> Result<(), Failure> {
    let made: AccountMade = cx.api.post_json("/v1/accounts", request).await?;
    if let Some(link) = &made.link {
        let left = age(link.expires_at.duration_since(cx.view.now).as_secs().max(0));
        cx.say(&format!("works once, within {left}; hand it to {}, who chooses a password by it:", request.person));
    }
    cx.answer(&made, |made, _| match &made.link {
        Some(link) => link.url.clone(),
        None => format!("{} signs in with that password", made.account.person),
    })
}

/// Reads a line without showing it; what reads is ours alone until the line ends.
fn typed(cx: &mut Context<'_>, person: &PersonId) -> Result<String, Failure> {
    let stdin = io::stdin();
    let before = match stdin.is_terminal() {
        true => tcgetattr(&stdin).ok(),
        false => None,
    };
    if let Some(before) = &before {
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        cx.say(&format!("password of {person}, which is not shown:"));
        tcsetattr(&stdin, OptionalActions::Flush, &hidden).map_err(io::Error::from)?;
    }
    let mut line = String::new();
    let read = stdin.lock().read_line(&mut line);
    if let Some(before) = &before {
        tcsetattr(&stdin, OptionalActions::Flush, before).map_err(io::Error::from)?;
    }
    read?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn table(accounts: &[Account], view: &View) -> String {
    let columns = [Column::Gives, Column::Text, Column::Text];
    let header = ["WHO", "MAY", "SIGNS IN BY"].map(str::to_owned).to_vec();
    let row = |account: &Account| {
        let may = match (account.open, account.role) {
            (false, _) => "nothing: closed",
            (true, AccountRoleV1::Admin) => "everything",
            (true, AccountRoleV1::Person) => "what their teams own",
        };
        let by = match (account.open, account.has_password, account.in_catalogue) {
            (false, ..) => "-",
            (true, _, false) => "not in the catalogue: disable it?",
            (true, true, _) => "password",
            (true, false, _) => "link alone",
        };
        vec![account.person.to_string(), may.to_owned(), by.to_owned()]
    };
    let rows = accounts.iter().map(row);
    lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width()).join("\n")
}

#[cfg(test)]
mod tests;
