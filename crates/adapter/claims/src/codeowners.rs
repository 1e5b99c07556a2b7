//! CODEOWNERS as one more source: whose the file is in which something is declared, or any path that is asked for.

use seaworthy_git::codeowners::{self, Codeowners, Dialect, Entry, OwnerKind as Written};
use seaworthy_lookup::{Finding, Format, Kind, Known, Owner, OwnerKind, Place, Rule, Term, Thing, What};

use crate::manifest::lies_in;
use crate::named::folder;
use crate::walk::File;

/// One CODEOWNERS file.
#[derive(Debug)]
pub(crate) struct Owners {
    /// The folder that it is about: its repository.
    root: String,
    file: Codeowners,
}

/// Returns whether a file is one, wherever it lies.
pub(crate) fn is_one(path: &str) -> bool {
    path.rsplit('/').next() == Some("CODEOWNERS")
}

impl Owners {
    /// Reads a file; `paths` tell whose rules it is read by.
    pub(crate) fn read(file: &File, paths: &[String]) -> Self {
        let folder = folder(&file.path);
        let root = [".github", ".gitlab", "docs"].iter().find_map(|name| {
            let above = folder.strip_suffix(name)?;
            (above.is_empty() || above.ends_with('/')).then(|| above.trim_end_matches('/'))
        });
        let root = root.unwrap_or(folder).to_owned();
        let own = |name: &str| if root.is_empty() { name.to_owned() } else { format!("{root}/{name}") };
        let is_gitlab = folder.ends_with(".gitlab") || paths.contains(&own(".gitlab-ci.yml"));
        let dialect = if is_gitlab { Dialect::GitLab } else { Dialect::GitHub };
        Self { root, file: codeowners::parse(&file.path, &file.bytes, dialect) }
    }

    /// Returns what the forge ignores.
    pub(crate) fn findings(&self) -> impl Iterator<Item = Finding> {
        self.file.findings.iter().map(|finding| Finding {
            place: Place { file: self.file.path.clone(), line: u32::try_from(finding.line).unwrap_or(u32::MAX) },
            rule: Rule::Unreadable,
            seen: finding.seen.clone(),
            remedy: finding.remedy.clone(),
        })
    }

    /// Returns the owners of a path: teams where it names any, else whoever it names.
    fn of(&self, path: &str) -> Vec<Owner> {
        let inner = path.strip_prefix(self.root.as_str()).unwrap_or(path).trim_start_matches('/');
        let inner: Vec<&str> = inner.split('/').collect();
        let last = self.file.entries.iter().rev().find(|entry| entry.pattern.matches(&inner));
        let owners = last.filter(|entry| !entry.exclusion).map(|entry| self.written(entry)).unwrap_or_default();
        let teams: Vec<Owner> = owners.iter().filter(|owner| owner.kind != OwnerKind::Person).cloned().collect();
        if teams.is_empty() { owners } else { teams }
    }

    fn written(&self, entry: &Entry) -> Vec<Owner> {
        let owner = |(owner, _): &(codeowners::Owner, usize)| Owner {
            text: owner.text.clone(),
            kind: match owner.kind {
                Written::Team | Written::Role => OwnerKind::Team,
                Written::User | Written::Email => OwnerKind::Person,
                Written::Name => OwnerKind::Unsaid,
            },
            format: Format::Codeowners,
            place: Place { file: self.file.path.clone(), line: u32::try_from(entry.line).unwrap_or(u32::MAX) },
        };
        entry.owners.iter().map(owner).collect()
    }
}

/// Returns the file that counts for a path: the one of the innermost repository.
fn nearest<'a>(path: &str, owners: &'a [Owners]) -> Option<&'a Owners> {
    owners.iter().filter(|one| lies_in(path, &one.root)).max_by_key(|one| one.root.len())
}

/// Adds the word of CODEOWNERS to everything that should have an owner.
pub(crate) fn spread(known: &mut Known, owners: &[Owners]) {
    for thing in known.things.iter_mut().filter(|thing| thing.kind.is_owned()) {
        let path = thing.place.file.clone();
        thing.owners.extend(nearest(&path, owners).into_iter().flat_map(|one| one.of(&path)));
    }
}

/// Returns whose a path is: by CODEOWNERS, and by what is declared in the nearest folder above it.
pub(crate) fn of_path(path: &str, owners: &[Owners], known: &Known) -> Option<Thing> {
    let by_file = nearest(path, owners).map(|one| one.of(path)).unwrap_or_default();
    let mut above = folder(path);
    let mut declared = Vec::new();
    loop {
        let here = known.things.iter().filter(|thing| thing.kind.is_owned() && folder(&thing.place.file) == above);
        declared.extend(
            here.flat_map(|thing| thing.owners.iter()).filter(|owner| owner.format != Format::Codeowners).cloned(),
        );
        if !declared.is_empty() || above.is_empty() {
            break;
        }
        above = folder(above);
    }
    let place = by_file.iter().chain(&declared).next()?.place.clone();
    declared.extend(by_file);
    Some(Thing {
        kind: Kind::Files,
        name: path.to_owned(),
        format: Format::Codeowners,
        terms: vec![Term { what: What::Path, text: path.to_lowercase(), place: place.clone() }],
        place,
        owners: declared,
        references: vec![],
        members: vec![],
    })
}
