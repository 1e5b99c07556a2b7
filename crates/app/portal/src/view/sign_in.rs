//! Before a credential: how to get in. It shows nothing of what is behind.

use askama::Template;

use crate::chrome::PageView;

/// The sign-in page.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// Whether a code was tried that is used, over or not known.
    pub refused: bool,
}

impl PageView for SignInPage {
    fn title(&self) -> String {
        "Sign in".to_owned()
    }

    fn has_box(&self) -> bool {
        false
    }
}
