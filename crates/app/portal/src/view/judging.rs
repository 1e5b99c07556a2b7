//! What a page was worth, in one tap: on the alert and on the page itself.

use askama::Template;
use seaworthy_contract::api::{Page, PageState};
use seaworthy_contract::events::alert::VerdictV1;

use crate::chrome::Rights;

/// What a page was worth, and the taps to say so.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/judging.html")]
pub struct Judging {
    /// The page; empty when nobody was paged.
    pub page: String,
    /// The form token; none for readers who may not.
    pub token: Option<String>,
    /// What was said.
    pub verdict: Option<&'static str>,
    /// What can be said.
    pub taps: [Tap; 3],
    /// Why there is nothing to judge, or not by this reader.
    pub why_not: &'static str,
}

/// A verdict to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tap {
    /// What is sent.
    pub value: &'static str,
    /// What it says.
    pub label: &'static str,
    /// Whether that was said already.
    pub chosen: bool,
}

impl askama::filters::HtmlSafe for Judging {}

impl Judging {
    /// Offers the taps for a page; a drill's is not judged.
    pub(super) fn of(page: Option<&Page>, is_drill: bool, rights: &Rights) -> Self {
        let said = page.and_then(|page| page.verdict);
        let judged = page.filter(|_| !is_drill);
        Self {
            page: judged.map(|page| page.id.to_string()).unwrap_or_default(),
            token: rights.token().filter(|_| judged.is_some()),
            verdict: said.map(verdict_words),
            taps: taps(said),
            why_not: match (is_drill, page) {
                (true, _) => "A drill is not judged: taking its page is all that it wants.",
                (false, None) => "Nobody was paged for it, so there is no page to judge.",
                (false, Some(_)) => "Its team and admins say what the page was worth.",
            },
        }
    }
}

/// Whether somebody still has to take a page: judging comes after.
pub(super) fn is_taken(page: &Page) -> bool {
    page.state == PageState::Acknowledged
}

fn taps(said: Option<VerdictV1>) -> [Tap; 3] {
    let tap = |verdict, value, label| Tap { value, label, chosen: said == Some(verdict) };
    [
        tap(VerdictV1::Acted, "acted", "I did something"),
        tap(VerdictV1::NothingToDo, "nothing-to-do", "Nothing to do"),
        tap(VerdictV1::NotOurs, "not-ours", "Not ours"),
    ]
}

fn verdict_words(verdict: VerdictV1) -> &'static str {
    match verdict {
        VerdictV1::Acted => "it was acted on",
        VerdictV1::NothingToDo => "there was nothing to do",
        VerdictV1::NotOurs => "it was another's",
    }
}
