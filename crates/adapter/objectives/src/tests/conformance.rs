//! Our rules in a real Prometheus: `promtool` of Debian's package `prometheus`, where it is installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::rules::all;
use super::*;
use crate::yaml;

/// A folder of a test that goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("seaworthy-objectives-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).expect("the folder goes");
    }
}

/// Runs promtool; none, said loudly, when it is not installed.
fn promtool(arguments: &[&str], file: &Path) -> Option<(bool, String)> {
    match Command::new("promtool").args(arguments).arg(file).output() {
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            Some((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
        }
        Err(error) => {
            eprintln!("NOT CHECKED: could not run promtool: {error}; apt-get install prometheus");
            None
        }
    }
}

fn assert_loads(folder: &Folder, name: &str, declared: &[Declared]) {
    let file = folder.write(&format!("{name}.rules.yaml"), &yaml(&all(declared), None));
    if let Some((ok, said)) = promtool(&["check", "rules"], &file) {
        assert!(ok, "{name}: {said}");
    }
}

#[test]
fn conformance_rules_load_in_prometheus() {
    let folder = Folder::new("load");
    for (name, text) in [("sloth", SLOTH), ("kubernetes", KUBERNETES), ("openslo", OPENSLO), ("alpha", ALPHA)] {
        assert_loads(&folder, name, &clean(text));
    }
    let windows = read(&[source(SLOTH)], &[source(WINDOWS)]);
    assert_loads(&folder, "windows", &windows.declared);
}

#[test]
fn conformance_a_broken_rule_does_not_load() {
    let folder = Folder::new("broken");
    let text = yaml(&all(&clean(SLOTH)), None).replacen("14.4 *", "14.4 **", 1);
    let file = folder.write("broken.yaml", &text);
    if let Some((ok, said)) = promtool(&["check", "rules"], &file) {
        assert!(!ok, "{said}");
    }
}

/// Rules of files as others wrote them. VictoriaMetrics' own language is not PromQL, so promtool cannot judge it.
#[test]
fn conformance_rules_of_strangers_load() {
    let Some(examples) = cases::folder("sloth-examples") else { return };
    let folder = Folder::new("strangers");
    for path in cases::files(&examples).iter().filter(|path| !path.ends_with("victoria-metrics.yml")) {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        assert_loads(&folder, &name, &cases::read_file(path).declared);
    }
}

/// Prometheus evaluates them: an outage pages with its labels, a healthy service does not, and the budget is one of counts.
#[test]
fn conformance_rules_page_in_prometheus() {
    let folder = Folder::new("page");
    folder.write("rules.yaml", &yaml(&all(&clean(SLOTH)[..1]), None));
    let file = folder.write("test.yaml", include_str!("fixtures/promtool.yaml"));
    if let Some((ok, said)) = promtool(&["test", "rules"], &file) {
        assert!(ok, "{said}");
    }
}
