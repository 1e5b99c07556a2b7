//! One document: whose it is, and the envelope (`apiVersion`, `kind`, `metadata`, `spec`) that all kinds share.

use seaworthy_objectives::Documents;

use crate::diagnostic::{Place, Placed, Severity};
use crate::draft::Drafts;
use crate::fields::{DOCUMENT, Fields, Scope};
use crate::rule::Rule;
use crate::scalar::did_you_mean;
use crate::tree::{Document, Node, Value};
use crate::{backstage, foreign, seaworthy};

/// The apiVersion of our own kinds.
pub(crate) const OURS: &str = "seaworthy/v1";
/// Backstage's apiVersions with one meaning.
const BACKSTAGE: [&str; 2] = ["backstage.io/v1alpha1", "backstage.io/v1beta1"];
/// What stands before the version in an apiVersion that was meant for us, also where it is not whole.
const GROUPS: [&str; 3] = ["seaworthy", "backstage.io", "backstage"];
/// Backstage's apiVersion of scaffolder templates.
const SCAFFOLDER: &str = "scaffolder.backstage.io/";

/// What all kinds share.
pub(crate) struct Envelope<'a> {
    pub kind: Placed<String>,
    pub metadata: Fields<'a>,
    /// `metadata.name`; reported where it is missing.
    pub name: Option<Placed<String>>,
    pub spec: Option<Fields<'a>>,
}

impl Envelope<'_> {
    /// Returns `metadata.description` on one line.
    pub(crate) fn description(&self) -> Option<String> {
        self.metadata.text("description").map(|text| text.value.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Notes that an entity of this kind is left alone.
    pub(crate) fn note_kind(&self, why: &str, remedy: &str) {
        let message = format!("{} is not read: {why}", self.kind.value);
        self.metadata.scope.report.note(Rule::Kind, &self.kind.at, message, remedy);
    }
}

/// Whether a document was for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meant {
    /// It was, right or wrong.
    ForUs,
    /// It is about something else.
    ForOthers,
}

/// Reads one document into the drafts.
pub(crate) fn read(document: &Document, scope: &Scope<'_>, drafts: &mut Drafts) -> Meant {
    let root = &*document.root;
    if let Some(tool) = foreign::by_content(root) {
        foreign::note(tool, &scope.place(root.at), scope.report);
        return Meant::ForUs;
    }
    if Documents::is_one(root) {
        read_objectives(document, scope, drafts);
        return Meant::ForUs;
    }
    let version = match api_version(root, scope) {
        Ok(version) => version,
        Err(meant) => return meant,
    };
    if let Some(at) = templated(root) {
        let message = "this is a template: it says something only after it was filled in";
        note_template(&scope.place(at.at), matches!(version, Version::Ours), message, scope);
        return Meant::ForUs;
    }
    for (second, key, first) in &document.doubled {
        let message = format!("\"{key}\" stands here and in line {}: only one of them can count", first.line);
        scope.report.error(Rule::DuplicateKey, &scope.place(*second), message, "keep one of the two");
    }
    let Some(entity) = Fields::of(scope, root, DOCUMENT) else { return Meant::ForUs };
    if let Some(envelope) = open(&entity) {
        match version {
            Version::Ours => {
                entity.no_more();
                seaworthy::read(&envelope, drafts);
            }
            Version::Backstage => backstage::read(&envelope, drafts),
        }
    }
    Meant::ForUs
}

/// Hands a document of OpenSLO or Sloth on, unless it is a template.
fn read_objectives(document: &Document, scope: &Scope<'_>, drafts: &mut Drafts) {
    match templated(&document.root) {
        Some(at) => {
            let message = "this is a template: it says something only after it was filled in";
            note_template(&scope.place(at.at), false, message, scope);
        }
        None => drafts.objectives.take(document, scope),
    }
}

enum Version {
    Ours,
    Backstage,
}

/// Finds out whose document it is; reports a version that was meant for us and does not exist.
fn api_version(root: &Node, scope: &Scope<'_>) -> Result<Version, Meant> {
    let kind = root.get("kind").and_then(|kind| kind.text());
    let Some(version) = root.get("apiVersion") else {
        let ours = kind.is_some_and(|kind| seaworthy::KINDS.contains(&kind)) && root.get("spec").is_some();
        if ours || misspelt_key(root) || file_is_ours(&scope.file) {
            let message = "this document has no \"apiVersion\", so nobody can tell what it is";
            let remedy = format!("write apiVersion: {OURS}, or {} for a Backstage entity", BACKSTAGE[0]);
            scope.report.error(Rule::ApiVersion, &scope.place(root.at), message, remedy);
            return Err(Meant::ForUs);
        }
        return Err(Meant::ForOthers);
    };
    match version.text() {
        Some(OURS) => Ok(Version::Ours),
        Some(text) if BACKSTAGE.contains(&text) => Ok(Version::Backstage),
        Some(text) if text.starts_with(SCAFFOLDER) => Ok(Version::Backstage),
        Some(text) if is_meant_for_us(text) => {
            let message = format!("apiVersion \"{text}\" does not exist");
            let remedy = format!("write {OURS}, or {} for a Backstage entity", BACKSTAGE[0]);
            scope.report.error(Rule::ApiVersion, &scope.place(version.at), message, remedy);
            Err(Meant::ForUs)
        }
        text => {
            let what = text.map_or_else(|| "this apiVersion".to_owned(), |text| format!("apiVersion \"{text}\""));
            let message = format!("{what} is not ours: this document is left alone");
            scope.report.note(Rule::ApiVersion, &scope.place(version.at), message, "nothing to do");
            Err(Meant::ForOthers)
        }
    }
}

/// Returns whether somebody who wrote this apiVersion meant us: another version of ours or of Backstage's, another case,
/// a slip of the finger. To pass it over would retire what the document declared.
pub(crate) fn is_meant_for_us(version: &str) -> bool {
    let version = version.to_ascii_lowercase();
    let group = version.split('/').next().unwrap_or_default();
    version.contains("seaworthy")
        || did_you_mean(group, GROUPS).is_some()
        || did_you_mean(&version, [OURS, BACKSTAGE[0], BACKSTAGE[1]]).is_some()
}

/// Returns whether a key much like `apiVersion` holds a version that was meant for us.
fn misspelt_key(root: &Node) -> bool {
    let Value::Map(entries) = &root.value else { return false };
    entries.iter().any(|(key, value)| {
        let is_near = key.text().is_some_and(|key| did_you_mean(key, ["apiVersion"]).is_some());
        is_near && value.text().is_some_and(is_meant_for_us)
    })
}

/// Returns whether a file's name says that it is a catalogue's.
pub(crate) fn file_is_ours(file: &str) -> bool {
    file.ends_with("catalog-info.yaml") || file.ends_with("catalog-info.yml")
}

/// Returns where a placeholder stands in a field that decides what an entity is.
fn templated(root: &Node) -> Option<&Node> {
    let metadata = root.get("metadata");
    let spec = root.get("spec");
    let deciding = [
        root.get("kind"),
        metadata.and_then(|metadata| metadata.get("name")),
        spec.and_then(|spec| spec.get("owner")),
        spec.and_then(|spec| spec.get("type")),
    ];
    deciding.into_iter().flatten().map(|node| &**node).find(|node| match &node.value {
        Value::Text(text) => has_placeholder(text),
        // `{{ name }}` without quotes is a mapping whose key is a mapping.
        Value::Map(entries) => entries.iter().any(|(key, _)| matches!(key.value, Value::Map(_))),
        _ => false,
    })
}

/// Reports a template. One of ours is an error: what it stands for would otherwise leave the catalogue.
pub(crate) fn note_template(at: &Place, ours: bool, message: &str, scope: &Scope<'_>) {
    let severity = if ours { Severity::Error } else { Severity::Note };
    scope.report.add(severity, Rule::Templated, at, message, "check and apply what is made of it");
}

/// Returns whether a text holds a placeholder of one of the usual template languages.
pub(crate) fn has_placeholder(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("<%")
}

/// Opens the envelope; reports what of it is missing.
fn open<'a>(entity: &Fields<'a>) -> Option<Envelope<'a>> {
    entity.get("apiVersion");
    let kind = entity.require("kind", "write the kind, such as kind: Service");
    let metadata = entity.require("metadata", "write metadata with a name");
    let spec = entity.fields("spec");
    let kind = kind.and_then(|kind| entity.scope.text(kind, "\"kind\""));
    let metadata = metadata.and_then(|metadata| Fields::of(&entity.scope, metadata, "metadata"));
    let (kind, metadata) = (kind?, metadata?);
    let name = metadata.require("name", "write a name of letters, digits, \"-\", \"_\" and \".\"");
    let name = name.and_then(|name| metadata.scope.text(name, "\"metadata.name\""));
    Some(Envelope { kind, metadata, name, spec })
}

/// Reports a kind of ours that does not exist.
pub(crate) fn unknown_kind(envelope: &Envelope<'_>) {
    let kind = &envelope.kind;
    let remedy = match did_you_mean(&kind.value, seaworthy::KINDS) {
        _ if ["Objective", "SLO"].contains(&kind.value.as_str()) => {
            "write spec.objectives in the Service, or a document with apiVersion: openslo/v1".to_owned()
        }
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("kinds are: {}", seaworthy::KINDS.join(", ")),
    };
    let message = format!("\"{}\" is not a kind of {OURS}", kind.value);
    envelope.metadata.scope.report.error(Rule::Kind, &kind.at, message, remedy);
}
