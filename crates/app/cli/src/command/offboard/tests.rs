//! What is told of a leaver, and when there is nothing to tell.

use expect_test::{Expect, expect};

use super::*;

/// A directory with one file, removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("seaworthy-offboard-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join("all.yaml"), text).unwrap();
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What stays behind is small and in the directory for temporary files.
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

const FILES: &str = "apiVersion: seaworthy/v1
kind: Team
metadata: { name: shop }
spec: { members: [ann, bob] }
---
apiVersion: seaworthy/v1
kind: Rotation
metadata: { name: shop-rota }
spec: { team: shop, participants: [ann, bob], start: 2026-01-05T08:00:00Z, zone: UTC, turn: 7d }
---
apiVersion: seaworthy/v1
kind: Service
metadata: { name: cart }
spec: { owner: shop }
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: cem }
spec: { memberOf: [] }
---
apiVersion: seaworthy/v1
kind: Person
metadata: { name: ann }
spec: { displayName: Ann Example }
---
apiVersion: seaworthy/v1
kind: Person
metadata: { name: bob }
spec: { displayName: Bob Example }
";

fn ran(name: &str, text: &str, person: &str, json: bool) -> (u8, String, String) {
    let directory = Directory::new(name, text);
    let args = Args { person: person.parse().unwrap(), dry_run: true, source: directory.0.clone(), days: 28 };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run(&args, json, "2026-02-02T08:00:00Z".parse().unwrap(), &mut out, &mut err);
    let err = String::from_utf8(err).unwrap().replace(&directory.0.display().to_string(), "DIR");
    (code, String::from_utf8(out).unwrap(), err)
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(name: &str, text: &str, person: &str, code: u8, want: Expect) {
    let (got, out, err) = ran(name, text, person, false);
    want.assert_eq(&(out + &err));
    assert_eq!(got, code);
}

#[test]
fn what_stops_is_told_with_whose_pages() {
    check(
        "stops",
        FILES,
        "ann",
        1,
        expect![[r#"
        2 things stop without ann, from 2026-02-02 to 2026-03-02
          nobody is on call in shop-rota for 336 h 0 min, first at 2026-02-02T08:00:00Z; pages of cart
          team shop has 1 member left and owns cart

        not looked at, because files do not tell:
          credentials issued to the person: `seaworthy credentials scan` finds them in files
          services that only they have repaired: a server knows
          swaps, overrides and joinings made on a server
    "#]],
    );
}

#[test]
fn who_carries_nothing_stops_nothing() {
    check(
        "calm",
        FILES,
        "cem",
        0,
        expect![[r#"
        nothing in these files stops without cem, from 2026-02-02 to 2026-03-02

        not looked at, because files do not tell:
          credentials issued to the person: `seaworthy credentials scan` finds them in files
          services that only they have repaired: a server knows
          swaps, overrides and joinings made on a server
    "#]],
    );
}

#[test]
fn a_spelling_mistake_is_no_calm() {
    check(
        "unknown",
        FILES,
        "anne",
        2,
        expect![[r#"
        error: could not rehearse without "anne": no file in "DIR" names them
        hint: give the handle as teams and rotations have it
    "#]],
    );
}

#[test]
fn files_with_mistakes_are_refused() {
    check(
        "broken",
        "apiVersion: seaworthy/v1\nkind: Team\nmetadata: { nam: x }\n",
        "ann",
        2,
        expect![[r#"
        error: could not rehearse on "DIR": there are mistakes in its files
        hint: `seaworthy check` shows each of them
    "#]],
    );
}

#[test]
fn programs_get_the_same() {
    let (code, out, _) = ran("json", FILES, "ann", true);
    let said: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &said["stops"][0]["what"]), (1, &"uncovered".into()));
    assert_eq!(said["stops"][0]["seconds"], 2 * 7 * 86_400);
    assert_eq!(said["not_looked_at"].as_array().unwrap().len(), 3);
}
