//! `seaworthy contacts`: how a person is reached, which contacts they confirmed, and writing to them by hand.

use seaworthy_contract::api::{ContactsTried, PersonContacts};
use seaworthy_model::PersonId;

use crate::context::Context;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::age;
use crate::{Exit, Failure};

/// Shows how a person is reached, sends the links that confirm it, or a test. Addresses are never shown.
#[derive(Debug, Clone, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:\n  seaworthy contacts ann\n  seaworthy contacts verify ann"
)]
pub struct Args {
    /// Whose
    #[arg(required = true)]
    pub person: Option<PersonId>,
    /// What to do
    #[command(subcommand)]
    pub action: Option<Action>,
}

/// What to do with the contacts of a person.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Sends a link through each contact that is not confirmed: whoever opens it has it
    Verify {
        /// Whose
        person: PersonId,
    },
    /// Sends a test through every contact, as a page would come
    Test {
        /// Whose
        person: PersonId,
    },
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match (&args.action, &args.person) {
        (Some(Action::Verify { person }), _) => write(person, "verify", cx).await,
        (Some(Action::Test { person }), _) => write(person, "test", cx).await,
        (None, Some(person)) => {
            let known: PersonContacts = cx.api.get_json(&format!("/v1/people/{person}/contacts")).await?;
            cx.answer(&known, table)?;
            Ok(Exit::Ok)
        }
        (None, None) => unreachable!("clap asks for a person where there is no action"),
    }
}

async fn write(person: &PersonId, what: &str, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let path = format!("/v1/people/{person}/contacts/{what}");
    let tried: ContactsTried = cx.api.post_json(&path, &serde_json::json!({})).await?;
    let is_lost = !tried.tried.is_empty() && tried.tried.iter().all(|one| one.refused.is_some());
    cx.answer(&tried, |tried, view| sent(tried, what, view))?;
    Ok(if is_lost { Exit::No } else { Exit::Ok })
}

fn table(known: &PersonContacts, view: &View) -> String {
    if known.contacts.is_empty() {
        return format!("{} has no contact: a page would only stand in the portal", known.person);
    }
    let header = ["", "CONTACT", "CONFIRMED"].map(str::to_owned).to_vec();
    let rows = known.contacts.iter().map(|contact| {
        let ago = |at: jiff::Timestamp| format!("{} ago", age(view.now.duration_since(at).as_secs().max(0)));
        let confirmed = contact.confirmed_at.map_or_else(|| "no".to_owned(), ago);
        vec![contact.contact.to_string(), harmless(&contact.channel), confirmed]
    });
    let rows: Vec<_> = std::iter::once(header).chain(rows).collect();
    lay_out(&[Column::Text, Column::Text, Column::Text], &rows, view.width()).join("\n")
}

fn sent(tried: &ContactsTried, what: &str, view: &View) -> String {
    if tried.tried.is_empty() {
        let why = if what == "verify" { "nothing is left to confirm" } else { "there is no contact" };
        return format!("{}: {why}", tried.person);
    }
    let header = ["", "CONTACT", "SENT"].map(str::to_owned).to_vec();
    let rows = tried.tried.iter().map(|one| {
        let came = one.refused.as_deref().map_or_else(|| "yes".to_owned(), |why| format!("no: {}", harmless(why)));
        vec![one.contact.to_string(), harmless(&one.channel), came]
    });
    let rows: Vec<_> = std::iter::once(header).chain(rows).collect();
    lay_out(&[Column::Text, Column::Text, Column::Gives], &rows, view.width()).join("\n")
}

#[cfg(test)]
mod tests;
