//! What is wrong with an ownership file: where, by which rule, and what to write instead.

use serde::Serialize;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file does not do what it says.
    Error,
    /// It does, and somebody will be surprised.
    Warning,
    /// Worth knowing.
    Note,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $severity:ident;)*) => {
        /// A rule with a stable id; ids are never reused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule { $($(#[$doc])* $name,)* }

        impl Rule {
            /// All rules, in the order in which they are listed.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Returns the stable id.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id),* }
            }

            /// Returns how much breaking the rule matters.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity),* }
            }
        }
    };
}

rules! {
    /// The file is larger than the 3 MB that GitHub reads.
    TooBig = "codeowners-too-big", Error;
    /// Another CODEOWNERS file comes first, so this one is never read.
    NotRead = "codeowners-not-read", Error;
    /// `!` has no meaning on GitHub.
    Negation = "codeowners-negation", Error;
    /// `[ ]` has no meaning on GitHub, neither as a range nor as a section.
    Brackets = "codeowners-brackets", Error;
    /// `\#` has no meaning on GitHub.
    EscapedHash = "codeowners-escaped-hash", Error;
    /// An owner is neither @user, @org/team nor an e-mail address.
    BadOwner = "codeowners-bad-owner", Error;
    /// A section heading does not close.
    BadSection = "codeowners-bad-section", Error;
    /// Owners in a trailing comment count on GitLab.
    CommentedOwner = "codeowners-commented-owner", Warning;
    /// The pattern matches no file.
    NoMatch = "codeowners-no-match", Warning;
    /// Later lines take every file that the line matches.
    Shadowed = "codeowners-shadowed", Warning;
    /// Files that no line gives an owner.
    Unowned = "codeowners-unowned", Warning;
    /// An owner, known in the history, has no commit in the window.
    OwnerGone = "owner-gone", Warning;
    /// The line takes the owner away from its files.
    NoOwner = "codeowners-no-owner", Note;
    /// An owner that neither history nor files know.
    OwnerUnseen = "owner-unseen", Note;
    /// A catalogue file cannot be read.
    CatalogueUnreadable = "catalogue-unreadable", Error;
    /// An entity names no owner.
    CatalogueNoOwner = "catalogue-no-owner", Warning;
    /// Two ownership files name different owners for one folder.
    OwnersDiffer = "owners-differ", Warning;
    /// Nothing in the repository says who owns it.
    NoOwnershipFile = "no-ownership-file", Warning;
}

impl Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.id())
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: Rule,
    /// How much it matters.
    pub severity: Severity,
    /// The file, from the repository's root.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What was seen.
    pub seen: String,
    /// What to do instead.
    pub remedy: String,
}

impl Finding {
    /// Makes a finding at a place.
    pub fn new(rule: Rule, place: &Place, seen: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity(),
            path: place.path.clone(),
            line: place.line,
            column: place.column,
            seen: seen.into(),
            remedy: remedy.into(),
        }
    }
}

/// A place in a file of the repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, from the repository's root.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// Names a place.
    pub fn new(path: &str, line: usize, column: usize) -> Self {
        Self { path: path.to_owned(), line, column }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kebab_case_and_unique() {
        let ids: std::collections::BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids.len(), Rule::ALL.len());
        assert!(ids.iter().all(|id| id.chars().all(|c| c.is_ascii_lowercase() || c == '-')), "{ids:?}");
    }
}
