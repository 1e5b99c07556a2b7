//! What each page says, without its markup: the words a reader gets, in their order.

use expect_test::expect_file;
use seaworthy_contract::api::{Budget, Objective};

use super::{data, shown, watched};
use crate::view::ObjectivesPage;

/// The words of a page's `main`: one line a heading, row or sentence, markup and drawings left out.
fn words(html: &str) -> String {
    let main = html.split_once("<main").and_then(|(_, rest)| rest.split_once('>')).expect("a main").1;
    let main = main.split("</main>").next().expect("it ends");
    let mut out = String::new();
    let mut hidden = 0_usize;
    for piece in main.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        match tag.split_whitespace().next().unwrap_or_default() {
            "svg" => hidden += 1,
            "/svg" => hidden -= 1,
            "h1" | "h2" | "h3" | "p" | "li" | "tr" | "dt" | "summary" | "section" => out.push('\n'),
            "span" | "td" | "dd" | "time" | "a" | "code" | "div" => out.push(' '),
            _ => {}
        }
        if hidden == 0 {
            out.push_str(text);
        }
    }
    let out = out.replace("&#39;", "'").replace("&#34;", "\"").replace(['\u{a0}'], " ").replace("&#160;", " ");
    let lines = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).map(|line| line + "\n").collect()
}

#[test]
fn every_page_says_what_it_should() {
    let pages = shown::pages();
    assert!(pages.len() > 20, "every page in every state: {}", pages.len());
    for (name, html) in pages {
        let path = format!("{}/src/tests/said/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        expect_file![path].assert_eq(&words(&html));
    }
}

#[test]
fn a_budget_of_which_too_little_was_seen_has_no_figure() {
    let met = watched::met();
    let budget = met.budget.map(|budget| Budget {
        remaining_ratio: None,
        seen_s: Some(420.0),
        total: Some(110),
        bad: Some(1),
        allowed: None,
        ..budget
    });
    let young = Objective { budget, ..met };
    let list = ObjectivesPage::new(std::slice::from_ref(&young), None, data::now());
    assert_eq!(list.rows[0].left.replace('\u{a0}', " "), "too little seen (7 min of 30 d)");
    assert_eq!((&list.rows[0].bar.parts, &list.say), (&None, &None));
    let page = shown::objective_page(&young, &[]);
    let figures: Vec<_> = page.figures.iter().map(|figure| (figure.value.as_str(), figure.unit.as_str())).collect();
    assert_eq!((figures[0].0, figures[2].0), ("unknown", "unknown"), "what is left, and until when");
    assert_eq!(figures[3], ("1", "of 110"));
    assert!(page.plots.iter().all(|plot| plot.title != "Budget left"));
}
