//! What a file is, told by its path alone: how its lines are read, and whether it is meant for production.

/// How lines are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Names and values; a value may stand without quotes.
    Config,
    /// A program: a value counts only in quotes.
    Code,
    /// Sentences: only shapes that nobody writes by chance count.
    Prose,
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It may be in use.
    Used,
    /// Below a directory of tests or examples, or named as an example.
    Example,
}

const CODE: &[&str] = &[
    "rs", "py", "js", "jsx", "ts", "tsx", "mjs", "cjs", "go", "java", "kt", "kts", "scala", "rb", "php", "c", "h",
    "cc", "cpp", "hpp", "cs", "fs", "swift", "m", "mm", "pl", "pm", "lua", "ex", "exs", "erl", "hs", "clj", "dart",
    "vue", "svelte", "groovy", "gradle", "sql", "ipynb", "r", "jl", "nim", "zig", "vb", "coffee", "elm", "ml", "css",
    "scss", "less", "d", "proto", "graphql",
];
const PROSE: &[&str] = &[
    "md", "markdown", "rst", "adoc", "asciidoc", "html", "htm", "tex", "org", "svg", "po", "pot", "xlf", "mdx", "snap",
    "lock", "sum", "map", "csv", "tsv", "log", "patch", "diff", "ics", "rtf", "xhtml", "textile", "bib", "resx",
    "strings", "arb",
];
const EXAMPLE_DIRECTORIES: &[&str] = &[
    "test",
    "tests",
    "testdata",
    "test-data",
    "test_data",
    "testing",
    "__tests__",
    "fixtures",
    "fixture",
    "__fixtures__",
    "spec",
    "specs",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "docs",
    "doc",
    "e2e",
    "mocks",
    "__mocks__",
    "tutorial",
    "tutorials",
];

impl Format {
    /// Tells by the path.
    pub(crate) fn of(path: &str) -> Self {
        let name = file_name(path).to_ascii_lowercase();
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        if PROSE.contains(&extension) || matches!(name.as_str(), "package-lock.json" | "composer.lock" | "license") {
            Self::Prose
        } else if CODE.contains(&extension) {
            Self::Code
        } else {
            Self::Config
        }
    }
}

impl Standing {
    /// Tells by the path below the directory that was asked for.
    pub fn of(path: &str) -> Self {
        let lower = path.to_ascii_lowercase();
        let mut directories = lower.split('/').rev().skip(1);
        let name = file_name(&lower);
        let named = name
            .split(['.', '-', '_'])
            .any(|part| matches!(part, "example" | "sample" | "dist" | "template" | "test" | "tests" | "spec"));
        if named || directories.any(|directory| EXAMPLE_DIRECTORIES.contains(&directory)) {
            Self::Example
        } else {
            Self::Used
        }
    }
}

/// Returns the last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
