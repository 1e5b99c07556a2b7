//! Arguments of a chore, taken out one by one; what is left at the end is a mistake.
//!
//! Not a command line library: the chores must build in seconds, and each takes two or three options.

use crate::shell::Outcome;

/// What follows the chore's name on the command line.
pub(crate) struct Args(Vec<String>);

impl Args {
    /// Takes the words as they came, without the program's and the chore's name.
    pub(crate) fn new(words: Vec<String>) -> Self {
        Self(words)
    }

    /// True when `name` was given; removes it.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() != before
    }

    /// The word after `name`, or none when `name` is absent.
    ///
    /// # Errors
    /// When `name` is the last word.
    pub(crate) fn value(&mut self, name: &str) -> Outcome<Option<String>> {
        let Some(at) = self.0.iter().position(|word| word == name) else { return Ok(None) };
        if at + 1 >= self.0.len() {
            return Err(format!("option \"{name}\" wants a value after it"));
        }
        self.0.remove(at);
        Ok(Some(self.0.remove(at)))
    }

    /// The whole number after `name`, or `otherwise`.
    ///
    /// # Errors
    /// When what follows is not a whole number.
    pub(crate) fn number(&mut self, name: &str, otherwise: u64) -> Outcome<u64> {
        let Some(word) = self.value(name)? else { return Ok(otherwise) };
        word.parse().map_err(|_| format!("option \"{name}\" wants a whole number, found \"{word}\""))
    }

    /// The first word that is left and is no option.
    pub(crate) fn word(&mut self) -> Option<String> {
        let at = self.0.iter().position(|word| !word.starts_with("--"))?;
        Some(self.0.remove(at))
    }

    /// Everything that is left, for a tool behind this one.
    pub(crate) fn rest(self) -> Vec<String> {
        self.0
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// When a word is left that nobody asked for.
    pub(crate) fn finish(self) -> Outcome {
        match self.0.first() {
            None => Ok(()),
            Some(word) => Err(format!("unknown argument \"{word}\"\nhint: cargo xtask help")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Args;

    fn args(line: &str) -> Args {
        Args::new(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn takes_what_is_asked_for() {
        let mut given = args("--check --runs 20 page");
        assert!(given.flag("--check"));
        assert!(!given.flag("--check"));
        assert_eq!(given.number("--runs", 3), Ok(20));
        assert_eq!(given.number("--seed", 3), Ok(3));
        assert_eq!(given.word().as_deref(), Some("page"));
        assert_eq!(given.finish(), Ok(()));
    }

    #[test]
    fn names_what_is_wrong() {
        assert!(args("--runs").value("--runs").unwrap_err().contains("wants a value"));
        assert!(args("--runs many").number("--runs", 1).unwrap_err().contains("\"many\""));
        assert!(args("--chekc").finish().unwrap_err().contains("\"--chekc\""));
    }
}
