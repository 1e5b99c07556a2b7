//! What holds for every text: no panic, lines that exist, no secret in `Debug`.

use proptest::prelude::*;

use super::{ALNUM, made};
use crate::{FOUND_MAX, find};

/// Pieces that matchers look for, so that random texts reach deep into them.
const PIECES: &[&str] = &[
    "password",
    "=",
    ":",
    "\"",
    "'",
    "://",
    "@",
    "ghp_",
    "AKIA",
    "eyJ",
    ".",
    "-----BEGIN PRIVATE KEY-----",
    "-----END ",
    "\n",
    " ",
    "é",
    "日",
    "\\n",
    "kind: Secret\ndata:\n ",
    "LS0tLS1CRUdJTi",
    "Authorization: Basic ",
    "auth",
    "</",
    ">",
    "<",
    "[\"",
    "\"]",
    "`",
    "\u{0}",
    "name",
    "value: ",
    "b",
    "\r\n",
    "xK9",
    "#",
    ",",
    ";",
    "%",
    "token",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => ".{0,8}",
        1 => "[A-Za-z0-9+/=_-]{0,60}",
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in text(), path in proptest::sample::select(&[".env", "a.rs", "a.md", ".netrc", ".pgpass", "a.json"][..])) {
        let lines = text.split('\n').count();
        let founds = find(path, &text);
        for found in &founds.found {
            prop_assert!((1..=lines).contains(&found.line));
            prop_assert!(!found.secret.reveal().is_empty());
            let shown = format!("{found:?}");
            prop_assert!(found.secret.reveal().len() < 8 || !shown.contains(found.secret.reveal()));
        }
    }

    #[test]
    fn a_secret_is_found_wherever_its_line_stands(before in 0_usize..50, seed in 1_u64..1_000) {
        let password = format!("{}-{}", made(seed, 8, ALNUM), made(seed + 1, 8, ALNUM));
        let text = format!("{}DB_PASSWORD={password}\n", "# nothing\n".repeat(before));
        let found = find(".env", &text).found;
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(found[0].line, before + 1);
        prop_assert_eq!(found[0].secret.reveal(), password);
    }
}

#[test]
fn a_list_of_secrets_ends() {
    let lines: String =
        (0..FOUND_MAX as u64 + 5).map(|at| format!("K{at}_PASSWORD={}\n", made(at + 1, 12, ALNUM))).collect();
    let founds = find("a.env", &lines);
    assert_eq!((founds.found.len(), founds.more), (FOUND_MAX, 5));
}

#[test]
fn a_long_line_takes_no_longer_than_its_length() {
    let line = "a:b@://x=\"".repeat(200_000);
    assert_eq!(find("a.json", &line).found.len(), 0);
}
