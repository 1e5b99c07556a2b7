//! What went wrong: the thing is named, and there is a way on.

use askama::Template;
use seaworthy_contract::api::{ApiError, Code};

use crate::chrome::PageView;
use crate::part::Prose;
use crate::text;

/// An error page.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The status code.
    pub status: u16,
    /// What was asked for.
    pub path: String,
    /// What stood in the way.
    pub headline: String,
    /// What to do about it.
    pub hint: Option<Prose>,
    /// What the server's log calls the request.
    pub request: String,
    /// Whether looking for something else may help.
    pub missing: bool,
}

impl ErrorPage {
    /// Makes the page.
    pub fn new(status: u16, path: &str, error: &ApiError, request: &str) -> Self {
        Self {
            status,
            path: text::cut(path, 200),
            headline: text::sentence(&error.message),
            hint: error.hint.as_deref().map(|hint| Prose::new(&text::sentence(hint))),
            request: request.to_owned(),
            missing: error.code == Code::NotFound,
        }
    }
}

impl PageView for ErrorPage {
    fn title(&self) -> String {
        match self.missing {
            true => "Not found".to_owned(),
            false => "It did not work".to_owned(),
        }
    }
}
