//! Files as others wrote them, where they are to be found.

use super::*;
use crate::{Severity, load};

/// Reads every stranger's file: nothing of theirs is an error, and what they own is found.
#[test]
fn files_of_strangers_are_read() {
    let cases = std::env::var("SEAWORTHY_CASES").unwrap_or_else(|_| "../../../../shared/cases".to_owned());
    let directory = std::path::Path::new(&cases).join("catalog");
    if !directory.is_dir() {
        eprintln!(
            "NOT CHECKED: no files of strangers at \"{}\"; set SEAWORTHY_CASES to the folder of cases",
            directory.display()
        );
        return;
    }
    let loaded = load(&directory, now()).expect("a directory");
    assert_eq!(loaded.count(Severity::Error), 0, "{:#?}", loaded.diagnostics);
    assert_eq!(loaded.files, 35);
    assert_eq!(loaded.unrelated, Vec::<String>::new());
    let count = |kind| loaded.document.entities.iter().filter(|sourced| sourced.entity.key().0 == kind).count();
    assert_eq!(["service", "team", "person", "rotation", "other"].map(count), [10, 7, 0, 0, 27]);
    let noted: std::collections::BTreeSet<_> = loaded.diagnostics.iter().map(|diagnostic| diagnostic.rule).collect();
    for rule in
        ["other-format", "kind", "substitution", "renamed", "owner-not-declared", "owner-is-person", "nobody-on-call"]
    {
        assert!(noted.contains(rule), "{rule}");
    }
}

#[test]
fn the_example_to_copy_is_right() {
    let loaded = load(std::path::Path::new("../../../examples/hello"), now()).expect("the example");
    assert_eq!(loaded.diagnostics, vec![]);
    assert_eq!(loaded.document.entities.len(), 5);
}
