//! Stories that people can read: each file of `tests/input` is played and compared with its twin in `tests/output`.
//!
//! `UPDATE_EXPECT=1 cargo nextest run -p seaworthy-sim stories` writes the outputs anew; read the difference.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use seaworthy_sim::story::play;

fn tests(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder)
}

fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(tests(folder)).expect("a folder");
    entries.map(|entry| entry.expect("readable").file_name().into_string().expect("text")).collect()
}

#[test]
fn every_story_goes_as_it_is_told() {
    for name in names("input") {
        let script = fs::read_to_string(tests("input").join(&name)).expect("readable");
        let told = play(&script);
        assert!(!told.contains("VIOLATION"), "{name}\n{told}");
        expect_file![tests("output").join(&name)].assert_eq(&told);
    }
    assert_eq!(names("input"), names("output"), "an output without its story");
}
