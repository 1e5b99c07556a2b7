//! `Team` and `Person`.

use seaworthy_contract::catalogue::PersonContact;

use crate::draft::{PersonDraft, TeamDraft};
use crate::envelope::Envelope;
use crate::fields::Fields;
use crate::rule::Rule;

use super::contact::contact;
use super::{contact_rule, spec};

/// Most contacts of a person: a page tries them in order.
const CONTACTS_MAX: usize = 8;

/// Reads a team; its members may be none.
pub(super) fn read_team(envelope: &Envelope<'_>) -> Option<TeamDraft> {
    let title = envelope.metadata.text("title");
    let spec = envelope.spec.as_ref();
    let members = spec.map(|spec| spec.names("members")).unwrap_or_default();
    let escalation = spec.and_then(|spec| spec.name("escalation"));
    let title = spec.and_then(|spec| spec.text("title")).or(title);
    if let Some(spec) = spec {
        spec.no_more();
    }
    let name = envelope.metadata.name("name")?;
    Some(TeamDraft { name: name.value, title: title.map(|title| title.value), members, escalation })
}

/// Reads a person.
pub(super) fn read_person(envelope: &Envelope<'_>) -> Option<PersonDraft> {
    let spec = spec(envelope);
    let mut contacts = Vec::new();
    let mut display_name = None;
    if let Some(spec) = spec {
        display_name = spec.text("displayName").map(|text| text.value);
        let written = spec.list("contacts");
        if written.len() > CONTACTS_MAX {
            let message = format!("{} contacts are over the limit of {CONTACTS_MAX}", written.len());
            spec.scope.report.error(Rule::Limit, &spec.at(), message, "keep those that are answered");
        }
        let fields = written.iter().filter_map(|item| Fields::of(&spec.scope, item, "spec.contacts[]"));
        let ruled = |fields: Fields<'_>| {
            let rule = contact_rule::read(&fields);
            contact(&fields).map(|contact| PersonContact { contact, rule })
        };
        contacts = fields.filter_map(ruled).collect();
        spec.no_more();
    }
    let name = envelope.metadata.name("name")?;
    Some(PersonDraft { name: name.value, display_name, contacts, member_of: vec![] })
}
