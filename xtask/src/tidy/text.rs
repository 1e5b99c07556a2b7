//! What every file must hold or must not hold: its purpose first, a bearable length, no stubs, no stray words.
//!
//! The words are put together from parts, so that this file passes its own rules.

use super::{Finding, Source, Weight};

/// Longer than this a file surely holds two ideas.
const LINES_MAX: usize = 500;

/// Longer than this, ask whether it does.
const LINES_WARN: usize = 400;

/// Unfinished code and tests that do not run.
const STUBS: &[(&str, &str)] = &[
    (concat!("to", "do!("), "write it, or leave the call out"),
    (concat!("unimple", "mented!("), "write it, or leave the call out"),
    (concat!("#[ig", "nore"), "assert what happens today and say what is wrong with it"),
];

/// Words that tie the project to one machine or to a place packages come from.
const WORDS: &[(&str, &str)] = &[
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/tmp/", "w/"), "a path of one machine"),
    (concat!("/root/", "."), "a path of one machine"),
    (concat!("crates", ".io"), "a package registry"),
    (concat!("npm", "js."), "a package registry"),
    (concat!("py", "pi.org"), "a package registry"),
    (concat!("ruby", "gems.org"), "a package registry"),
    (concat!("proxy.go", "lang.org"), "a package registry"),
    (concat!("doc", "ker.io"), "a package registry"),
    (concat!("gh", "cr.io"), "a package registry"),
];

/// Files written by tools or by others, kept as they are.
fn is_verbatim(path: &str) -> bool {
    matches!(path, "Cargo.lock" | "LICENSE") || path.contains("/vendor/") || path.contains("/vectors")
}

/// Files whose trailing blanks are ours to remove. Data and fixtures may need theirs, and in Rust rustfmt knows
/// code from a quoted text.
fn is_written(path: &str) -> bool {
    let ends = [".toml", ".md", ".html", ".css", ".js", ".sql", ".sh"];
    path == ".ci/run" || ends.iter().any(|end| path.ends_with(end))
}

/// Every rule about the text of one file.
pub(super) fn findings(source: &Source) -> Vec<Finding> {
    if is_verbatim(&source.path) {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = words(source).collect();
    if is_written(&source.path) {
        findings.extend(blanks(source));
    }
    if source.path.ends_with(".rs") {
        findings.extend(purpose(source));
        findings.extend(length(source));
        findings.extend(stubs(source));
    }
    findings
}

fn purpose(source: &Source) -> Option<Finding> {
    let first = source.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let remedy = "open it with //! and one sentence: what it is for, then what it keeps true";
    let finding = || Finding::new(&source.path, 1, "purpose", "the file does not say what it is for", remedy);
    (!first.starts_with("//! ")).then(finding)
}

fn length(source: &Source) -> Option<Finding> {
    let lines = source.text.lines().count();
    let weight = if lines > LINES_MAX { Weight::Error } else { Weight::Warning };
    let remedy = "split it where two ideas share the room; long tests move to tests.rs";
    let finding = || Finding::new(&source.path, lines, "length", format!("{lines} lines"), remedy);
    (lines > LINES_WARN).then(|| Finding { weight, ..finding() })
}

fn stubs(source: &Source) -> impl Iterator<Item = Finding> {
    each(source, STUBS).map(|(line, word, remedy)| {
        Finding::new(&source.path, line, "stub", format!("\"{word}\" in code that ships"), remedy)
    })
}

fn words(source: &Source) -> impl Iterator<Item = Finding> {
    each(source, WORDS).map(|(line, word, what)| {
        let remedy = format!("leave it out: {what} does not belong in the project");
        Finding::new(&source.path, line, "word", format!("\"{word}\""), remedy)
    })
}

/// Line number, word and note of every place where one of `words` stands.
fn each<'a>(source: &'a Source, words: &'a [(&str, &str)]) -> impl Iterator<Item = (usize, &'a str, &'a str)> {
    source.text.lines().enumerate().flat_map(move |(at, line)| {
        words.iter().filter(move |(word, _)| stands(line, word)).map(move |(word, note)| (at + 1, *word, *note))
    })
}

/// True when `word` is in `line`; a path counts only where it starts, not inside a longer one.
fn stands(line: &str, word: &str) -> bool {
    let starts = |at: usize| !line[..at].ends_with(|before: char| before.is_ascii_alphanumeric() || before == '}');
    line.match_indices(word).any(|(at, _)| !word.starts_with('/') || starts(at))
}

fn blanks(source: &Source) -> impl Iterator<Item = Finding> {
    let blank = |(at, line): (usize, &str)| {
        let finding = || Finding::new(&source.path, at + 1, "blank", "blanks at the end of the line", "remove them");
        line.ends_with([' ', '\t']).then(finding)
    };
    source.text.lines().enumerate().filter_map(blank)
}

#[cfg(test)]
mod tests {
    use super::super::{Source, Weight};
    use super::{STUBS, WORDS, findings};

    /// The rules that a file breaks, each with its line.
    fn rules(path: &str, text: &str) -> Vec<(usize, &'static str)> {
        let source = Source { path: path.into(), text: text.into() };
        findings(&source).iter().map(|finding| (finding.line, finding.rule)).collect()
    }

    #[test]
    fn a_good_file_passes() {
        assert_eq!(rules("a.rs", "//! Decides.\n\nfn f() {}\n"), []);
    }

    #[test]
    fn purpose_comes_first() {
        assert_eq!(rules("a.rs", "fn f() {}\n//! Late.\n"), [(1, "purpose")]);
        assert_eq!(rules("a.rs", "//!\n"), [(1, "purpose")]);
        assert_eq!(rules("a.md", "text\n"), []);
    }

    #[test]
    fn length_warns_then_fails() {
        let file =
            |lines: usize| Source { path: "a.rs".into(), text: format!("//! Long.\n{}", "x\n".repeat(lines - 1)) };
        assert_eq!(findings(&file(400)), []);
        assert_eq!(findings(&file(401))[0].weight, Weight::Warning);
        assert_eq!(findings(&file(500))[0].weight, Weight::Warning);
        assert_eq!(findings(&file(501))[0].weight, Weight::Error);
    }

    #[test]
    fn stubs_are_found_in_code_only() {
        for (stub, _) in STUBS {
            assert_eq!(rules("a.rs", &format!("//! A.\n{stub})")), [(2, "stub")], "{stub}");
            assert_eq!(rules("a.md", stub), [], "{stub}");
        }
    }

    #[test]
    fn words_are_found_everywhere() {
        for (word, _) in WORDS {
            assert_eq!(rules("docs/a.md", &format!("x\nsee {word}")), [(2, "word")], "{word}");
            assert_eq!(rules("Cargo.lock", word), [], "{word}");
        }
    }

    #[test]
    fn a_path_inside_a_path_is_another_path() {
        assert_eq!(rules("a.md", &format!("crates{}x", WORDS[0].0)), []);
    }

    #[test]
    fn blanks_are_found_in_what_we_write() {
        assert_eq!(rules("a.css", "a {} \n\tb\t\n"), [(1, "blank"), (2, "blank")]);
        assert_eq!(rules("tests/a.yaml", "a: b \n"), []);
        assert_eq!(rules("a.rs", "//! A table.\nconst T: &str = \"a \n\";"), []);
    }
}
