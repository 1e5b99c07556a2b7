//! The colours: enough contrast on every ground, and the two dark blocks the same.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../static/css/tokens.css");

/// The declarations of the block that begins after `start`.
fn block(start: &str) -> BTreeMap<&'static str, &'static str> {
    let from = TOKENS.find(start).unwrap_or_else(|| panic!("no {start}")) + start.len();
    let body = &TOKENS[from..from + TOKENS[from..].find('}').expect("a block ends")];
    let lines = body.split(';').filter_map(|line| line.rsplit("*/").next()?.trim().split_once(':'));
    lines.map(|(name, value)| (name.trim(), value.trim())).collect()
}

fn light() -> BTreeMap<&'static str, &'static str> {
    block(":root {")
}

fn dark() -> BTreeMap<&'static str, &'static str> {
    block(":root:not([data-theme=\"light\"]) {")
}

/// Relative luminance, WCAG 2.2.
fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let c = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("two hex digits")) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn the_two_dark_blocks_are_the_same() {
    let chosen = block(":root[data-theme=\"dark\"] {");
    assert!(dark().len() > 20, "the block was found: {}", dark().len());
    assert_eq!(dark(), chosen);
}

#[test]
fn dark_replaces_every_colour() {
    let colours = light().into_iter().filter(|(_, value)| value.starts_with('#')).map(|(name, _)| name);
    let missing: Vec<_> = colours.filter(|name| !dark().contains_key(name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn text_and_marks_are_seen_on_every_ground() {
    const TEXT: [&str; 9] = ["--ink", "--ink-2", "--ink-3", "--accent", "--ok", "--warn", "--bad", "--unk", "--canary"];
    const MARKS: [&str; 4] = ["--edge", "--stable", "--planned", "--unplanned"];
    for (theme, tokens) in [("light", light()), ("dark", dark())] {
        for ground in ["--paper", "--surface", "--sunken"] {
            for (names, least) in [(TEXT.as_slice(), 4.5), (MARKS.as_slice(), 2.9)] {
                for name in names {
                    let found = contrast(tokens[name], tokens[ground]);
                    assert!(found >= least, "{theme}: {name} on {ground} is {found:.2}, below {least}");
                }
            }
        }
        for (name, wash) in [("--ok", "--ok-wash"), ("--warn", "--warn-wash"), ("--bad", "--bad-wash")] {
            let found = contrast(tokens[name], tokens[wash]);
            assert!(found >= 4.5, "{theme}: {name} on its wash is {found:.2}");
        }
        assert!(contrast(tokens["--on-accent"], tokens["--accent"]) >= 4.5, "{theme}: label of the primary");
    }
}
