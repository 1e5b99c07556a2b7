//! Choosing a password: long, once more to be sure, and the one before where there is one.

use askama::Template;

use crate::chrome::PageView;

/// The page.
#[derive(Debug, Template)]
#[template(path = "password.html")]
pub struct PasswordPage {
    /// Whether the one before must be typed.
    pub asks_current: bool,
    /// Why the last one was not taken.
    pub refused: Option<String>,
    /// The form token of the session.
    pub csrf: String,
}

impl PageView for PasswordPage {
    fn title(&self) -> String {
        "Your password".to_owned()
    }
}
