//! Decision tables for patterns, entries and findings.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{Assignment, Dialect, Pattern, Tree, check, parse};

const FILES: [&str; 14] = [
    "Makefile",
    "README.md",
    "api/handler.go",
    "api/v1/handler.go",
    "api/v1/handler_test.go",
    "build/logs/a.log",
    "docs/index.md",
    "docs/guide/start.md",
    "lib/build/logs/b.log",
    "src/a b/c.rs",
    "src/main.rs",
    "src/net/tcp.rs",
    "web/docs/index.md",
    "web/app.js",
];

fn matched(dialect: Dialect, pattern: &str) -> String {
    let pattern = Pattern::compile(pattern, dialect);
    let hit = |path: &&&str| pattern.matches(&path.split('/').collect::<Vec<_>>());
    FILES.iter().filter(hit).copied().collect::<Vec<_>>().join(" ")
}

fn table(patterns: &[&str], expected: Expect) {
    let mut out = String::new();
    for pattern in patterns {
        let (hub, lab) = (matched(Dialect::GitHub, pattern), matched(Dialect::GitLab, pattern));
        out += &format!("{pattern}\n  github: {hub}\n");
        if hub != lab {
            out += &format!("  gitlab: {lab}\n");
        }
    }
    expected.assert_eq(&out);
}

#[test]
fn patterns_match_by_the_rules_of_each_forge() {
    table(
        &["*.md", "/*", "docs/*", "docs/", "/docs/", "docs", "/docs", "api/v1", "/build/logs/", "build/logs/"],
        expect![[r#"
            *.md
              github: README.md docs/index.md docs/guide/start.md web/docs/index.md
            /*
              github: Makefile README.md
            docs/*
              github: docs/index.md
              gitlab: docs/index.md web/docs/index.md
            docs/
              github: docs/index.md docs/guide/start.md web/docs/index.md
            /docs/
              github: docs/index.md docs/guide/start.md
            docs
              github: docs/index.md docs/guide/start.md web/docs/index.md
              gitlab: 
            /docs
              github: docs/index.md docs/guide/start.md
              gitlab: 
            api/v1
              github: api/v1/handler.go api/v1/handler_test.go
              gitlab: 
            /build/logs/
              github: build/logs/a.log
            build/logs/
              github: build/logs/a.log
              gitlab: build/logs/a.log lib/build/logs/b.log
        "#]],
    );
}

#[test]
fn wildcards_match_by_the_rules_of_each_forge() {
    table(
        &[
            "**/logs",
            "/src/**",
            "/src/**/*.rs",
            "src/**/tcp.rs",
            "handler?test.go",
            "src/a\\ b/",
            "[MR]*",
            "/api/*/h*.go",
        ],
        expect![[r#"
            **/logs
              github: build/logs/a.log lib/build/logs/b.log
              gitlab: 
            /src/**
              github: src/a b/c.rs src/main.rs src/net/tcp.rs
              gitlab: src/main.rs
            /src/**/*.rs
              github: src/a b/c.rs src/main.rs src/net/tcp.rs
            src/**/tcp.rs
              github: src/net/tcp.rs
            handler?test.go
              github: api/v1/handler_test.go
            src/a\ b/
              github: src/a b/c.rs
            [MR]*
              github: 
              gitlab: Makefile README.md
            /api/*/h*.go
              github: api/v1/handler.go api/v1/handler_test.go
        "#]],
    );
}

fn findings(dialect: Dialect, text: &str, expected: Expect) {
    let file = parse("CODEOWNERS", text.as_bytes(), dialect);
    let tree = Tree::new(FILES);
    let assignment = Assignment::new(&file, &tree);
    let mut out = String::new();
    for (index, path) in tree.files().iter().enumerate() {
        let owners: Vec<String> = assignment
            .entries(&file, index)
            .flat_map(|entry| entry.owners.iter().map(|(owner, _)| owner.text.clone()))
            .collect();
        out += &format!("{} <- {}\n", path.join("/"), owners.join(" "));
    }
    for finding in check(&file, &assignment, &tree) {
        out += &format!("{}:{} {} {}\n", finding.line, finding.column, finding.rule.id(), finding.seen);
    }
    expected.assert_eq(&out);
}

#[test]
fn on_github_the_last_match_wins() {
    findings(
        Dialect::GitHub,
        "* @all\n/docs/ @writers # ours\n/docs/guide/\n*.go  @go ann@acme.example\n",
        expect![[r#"
        Makefile <- @all
        README.md <- @all
        api/handler.go <- @go ann@acme.example
        api/v1/handler.go <- @go ann@acme.example
        api/v1/handler_test.go <- @go ann@acme.example
        build/logs/a.log <- @all
        docs/guide/start.md <- 
        docs/index.md <- @writers
        lib/build/logs/b.log <- @all
        src/a b/c.rs <- @all
        src/main.rs <- @all
        src/net/tcp.rs <- @all
        web/app.js <- @all
        web/docs/index.md <- @all
        3:1 codeowners-no-owner "/docs/guide/" names no owner and leaves 1 file without one
        1:1 codeowners-unowned nobody owns 1 file (7%): docs/ (1)
    "#]],
    );
}

#[test]
fn on_github_these_lines_do_not_count() {
    let text =
        "!docs/ @a\n[Docs] @a\n*.[ch] @a\n\\#file @a\n/src/ ann\n/web/ @a bob\n  /nowhere/ @a\n/api/v1/ @a\n/api/ @b\n";
    findings(
        Dialect::GitHub,
        text,
        expect![[r##"
            Makefile <- 
            README.md <- 
            api/handler.go <- @b
            api/v1/handler.go <- @b
            api/v1/handler_test.go <- @b
            build/logs/a.log <- 
            docs/guide/start.md <- 
            docs/index.md <- 
            lib/build/logs/b.log <- 
            src/a b/c.rs <- 
            src/main.rs <- 
            src/net/tcp.rs <- 
            web/app.js <- 
            web/docs/index.md <- 
            1:1 codeowners-negation "!docs/": GitHub has no negation and skips the line
            2:1 codeowners-brackets "[Docs]": GitHub knows neither ranges nor sections and skips the line
            3:1 codeowners-brackets "*.[ch]": GitHub knows neither ranges nor sections and skips the line
            4:1 codeowners-escaped-hash "\#file": GitHub cannot escape "#" and skips the line
            5:7 codeowners-bad-owner "ann" is not an owner: GitHub skips the whole line
            6:10 codeowners-bad-owner "bob" is not an owner: GitHub skips the whole line
            7:3 codeowners-no-match "/nowhere/" matches no file
            8:1 codeowners-shadowed "/api/v1/" keeps none of 2 files: line 9 takes them
            1:1 codeowners-unowned nobody owns 11 files (79%): src/ (3), 2 at the top, docs/ (2) and 3 more
        "##]],
    );
}

#[test]
fn on_gitlab_each_section_has_its_own_last_match() {
    let text = "* @all\n\n[Docs][2] @writers\n/docs/\n!/docs/guide/\n/docs/guide/start.md @late\n\n^[code]\n*.rs @rust\n\
                [DOCS] @two # @three\n/docs @folder\n/README.md\n/web/ # @hidden\n[open\n";
    findings(
        Dialect::GitLab,
        text,
        expect![[r#"
            Makefile <- @all
            README.md <- @all @two @three
            api/handler.go <- @all
            api/v1/handler.go <- @all
            api/v1/handler_test.go <- @all
            build/logs/a.log <- @all
            docs/guide/start.md <- @all
            docs/index.md <- @all @writers
            lib/build/logs/b.log <- @all
            src/a b/c.rs <- @all @rust
            src/main.rs <- @all @rust
            src/net/tcp.rs <- @all @rust
            web/app.js <- @all @hidden
            web/docs/index.md <- @all @hidden
            6:1 codeowners-shadowed "/docs/guide/start.md" keeps none of 1 file: line 5 takes it
            10:15 codeowners-commented-owner @three stands in a comment, yet GitLab counts it as an owner
            11:1 codeowners-no-match "/docs" matches no file
            13:9 codeowners-commented-owner @hidden stands in a comment, yet GitLab counts it as an owner
            14:1 codeowners-bad-section this section heading does not close, so GitLab takes it for a path
        "#]],
    );
}

#[test]
fn a_file_over_three_megabytes_is_not_loaded_by_github() {
    let big = "# a comment line\n".repeat(200_000);
    let github = parse("CODEOWNERS", big.as_bytes(), Dialect::GitHub);
    assert_eq!(github.findings[0].rule.id(), "codeowners-too-big");
    assert!(parse("CODEOWNERS", big.as_bytes(), Dialect::GitLab).findings.is_empty());
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_or_the_matcher_panic(bytes: Vec<u8>, path: String) {
        for dialect in [Dialect::GitHub, Dialect::GitLab] {
            let file = parse("CODEOWNERS", &bytes, dialect);
            let tree = Tree::new([path.as_str(), "a/b"]);
            let assignment = Assignment::new(&file, &tree);
            check(&file, &assignment, &tree);
        }
    }

    #[test]
    fn lines_that_look_like_entries_do_not_panic(text in "([*/a\\[\\]!\\\\#@^ \\-]{0,12}\n){0,8}", path in "[a/]{1,6}") {
        for dialect in [Dialect::GitHub, Dialect::GitLab] {
            let file = parse("CODEOWNERS", text.as_bytes(), dialect);
            let tree = Tree::new([path.as_str(), "a/b"]);
            let assignment = Assignment::new(&file, &tree);
            // Every file a section matched is kept by exactly one entry of that section.
            let kept: usize = assignment.fates.iter().map(|fate| fate.kept).sum();
            prop_assert!(kept <= tree.files().len() * file.sections.len());
            check(&file, &assignment, &tree);
        }
    }

    #[test]
    fn a_path_written_out_matches_itself_and_only_itself(index in 0..FILES.len()) {
        for dialect in [Dialect::GitHub, Dialect::GitLab] {
            let escaped = format!("/{}", FILES[index].replace(' ', "\\ "));
            prop_assert_eq!(matched(dialect, &escaped), FILES[index]);
        }
    }
}
