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
        /// The page's id as `seaworthy pages` shows it, or how it begins; the one that waits, when there is only one
        page: Option<String>,
    },
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match &args.action {
        None => list(cx, false).await,
        Some(Action::List { all }) => list(cx, *all).await,
        Some(Action::Ack { page }) => acknowledge(cx, page.as_deref()).await,
    }
}

async fn list(cx: &mut Context<'_>, all: bool) -> Result<Exit, Failure> {
    let mut pages: Vec<Page> = cx.api.get_json("/v1/pages").await?;
    pages.retain(|page| all || waits(page));
    cx.answer(&pages, |pages, view| table(pages, view))?;
    Ok(Exit::Ok)
}

async fn acknowledge(cx: &mut Context<'_>, asked: Option<&str>) -> Result<Exit, Failure> {
    let known: Option<PageId> = asked.and_then(|asked| asked.parse().ok());
    let id = match (known, asked) {
        (Some(id), _) => Some(id),
        (None, Some(beginning)) => Some(named(&cx.api.get_json::<Vec<Page>>("/v1/pages").await?, beginning)?),
        (None, None) => only(&cx.api.get_json::<Vec<Page>>("/v1/pages").await?)?,
    };
    let Some(id) = id else {
        cx.answer(&None::<Page>, |_, _| NONE_WAITS.to_owned())?;
        return Ok(Exit::Ok);
    };
    let page: Page = cx.api.post_json(&format!("/v1/pages/{id}/acknowledge"), &serde_json::json!({})).await?;
    cx.answer(&page, |page, _| {
        let by = page.acknowledged_by.as_deref().map_or_else(String::new, |by| format!(" by {}", actor(by)));
        format!("acknowledged{by}: {}", harmless(&page.sentence))
    })?;
    Ok(Exit::Ok)
}

fn waits(page: &Page) -> bool {
    page.state != PageState::Acknowledged
}

/// Returns the one page that waits; none when none does.
fn only(pages: &[Page]) -> Result<Option<PageId>, Failure> {
    let waiting: Vec<&Page> = pages.iter().filter(|page| waits(page)).collect();
    match waiting.as_slice() {
        [] => Ok(None),
        [page] => Ok(Some(page.id)),
        many => Err(Failure::usage(
            format!("could not take a page: {} wait", many.len()),
            "name one: `seaworthy pages` lists them with their ids",
        )),
    }
}

/// Returns the one page whose id begins so: of those that wait, else of all.
fn named(pages: &[Page], beginning: &str) -> Result<PageId, Failure> {
    let begins = |page: &&Page| page.id.to_string().starts_with(&beginning.to_ascii_lowercase());
    let all: Vec<&Page> = pages.iter().filter(begins).collect();
    let waiting: Vec<&Page> = all.iter().copied().filter(|page| waits(page)).collect();
    match (waiting.as_slice(), all.as_slice()) {
        ([page], _) | ([], [page]) => Ok(page.id),
        (_, []) => Err(Failure::refused(
            "not-found",
            format!("could not take a page: none has an id that begins with \"{}\"", harmless(beginning)),
            "`seaworthy pages` lists those that wait with their ids; without an id the only one is taken",
        )),
        (_, many) => Err(Failure::usage(
            format!("could not take a page: {} have ids that begin with \"{}\"", many.len(), harmless(beginning)),
            "write more of its id: `seaworthy pages` shows enough of each",
        )),
    }
}

/// Fewest characters of an id that are shown: fewer look like a number.
const ID_CHARS_MIN: usize = 8;

/// Returns how many characters of their ids tell these pages apart.
pub(crate) fn id_chars(pages: &[Page]) -> usize {
    let mut ids: Vec<String> = pages.iter().map(|page| page.id.to_string()).collect();
    ids.sort();
    let alike = |one: &str, other: &str| one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    ids.windows(2).map(|pair| alike(&pair[0], &pair[1]) + 1).fold(ID_CHARS_MIN, usize::max)
}

/// Returns so many characters of a page's id.
pub(crate) fn id(page: &Page, chars: usize) -> String {
    page.id.to_string().chars().take(chars).collect()
}

const NONE_WAITS: &str = "no page waits for anybody";

fn table(pages: &[Page], view: &View) -> String {
    if pages.is_empty() {
        return NONE_WAITS.to_owned();
    }
    let columns = [Column::Text, Column::Text, Column::Text, Column::Gives, Column::Gives, Column::Text];
    let header = ["SERVICE", "PAGED", "TO", "STATE", "WHAT", "ID"].map(str::to_owned).to_vec();
    let chars = id_chars(pages);
    let rows = pages.iter().map(|page| row(page, chars, view));
    lay_out(&columns, &std::iter::once(header).chain(rows).collect::<Vec<_>>(), view.width()).join("\n")
}

fn row(page: &Page, chars: usize, view: &View) -> Vec<String> {
    vec![
        page.service.to_string(),
        ago(view.seconds_since(page.requested_at)),
        to(page),
        state(page, view),
        harmless(&page.sentence),
        id(page, chars),
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
