//! Taking a page by the link in its message: what is wrong, and one button.

use askama::Template;
use seaworthy_contract::api::Page;

use super::words::actor;
use crate::chrome::PageView;
use crate::text;

/// The page that a link shows; nothing else of the portal is around it.
#[derive(Debug, Template)]
#[template(path = "take.html")]
pub struct TakePage {
    /// What is wrong.
    pub headline: String,
    /// Of which service, since when.
    pub about: String,
    /// Who has it; none while nobody does.
    pub taken: Option<String>,
    /// Where the button leads.
    pub action: String,
}

impl TakePage {
    /// Makes the page for the link at `action`.
    pub fn new(page: &Page, action: String) -> Self {
        let asked = text::utc(page.requested_at, "%-d %b %H:%M UTC");
        let by = page.acknowledged_by.as_deref().map_or_else(|| "somebody".to_owned(), actor);
        let taken = page.acknowledged_at.map(|at| format!("{by} has it since {}.", text::utc(at, "%-d %b %H:%M UTC")));
        let about = format!("{} of team {}. You were paged {asked}.", page.service, page.team);
        Self { headline: text::sentence(&page.sentence), about, taken, action }
    }
}

impl PageView for TakePage {
    fn title(&self) -> String {
        "Take a page".to_owned()
    }

    fn has_box(&self) -> bool {
        false
    }
}
