//! Puts the owners of all files side by side: those of CODEOWNERS and those of catalogues, never merged.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::catalogue::Entity;
use crate::codeowners::{Assignment, Codeowners, Owner, OwnerKind, Tree};
use crate::finding::Place;
use crate::folders::Folders;
use crate::history::{Known, People};

/// An owner and the place that names it.
pub(super) type Claim = (Owner, Place);

/// The claims on one folder.
#[derive(Debug, Clone, Default)]
pub(super) struct Claims {
    pub(super) files: usize,
    pub(super) unowned: usize,
    /// Files by claim.
    pub(super) by: BTreeMap<Claim, usize>,
}

/// The catalogue files by the folder they lie in.
pub(super) type CatalogueFolders<'a> = BTreeMap<String, Vec<&'a Entity>>;

/// Counts, for every folder, the files each claim covers.
pub(super) fn claims(
    tree: &Tree<'_>,
    folders: &Folders,
    codeowners: Option<(&Codeowners, &Assignment)>,
    catalogues: &CatalogueFolders<'_>,
) -> Vec<Claims> {
    let mut out = vec![Claims::default(); folders.paths().len()];
    for (index, file) in tree.files().iter().enumerate() {
        let path = file.join("/");
        let Some(folder) = folders.of(&path) else { continue };
        let mut found: BTreeSet<Claim> = BTreeSet::new();
        if let Some((codeowners, assignment)) = codeowners {
            for entry in assignment.entries(codeowners, index) {
                let place = |column| Place::new(&codeowners.path, entry.line, column);
                found.extend(entry.owners.iter().map(|(owner, column)| (owner.clone(), place(*column))));
            }
        }
        found.extend(nearest(catalogues, &path).iter().filter_map(|entity| entity.owner.clone()));
        let claims = &mut out[folder];
        claims.files += 1;
        claims.unowned += usize::from(found.is_empty());
        for claim in found {
            *claims.by.entry(claim).or_default() += 1;
        }
    }
    out
}

/// Returns the entities of the nearest folder above a file that has a catalogue file.
fn nearest<'a>(catalogues: &'a CatalogueFolders<'_>, path: &str) -> &'a [&'a Entity] {
    let mut end = path.len();
    while let Some(slash) = path[..end].rfind('/') {
        if let Some(entities) = catalogues.get(&path[..slash]) {
            return entities;
        }
        end = slash;
    }
    catalogues.get("").map_or(&[], Vec::as_slice)
}

/// Tells who in the history an owner is.
#[derive(Debug)]
pub(super) struct Directory<'a> {
    people: &'a People,
    same: &'a [usize],
    teams: HashMap<String, BTreeSet<String>>,
    cache: std::cell::RefCell<HashMap<Owner, Who>>,
}

/// Who an owner is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Who {
    /// Numbers of people, after merging.
    pub(super) people: BTreeSet<usize>,
    pub(super) known: Known,
    /// Whether these are all whom the owner stands for; false for a team with members whom nobody knows.
    pub(super) all: bool,
}

impl<'a> Directory<'a> {
    pub(super) fn new(people: &'a People, same: &'a [usize], teams: &[(String, Vec<String>)]) -> Self {
        let mut known = HashMap::<String, BTreeSet<String>>::new();
        for (team, members) in teams {
            known.entry(team.clone()).or_default().extend(members.iter().cloned());
        }
        Self { people, same, teams: known, cache: std::cell::RefCell::default() }
    }

    /// Says whether a catalogue in the repository describes a team of that name.
    pub(super) fn describes(&self, owner: &Owner) -> bool {
        self.teams.contains_key(&owner.slug())
    }

    pub(super) fn who(&self, owner: &Owner) -> Who {
        if let Some(who) = self.cache.borrow().get(owner) {
            return who.clone();
        }
        let who = self.look_up(owner);
        self.cache.borrow_mut().insert(owner.clone(), who.clone());
        who
    }

    fn look_up(&self, owner: &Owner) -> Who {
        let team = self.teams.get(&owner.slug()).filter(|_| owner.kind != OwnerKind::Email);
        if let Some(members) = team.filter(|members| !members.is_empty()) {
            return self.team(members);
        }
        if matches!(owner.kind, OwnerKind::Team | OwnerKind::Role) {
            return Who { people: BTreeSet::new(), known: Known::No, all: false };
        }
        let (people, known) = self.people.find(owner);
        let people: BTreeSet<usize> = people.into_iter().map(|id| self.same[id]).collect();
        let all = !people.is_empty();
        Who { people, known, all }
    }

    fn team(&self, members: &BTreeSet<String>) -> Who {
        let mut who = Who { people: BTreeSet::new(), known: Known::No, all: true };
        for member in members {
            let owner = Owner { kind: OwnerKind::User, text: member.clone() };
            let (people, known) = self.people.find(&owner);
            who.all &= !people.is_empty();
            // The team is known as surely as the least sure of those who were found.
            who.known = weaker(who.known, known);
            who.people.extend(people.into_iter().map(|id| self.same[id]));
        }
        who
    }
}

fn weaker(team: Known, member: Known) -> Known {
    match (team, member) {
        (Known::No, found) | (found, Known::No) => found,
        (one, other) => one.max(other),
    }
}
