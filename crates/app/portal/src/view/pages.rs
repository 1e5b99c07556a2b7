//! Every page to a person, newest first.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Page, PageMatter, PageState};

use super::words::{page_chip, page_to};
use crate::chrome::{Nav, PageView};
use crate::part::{Chip, LedgerLink, When};
use crate::text;

/// Most pages on the list: the ledger holds the rest.
const ROWS_MAX: usize = 50;

/// A page in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRow {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub chip: Chip,
    /// What customers could not do.
    pub sentence: String,
    /// When it was requested.
    pub at: When,
    /// Where it stands in the ledger.
    pub position: LedgerLink,
    /// Whose it is.
    pub team: String,
    /// Who has it.
    pub to: String,
}

/// The list of pages.
#[derive(Debug, Template)]
#[template(path = "pages.html")]
pub struct PagesPage {
    /// The answer.
    pub headline: String,
    /// The pages.
    pub rows: Vec<PageRow>,
}

impl PagesPage {
    /// Makes the page.
    pub fn new(pages: &[Page], now: Timestamp) -> Self {
        let waiting = || pages.iter().filter(|page| page.state != PageState::Acknowledged);
        let needed = waiting().filter(|page| page.matter == PageMatter::GoesOn).count();
        let unread = waiting().count() - needed;
        let row = |page: &Page| PageRow {
            id: page.id.to_string(),
            chip: page_chip(page),
            sentence: page.sentence.clone(),
            at: When::age(page.requested_at, now),
            position: LedgerLink::new(page.position),
            team: page.team.to_string(),
            to: page_to(page),
        };
        Self {
            headline: match (pages.len(), needed) {
                (0, _) => "Nobody was ever paged.".to_owned(),
                (_, 0) if unread == 1 => "One page waits for a word only.".to_owned(),
                (_, 0) if unread > 1 => format!("{} pages wait for a word only.", text::number_word(unread)),
                (_, 0) => "No page waits for anybody.".to_owned(),
                (_, 1) => "One page waits for somebody to take it.".to_owned(),
                (_, n) => format!("{} pages wait for somebody to take them.", text::number_word(n)),
            },
            rows: pages.iter().take(ROWS_MAX).map(row).collect(),
        }
    }
}

impl PageView for PagesPage {
    fn title(&self) -> String {
        "Pages".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::Pages
    }
}
