//! Backstage entities, `backstage.io/v1alpha1` and `v1beta1`, read as they are found in the wild.
//!
//! A Component of type service or website is a service, a Group a team, a User a person. What cannot be read stays a
//! warning or a note: these files were written for another reader. Unknown fields are theirs, never mistakes.

use std::str::FromStr;

use seaworthy_contract::catalogue::{Contact, Dependency, DependencyKind, Other};
use seaworthy_model::{NameError, PersonId, ServiceId, SystemId, TeamId};
use seaworthy_objectives::Wanted;

use crate::diagnostic::Placed;
use crate::draft::{Draft, Drafts, Origin, Owner, PersonDraft, ServiceDraft, TeamDraft};
use crate::envelope::Envelope;
use crate::fields::Fields;
use crate::reference::{Reference, ours};
use crate::rule::Rule;
use crate::tree::{Node, Value};

/// Keys by which Backstage takes a value from elsewhere.
const SUBSTITUTIONS: [&str; 4] = ["$text", "$yaml", "$json", "$openapi"];

/// Reads one entity into the drafts.
pub(crate) fn read(envelope: &Envelope<'_>, drafts: &mut Drafts) {
    let reader = Reader { envelope, namespace: namespace(envelope) };
    match envelope.kind.value.to_ascii_lowercase().as_str() {
        "component" => reader.component(drafts),
        "group" => reader.group(drafts),
        "user" => reader.user(drafts),
        "system" | "domain" | "resource" | "api" => reader.other(&envelope.kind.value.to_ascii_lowercase(), drafts),
        "location" => envelope.note_kind("it points to other files", "give \"check\" the directory that holds them"),
        "template" => envelope.note_kind("a scaffolder template is no entity", "nothing to do"),
        _ => envelope.note_kind("this kind is not known here", "nothing to do: it is left alone"),
    }
}

fn namespace(envelope: &Envelope<'_>) -> String {
    let written = envelope.metadata.text("namespace").map(|text| text.value.to_ascii_lowercase());
    written.unwrap_or_else(|| "default".to_owned())
}

struct Reader<'r, 'a> {
    envelope: &'r Envelope<'a>,
    namespace: String,
}

impl Reader<'_, '_> {
    /// Turns a name with its namespace into one of ours; notes what changed.
    fn name<T: FromStr<Err = NameError>>(
        &self,
        drafts: &mut Drafts,
        namespace: &str,
        name: Placed<String>,
    ) -> Option<Placed<T>> {
        let scope = &self.envelope.metadata.scope;
        let found = ours(namespace, &name.value);
        if found.parse::<T>().is_err() {
            let message = format!("\"{}\" of namespace \"{namespace}\" cannot be made a name", name.value);
            scope.report.error(
                Rule::BadName,
                &name.at,
                message,
                "use letters, digits, \"-\", \"_\" and \".\", at most 63",
            );
            return None;
        }
        if namespace != "default" {
            drafts.namespaces.entry(namespace.to_owned()).or_insert_with(|| name.at.clone());
        }
        if !found.ends_with(&name.value) {
            let message = format!("\"{}\" is called \"{found}\" here", name.value);
            scope.report.note(Rule::Renamed, &name.at, message, "use letters, digits, \"-\", \"_\" and \".\" in names");
        }
        name.map(|_| found.parse().ok()).transpose()
    }

    fn own_name<T: FromStr<Err = NameError>>(&self, drafts: &mut Drafts) -> Option<Placed<T>> {
        let name = self.envelope.name.clone()?;
        self.name(drafts, &self.namespace, name)
    }

    fn reference(&self, text: &str) -> Reference {
        Reference::parse(text, &self.namespace)
    }

    fn spec(&self) -> Option<&Fields<'_>> {
        self.envelope.spec.as_ref()
    }

    fn draft<T>(&self, body: T) -> Draft<T> {
        Draft { origin: Origin::Backstage, at: self.envelope.kind.at.clone(), body }
    }

    fn component(&self, drafts: &mut Drafts) {
        let kind = self.spec().and_then(|spec| spec.text("type"));
        match kind {
            Some(kind) if ["service", "website"].iter().any(|t| kind.value.trim().eq_ignore_ascii_case(t)) => {
                self.service(drafts)
            }
            None if self.spec().is_none_or(|spec| spec.node.get("type").is_none()) => {
                let at = &self.envelope.kind.at;
                let message = "this Component has no \"spec.type\": it is read as something that does not run";
                let remedy = "write spec.type: service for what serves requests";
                self.envelope.metadata.scope.report.warning(Rule::MissingField, at, message, remedy);
                self.other("component", drafts);
            }
            _ => self.other("component", drafts),
        }
    }

    fn service(&self, drafts: &mut Drafts) {
        let Some(name) = self.own_name::<ServiceId>(drafts) else { return };
        let Some(spec) = self.spec() else { return };
        let owner = spec.text("owner").and_then(|text| self.owner(drafts, text));
        let system = spec.text("system").and_then(|text| {
            let to = self.reference(&text.value);
            self.name::<SystemId>(drafts, &to.namespace, text.map(|_| to.name))
        });
        let body = ServiceDraft {
            name,
            description: self.envelope.description(),
            owner,
            tier: None,
            system: system.map(|system| system.value),
            routes: vec![],
            run: None,
            dependencies: self.dependencies(drafts),
            rollout: None,
            on_call: None,
            escalation: None,
            objectives: Wanted::Unsaid,
        };
        drafts.services.push(self.draft(body));
    }

    fn owner(&self, drafts: &mut Drafts, text: Placed<String>) -> Option<Placed<Owner>> {
        let to = self.reference(&text.value);
        let person = to.kind.as_deref() == Some("user");
        let team = self.name::<TeamId>(drafts, &to.namespace, text.map(|_| to.name))?;
        Some(team.map(|team| Owner { person: person.then(|| team.as_str().parse().ok()).flatten(), team }))
    }

    /// Returns the components this one needs; Backstage does not say whether it works without them, so they are hard.
    fn dependencies(&self, drafts: &mut Drafts) -> Vec<Placed<Dependency>> {
        let Some(spec) = self.spec() else { return vec![] };
        let written = spec.texts("dependsOn").into_iter();
        let references = written.map(|text| (self.reference(&text.value), text));
        let components = references.filter(|(to, _)| to.kind.as_deref() == Some("component"));
        components
            .filter_map(|(to, text)| self.name::<ServiceId>(drafts, &to.namespace, text.map(|_| to.name)))
            .map(|name| name.map(|service| Dependency { service, kind: DependencyKind::Hard, reason: None }))
            .collect()
    }

    fn group(&self, drafts: &mut Drafts) {
        let Some(name) = self.own_name::<TeamId>(drafts) else { return };
        let profile = self.spec().and_then(|spec| spec.fields("profile"));
        let title =
            profile.and_then(|profile| profile.text("displayName")).or_else(|| self.envelope.metadata.text("title"));
        let written = self.spec().map(|spec| spec.texts("members")).unwrap_or_default();
        let members = written.into_iter().filter_map(|text| {
            let to = self.reference(&text.value);
            self.name::<PersonId>(drafts, &to.namespace, text.map(|_| to.name))
        });
        let members = members.collect();
        let body = TeamDraft { name: name.value, title: title.map(|title| title.value), members, escalation: None };
        drafts.teams.push(self.draft(body));
    }

    fn user(&self, drafts: &mut Drafts) {
        let Some(name) = self.own_name::<PersonId>(drafts) else { return };
        let profile = self.spec().and_then(|spec| spec.fields("profile"));
        let text = |key| profile.as_ref().and_then(|profile| profile.text(key)).map(|text| text.value);
        let written = self.spec().map(|spec| spec.texts("memberOf")).unwrap_or_default();
        let member_of = written.into_iter().filter_map(|text| {
            let to = self.reference(&text.value);
            self.name::<TeamId>(drafts, &to.namespace, text.map(|_| to.name)).map(|team| team.value)
        });
        let member_of = member_of.collect();
        let contacts = text("email").map(|address| Contact::Email { address }.into()).into_iter().collect();
        let body = PersonDraft { name: name.value, display_name: text("displayName"), contacts, member_of };
        drafts.people.push(self.draft(body));
    }

    fn other(&self, kind: &str, drafts: &mut Drafts) {
        let Some(name) = self.own_name::<ServiceId>(drafts) else { return };
        if kind == "component" {
            drafts.components.insert(name.value.to_string());
        }
        if let Some(definition) = self.spec().and_then(|spec| spec.get("definition")) {
            self.note_substitution(definition);
        }
        let owner = self.spec().and_then(|spec| spec.text("owner")).map(|text| text.value);
        let body = Other { name: format!("{kind}/{}", name.value), owner, description: self.envelope.description() };
        drafts.others.push(self.draft(body));
    }

    fn note_substitution(&self, definition: &Node) {
        let Value::Map(entries) = &definition.value else { return };
        let scope = &self.envelope.metadata.scope;
        for (key, value) in entries {
            if let Some(text) = key.text().filter(|text| SUBSTITUTIONS.contains(text)) {
                let from = value.text().unwrap_or("elsewhere");
                let message = format!("\"{text}\" takes the definition from \"{from}\": it is left alone");
                scope.report.note(Rule::Substitution, &scope.place(key.at), message, "nothing to do");
            }
        }
    }
}
