//! Bills of materials in CycloneDX and SPDX, as JSON.
//!
//! Source: CycloneDX 1.6 JSON reference; SPDX 2.3 JSON schema.

use serde_json::Value;

use crate::files::{is_json, read, source_name};
use crate::{Asked, CollectError, Collector, Facts};

/// The collector.
pub(crate) const COLLECTOR: Collector =
    Collector { name: "sbom", reads: "a bill of materials, CycloneDX or SPDX, in JSON: its file", collect };

/// Deepest component inside components.
const DEPTH_MAX: usize = 32;

/// What a list of components comes to.
#[derive(Debug, Default)]
pub(crate) struct Components {
    pub(crate) all: usize,
    pub(crate) without_version: usize,
    pub(crate) without_checksum: usize,
    pub(crate) internal: Vec<String>,
}

impl Components {
    /// Says what they come to.
    pub(crate) fn tell(mut self, facts: &mut Facts, format: &str) {
        self.internal.sort();
        self.internal.dedup();
        facts.text("components.format", format);
        facts.count("components.all", self.all);
        facts.count("components.without_version", self.without_version);
        facts.count("components.without_checksum", self.without_checksum);
        facts.count("components.internal", self.internal.len());
        facts.list("components.internal_named", self.internal);
    }
}

fn collect(asked: &Asked<'_>) -> Result<Facts, CollectError> {
    let mut facts = Facts::of(source_name(asked.path));
    for file in read(asked.path, "bill of materials", is_json)? {
        let value: Value = serde_json::from_str(&file.text).map_err(|error| CollectError::Broken {
            file: file.name.clone(),
            what: "a bill of materials",
            why: error.to_string(),
        })?;
        if value["bomFormat"] == "CycloneDX" {
            cyclonedx(&value).tell(&mut facts, "cyclonedx");
            return Ok(facts);
        }
        if value.get("spdxVersion").is_some() {
            spdx(&value).tell(&mut facts, "spdx");
            return Ok(facts);
        }
    }
    Err(CollectError::Nothing { path: asked.path.to_owned(), what: "bill of materials" })
}

fn cyclonedx(root: &Value) -> Components {
    let own = &root["metadata"]["component"];
    let group = own["group"].as_str().or_else(|| namespace(own["purl"].as_str()?)).map(str::to_owned);
    let mut components = Components::default();
    for component in root["components"].as_array().into_iter().flatten() {
        cyclonedx_component(component, group.as_deref(), &mut components, 0);
    }
    components
}

fn cyclonedx_component(component: &Value, group: Option<&str>, to: &mut Components, depth: usize) {
    if depth > DEPTH_MAX {
        return;
    }
    let kind = component["type"].as_str().unwrap_or_default();
    // Files and the operating system are no libraries.
    if kind != "file" {
        let name = component["name"].as_str().unwrap_or_default();
        let theirs = component["group"].as_str().filter(|text| !text.is_empty());
        let theirs = theirs.or_else(|| namespace(component["purl"].as_str()?));
        to.all += 1;
        to.without_version += usize::from(says_nothing(component["version"].as_str()));
        to.without_checksum += usize::from(component["hashes"].as_array().is_none_or(Vec::is_empty));
        if group.is_some() && theirs == group {
            let group = theirs.unwrap_or_default().replace("%40", "@");
            to.internal.push(format!("{group}/{name}"));
        }
    }
    for inner in component["components"].as_array().into_iter().flatten() {
        cyclonedx_component(inner, group, to, depth + 1);
    }
}

/// SPDX 2.3, section 7. Packages that the document describes are the thing itself.
fn spdx(root: &Value) -> Components {
    let mut described: Vec<&str> =
        root["documentDescribes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let relations = root["relationships"].as_array().into_iter().flatten();
    let describes = relations.filter(|relation| relation["relationshipType"] == "DESCRIBES");
    described.extend(describes.filter_map(|relation| relation["relatedSpdxElement"].as_str()));
    let is_own = |package: &&Value| package["SPDXID"].as_str().is_some_and(|id| described.contains(&id));
    let packages = || root["packages"].as_array().into_iter().flatten();
    let own = packages().find(is_own).and_then(|package| namespace(purl(package)?));
    let mut components = Components::default();
    for package in packages().filter(|package| !is_own(package)) {
        components.all += 1;
        components.without_version += usize::from(says_nothing(package["versionInfo"].as_str()));
        components.without_checksum += usize::from(package["checksums"].as_array().is_none_or(Vec::is_empty));
        let theirs = purl(package).and_then(namespace);
        if own.is_some() && theirs == own {
            components.internal.push(package["name"].as_str().unwrap_or_default().to_owned());
        }
    }
    components
}

fn purl(package: &Value) -> Option<&str> {
    let references = package["externalRefs"].as_array()?;
    references.iter().find(|reference| reference["referenceType"] == "purl")?["referenceLocator"].as_str()
}

/// Returns the namespace of a package's URL: `%40acme` of `pkg:npm/%40acme/shop@1`.
fn namespace(purl: &str) -> Option<&str> {
    let rest = purl.strip_prefix("pkg:")?.split(['@', '?', '#']).next()?;
    let (_, path) = rest.split_once('/')?;
    path.rsplit_once('/').map(|(namespace, _)| namespace)
}

fn says_nothing(version: Option<&str>) -> bool {
    version
        .is_none_or(|text| matches!(text.trim(), "" | "NOASSERTION" | "NONE" | "UNKNOWN" | "unknown" | "*" | "latest"))
}
