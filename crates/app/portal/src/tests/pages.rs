//! What each page says, without its markup: the words a reader gets, in their order.

use expect_test::expect_file;

use super::shown;

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
