//! What holds for every text: no panic, places inside the file, bounded work.

use proptest::prelude::*;

use super::*;
use crate::{Severity, load};

/// Pieces of YAML and of our kinds, so that random texts get past the parser.
const PIECES: [&str; 40] = [
    "apiVersion: seaworthy/v1\n",
    "apiVersion: backstage.io/v1alpha1\n",
    "kind: Service\n",
    "kind: Component\n",
    "kind: Rotation\n",
    "kind: Person\n",
    "kind: Group\n",
    "metadata:\n",
    "  name: a\n",
    "  name: ä b\n",
    "spec:\n",
    "  owner: a\n",
    "  owner: user:x/y\n",
    "  type: service\n",
    "---\n",
    "...\n",
    "- ",
    "  - ",
    ": ",
    "? ",
    "&a ",
    "*a ",
    "!!str ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\"",
    "'",
    "|\n",
    ">\n",
    "  ",
    "\t",
    "\n",
    "# x\n",
    "{{ x }}",
    "\u{feff}",
    "\r",
    "é\u{2028}",
];

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..60).prop_map(|pieces| pieces.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_read_without_panic_and_places_lie_inside(text in any_text()) {
        let source = Source { path: "a.yaml".to_owned(), text: format!("{text}\n# seaworthy/v1") };
        let lines: Vec<usize> = source.text.lines().map(|line| line.chars().count()).collect();
        for diagnostic in parse(&[source], now()).diagnostics {
            let (line, column) = (diagnostic.line as usize, diagnostic.column as usize);
            prop_assert!((1..=lines.len()).contains(&line), "{diagnostic:?}");
            prop_assert!((1..=lines[line - 1] + 1).contains(&column), "{diagnostic:?}");
            prop_assert!(!diagnostic.message.is_empty() && !diagnostic.remedy.is_empty());
        }
    }

    /// What a document names is in it, as long as there are no errors.
    #[test]
    fn a_document_without_errors_is_whole(text in any_text()) {
        let loaded = parse(&[Source { path: "a.yaml".to_owned(), text }], now());
        if !loaded.has_errors() {
            let has = |kind, name: &str| loaded.document.entities.iter().any(|s| s.entity.key() == (kind, name));
            for sourced in &loaded.document.entities {
                if let seaworthy_contract::catalogue::Entity::Service(service) = &sourced.entity {
                    prop_assert!(has("team", service.owner.as_str()));
                }
            }
        }
    }
}

#[test]
fn nested_aliases_cost_nothing() {
    let mut text = "apiVersion: seaworthy/v1\nkind: Team\nmetadata: { name: a }\nspec:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..40 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        text.push_str(&format!("  a{level}: &a{level} [{before}]\n"));
    }
    let loaded = read(&text);
    assert_eq!(loaded.diagnostics.len(), 1, "{:?}", loaded.diagnostics);
    assert_eq!(loaded.diagnostics[0].rule, "limit");
}

#[test]
fn an_alias_inside_its_own_anchor_is_refused() {
    let loaded = read("apiVersion: seaworthy/v1\nspec: &a [*a]\n");
    assert_eq!(loaded.diagnostics[0].rule, "yaml-syntax", "{:?}", loaded.diagnostics);
}

#[test]
fn depth_is_bounded() {
    for text in [
        format!("seaworthy/v1: {}", "[".repeat(5_000)),
        format!("seaworthy/v1: {}x", "- ".repeat(5_000)),
        "? ".repeat(50_000),
    ] {
        let loaded = read(&format!("# seaworthy/v1\n{text}"));
        assert_eq!(loaded.count(Severity::Error), 1, "{:?}", loaded.diagnostics.first());
    }
}

#[test]
fn diagnostics_are_bounded() {
    let text = "---\napiVersion: seaworthy/v1\nkind: Nothing\nmetadata: { name: a }\n".repeat(1_900);
    let loaded = read(&text);
    assert_eq!((loaded.diagnostics.len(), loaded.left_out), (crate::DIAGNOSTICS_MAX, 900));
    // Warnings do not push an error out.
    let location = "---\napiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: a }\n".repeat(1_900);
    assert!(read(&format!("== a.yaml\n{location}== b.yaml\napiVersion: seaworthy/v9\n")).has_errors());
}

#[test]
fn a_directory_that_is_not_there_is_an_error() {
    assert!(load(std::path::Path::new("/no/such/directory"), now()).is_err());
}
