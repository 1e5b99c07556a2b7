//! Reads one file's documents into things, and says what of it says nothing.

use std::rc::Rc;

use seaworthy_lookup::{Finding, Format, Owner, OwnerKind, Place, Rule, Term, Thing, What};
use seaworthy_yaml::tree::{self, Node, Value, Why};

use crate::named::Nameless;
use crate::walk::File;
use crate::{entity, format, manifest, named, placeholder, terms};

/// Most things of a directory.
const THINGS_MAX: usize = 50_000;

/// What was read so far.
pub(crate) struct Reading {
    /// The directory's own name, for files at its top that name nothing.
    pub(crate) root_name: String,
    pub(crate) things: Vec<Thing>,
    /// Owners of whatever is in a folder.
    pub(crate) nameless: Vec<Nameless>,
    pub(crate) findings: Vec<Finding>,
}

impl Reading {
    pub(crate) fn new(root_name: String) -> Self {
        Self { root_name, things: vec![], nameless: vec![], findings: vec![] }
    }

    /// Reads one file.
    pub(crate) fn file(&mut self, file: &File) {
        let text = String::from_utf8_lossy(&file.bytes);
        if !format::may_hold_one(&file.path, &text) {
            return;
        }
        let scope = Scope { file: &file.path };
        if let Err(error) = std::str::from_utf8(&file.bytes) {
            let before = &file.bytes[..error.valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let seen = "not UTF-8 here: what can be read of it is read".to_owned();
            self.add(Rule::Unreadable, scope.line(line), seen, "save it as UTF-8");
        }
        let (documents, broken) = tree::parse(&text);
        let is_named = format::by_name(&file.path).is_some();
        let mut meant = is_named;
        if documents.is_empty() && broken.is_none() && is_named {
            self.add(
                Rule::Empty,
                scope.line(1),
                "this file says nothing".to_owned(),
                "write what it is for, or delete it",
            );
        }
        for document in &documents {
            let found = self.document(&scope, &document.root);
            meant |= found;
            if found {
                for (second, key, first) in &document.doubled {
                    let seen = format!("\"{key}\" stands here and in line {}: only one of them can count", first.line);
                    self.add(Rule::DuplicateKey, scope.at(second.line), seen, "keep one of the two");
                }
            }
        }
        if let Some(broken) = broken.filter(|_| meant || text.contains("backstage.io/") || text.contains("seaworthy/"))
        {
            let (rule, why) = match &broken.why {
                Why::Syntax(why) => (Rule::Unreadable, format!("no YAML from here on: {why}")),
                Why::Limit(why) => (Rule::Limit, format!("not read from here on: {why}")),
            };
            let remedy = "look at indentation, tabs, quotes and \":\" at and before this place";
            self.add(rule, scope.at(broken.at.line), why, remedy);
        }
    }

    /// Reads one document; returns whether it was meant for a format that is known.
    fn document(&mut self, scope: &Scope<'_>, root: &Rc<Node>) -> bool {
        if matches!(root.value, Value::Null) {
            if format::by_name(scope.file).is_some() {
                let seen = "a document that says nothing".to_owned();
                self.add(Rule::Empty, scope.at(root.at.line), seen, "delete the \"---\" that is left over");
            }
            return false;
        }
        let Some(format) = format::of(scope.file, root) else { return false };
        if format::entries(root).is_empty() {
            let seen = format!("{} where a mapping of keys is expected", root.what());
            self.add(Rule::NoKind, scope.at(root.at.line), seen, "write apiVersion, kind, metadata and spec");
            return true;
        }
        match format {
            Format::Backstage | Format::Seaworthy => entity::read(self, scope, root, format),
            Format::Opslevel | Format::Compass | Format::Datadog => named::read(self, scope, root, format),
            Format::Kubernetes => manifest::workload(self, scope, root),
            Format::Prometheus => manifest::rules(self, scope, root),
            Format::Flags => manifest::flags(self, scope, root),
            Format::Codeowners => {}
        }
        true
    }

    /// Adds a finding.
    pub(crate) fn add(&mut self, rule: Rule, place: Place, seen: String, remedy: &str) {
        if self.findings.len() < seaworthy_lookup::FINDINGS_MAX {
            self.findings.push(Finding { place, rule, seen, remedy: remedy.to_owned() });
        }
    }

    /// Adds a thing; its name becomes its first term.
    pub(crate) fn push(&mut self, mut thing: Thing) {
        let name = thing.name.trim().to_lowercase();
        thing.terms.retain(|term| !(term.what >= What::Alias && term.text == name));
        thing.terms.insert(0, Term { what: What::Name, text: name, place: thing.place.clone() });
        if self.things.len() < THINGS_MAX {
            self.things.push(thing);
        } else if self.things.len() == THINGS_MAX {
            let seen = format!("over {THINGS_MAX} things: the rest is not read");
            self.add(Rule::Limit, thing.place, seen, "read a directory further in");
        }
    }

    /// Reads an owner; a placeholder is a finding and none.
    pub(crate) fn owner(&mut self, scope: &Scope<'_>, node: &Node, format: Format) -> Option<Owner> {
        let text = node.text().map(str::trim);
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            let seen = format!("the owner is {}, not a name", if text.is_some() { "empty" } else { node.what() });
            self.add(Rule::NoOwner, scope.at(node.at.line), seen, "name one team");
            return None;
        };
        if placeholder::is_one(text) {
            let seen = format!("owner \"{text}\" stands for one that is still to be named");
            self.add(Rule::Placeholder, scope.at(node.at.line), seen, "name one team");
            return None;
        }
        let is_address = text.contains('@') && !text.starts_with('@');
        let kind = match text.split_once(':').map(|(kind, _)| kind.to_ascii_lowercase()).as_deref() {
            Some("user") => OwnerKind::Person,
            Some("group") => OwnerKind::Team,
            _ if is_address => OwnerKind::Person,
            _ => OwnerKind::Unsaid,
        };
        Some(Owner { text: text.to_owned(), kind, format, place: scope.at(node.at.line) })
    }

    /// Reports values that stand for one that is still to be written, at keys where that misleads.
    pub(crate) fn placeholders(&mut self, scope: &Scope<'_>, root: &Node) {
        let mut waiting: Vec<(&str, &Node)> = vec![("", root)];
        while let Some((key, node)) = waiting.pop() {
            match &node.value {
                Value::Map(entries) => waiting.extend(
                    entries
                        .iter()
                        .map(|(name, value)| (name.text().unwrap_or_default(), &**value))
                        .filter(|(name, _)| !["definition", "owner", "implementation"].contains(name)),
                ),
                Value::List(items) => waiting.extend(items.iter().map(|item| (key, &**item))),
                Value::Text(text) if !text.trim().is_empty() && placeholder::is_one(text) => {
                    let seen = format!("{key} \"{}\" says nothing yet", text.trim());
                    self.add(Rule::Placeholder, scope.at(node.at.line), seen, "write what it is, or take the key out");
                }
                Value::Text(_) | Value::Null => {}
            }
        }
    }

    /// Makes a thing of a document's name, with every word of the document.
    pub(crate) fn thing(
        scope: &Scope<'_>,
        root: &Node,
        kind: seaworthy_lookup::Kind,
        name: (&str, u32),
        format: Format,
    ) -> Thing {
        Thing {
            kind,
            name: name.0.trim().to_owned(),
            format,
            place: scope.at(name.1),
            owners: vec![],
            terms: terms::collect(scope.file, root),
            references: vec![],
            members: vec![],
        }
    }
}

/// Which file is read.
pub(crate) struct Scope<'a> {
    pub(crate) file: &'a str,
}

impl Scope<'_> {
    pub(crate) fn at(&self, line: u32) -> Place {
        Place { file: self.file.to_owned(), line: line.max(1) }
    }

    fn line(&self, line: usize) -> Place {
        self.at(u32::try_from(line).unwrap_or(u32::MAX))
    }
}
