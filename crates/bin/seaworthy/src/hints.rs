//! Every command that a sentence of ours tells somebody to type is one that there is.

use std::path::{Path, PathBuf};

use clap::Parser;
use clap::error::ErrorKind;

use crate::args::Args;

/// What a command begins behind in a source, and what it ends before.
const QUOTES: [(&str, &str); 5] = [("`", "`"), ("<code>", "</code>"), ("\"", "\""), ("\\n  ", "\""), ("\n  ", "\n")];

/// Sources whose words people read.
fn sources() -> Vec<PathBuf> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("crates/bin/seaworthy");
    let mut found = Vec::new();
    for ring in ["domain", "contract", "adapter", "app", "bin"] {
        walk(&crates.join(ring), &mut found);
    }
    found
}

fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("a directory of ours").flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        // What tests and made-up pages say to nobody, and this list of what is wrong.
        if ["tests", "tests.rs", "examples", "hints.rs"].contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            walk(&path, found);
        } else if name.ends_with(".rs") || name.ends_with(".html") {
            found.push(path);
        }
    }
}

/// Returns the commands that a text names.
fn commands(text: &str) -> Vec<String> {
    let text = text.replace("\\\"", "'");
    let mut found = Vec::new();
    for (begin, end) in QUOTES {
        for (at, _) in text.match_indices(&format!("{begin}seaworthy ")) {
            let rest = &text[at + begin.len()..];
            let ends = [rest.find(end), rest.find("\\n"), rest.find('\n')].into_iter().flatten().min();
            found.push(rest[..ends.unwrap_or(rest.len())].to_owned());
        }
    }
    found
}

/// Returns its words, with `x1` for what is filled in later.
fn words(command: &str) -> Vec<String> {
    let mut filled = command.to_owned();
    while let Some((from, to)) = filled.find('{').and_then(|from| Some((from, filled[from..].find('}')? + from))) {
        let to = to + filled[to..].bytes().take_while(|byte| *byte == b'}').count();
        filled.replace_range(from..to, "x1");
    }
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for character in filled.chars() {
        match character {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            '|' | '>' if !is_quoted && words.last().is_some_and(String::is_empty) => break,
            other => words.last_mut().expect("it has one").push(other),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Returns why nobody can type it; a word that stands for a value, and one that is left out, are no reason.
fn refused(command: &str) -> Option<ErrorKind> {
    let kind = Args::try_parse_from(words(command)).err()?.kind();
    let is_wrong = matches!(
        kind,
        ErrorKind::InvalidSubcommand
            | ErrorKind::UnknownArgument
            | ErrorKind::ArgumentConflict
            | ErrorKind::TooManyValues
    );
    is_wrong.then_some(kind)
}

#[test]
fn every_command_that_is_named_can_be_typed() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for path in sources() {
        let text = std::fs::read_to_string(&path).expect("a source of ours");
        for command in commands(&text) {
            seen += 1;
            wrong.extend(refused(&command).map(|kind| format!("{}: {command} ({kind:?})", path.display())));
        }
    }
    assert!(seen > 100, "the sources were not found: {seen}");
    assert_eq!(wrong, [""; 0], "of {seen}");
}

#[test]
fn what_cannot_be_typed_is_found() {
    let text = r#"say("sooner with `seaworthy throttle clear kiosk`"), "seaworthy controls clear {id}", "a\n  seaworthy shrug\n""#;
    let found = commands(text);
    assert_eq!(found, ["seaworthy throttle clear kiosk", "seaworthy controls clear {id}", "seaworthy shrug"]);
    let refusals: Vec<bool> = found.iter().map(|command| refused(command).is_some()).collect();
    assert_eq!(refusals, [true, false, true]);
}
