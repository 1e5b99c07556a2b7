//! The state chip: shape, word and colour, in that order of importance.

use askama::Template;

use super::prints_itself;

/// A state.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/chip.html")]
pub struct Chip {
    /// Colour class; the colour is never the only signal.
    pub class: &'static str,
    /// The shape, an id of the sprite; the hatch of an unknown is drawn by the style.
    pub icon: Option<&'static str>,
    /// The word.
    pub word: String,
}

impl Chip {
    /// It holds.
    pub fn ok(word: impl Into<String>) -> Self {
        Self { class: "chip-ok", icon: Some("i-ok"), word: word.into() }
    }

    /// It does not hold, or fails.
    pub fn bad(word: impl Into<String>) -> Self {
        Self { class: "chip-bad", icon: Some("i-bad"), word: word.into() }
    }

    /// It is due soon.
    pub fn warn(word: impl Into<String>) -> Self {
        Self { class: "chip-warn", icon: Some("i-warn"), word: word.into() }
    }

    /// It is held.
    pub fn held(word: impl Into<String>) -> Self {
        Self { class: "chip-warn", icon: Some("i-hold"), word: word.into() }
    }

    /// It is under way.
    pub fn run(word: impl Into<String>) -> Self {
        Self { class: "chip-run", icon: Some("i-run"), word: word.into() }
    }

    /// It waits, which is not unknown.
    pub fn waits(word: impl Into<String>) -> Self {
        Self { class: "chip-na", icon: Some("i-clock"), word: word.into() }
    }

    /// Nobody has seen it.
    pub fn unknown(word: impl Into<String>) -> Self {
        Self { class: "chip-unk", icon: None, word: word.into() }
    }

    /// It does not apply, or is over.
    pub fn none(word: impl Into<String>) -> Self {
        Self { class: "chip-na", icon: Some("i-na"), word: word.into() }
    }
}

prints_itself!(Chip);
