//! What a person and a program read of files.

use std::fs;
use std::path::PathBuf;

use expect_test::{Expect, expect};

use super::run;
use crate::fixture::view;
use crate::view::View;

/// A directory that goes with its test.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let top = std::env::temp_dir().join(format!("seaworthy-who-{}-{name}", std::process::id()));
        fs::create_dir_all(top.join("shop/src")).unwrap();
        let write = |path: &str, text: &str| fs::write(top.join(path), text).unwrap();
        write("CODEOWNERS", "* @acme/platform\n/shop/src/ @acme/sales\n");
        write("shop/src/cart.rs", "");
        write(
            "shop/catalog-info.yaml",
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: shop\n  links: [{url: https://shop.acme.io/cart}]\nspec:\n  type: service\n  owner: group:sales\n",
        );
        write(
            "rota.yaml",
            "apiVersion: seaworthy/v1\nkind: Team\nmetadata: {name: sales}\nspec: {members: [ann, bob]}\n---\napiVersion: seaworthy/v1\nkind: Person\nmetadata: {name: ann}\nspec: {contacts: [{webhook: 'http://127.0.0.1:1/'}]}\n---\napiVersion: seaworthy/v1\nkind: Person\nmetadata: {name: bob}\nspec: {contacts: [{webhook: 'http://127.0.0.1:1/'}]}\n---\napiVersion: seaworthy/v1\nkind: Rotation\nmetadata: {name: weekly}\nspec: {team: sales, participants: [ann, bob], start: 2020-01-06T09:00, zone: UTC, turn: 7d}\n",
        );
        Self(top)
    }

    fn asked(&self, query: &str, json: bool) -> (bool, String) {
        let now = "2026-01-07T09:00:00Z".parse().unwrap();
        let mut out = Vec::new();
        let done = run(&self.0, query, &View { json, now, ..view() }, &mut out).unwrap();
        (done == crate::Exit::Ok, String::from_utf8(out).unwrap().replace(&*self.0.to_string_lossy(), "DIR"))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(name: &str, query: &str, want: Expect) {
    want.assert_eq(&Directory::new(name).asked(query, false).1);
}

#[test]
fn the_answer_is_the_first_line_and_who_disagrees_is_named() {
    check(
        "url",
        "https://shop.acme.io/cart/1",
        expect![[r#"
        shop (service) belongs to team sales; on call is bob for 5 days more, then ann
        certain: address shop.acme.io/cart is named by it (shop/catalog-info.yaml:5)
        1 of 2 sources say so: backstage "group:sales" (shop/catalog-info.yaml:8)
        disagreement: codeowners "@acme/platform" (CODEOWNERS:1)
        2 findings more in these files; `--json` shows them
    "#]],
    );
}

#[test]
fn a_frame_of_a_stack_is_a_path() {
    check(
        "frame",
        "panicked at /usr/src/app/shop/src/cart.rs:12:5",
        expect![[r#"
        shop/src/cart.rs (files) belongs to team sales; on call is bob for 5 days more, then ann
        certain: what was asked names it (CODEOWNERS:2)
        2 of 2 sources say so: backstage "group:sales" (shop/catalog-info.yaml:8), codeowners "@acme/sales" (CODEOWNERS:2)
        finding: CODEOWNERS:1 owner "@acme/platform" of service "shop" is declared in none of these files [owner-unknown]
        finding: CODEOWNERS:1 service "shop" is owned by "@acme/platform" here and by "group:sales" at shop/catalog-info.yaml:8 [owners-differ]
    "#]],
    );
}

#[test]
fn nobody_is_said_with_what_was_read() {
    let (found, out) = Directory::new("nobody").asked("nothing-like-it", false);
    assert!(!found);
    assert_eq!(out, "nobody: 3 files of \"DIR\" say nothing of \"nothing-like-it\"\n");
}

#[test]
fn the_shape_for_programs_is_documented() {
    let docs = include_str!("../../../../../../../docs/who.md");
    let (_, out) = Directory::new("json").asked("shop", true);
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    let mut waiting = vec![&answer];
    while let Some(value) = waiting.pop() {
        match value {
            serde_json::Value::Object(fields) => {
                for (key, value) in fields {
                    assert!(docs.contains(&format!("\"{key}\":")), "docs/who.md does not show \"{key}\"");
                    waiting.push(value);
                }
            }
            serde_json::Value::Array(values) => waiting.extend(values),
            _ => {}
        }
    }
    assert_eq!(answer["candidates"][0]["on_call"]["person"], "bob");
    assert_eq!(answer["candidates"][0]["agreement"]["disputed"], true);
}

#[test]
fn every_rule_of_a_finding_is_documented() {
    let docs = include_str!("../../../../../../../docs/who.md");
    for rule in seaworthy_lookup::Rule::ALL {
        assert!(docs.contains(&format!("`{rule}`")), "docs/who.md does not list \"{rule}\"");
    }
}
