//! `seaworthy pages`: who was paged for what, who is called next, taking a page, and saying what it was worth.

mod ladder;

use seaworthy_contract::api::{JudgeRequest, Page, PageState};
use seaworthy_contract::events::alert::VerdictV1;
use seaworthy_model::PageId;

use crate::context::Context;
use crate::ids::{begin, beginning, tell_apart};
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{actor, ago};
use crate::{Exit, Failure};

/// Shows pages that wait for somebody; takes one, and says what it was worth.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  seaworthy pages\n  seaworthy pages ack\n  seaworthy pages judge acted")]
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
    /// Shows one page with its ladder: whom it called, when and how, and whom it calls next
    Show {
        /// The page's id as `seaworthy pages` shows it, or how it begins; the one that waits, when there is only one
        page: Option<String>,
    },
    /// Takes a page: you look after it, nobody else is called
    Ack {
        /// The page's id as `seaworthy pages` shows it, or how it begins; the one that waits, when there is only one
        page: Option<String>,
    },
    /// Says what a page was worth; the weekly review is made from it
    Judge {
        /// What it was worth
        #[arg(value_enum)]
        verdict: Verdict,
        /// The page's id as `seaworthy pages list --all` shows it, or how it begins; the one that was taken and not
        /// judged yet, when there is only one
        page: Option<String>,
    },
}

/// What a page was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Verdict {
    /// Something was done that helped
    Acted,
    /// There was nothing to do
    NothingToDo,
    /// It was another team's, or a vendor's
    NotOurs,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match &args.action {
        None => list(cx, false).await,
        Some(Action::List { all }) => list(cx, *all).await,
        Some(Action::Show { page }) => show(cx, page.as_deref()).await,
        Some(Action::Ack { page }) => acknowledge(cx, page.as_deref()).await,
        Some(Action::Judge { verdict, page }) => judge(cx, *verdict, page.as_deref()).await,
    }
}

async fn list(cx: &mut Context<'_>, all: bool) -> Result<Exit, Failure> {
    let mut pages: Vec<Page> = cx.api.get_json("/v1/pages").await?;
    pages.retain(|page| all || waits(page));
    cx.answer(&pages, |pages, view| table(pages, view) + &ladder::next_calls(pages))?;
    Ok(Exit::Ok)
}

async fn show(cx: &mut Context<'_>, asked: Option<&str>) -> Result<Exit, Failure> {
    let Some(id) = Meant { to: "show", of: "wait", is: waits }.find(cx, asked).await? else {
        cx.answer(&None::<Page>, |_, _| NONE_WAITS.to_owned())?;
        return Ok(Exit::Ok);
    };
    let page: Page = cx.api.get_json(&format!("/v1/pages/{id}")).await?;
    cx.answer(&page, |page, view| table(std::slice::from_ref(page), view) + "\n\n" + &ladder::whole(page))?;
    Ok(Exit::Ok)
}

async fn acknowledge(cx: &mut Context<'_>, asked: Option<&str>) -> Result<Exit, Failure> {
    let Some(id) = Meant { to: "take", of: "wait", is: waits }.find(cx, asked).await? else {
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

async fn judge(cx: &mut Context<'_>, verdict: Verdict, asked: Option<&str>) -> Result<Exit, Failure> {
    let meant = Meant { to: "judge", of: "were taken and not judged yet", is: awaits_verdict };
    let Some(id) = meant.find(cx, asked).await? else {
        cx.answer(&None::<Page>, |_, _| "every page that somebody took is judged".to_owned())?;
        return Ok(Exit::Ok);
    };
    let verdict = match verdict {
        Verdict::Acted => VerdictV1::Acted,
        Verdict::NothingToDo => VerdictV1::NothingToDo,
        Verdict::NotOurs => VerdictV1::NotOurs,
    };
    let page: Page = cx.api.post_json(&format!("/v1/pages/{id}/judge"), &JudgeRequest { verdict }).await?;
    cx.answer(&page, |page, _| {
        let what = page.verdict.map_or("not judged", worth);
        format!("{what}: {}", harmless(&page.sentence))
    })?;
    Ok(Exit::Ok)
}

/// Says in words what a page was worth.
pub(crate) fn worth(verdict: VerdictV1) -> &'static str {
    match verdict {
        VerdictV1::Acted => "acted on",
        VerdictV1::NothingToDo => "nothing to do",
        VerdictV1::NotOurs => "not ours",
    }
}

/// Which page a command means that names none, or only how its id begins.
struct Meant {
    /// What is done with it.
    to: &'static str,
    /// What those have in common of which one is meant.
    of: &'static str,
    /// Tells whether a page is one of those.
    is: fn(&Page) -> bool,
}

impl Meant {
    async fn find(&self, cx: &Context<'_>, asked: Option<&str>) -> Result<Option<PageId>, Failure> {
        match (asked.and_then(|asked| asked.parse().ok()), asked) {
            (Some(id), _) => Ok(Some(id)),
            (None, Some(beginning)) => {
                Ok(Some(self.named(&cx.api.get_json::<Vec<Page>>("/v1/pages").await?, beginning)?))
            }
            (None, None) => self.only(&cx.api.get_json::<Vec<Page>>("/v1/pages").await?),
        }
    }

    /// Returns the one page that is meant where none is named; none when there is none.
    fn only(&self, pages: &[Page]) -> Result<Option<PageId>, Failure> {
        let meant: Vec<&Page> = pages.iter().filter(|page| (self.is)(page)).collect();
        match meant.as_slice() {
            [] => Ok(None),
            [page] => Ok(Some(page.id)),
            many => Err(Failure::usage(
                format!("could not {} a page: {} {}", self.to, many.len(), self.of),
                "name one: `seaworthy pages list --all` lists them with their ids",
            )),
        }
    }

    /// Returns the one page whose id begins so: of those that are meant, else of all.
    fn named(&self, pages: &[Page], beginning: &str) -> Result<PageId, Failure> {
        match begin(pages, beginning, |page| page.id, self.is).as_slice() {
            [page] => Ok(page.id),
            [] => Err(Failure::refused(
                "not-found",
                format!("could not {} a page: none has an id that begins with \"{}\"", self.to, harmless(beginning)),
                "`seaworthy pages list --all` lists them with their ids; without an id the only one that is left is meant",
            )),
            many => Err(Failure::usage(
                format!(
                    "could not {} a page: {} have ids that begin with \"{}\"",
                    self.to,
                    many.len(),
                    harmless(beginning)
                ),
                "write more of its id: `seaworthy pages` shows enough of each",
            )),
        }
    }
}

fn waits(page: &Page) -> bool {
    page.state != PageState::Acknowledged
}

fn awaits_verdict(page: &Page) -> bool {
    page.acknowledged_at.is_some() && page.verdict.is_none()
}

/// Returns how many characters of their ids tell these pages apart.
pub(crate) fn id_chars(pages: &[Page]) -> usize {
    tell_apart(pages.iter().map(|page| page.id))
}

/// Returns so many characters of a page's id.
pub(crate) fn id(page: &Page, chars: usize) -> String {
    beginning(page.id, chars)
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

/// Says where a page stands.
pub(crate) fn state(page: &Page, view: &View) -> String {
    let by = page.acknowledged_by.as_deref().map_or_else(String::new, |by| format!(" by {}", actor(by)));
    let at = page.acknowledged_at.map_or_else(String::new, |at| format!(", {}", ago(view.seconds_since(at))));
    match page.state {
        PageState::Requested => "on its way".to_owned(),
        PageState::Delivered => {
            let taken = page.channels.iter().filter(|channel| channel.state == "delivered");
            let names: Vec<String> = taken.map(|channel| harmless(&channel.channel)).collect();
            format!("delivered to {}", names.join(", "))
        }
        PageState::Acknowledged => {
            let worth = page.verdict.map_or_else(String::new, |verdict| format!("; {}", worth(verdict)));
            format!("acknowledged{by}{at}{worth}")
        }
        PageState::Undeliverable => "no channel took it".to_owned(),
    }
}

#[cfg(test)]
mod tests;
