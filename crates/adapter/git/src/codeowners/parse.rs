//! Reads the text of a CODEOWNERS file into entries; what a forge would ignore becomes a finding, never a failure.

use super::{Dialect, GITHUB_MAX_BYTES, Owner, Pattern};
use crate::finding::{Finding, Place, Rule};

/// Lines read of one file: more than a file of the size GitHub loads can usefully hold.
const LINES_MAX: usize = 100_000;

/// One entry that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The pattern as written, without `!`.
    pub text: String,
    /// The compiled pattern.
    pub pattern: Pattern,
    /// The owners with their columns, the section's own when the line names none.
    pub owners: Vec<(Owner, usize)>,
    /// Whether GitLab takes the files out of the section instead of giving them an owner.
    pub exclusion: bool,
    /// The index of its section.
    pub section: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column of the pattern, from 1.
    pub column: usize,
}

/// A CODEOWNERS file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codeowners {
    /// The file, from the repository's root.
    pub path: String,
    /// Whose rules it is read by.
    pub dialect: Dialect,
    /// The entries that count, in order.
    pub entries: Vec<Entry>,
    /// The names of the sections; the first is the one without a name.
    pub sections: Vec<String>,
    /// What the forge ignores.
    pub findings: Vec<Finding>,
}

impl Codeowners {
    /// Returns the place of an entry.
    pub fn place(&self, entry: &Entry) -> Place {
        Place::new(&self.path, entry.line, entry.column)
    }
}

/// Reads a file by the rules of one forge.
pub fn parse(path: &str, bytes: &[u8], dialect: Dialect) -> Codeowners {
    let mut file =
        Codeowners { path: path.to_owned(), dialect, entries: vec![], sections: vec![String::new()], findings: vec![] };
    if dialect == Dialect::GitHub && bytes.len() > GITHUB_MAX_BYTES {
        let seen = format!("{} bytes: GitHub does not load a file over 3 MB, so nobody owns anything", bytes.len());
        let remedy = "use patterns with wildcards, and one line per folder instead of one per file";
        file.findings.push(Finding::new(Rule::TooBig, &Place::new(path, 1, 1), seen, remedy));
        return file;
    }
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader { file: &mut file, section: 0, defaults: vec![] };
    for (index, line) in text.trim_start_matches('\u{feff}').lines().take(LINES_MAX).enumerate() {
        reader.line(index + 1, line);
    }
    file
}

struct Reader<'a> {
    file: &'a mut Codeowners,
    section: usize,
    defaults: Vec<(Owner, usize)>,
}

/// A word of a line and its column, from 1.
type Word<'a> = (&'a str, usize);

impl Reader<'_> {
    fn line(&mut self, number: usize, line: &str) {
        let words = words(line);
        let Some(&(first, column)) = words.first() else { return };
        let place = Place::new(&self.file.path, number, column);
        match self.file.dialect {
            _ if first.starts_with('#') => {}
            Dialect::GitHub => self.github(&place, first, &words[1..]),
            Dialect::GitLab if first.starts_with('[') || first.starts_with("^[") => self.heading(&place, line),
            Dialect::GitLab => self.gitlab(&place, first, &words[1..]),
        }
    }

    fn github(&mut self, place: &Place, first: &str, rest: &[Word<'_>]) {
        if let Some((rule, seen, remedy)) = ignored_by_github(first) {
            return self.file.findings.push(Finding::new(rule, place, seen, remedy));
        }
        let end = rest.iter().position(|(word, _)| word.starts_with('#')).unwrap_or(rest.len());
        let (owners, bad) = self.owners(place, &rest[..end]);
        if bad == 0 {
            self.entry(place, first, owners, false);
        }
    }

    fn gitlab(&mut self, place: &Place, first: &str, rest: &[Word<'_>]) {
        let (exclusion, text) = first.strip_prefix('!').map_or((false, first), |text| (true, text));
        let mut owners = self.gitlab_owners(place, rest);
        if owners.is_empty() && !exclusion {
            owners = self.defaults.clone();
        }
        self.entry(place, text, owners, exclusion);
    }

    /// Reads owners as GitLab does, which also finds them in what looks like a comment.
    fn gitlab_owners(&mut self, place: &Place, words: &[Word<'_>]) -> Vec<(Owner, usize)> {
        let comment = words.iter().position(|(word, _)| word.starts_with('#')).unwrap_or(words.len());
        let (mut owners, _) = self.owners(place, &words[..comment]);
        for &(word, column) in &words[comment..] {
            let Some(owner) = Owner::parse(word) else { continue };
            let seen = format!("{} stands in a comment, yet GitLab counts it as an owner", owner.shown(false));
            let place = Place { column, ..place.clone() };
            let remedy = "move the comment to a line of its own";
            self.file.findings.push(Finding::new(Rule::CommentedOwner, &place, seen, remedy));
            owners.push((owner, column));
        }
        owners
    }

    fn entry(&mut self, place: &Place, text: &str, owners: Vec<(Owner, usize)>, exclusion: bool) {
        self.file.entries.push(Entry {
            text: text.to_owned(),
            pattern: Pattern::compile(text, self.file.dialect),
            owners,
            exclusion,
            section: self.section,
            line: place.line,
            column: place.column,
        });
    }

    /// Reads owners; a word that is none becomes a finding and is counted.
    fn owners(&mut self, place: &Place, words: &[Word<'_>]) -> (Vec<(Owner, usize)>, usize) {
        let (mut owners, mut bad) = (Vec::new(), 0);
        for &(word, column) in words {
            if let Some(owner) = Owner::parse(word) {
                owners.push((owner, column));
                continue;
            }
            bad += 1;
            let effect = match self.file.dialect {
                Dialect::GitHub => "GitHub skips the whole line",
                Dialect::GitLab => "GitLab skips the owner",
            };
            let seen = format!("\"{word}\" is not an owner: {effect}");
            let remedy = "write @user, @organisation/team or an e-mail address; escape a space in a path as \"\\ \"";
            let place = Place { column, ..place.clone() };
            self.file.findings.push(Finding::new(Rule::BadOwner, &place, seen, remedy));
        }
        (owners, bad)
    }

    /// Reads `^[Name][2] @default-owners`; sections of the same name are one, whatever their case.
    fn heading(&mut self, place: &Place, line: &str) {
        let Some((name, mut rest)) = line.trim_start().trim_start_matches('^').trim_start_matches('[').split_once(']')
        else {
            let remedy = "close it with \"]\"; escape a path that starts with a bracket as \"\\[\"";
            return self.file.findings.push(Finding::new(
                Rule::BadSection,
                place,
                "this section heading does not close, so GitLab takes it for a path",
                remedy,
            ));
        };
        if let Some((_, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            rest = after;
        }
        let before = line.chars().count() - rest.chars().count();
        let words: Vec<_> = words(rest).into_iter().map(|(word, at)| (word, at + before)).collect();
        self.defaults = self.gitlab_owners(place, &words);
        let known = self.file.sections.iter().skip(1).position(|own| own.eq_ignore_ascii_case(name.trim()));
        self.section = known.map_or(self.file.sections.len(), |at| at + 1);
        if known.is_none() {
            self.file.sections.push(name.trim().to_owned());
        }
    }
}

fn ignored_by_github(first: &str) -> Option<(Rule, String, &'static str)> {
    if first.starts_with('!') {
        let seen = format!("\"{first}\": GitHub has no negation and skips the line");
        let remedy = "put a later line with the path and another owner, or with no owner at all";
        return Some((Rule::Negation, seen, remedy));
    }
    if first.starts_with("\\#") {
        let seen = format!("\"{first}\": GitHub cannot escape \"#\" and skips the line");
        return Some((Rule::EscapedHash, seen, "match the file with a wildcard in place of \"#\": \"?\""));
    }
    if first.contains(['[', ']']) {
        let seen = format!("\"{first}\": GitHub knows neither ranges nor sections and skips the line");
        return Some((Rule::Brackets, seen, "write one line per name, or use \"*\" or \"?\"; sections are GitLab's"));
    }
    None
}

/// Splits a line at blanks that no backslash escapes.
fn words(line: &str) -> Vec<Word<'_>> {
    let (mut words, mut start, mut escaped) = (Vec::new(), None, false);
    for (column, (at, c)) in line.char_indices().enumerate() {
        let blank = c.is_whitespace() && !escaped;
        match start {
            None if !blank => start = Some((at, column + 1)),
            Some((from, first)) if blank => {
                words.push((&line[from..at], first));
                start = None;
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    words.extend(start.map(|(from, first)| (&line[from..], first)));
    words
}
