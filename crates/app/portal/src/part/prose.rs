//! A sentence in which what is to be typed stands between backticks.

use askama::Template;

use super::prints_itself;

/// A sentence.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    source = "{% for (code, text) in pieces %}{% if *code %}<code>{{ text }}</code>{% else %}{{ text }}{% endif %}{% endfor %}",
    ext = "html"
)]
pub struct Prose {
    /// Its pieces, and whether each is to be typed.
    pub pieces: Vec<(bool, String)>,
}

impl Prose {
    /// Takes a sentence apart; a backtick without its other half stays a letter.
    pub fn new(text: &str) -> Self {
        let parts: Vec<&str> = text.split('`').collect();
        let paired = parts.len() % 2 == 1;
        let pieces = match paired {
            true => parts.iter().enumerate().map(|(i, part)| (i % 2 == 1, (*part).to_owned())).collect(),
            false => vec![(false, text.to_owned())],
        };
        Self { pieces }
    }
}

prints_itself!(Prose);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_code_and_everything_is_escaped() {
        let html = |text| Prose::new(text).to_string();
        assert_eq!(html("run `seaworthy up <DIR>` now"), "run <code>seaworthy up &#60;DIR&#62;</code> now");
        assert_eq!(html("a ` b"), "a ` b");
    }
}
