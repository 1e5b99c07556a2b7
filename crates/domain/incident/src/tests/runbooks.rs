//! Sections of a runbook by the names that alerts go by, and what of Markdown is shown.

use proptest::prelude::*;

use crate::runbook::{Block, SECTION_BYTES_MAX, SECTIONS_MAX, Span, blocks, section_for, sections};

const BOOK: &str = "---\ntitle: \"Elasticsearch cluster health\"\nsection: Alerts\n---\nThe cluster tells how it is.\n\n\
## Router error ratio too high\n\n1. Look at the **5xx** rate.\n2. Undo the last deploy: `deploy undo`.\n3) Read [the map](https://example.org/map).\n\n\
```\n# no heading\ncurl localhost\n```\n\n## HighQueueLatency\n\n- Wait.\n\n## Empty\n\n## High error rate on checkout (page)\n\nLook.\n";

#[test]
fn the_section_is_found_however_the_alert_is_written() {
    let known = sections(BOOK);
    for (names, want) in [
        (vec!["RouterErrorRatioTooHigh"], Some("Router error ratio too high")),
        (vec!["router-error-ratio-too-high"], Some("Router error ratio too high")),
        (vec!["objective/nothing", "HighQueueLatency"], Some("HighQueueLatency")),
        (vec!["high queue latency"], Some("HighQueueLatency")),
        (vec!["ElasticsearchClusterHealth"], Some("Elasticsearch cluster health")),
        (vec!["HighErrorRate"], Some("High error rate on checkout (page)")),
        (vec!["EmailApiHighQueueLatency"], Some("HighQueueLatency")),
        (vec!["email high queue latency everywhere"], Some("HighQueueLatency")),
        (vec!["Empty"], None),
        (vec!["", "///"], None),
        (vec![], None),
    ] {
        let found = section_for(&known, &names).map(|section| section.heading.as_str());
        assert_eq!(found, want, "{names:?}");
    }
}

#[test]
fn a_section_is_shown_as_steps_code_and_safe_links() {
    let known = sections(BOOK);
    let shown = blocks(&section_for(&known, &["RouterErrorRatioTooHigh"]).expect("it is there").text);
    let text = |words: &str| Span::Text(words.to_owned());
    assert_eq!(
        shown,
        [
            Block::Step(vec![text("Look at the 5xx rate.")]),
            Block::Step(vec![text("Undo the last deploy: "), Span::Code("deploy undo".to_owned()), text(".")]),
            Block::Step(vec![
                text("Read "),
                Span::Link { text: "the map".to_owned(), to: "https://example.org/map".to_owned() },
                text("."),
            ]),
            Block::Code("# no heading\ncurl localhost\n".to_owned()),
        ]
    );
    for (line, want) in [
        ("[x](javascript:alert(1))", vec![text("x"), text(")")]),
        ("[x](/manual/here)", vec![text("x")]),
        ("[x][ref] y", vec![text("x"), text(" y")]),
        ("<script>alert(1)</script>", vec![text("<script>alert(1)</script>")]),
        ("[open `one", vec![text("["), text("open "), text("`"), text("one")]),
    ] {
        let found: Vec<Span> = match blocks(line).remove(0) {
            Block::Paragraph(spans) | Block::Step(spans) => spans,
            Block::Heading(_) | Block::Code(_) => Vec::new(),
        };
        let joined = |spans: &[Span]| format!("{spans:?}").replace("\"), Text(\"", "");
        assert_eq!(joined(&found), joined(&want), "{line}");
    }
}

#[test]
fn the_title_of_a_file_holds_all_of_it() {
    let whole = sections(BOOK).remove(0).text;
    assert!(whole.contains("Undo the last deploy") && whole.contains("Wait."), "{whole}");
    let heading = Block::Heading("HighQueueLatency".to_owned());
    assert!(blocks(&whole).contains(&heading), "parts keep their headings");
    assert_eq!(sections("no heading\n"), []);
    assert_eq!(sections("---\ntitle: cut off").len(), 0, "front matter without an end is none");
}

#[test]
fn what_is_too_long_is_cut() {
    let long = format!("# One\n{}", "word ".repeat(10).trim_end().to_owned() + "\n").repeat(SECTIONS_MAX + 50);
    assert!(sections(&long).len() < SECTIONS_MAX);
    let one = format!("# One\n{}", "a line\n".repeat(SECTION_BYTES_MAX));
    assert!(sections(&one)[0].text.len() <= SECTION_BYTES_MAX);
}

proptest! {
    #[test]
    fn any_text_is_cut_and_shown_without_a_panic(text in "(\\PC|\n|`|\\[|\\]|\\(|\\)|#|-|1\\.){0,200}") {
        for section in sections(&text) {
            for block in blocks(&section.text) {
                let links = match block {
                    Block::Paragraph(spans) | Block::Step(spans) => spans,
                    Block::Heading(_) | Block::Code(_) => Vec::new(),
                };
                for span in links {
                    if let Span::Link { to, .. } = span {
                        prop_assert!(to.starts_with("http"));
                    }
                }
            }
        }
    }
}
