//! Who is who: authors as git names them, merged where they are surely one person, bots apart.
//!
//! A repository's `.mailmap` has already been applied by git. On top of it two authors are one person when they share
//! an address or a full name. Owners in files are matched by address, by a forge's no-reply address, or, less
//! surely, by a handle that equals a name or the local part of an address.

use std::collections::HashMap;

use super::Commit;
use crate::codeowners::{Owner, OwnerKind};

/// Addresses kept for one author; more would be somebody's script.
const ALSO_MAX: usize = 16;
/// Endings of names and of local parts of addresses that people do not have.
const BOT_ENDINGS: [&str; 6] = ["[bot]", "-bot", "_bot", " bot", "-robot", "-ci"];
/// Bots that do not say so in an ending.
const BOT_NAMES: [&str; 20] = [
    "dependabot",
    "dependabot-preview",
    "renovate",
    "github-actions",
    "github",
    "gitlab-ci",
    "gitlab",
    "greenkeeper",
    "greenkeeperio",
    "snyk",
    "mergify",
    "pre-commit-ci",
    "allcontributors",
    "imgbot",
    "weblate",
    "hosted weblate",
    "codecov",
    "jenkins",
    "semantic-release",
    "pyup.io",
];

/// One author as git names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name by mailmap.
    pub name: String,
    /// The address by mailmap, in lower case.
    pub email: String,
    /// Other addresses in the commits themselves, in lower case: an owner may be written with one of them.
    pub also: Vec<String>,
    /// Whether a program writes under this name.
    pub bot: bool,
    /// The newest commit seen anywhere in the history, in seconds since 1970.
    pub last: i64,
}

/// How surely an owner in a file is somebody in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// By address.
    Sure,
    /// By a handle that equals a name or the local part of an address.
    Likely,
    /// Not at all.
    No,
}

/// All authors of a history.
#[derive(Debug, Clone, Default)]
pub struct People {
    all: Vec<Person>,
    index: HashMap<(String, String), usize>,
}

impl People {
    /// Returns the number of an author, a new one if not seen before, and notes that they committed at `at`.
    pub fn note(&mut self, name: &str, email: &str, at: i64) -> usize {
        let key = (name.trim().to_owned(), email.trim().to_lowercase());
        let next = self.all.len();
        let id = *self.index.entry(key.clone()).or_insert(next);
        if id == next {
            let (name, email) = key;
            let bot = is_bot(&name, &email);
            let name = if name.is_empty() { "(no name)".to_owned() } else { name };
            self.all.push(Person { name, email, also: vec![], bot, last: at });
        }
        self.all[id].last = self.all[id].last.max(at);
        id
    }

    /// Returns the number of a commit's author, a new one if not seen before.
    pub fn note_author(&mut self, commit: &Commit) -> usize {
        let id = self.note(&commit.name, &commit.email, commit.at);
        let person = &mut self.all[id];
        let written = &commit.email_written;
        let known = person.email.eq_ignore_ascii_case(written)
            || person.also.iter().any(|own| own.eq_ignore_ascii_case(written));
        if !known && !written.is_empty() && person.also.len() < ALSO_MAX {
            person.also.push(written.to_lowercase());
        }
        id
    }

    /// Returns the number of an author who was noted before.
    pub fn number(&self, name: &str, email: &str) -> Option<usize> {
        self.index.get(&(name.trim().to_owned(), email.trim().to_lowercase())).copied()
    }

    /// Returns all authors by number.
    pub fn all(&self) -> &[Person] {
        &self.all
    }

    /// Returns for each author the number of the author who stands for the same person: the one seen last.
    pub fn same(&self) -> Vec<usize> {
        let mut roots: Vec<usize> = (0..self.all.len()).collect();
        let mut first = HashMap::<String, usize>::new();
        for (id, person) in self.all.iter().enumerate() {
            for key in keys(person) {
                let other = *first.entry(key).or_insert(id);
                let (a, b) = (root(&roots, other), root(&roots, id));
                let (newer, older) = if self.all[a].last >= self.all[b].last { (a, b) } else { (b, a) };
                roots[older] = newer;
            }
        }
        (0..roots.len()).map(|id| root(&roots, id)).collect()
    }

    /// Returns the authors whom an owner in a file may be, and how surely.
    pub fn find(&self, owner: &Owner) -> (Vec<usize>, Known) {
        let slug = owner.slug();
        let by = |test: &dyn Fn(&Person) -> bool| -> Vec<usize> {
            (0..self.all.len()).filter(|&id| !self.all[id].bot && test(&self.all[id])).collect()
        };
        let sure = match owner.kind {
            OwnerKind::Email => by(&|person| person.addresses().any(|own| own == slug)),
            _ => by(&|person| person.addresses().any(|own| no_reply_handle(own) == Some(slug.as_str()))),
        };
        if !sure.is_empty() || matches!(owner.kind, OwnerKind::Email | OwnerKind::Role) {
            let known = if sure.is_empty() { Known::No } else { Known::Sure };
            return (sure, known);
        }
        let plain = plain(&slug);
        let likely = by(&|person| {
            let local = |own: &str| self::plain(own.split(['@', '+']).next().unwrap_or_default());
            !plain.is_empty()
                && (self::plain(&person.name) == plain || person.addresses().any(|own| local(own) == plain))
        });
        let known = if likely.is_empty() { Known::No } else { Known::Likely };
        (likely, known)
    }
}

impl Person {
    fn addresses(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.email.as_str()).chain(self.also.iter().map(String::as_str))
    }
}

/// What makes two authors one: an address, or a name of at least two words.
fn keys(person: &Person) -> Vec<String> {
    let mut keys = Vec::new();
    if person.email.contains('@') {
        keys.push(person.email.clone());
    }
    if !person.bot && person.name.contains(' ') {
        keys.push(person.name.to_lowercase());
    }
    keys
}

fn root(roots: &[usize], mut id: usize) -> usize {
    while roots[id] != id {
        id = roots[id];
    }
    id
}

/// Returns the handle in an address such as `123+ann@users.noreply.github.com` or `123-ann@users.noreply.gitlab.com`.
fn no_reply_handle(email: &str) -> Option<&str> {
    let local = email.strip_suffix("@users.noreply.github.com").or(email.strip_suffix("@users.noreply.gitlab.com"))?;
    let after_number = local.trim_start_matches(|c: char| c.is_ascii_digit());
    Some(after_number.strip_prefix(['+', '-']).filter(|_| after_number != local).unwrap_or(local))
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn is_bot(name: &str, email: &str) -> bool {
    let name = name.to_lowercase();
    let local = email.split('@').next().unwrap_or_default();
    let local = local.rsplit('+').next().unwrap_or_default();
    let says_so = |text: &str| BOT_ENDINGS.iter().any(|ending| text.ends_with(ending)) || BOT_NAMES.contains(&text);
    says_so(&name) || (says_so(local) && local.contains("bot")) || name == "bot"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bots_are_told_from_people() {
        for (name, email, bot) in [
            ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", true),
            ("renovate", "bot@renovateapp.com", true),
            ("Renovate Bot", "bot@renovateapp.com", true),
            ("github-actions", "github-actions@github.com", true),
            ("k8s-ci-robot", "k8s-ci-robot@users.noreply.github.com", true),
            ("Build", "41898282+github-actions[bot]@users.noreply.github.com", true),
            ("Simon Abbot", "abbot@acme.example", false),
            ("Anna Talbot", "anna.talbot@acme.example", false),
            ("Jenkins Robot", "anna@acme.example", false),
            ("", "", false),
        ] {
            assert_eq!(is_bot(name, email), bot, "{name} <{email}>");
        }
    }

    #[test]
    fn one_person_with_two_addresses_is_one() {
        let mut people = People::default();
        let ids = [
            people.note("Ann Lee", "ann@work.example", 5),
            people.note("ann lee", "ann@home.example", 9),
            people.note("ann", "ANN@home.example", 7),
            people.note("ann", "other@home.example", 7),
        ];
        let same = people.same();
        assert_eq!((same[ids[0]], same[ids[2]], same[ids[3]]), (ids[1], ids[1], ids[3]));
    }

    #[test]
    fn owners_are_found_by_address_and_by_handle() {
        let mut people = People::default();
        people.note("Ann Lee", "123+annlee@users.noreply.github.com", 1);
        people.note("Bob Stone", "bob.stone@acme.example", 1);
        people.note("carol[bot]", "carol[bot]@acme.example", 1);
        for (owner, ids, known) in [
            ("@annlee", vec![0], Known::Sure),
            ("@AnnLee", vec![0], Known::Sure),
            ("@bob-stone", vec![1], Known::Likely),
            ("bob.stone@acme.example", vec![1], Known::Sure),
            ("bob@acme.example", vec![], Known::No),
            ("@carol", vec![], Known::No),
            ("@@maintainer", vec![], Known::No),
        ] {
            let owner = Owner::parse(owner).expect("an owner");
            assert_eq!(people.find(&owner), (ids, known), "{owner:?}");
        }
    }

    #[test]
    fn handles_in_no_reply_addresses() {
        assert_eq!(no_reply_handle("1+ann@users.noreply.github.com"), Some("ann"));
        assert_eq!(no_reply_handle("ann@users.noreply.github.com"), Some("ann"));
        assert_eq!(no_reply_handle("12-a-b@users.noreply.gitlab.com"), Some("a-b"));
        assert_eq!(no_reply_handle("4ann@users.noreply.github.com"), Some("4ann"));
        assert_eq!(no_reply_handle("ann@acme.example"), None);
    }
}
