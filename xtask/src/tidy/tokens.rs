//! The portal's two dark blocks say the same: one follows the system's wish, one the reader's.

use super::{Finding, Source, line_of};

const BY_SYSTEM: &str = ":root:not([data-theme=\"light\"]) {";
const BY_READER: &str = ":root[data-theme=\"dark\"] {";

/// Compares the blocks in every `tokens.css`; silent where there is none.
pub(super) fn findings(sources: &[Source]) -> Vec<Finding> {
    sources.iter().filter(|source| source.path.ends_with("/tokens.css")).filter_map(finding).collect()
}

fn finding(source: &Source) -> Option<Finding> {
    let remedy = "copy one block's lines over the other's";
    let (Some(system), Some(reader)) = (block(&source.text, BY_SYSTEM), block(&source.text, BY_READER)) else {
        let seen = format!("a dark block is missing: \"{BY_SYSTEM}\" and \"{BY_READER}\" are wanted");
        return Some(Finding::new(&source.path, 0, "dark-blocks", seen, "write both, with the same lines"));
    };
    let differs =
        system.iter().find(|line| !reader.contains(line)).or(reader.iter().find(|line| !system.contains(line)))?;
    let seen = format!("only one of the two dark blocks holds \"{differs}\"");
    Some(Finding::new(&source.path, line_of(&source.text, differs), "dark-blocks", seen, remedy))
}

/// The declarations after `head`, up to the closing brace, each with its blanks made even.
fn block(css: &str, head: &str) -> Option<Vec<String>> {
    let body = css.split_once(head)?.1.split('}').next()?;
    let even = |declaration: &str| declaration.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(body.split(';').map(even).filter(|declaration| !declaration.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::super::Source;
    use super::findings;

    fn seen(css: &str) -> Vec<String> {
        let source = Source { path: "static/css/tokens.css".into(), text: css.into() };
        findings(&[source]).into_iter().map(|finding| finding.seen).collect()
    }

    const EQUAL: &str = "@media screen { :root:not([data-theme=\"light\"]) {\n --a: 1;  --b: 2;\n } }
        :root[data-theme=\"dark\"] {\n --a: 1;\n --b:  2;\n}";

    #[test]
    fn equal_but_for_blanks() {
        assert_eq!(seen(EQUAL), Vec::<String>::new());
    }

    #[test]
    fn a_changed_value_is_found() {
        assert_eq!(seen(&EQUAL.replacen("1;", "3;", 1)), ["only one of the two dark blocks holds \"--a: 3\""]);
    }

    #[test]
    fn a_missing_line_is_found_on_either_side() {
        assert_eq!(seen(&EQUAL.replacen("--b: 2;", "", 1)).len(), 1);
        assert_eq!(seen(&EQUAL.replacen("--b:  2;", "", 1)).len(), 1);
    }

    #[test]
    fn a_missing_block_is_found() {
        assert!(seen(":root { --a: 1; }")[0].contains("a dark block is missing"));
    }
}
