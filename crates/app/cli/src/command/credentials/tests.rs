//! What a scan prints, and what it never prints.

use std::path::Path;

use expect_test::{Expect, expect};
use seaworthy_credential_files::{KEY_BYTES, Key};

use super::*;

/// A directory with files, removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str, files: &[(&str, String)]) -> Self {
        let path = std::env::temp_dir().join(format!("seaworthy-cli-credentials-{}-{name}", std::process::id()));
        let directory = Self(path);
        for (name, text) in files {
            let path = directory.0.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        directory
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What stays behind is small and in the directory for temporary files.
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
        for beside in ["key", "accepted", "made"] {
            std::fs::remove_file(self.0.with_extension(beside)).unwrap_or_default();
        }
    }
}

const PASSWORD: &str = "hX7-quiet-Lantern";
const TOKEN_BODY: &str = "Zk3vQ9xT7mWp2LbR8sYd1aBcE4fG6hJ0nPqU";

fn planted(name: &str) -> Directory {
    let files = [
        ("deploy/.env", format!("A=1\nDB_PASSWORD={PASSWORD}\nPOSTGRES_PASSWORD=postgres\n")),
        (".git-credentials", format!("https://ada.lovelace:{PASSWORD}@git.test\n")),
        ("ci.yaml", format!("token: ghp_{TOKEN_BODY}\n")),
        ("tests/fixture.env", format!("DB_PASSWORD={PASSWORD}2\n")),
        ("calm.yaml", "password: ${DB_PASSWORD}\n".to_owned()),
    ];
    Directory::new(name, &files)
}

fn args(path: &Path) -> ScanArgs {
    ScanArgs { path: path.to_owned(), key: None, accepted: None, all: false, seconds: 60 }
}

/// Runs a scan; returns its code and everything it wrote.
fn ran(args: &ScanArgs, json: bool) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = scan::run(args, json, &mut out, &mut err).code();
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

/// A key whose fingerprints are the same on every run, in a file.
fn with_key(directory: &Directory) -> ScanArgs {
    let key = directory.0.with_extension("key");
    std::fs::write(&key, [7; KEY_BYTES]).unwrap();
    ScanArgs { key: Some(key), ..args(&directory.0) }
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(name: &str, all: bool, want: Expect) {
    let directory = planted(name);
    let (code, out, err) = ran(&ScanArgs { all, ..with_key(&directory) }, false);
    assert_eq!((code, err.as_str()), (1, ""));
    want.assert_eq(&out);
}

#[test]
fn places_kinds_holders_and_fingerprints_are_told() {
    check(
        "text",
        false,
        expect![[r#"
            .git-credentials:1: password-in-url k-ebebe2ba-4eebf54fc90588d32d438832
              held by a person, likely: its login is a first and a last name; in 2 places
            ci.yaml:1: github-token-classic p-ad0284d105afaabd30f6a217
              held by a person, likely: it is issued to a user's account
            deploy/.env:2: password k-ebebe2ba-4eebf54fc90588d32d438832
              holder unknown; in 2 places

            3 credentials, held 2 by a person, 1 by nobody knows whom
            1 in tests and examples, which do not count; --all shows them
            1 default password that everybody knows, such as "postgres": not listed, and no secret
            read 5 files
        "#]],
    );
}

#[test]
fn all_shows_what_does_not_count() {
    check(
        "all",
        true,
        expect![[r#"
            .git-credentials:1: password-in-url k-ebebe2ba-4eebf54fc90588d32d438832
              held by a person, likely: its login is a first and a last name; in 2 places
            ci.yaml:1: github-token-classic p-ad0284d105afaabd30f6a217
              held by a person, likely: it is issued to a user's account
            deploy/.env:2: password k-ebebe2ba-4eebf54fc90588d32d438832
              holder unknown; in 2 places
            tests/fixture.env:1: password (in tests or examples) k-ebebe2ba-960908359084ecaf334c36d1
              holder unknown

            3 credentials, held 2 by a person, 1 by nobody knows whom
            1 in tests and examples, which do not count
            1 default password that everybody knows, such as "postgres": not listed, and no secret
            read 5 files
        "#]],
    );
}

#[test]
fn no_output_holds_a_secret() {
    let directory = planted("never");
    let bad = directory.0.join("accepted");
    std::fs::write(&bad, format!("{PASSWORD} pasted here\n")).unwrap();
    let odd = directory.0.join("odd.key");
    std::fs::write(&odd, PASSWORD).unwrap();
    let mut said = String::new();
    for json in [false, true] {
        for args in [
            ScanArgs { all: true, ..args(&directory.0) },
            ScanArgs { all: true, ..with_key(&directory) },
            ScanArgs { accepted: Some(bad.clone()), ..args(&directory.0) },
            ScanArgs { key: Some(odd.clone()), ..args(&directory.0) },
        ] {
            let (_, out, err) = ran(&args, json);
            said += &(out + &err);
        }
    }
    for part in [PASSWORD, TOKEN_BODY, "quiet", &TOKEN_BODY[..8], &TOKEN_BODY[28..], "ada.lovelace"] {
        assert!(!said.contains(part), "a part of a secret or a login is in the output");
    }
    assert!(said.contains("github-token-classic"), "it was found all the same");
}

#[test]
fn the_exit_code_is_a_gate() {
    let calm = Directory::new("calm", &[("a.yaml", "password: ${X}\n".to_owned())]);
    let (code, out, _) = ran(&args(&calm.0), false);
    assert_eq!((code, out.as_str()), (0, "no credential found\nread 1 file\n"));
    let (code, _, err) = ran(&args(Path::new("/nowhere/at/all")), false);
    assert_eq!(code, 2);
    assert!(err.starts_with("error: could not read \"/nowhere/at/all\": "), "{err}");
    assert_eq!(ran(&ScanArgs { seconds: 0, ..args(&calm.0) }, false).0, 1, "not everything was read");
}

#[test]
fn programs_get_the_same() {
    let directory = planted("json");
    let (code, out, _) = ran(&with_key(&directory), true);
    let said: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, said["counted"].as_u64(), said["well_known_defaults"].as_u64()), (1, Some(3), Some(1)));
    assert_eq!(said["holders"]["person"], 2);
    let found = &said["findings"][0];
    assert_eq!((&found["file"], &found["line"]), (&".git-credentials".into(), &1.into()));
    assert_eq!(
        (&found["holder"]["sure"], &found["places"], &found["comparable"]),
        (&"likely".into(), &2.into(), &"this-key".into())
    );
}

#[test]
fn what_is_accepted_does_not_count_until_its_day() {
    let directory = planted("accepted");
    let key = || with_key(&directory);
    let (_, out, _) = ran(&key(), true);
    let said: serde_json::Value = serde_json::from_str(&out).unwrap();
    let fingerprints =
        said["findings"].as_array().unwrap().iter().map(|found| found["fingerprint"].as_str().unwrap().to_owned());
    let list =
        |day: &str| fingerprints.clone().map(|one| format!("{one} {day} known, moved next week\n")).collect::<String>();
    let accepted = directory.0.with_extension("accepted");
    for (day, code) in [("9999-12-31", 0), ("2020-01-01", 1)] {
        std::fs::write(&accepted, format!("# ours\n\n{}", list(day))).unwrap();
        assert_eq!(ran(&ScanArgs { accepted: Some(accepted.clone()), ..key() }, false).0, code, "{day}");
    }
    for bad in ["p-1", "p-1 2030-01-01", "p-1 soon reason"] {
        std::fs::write(&accepted, bad).unwrap();
        assert_eq!(ran(&ScanArgs { accepted: Some(accepted.clone()), ..key() }, false).0, 2, "{bad}");
    }
}

#[test]
fn a_key_of_this_run_is_another_each_time() {
    let directory = planted("keys");
    let of = || ran(&args(&directory.0), true).1;
    assert_ne!(of(), of());
    assert!(Key::of_file(&directory.0.with_extension("made")).is_ok_and(|key| key.is_kept()));
}
