//! What cannot be trusted in the claims of files: owners that are nobody, references to nothing, sources that disagree.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::thing::{Field, Format, Kind, Known, Owner, OwnerKind, Place, Thing, slug};

/// Most findings that are kept: whoever has more mends the first ones first.
pub const FINDINGS_MAX: usize = 2_000;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A file or a part of it could not be read.
    Unreadable,
    /// A file says nothing.
    Empty,
    /// A file is over a limit and was not read.
    Limit,
    /// A link or a device is no file.
    NotAFile,
    /// A key stands twice in one mapping.
    DuplicateKey,
    /// A document has no name where it needs one.
    NoName,
    /// A document has no kind, or one that does not exist.
    NoKind,
    /// Nobody is named as owner.
    NoOwner,
    /// The owner is declared nowhere.
    OwnerUnknown,
    /// The owner is one person.
    OwnerIsPerson,
    /// Several sources name several owners.
    OwnersDiffer,
    /// Two documents of one format declare one thing.
    DeclaredTwice,
    /// A team has no members.
    TeamEmpty,
    /// A reference to nothing.
    UnknownReference,
    /// A text that stands for one that is still to be written.
    Placeholder,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Unreadable,
        Self::Empty,
        Self::Limit,
        Self::NotAFile,
        Self::DuplicateKey,
        Self::NoName,
        Self::NoKind,
        Self::NoOwner,
        Self::OwnerUnknown,
        Self::OwnerIsPerson,
        Self::OwnersDiffer,
        Self::DeclaredTwice,
        Self::TeamEmpty,
        Self::UnknownReference,
        Self::Placeholder,
    ];

    /// Returns its id, as it is written in findings.
    pub fn id(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Empty => "empty",
            Self::Limit => "limit",
            Self::NotAFile => "not-a-file",
            Self::DuplicateKey => "duplicate-key",
            Self::NoName => "no-name",
            Self::NoKind => "no-kind",
            Self::NoOwner => "no-owner",
            Self::OwnerUnknown => "owner-unknown",
            Self::OwnerIsPerson => "owner-is-person",
            Self::OwnersDiffer => "owners-differ",
            Self::DeclaredTwice => "declared-twice",
            Self::TeamEmpty => "team-empty",
            Self::UnknownReference => "unknown-reference",
            Self::Placeholder => "placeholder",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Something that cannot be trusted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What.
    pub rule: Rule,
    /// What was seen.
    pub seen: String,
    /// What to do.
    pub remedy: String,
}

/// Returns what cannot be trusted, by place, at most [`FINDINGS_MAX`].
pub fn judge(known: &Known) -> Vec<Finding> {
    let mut judge = Judge { known, names: names(known), found: BTreeSet::new() };
    for thing in &known.things {
        judge.thing(thing);
    }
    judge.same();
    judge.found.into_iter().take(FINDINGS_MAX).collect()
}

fn names(known: &Known) -> BTreeSet<String> {
    known.things.iter().filter(|thing| thing.kind != Kind::Files).map(|thing| slug(&thing.name)).collect()
}

struct Judge<'a> {
    known: &'a Known,
    names: BTreeSet<String>,
    found: BTreeSet<Finding>,
}

impl Judge<'_> {
    fn add(&mut self, rule: Rule, place: &Place, seen: String, remedy: impl Into<String>) {
        self.found.insert(Finding { place: place.clone(), rule, seen, remedy: remedy.into() });
    }

    fn thing(&mut self, thing: &Thing) {
        let what = format!("{} \"{}\"", thing.kind.name(), thing.name);
        let inherits = thing.references.iter().any(|reference| reference.field == Field::About);
        let names_one = thing.owners.iter().any(|owner| owner.format == thing.format);
        if thing.kind.is_owned() && !names_one && !inherits && thing.format != Format::Kubernetes {
            let remedy = "name the team that is woken when it breaks";
            self.add(Rule::NoOwner, &thing.place, format!("{what} names no owner"), remedy);
        }
        for owner in &thing.owners {
            self.owner(&what, owner);
        }
        for reference in &thing.references {
            self.reference(thing, &what, reference);
        }
        if thing.kind == Kind::Team && thing.members.is_empty() {
            let seen = format!("{what} has no members that any of these files names");
            self.add(Rule::TeamEmpty, &thing.place, seen, "list its members: nobody could be called otherwise");
        }
    }

    fn owner(&mut self, what: &str, owner: &Owner) {
        let name = slug(&owner.text);
        let (is_team, is_person) = (self.known.has_team(&name), self.known.has_person(&name));
        if owner.kind == OwnerKind::Person || (is_person && !is_team) {
            let seen = format!("{what} is owned by the person \"{}\"", shown(owner));
            self.add(Rule::OwnerIsPerson, &owner.place, seen, "name a team: a person is also away at times");
        } else if !is_team {
            let seen = format!("owner \"{}\" of {what} is declared in none of these files", shown(owner));
            let remedy = format!("declare the team \"{name}\" with its members, or read the directory that does");
            self.add(Rule::OwnerUnknown, &owner.place, seen, remedy);
        }
    }

    fn reference(&mut self, thing: &Thing, what: &str, reference: &crate::Reference) {
        let named = slug(&reference.text);
        let (holds, remedy) = match reference.field {
            Field::Target => {
                (self.target(thing, &reference.text), "correct the path, or read the directory that holds it")
            }
            _ => (self.names.contains(&named), "declare it, or read the directory that does"),
        };
        if !holds {
            let verb = match reference.field {
                Field::DependsOn => "needs",
                Field::System => "belongs to",
                Field::Target => "points to",
                Field::About => "is about",
            };
            let seen = format!("{what} {verb} \"{}\", which is in none of these files", reference.text);
            self.add(Rule::UnknownReference, &reference.place, seen, remedy);
        } else if reference.field == Field::DependsOn && named == slug(&thing.name) {
            let seen = format!("{what} {verb} itself", verb = "needs");
            self.add(Rule::UnknownReference, &reference.place, seen, "name what it really needs");
        }
    }

    /// Targets are paths from the file that names them; one elsewhere is not ours to judge.
    fn target(&self, thing: &Thing, target: &str) -> bool {
        if target.contains("://") || target.contains('*') {
            return true;
        }
        let mut path: Vec<&str> = thing.place.file.split('/').collect();
        path.pop();
        for part in target.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(path.pop()),
                part => path.push(part),
            }
        }
        let path = path.join("/");
        self.known.files.binary_search(&path).is_ok()
    }

    /// Compares what several files say of one thing.
    fn same(&mut self) {
        let mut by_name: BTreeMap<(Kind, String), Vec<&Thing>> = BTreeMap::new();
        for thing in &self.known.things {
            by_name.entry((thing.kind, slug(&thing.name))).or_default().push(thing);
        }
        for ((kind, name), things) in by_name {
            if !kind.is_owned() {
                continue;
            }
            let mut first_of: BTreeMap<Format, &Thing> = BTreeMap::new();
            for thing in &things {
                let first = first_of.entry(thing.format).or_insert(thing);
                if first.place != thing.place && thing.format != Format::Kubernetes {
                    let seen = format!("{} \"{name}\" is declared here and at {}", kind.name(), first.place);
                    self.add(Rule::DeclaredTwice, &thing.place, seen, "keep one of the two, or give one another name");
                }
            }
            let owners: Vec<&Owner> = things.iter().flat_map(|thing| &thing.owners).collect();
            let Some(first) = owners.first() else { continue };
            if let Some(other) = owners.iter().find(|owner| slug(&owner.text) != slug(&first.text)) {
                let seen = format!(
                    "{} \"{name}\" is owned by \"{}\" here and by \"{}\" at {}",
                    kind.name(),
                    shown(other),
                    shown(first),
                    first.place
                );
                self.add(Rule::OwnersDiffer, &other.place, seen, "a service has one owner (OWN-09): agree on one");
            }
        }
    }
}

/// An address of a person is nobody's business but theirs.
fn shown(owner: &Owner) -> &str {
    if is_address(&owner.text) { "(an e-mail address)" } else { &owner.text }
}

/// Returns whether a text is an address of somebody.
fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.') && !text.contains('/'))
}
