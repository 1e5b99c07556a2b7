//! What each format calls the name and the owner of a thing.

use serde::Serialize;

use super::yaml::{self, Document};
use crate::codeowners::Owner;
use crate::finding::{Finding, Place, Rule};

/// A catalogue format, told by the name of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `catalog-info.yaml`, Backstage entities.
    Backstage,
    /// `opslevel.yml`.
    Opslevel,
    /// `compass.yml`, Atlassian Compass.
    Compass,
    /// `service.datadog.yaml` and `entity.datadog.yaml`.
    Datadog,
}

impl Format {
    /// Tells the format of a file by its name, whatever folder it is in.
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.strip_suffix(".yaml").or(name.strip_suffix(".yml"))?;
        match stem {
            "catalog-info" => Some(Self::Backstage),
            "opslevel" => Some(Self::Opslevel),
            "compass" => Some(Self::Compass),
            "service.datadog" | "entity.datadog" => Some(Self::Datadog),
            _ => None,
        }
    }
}

/// One thing that a catalogue file describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Its kind, as written, or what the format calls it.
    pub kind: String,
    /// Its name; empty when the file gives none.
    pub name: String,
    /// Where its name stands.
    pub place: Place,
    /// Its owner and where that stands.
    pub owner: Option<(Owner, Place)>,
}

/// What one catalogue file claims.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Its entities that have owners, or should.
    pub entities: Vec<Entity>,
    /// Teams with the members that the file names, both in lower case without kind and namespace.
    pub teams: Vec<(String, Vec<String>)>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// Reads one file.
pub fn read(path: &str, bytes: &[u8], format: Format) -> Catalogue {
    let text = String::from_utf8_lossy(bytes);
    let (documents, broken) = yaml::documents(text.trim_start_matches('\u{feff}'));
    let mut catalogue = Catalogue::default();
    for document in &documents {
        match format {
            Format::Backstage => backstage(path, document, &mut catalogue),
            Format::Opslevel => named(path, document, &OPSLEVEL, &mut catalogue),
            Format::Compass => named(path, document, &COMPASS, &mut catalogue),
            Format::Datadog => named(path, document, &DATADOG, &mut catalogue),
        }
    }
    if let Some(broken) = broken {
        let place = Place::new(path, broken.line, broken.column);
        let seen = format!("not YAML from here on: {}", broken.why);
        let remedy = "correct the file; a linter such as yamllint shows the same place";
        catalogue.findings.push(Finding::new(Rule::CatalogueUnreadable, &place, seen, remedy));
    }
    catalogue
}

/// Kinds that Backstage wants an owner for.
const OWNED_KINDS: [&str; 5] = ["component", "api", "resource", "system", "domain"];

fn backstage(path: &str, document: &Document, catalogue: &mut Catalogue) {
    let Some(kind) = document.get("kind") else { return };
    let name = document.get("metadata.name");
    match kind.value.to_lowercase().as_str() {
        "group" => {
            let members = document.all("spec.members.-").map(|member| slug(&member.value)).collect();
            catalogue.teams.extend(name.map(|name| (slug(&name.value), members)));
        }
        "user" => {
            let Some(member) = name.map(|name| slug(&name.value)) else { return };
            let teams = document.all("spec.memberOf.-").map(|team| slug(&team.value));
            catalogue.teams.extend(teams.map(|team| (team, vec![member.clone()])));
        }
        lower if OWNED_KINDS.contains(&lower) || document.get("spec.owner").is_some() => {
            claim(path, document, &kind.value, &["metadata.name"], &["spec.owner"], catalogue);
        }
        _ => {}
    }
}

/// Where a format without kinds keeps the name and the owner.
struct Keys {
    noun: &'static str,
    names: &'static [&'static str],
    owners: &'static [&'static str],
}

const OPSLEVEL: Keys = Keys {
    noun: "service",
    names: &["service.name", "component.name", "repository.name", "services.-.name"],
    owners: &["service.owner", "component.owner", "repository.owner", "services.-.owner"],
};
const COMPASS: Keys = Keys { noun: "component", names: &["name"], owners: &["ownerId"] };
const DATADOG: Keys = Keys {
    noun: "service",
    names: &["dd-service", "metadata.name", "info.dd-service"],
    owners: &["team", "metadata.owner", "info.team", "org.team"],
};

fn named(path: &str, document: &Document, keys: &Keys, catalogue: &mut Catalogue) {
    if !document.scalars.is_empty() {
        claim(path, document, keys.noun, keys.names, keys.owners, catalogue);
    }
}

fn claim(path: &str, document: &Document, kind: &str, names: &[&str], owners: &[&str], to: &mut Catalogue) {
    let name = names.iter().find_map(|key| document.get(key));
    let owner = owners.iter().find_map(|key| document.get(key));
    let place = name.map_or(Place::new(path, document.line, 1), |name| Place::new(path, name.line, name.column));
    let name = name.map(|name| name.value.clone()).unwrap_or_default();
    if owner.is_none() {
        let named = if name.is_empty() { String::new() } else { format!(" \"{name}\"") };
        let remedy = format!("add {}: the team that is woken when it breaks", owners[0]);
        to.findings.push(Finding::new(Rule::CatalogueNoOwner, &place, format!("{kind}{named} has no owner"), remedy));
    }
    let owner = owner.map(|owner| (Owner::from_catalogue(&owner.value), Place::new(path, owner.line, owner.column)));
    to.entities.push(Entity { kind: kind.to_owned(), name, place, owner });
}

fn slug(reference: &str) -> String {
    Owner::from_catalogue(reference).slug()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn check(path: &str, text: &str, expected: Expect) {
        let catalogue = read(path, text.as_bytes(), Format::of(path).expect("a catalogue file"));
        let mut out = String::new();
        for entity in catalogue.entities {
            let owner = entity.owner.map_or("nobody".into(), |(owner, place)| format!("{} at {place}", owner.text));
            out += &format!("{} {} owned by {owner}\n", entity.kind, entity.name);
        }
        for (team, members) in catalogue.teams {
            out += &format!("team {team}: {}\n", members.join(" "));
        }
        for finding in catalogue.findings {
            out += &format!("{}:{} {} {}\n", finding.line, finding.column, finding.rule.id(), finding.seen);
        }
        expected.assert_eq(&out);
    }

    #[test]
    fn backstage_entities() {
        let text = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: pay}\nspec:\n  owner: group:default/Payments\n\
                    ---\nkind: API\nmetadata:\n  name: pay-api\nspec: {type: openapi}\n\
                    ---\nkind: Group\nmetadata: {name: payments}\nspec: {type: team, members: [ann, 'user:default/bob']}\n\
                    ---\nkind: User\nmetadata: {name: carol}\nspec: {memberOf: [payments, ops]}\n\
                    ---\nkind: Location\nspec: {targets: [./x.yaml]}\n---\njust: data\n";
        check(
            "a/catalog-info.yaml",
            text,
            expect![[r#"
            Component pay owned by group:default/Payments at a/catalog-info.yaml:5:10
            API pay-api owned by nobody
            team payments: ann bob
            team payments: carol
            team ops: carol
            9:9 catalogue-no-owner API "pay-api" has no owner
        "#]],
        );
    }

    #[test]
    fn other_formats() {
        check(
            "opslevel.yml",
            "---\nversion: 1\nrepository:\n  owner: iam\n  tier:\n",
            expect![[r#"
            service  owned by iam at opslevel.yml:4:10
        "#]],
        );
        check(
            "compass.yml",
            "name: lib\nownerId: null\nconfigVersion: 1\n",
            expect![[r#"
            component lib owned by nobody
            1:7 catalogue-no-owner component "lib" has no owner
        "#]],
        );
        check(
            "service.datadog.yaml",
            "schema-version: v2\ndd-service: lag\nteam: devops\n",
            expect![[r#"
            service lag owned by devops at service.datadog.yaml:3:7
        "#]],
        );
        check(
            "x/entity.datadog.yml",
            "apiVersion: v3\nkind: service\nmetadata:\n  name: s\n  owner: t\n",
            expect![[r#"
            service s owned by t at x/entity.datadog.yml:5:10
        "#]],
        );
    }

    #[test]
    fn what_is_wrong() {
        check(
            "catalog-info.yml",
            "kind: Component\nspec: {owner: ''}\n---\nkind: [\n",
            expect![[r#"
            Component  owned by nobody
            1:1 catalogue-no-owner Component has no owner
            5:1 catalogue-unreadable not YAML from here on: while parsing a node, did not find expected node content
        "#]],
        );
        check("opslevel.yml", "", expect![[""]]);
    }

    #[test]
    fn only_these_names_are_catalogue_files() {
        for (path, format) in [
            ("catalog-info.yaml", Some(Format::Backstage)),
            ("a/b/catalog-info.yml", Some(Format::Backstage)),
            ("my-catalog-info.yaml", None),
            ("catalog-info.json", None),
            ("compass.yaml", Some(Format::Compass)),
        ] {
            assert_eq!(Format::of(path), format, "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            for format in [Format::Backstage, Format::Opslevel, Format::Compass, Format::Datadog] {
                read("x.yaml", &bytes, format);
            }
        }
    }
}
