//! What is wrong with ownership files once history and files are known together.

use std::collections::{BTreeMap, BTreeSet};

use super::Folder;
use super::build::Context;
use super::owners::{CatalogueFolders, Who};
use crate::codeowners::{Assignment, Codeowners, Owner, OwnerKind, Tree, check};
use crate::finding::{Finding, Place, Rule};
use crate::history::Known;

/// Where a catalogue file names another owner for its folder than CODEOWNERS does.
pub(super) fn differ(rows: &[Folder], catalogues: &CatalogueFolders<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in rows {
        let Some(entities) = catalogues.get(&row.path) else { continue };
        let claimed: Vec<_> = entities.iter().filter_map(|entity| entity.owner.as_ref()).collect();
        let slugs: BTreeSet<String> = claimed.iter().map(|(owner, _)| owner.slug()).collect();
        let here: BTreeSet<&str> = claimed.iter().map(|(_, place)| place.path.as_str()).collect();
        let others: Vec<_> = row.by_file.iter().filter(|owner| !here.contains(owner.place.path.as_str())).collect();
        let same = |owner: &str| slugs.contains(&Owner::from_catalogue(owner).slug());
        if let ([(owner, place), ..], Some(other)) = (claimed.as_slice(), others.first())
            && other.kind != OwnerKind::Email
            && !others.iter().any(|other| same(&other.owner))
        {
            let seen = format!("{} here, {} at {}", owner.text, other.owner, other.place);
            let remedy = "one team owns a folder: write the same owner in both files, or delete one of the two claims";
            findings.push(Finding::new(Rule::OwnersDiffer, place, seen, remedy));
        }
    }
    findings
}

impl Context<'_> {
    /// What each file gets wrong by itself.
    pub(super) fn file_findings(
        &self,
        codeowners: Option<(&Codeowners, &Assignment)>,
        tree: &Tree<'_>,
    ) -> Vec<Finding> {
        let mut findings = codeowners.map(|(file, given)| check(file, given, tree)).unwrap_or_default();
        for path in &self.facts.codeowners_not_read {
            let first = self.facts.codeowners.as_ref().map_or("another file", |file| file.path.as_str());
            let seen = format!("never read: {first} comes first and only one file counts");
            let remedy = format!("move what is still true into {first} and delete this file");
            findings.push(Finding::new(Rule::NotRead, &Place::new(path, 1, 1), seen, remedy));
        }
        findings.extend(self.facts.catalogues.iter().flat_map(|(_, _, catalogue)| catalogue.findings.clone()));
        findings
    }

    /// Owners who are gone or were never seen, each once, at the first place that names them.
    pub(super) fn owner_findings(&self) -> Vec<Finding> {
        let mut places = BTreeMap::<Owner, Vec<Place>>::new();
        for file in self.facts.codeowners.iter() {
            for entry in &file.entries {
                for (owner, column) in &entry.owners {
                    let place = Place::new(&file.path, entry.line, *column);
                    places.entry(owner.clone()).or_default().push(place);
                }
            }
        }
        for entity in self.facts.catalogues.iter().flat_map(|(_, _, catalogue)| &catalogue.entities) {
            if let Some((owner, place)) = &entity.owner {
                places.entry(owner.clone()).or_default().push(place.clone());
            }
        }
        let slugs: Vec<String> = places.keys().map(Owner::slug).collect();
        let named_twice = |owner: &Owner| slugs.iter().filter(|slug| **slug == owner.slug()).count() > 1;
        places
            .iter()
            .filter_map(|(owner, places)| {
                let who = self.directory.who(owner);
                self.gone(owner, &who, places).or_else(|| {
                    let vouched = self.directory.describes(owner) || named_twice(owner);
                    self.unseen(owner, &who, &places[0]).filter(|_| !vouched)
                })
            })
            .collect()
    }

    fn gone(&self, owner: &Owner, who: &Who, places: &[Place]) -> Option<Finding> {
        let last = self.last_seen(&who.people)?;
        let days = self.age(last.as_second()) / 86_400;
        if days <= i64::from(self.facts.window_days) || !who.all {
            return None;
        }
        let shown = self.shown(owner, who);
        let more = if places.len() > 1 { format!(" (named {} times)", places.len()) } else { String::new() };
        let likely = if who.known == Known::Likely { ", told by the name" } else { "" };
        let seen = format!("{shown} last committed {days} days ago{likely}{more}");
        let remedy = "name who owns it now, better a team than a person";
        Some(Finding::new(Rule::OwnerGone, &places[0], seen, remedy))
    }

    fn unseen(&self, owner: &Owner, who: &Who, place: &Place) -> Option<Finding> {
        let person = matches!(owner.kind, OwnerKind::User | OwnerKind::Email | OwnerKind::Name);
        if !person || who.known != Known::No || !self.complete_people() {
            return None;
        }
        let seen = format!("{} is nobody in this history", self.shown(owner, who));
        let remedy = match owner.kind {
            OwnerKind::Name => {
                "describe the team in the catalogue (kind: Group with spec.members), or correct the name"
            }
            _ => "correct it, or add a line to .mailmap that ties it to the name in the commits",
        };
        Some(Finding::new(Rule::OwnerUnseen, place, seen, remedy))
    }

    fn complete_people(&self) -> bool {
        !self.facts.history.authors_cut && !self.facts.shallow
    }
}
