//! `seaworthy pages`: who was paged for what, and taking a page.

use seaworthy_contract::api::{Page, PageState};
use seaworthy_model::PageId;

use crate::context::Context;
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{actor, ago};
use crate::{Exit, Failure};

/// Shows pages that wait for somebody; takes one.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy pages\n  seaworthy pages ack")]
pub struct Args {
    /// What to do; without it, `list`
    #[command(subcommand)]
    pub action: Option<Action>,
}

/// What to do with pages.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Shows pages that wait for somebody
    List {
        /// Acknowledged ones as well
        #[arg(long)]
        all: bool,
    },
    /// Takes a page: you look after it, nobody else is called
    Ack {
        /// The page; the one that waits, when there is only one
        page: Option<PageId>,
    },
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match &args.action {
        None => list(cx, false).await,
        Some(Action::List { all }) => list(cx, *all).await,
        Some(Action::Ack { page }) => acknowledge(cx, *page).await,
    }
}

async fn list(cx: &mut Context<'_>, all: bool) -> Result<Exit, Failure> {
    let mut pages: Vec<Page> = cx.api.get_json("/v1/pages").await?;
    pages.retain(|page| all || page.state != PageState::Acknowledged);
    cx.answer(&pages, |pages, view| table(pages, view))?;
    Ok(Exit::Ok)
}

async fn acknowledge(cx: &mut Context<'_>, page: Option<PageId>) -> Result<Exit, Failure> {
    let id = match page {
        Some(id) => id,
        None => only(&cx.api.get_json::<Vec<Page>>("/v1/pages").await?)?,
    };
    let page: Page = cx.api.post_json(&format!("/v1/pages/{id}/acknowledge"), &serde_json::json!({})).await?;
    cx.answer(&page, |page, _| {
        let by = page.acknowledged_by.as_deref().map_or_else(String::new, |by| format!(" by {}", actor(by)));
        format!("acknowledged{by}: {}", harmless(&page.sentence))
    })?;
    Ok(Exit::Ok)
}

/// Returns the one page that waits.
fn only(pages: &[Page]) -> Result<PageId, Failure> {
    let waiting: Vec<&Page> = pages.iter().filter(|page| page.state != PageState::Acknowledged).collect();
    match waiting.as_slice() {
        [page] => Ok(page.id),
        [] => Err(Failure::usage("could not take a page: none waits", "`seaworthy pages list --all` shows older ones")),
        many => Err(Failure::usage(
            format!("could not take a page: {} wait", many.len()),
            "name one: `seaworthy pages` lists them with their ids",
        )),
    }
}

fn table(pages: &[Page], view: &View) -> String {
    if pages.is_empty() {
        return "no page waits for anybody".to_owned();
    }
    let columns = [Column::Text, Column::Text, Column::Text, Column::Gives, Column::Gives, Column::Text];
    let header = ["SERVICE", "PAGED", "TO", "STATE", "WHAT", "ID"].map(str::to_owned).to_vec();
    let rows = pages.iter().map(|page| row(page, view));
    lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width()).join("\n")
}

fn row(page: &Page, view: &View) -> Vec<String> {
    vec![
        page.service.to_string(),
        ago(view.seconds_since(page.requested_at)),
        to(page),
        state(page, view),
        harmless(&page.sentence),
        page.id.to_string(),
    ]
}

/// Names who was paged.
pub(crate) fn to(page: &Page) -> String {
    match (&page.to_name, &page.to) {
        (Some(name), _) => harmless(name),
        (None, Some(person)) => person.to_string(),
        (None, None) => "nobody on call".to_owned(),
    }
}

fn state(page: &Page, view: &View) -> String {
    let by = page.acknowledged_by.as_deref().map_or_else(String::new, |by| format!(" by {}", actor(by)));
    let at = page.acknowledged_at.map_or_else(String::new, |at| format!(", {}", ago(view.seconds_since(at))));
    match page.state {
        PageState::Requested => "on its way".to_owned(),
        PageState::Delivered => {
            let taken = page.channels.iter().filter(|channel| channel.state == "delivered");
            let names: Vec<String> = taken.map(|channel| harmless(&channel.channel)).collect();
            format!("delivered to {}", names.join(", "))
        }
        PageState::Acknowledged => format!("acknowledged{by}{at}"),
        PageState::Undeliverable => "no channel took it".to_owned(),
    }
}

#[cfg(test)]
mod tests;
