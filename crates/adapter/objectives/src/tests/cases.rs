//! Files as others wrote them and the rules that Sloth made of them, where they are to be found.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::rules::all;
use super::*;
use crate::{Severity, yaml};

/// Returns the folder of cases; says so when there is none.
pub(super) fn folder(name: &str) -> Option<PathBuf> {
    let cases = std::env::var("SEAWORTHY_CASES").unwrap_or_else(|_| "../../../../shared/cases".to_owned());
    let folder = Path::new(&cases).join("slo").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("NOT CHECKED: no files at \"{}\"; set SEAWORTHY_CASES to the folder of cases", folder.display());
    None
}

/// Files of a folder and below that end in `.yml` or `.yaml`, by their paths.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("yml" | "yaml") => found.push(path),
            None if path.is_dir() && !path.ends_with("_gen") => found.extend(files(&path)),
            _ => {}
        }
    }
    found.sort();
    found
}

pub(super) fn read_file(path: &Path) -> Loaded {
    let text = std::fs::read_to_string(path).expect("a file");
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    read(&[Source { path: name, text }], &[])
}

#[test]
fn numbers_are_those_of_sloth() {
    let Some(folder) = folder("sloth-examples") else { return };
    for name in [
        "getting-started",
        "home-wifi",
        "kubernetes-apiserver",
        "multifile",
        "no-alerts",
        "raw-home-wifi",
        "k8s-getting-started",
        "k8s-home-wifi",
        "k8s-multifile",
        "slo-plugin-getting-started",
    ] {
        let loaded = read_file(&folder.join(format!("{name}.yml")));
        assert!(!loaded.has_errors(), "{name}: {:#?}", loaded.diagnostics);
        let golden = std::fs::read_to_string(folder.join("_gen").join(format!("{name}.yml"))).expect("a golden file");
        numbers::assert_same(&yaml(&all(&loaded.declared), None), &golden);
    }
}

/// Every input is read, or refused with a reason that has a place.
#[test]
fn every_input_is_read_or_refused() {
    let (Some(sloth), Some(openslo)) = (folder("sloth-examples"), folder("openslo-examples")) else { return };
    let mut outcome = BTreeMap::new();
    for path in files(&sloth).into_iter().chain(files(&openslo)) {
        let loaded = read_file(&path);
        let errors: Vec<_> = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        assert!(errors.iter().all(|d| d.line > 1 && !d.remedy.is_empty()), "{errors:#?}");
        let rules: Vec<&str> = errors.iter().map(|d| d.rule).collect();
        outcome.insert(path, (loaded.declared.len(), rules));
    }
    let refused: Vec<_> = outcome.iter().filter(|(_, (_, rules))| !rules.is_empty()).collect();
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    let refused: Vec<String> =
        refused.iter().map(|(path, (read, rules))| format!("{} {read} {rules:?}", name(path))).collect();
    assert_eq!(
        refused,
        [
            r#"contrib-denominator-corrected.yaml 0 ["not-supported"]"#,
            r#"contrib-slo-plugins.yml 2 ["bad-name", "bad-name", "bad-name"]"#,
            r#"plugin-getting-started.yml 0 ["not-supported"]"#,
            r#"plugin-k8s-getting-started.yml 0 ["not-supported"]"#,
        ],
    );
    let counts: usize = outcome.values().map(|(read, _)| read).sum();
    assert_eq!((outcome.len(), counts), (24, 29), "{outcome:#?}");
}
