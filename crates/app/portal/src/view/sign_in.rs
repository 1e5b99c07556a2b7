//! Before a credential: how to get in. It shows nothing of what is behind.

use askama::Template;

use crate::chrome::PageView;

/// The sign-in page.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// Why somebody was refused just now.
    pub refused: Option<SignInRefused>,
}

/// Why somebody was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInRefused {
    /// The code is used, over or not known.
    Link,
    /// Not that account, or not that password; which of them is not said.
    Password,
    /// Too many tries.
    Later,
}

impl SignInRefused {
    /// Reads the word of an address.
    pub fn of(word: &str) -> Self {
        match word {
            "password" => Self::Password,
            "later" => Self::Later,
            _ => Self::Link,
        }
    }

    fn say(self) -> (&'static str, &'static str) {
        match self {
            Self::Link => ("That link was used already, or its time is over.", "Make another one: it takes a second."),
            Self::Password => (
                "There is no open account with that handle and that password.",
                "Try again, or ask an admin for a link: seaworthy sign-in --as HANDLE.",
            ),
            Self::Later => (
                "There were too many tries.",
                "Come again in a quarter of an hour, or ask an admin for a link: seaworthy sign-in --as HANDLE.",
            ),
        }
    }
}

impl PageView for SignInPage {
    fn title(&self) -> String {
        "Sign in".to_owned()
    }

    fn has_box(&self) -> bool {
        false
    }
}
