//! What a person is asked by a link of their own: to join a rota, to agree to a swap. It works on a telephone, without script.
//!
//! Who does not want to presses nothing, or "Not now", which leads to a line further down the same page: no request is
//! made, so nothing anywhere tells it from silence.

use askama::Template;

use crate::chrome::PageView;

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What is sent.
    pub value: &'static str,
    /// What it says.
    pub label: String,
    /// Whether it is what the page is for.
    pub is_main: bool,
}

/// The page of a link; nothing else of the portal is around it.
#[derive(Debug, Template)]
#[template(path = "ask.html")]
pub struct AskPage {
    /// What is asked, or how it stands.
    pub headline: String,
    /// More of it, a paragraph each.
    pub say: Vec<String>,
    /// What one agrees to, line by line.
    pub terms: Vec<String>,
    /// What can be answered.
    pub answers: Vec<Answer>,
    /// Until when "not now" can be thought over; none where there is nothing to think over.
    pub not_now: Option<String>,
    /// Where answers go.
    pub action: String,
    /// The form token of a session; none where the page is that of a link, which is secret itself.
    pub csrf: Option<String>,
}

impl PageView for AskPage {
    fn title(&self) -> String {
        "A question to you".to_owned()
    }

    fn has_box(&self) -> bool {
        false
    }
}
