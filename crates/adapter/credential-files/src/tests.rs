//! Scans of real directories: what is found and left out, fingerprints, and limits.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use seaworthy_credentials::find;

use super::*;

/// A directory of its own, removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("seaworthy-credentials-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn scan(&self) -> Report {
        scan(&self.0, &Key::of_bytes([7; KEY_BYTES]), Duration::from_secs(60), &mut |_| {}).unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What stays behind is small and in the directory for temporary files.
        fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

const PASSWORD: &str = "hX7-quiet-Lantern";

fn places(report: &Report) -> Vec<String> {
    report.findings.iter().map(|finding| format!("{}:{} {}", finding.file, finding.line, finding.kind.name)).collect()
}

#[test]
fn hidden_files_and_a_repositorys_remotes_are_read() {
    let at = Directory::new("hidden");
    at.write(".env", format!("A=1\nDB_PASSWORD={PASSWORD}\n"));
    at.write(".git/config", format!("[remote]\n url = https://ci:{PASSWORD}@git.test/x\n"));
    at.write(".git/other", format!("DB_PASSWORD={PASSWORD}"));
    at.write("node_modules/x/.env", format!("DB_PASSWORD={PASSWORD}"));
    let report = at.scan();
    assert_eq!(places(&report), [".env:2 password", ".git/config:2 password-in-url"]);
    assert_eq!((report.files, report.skipped.directories), (2, 1));
    let same = report.findings[0].fingerprint == report.findings[1].fingerprint;
    assert!(same, "the same password in two places has one fingerprint");
}

#[test]
fn what_is_no_text_is_left_alone_and_counted() {
    let at = Directory::new("binary");
    at.write("a.bin", format!("\0DB_PASSWORD={PASSWORD}"));
    at.write("large.env", "A=1\n".repeat(1_100_000));
    at.write("closed.env", "A=1");
    fs::set_permissions(at.0.join("closed.env"), fs::Permissions::from_mode(0o0)).unwrap();
    let report = at.scan();
    assert_eq!(places(&report), Vec::<String>::new());
    assert_eq!((report.skipped.binary, report.skipped.large), (1, 1));
    // Root reads everything, so there it is read.
    assert_eq!(report.files + report.skipped.unreadable, 1);
}

#[test]
fn links_are_not_followed() {
    let (at, other) = (Directory::new("links"), Directory::new("linked"));
    other.write(".env", format!("DB_PASSWORD={PASSWORD}"));
    symlink(&other.0, at.0.join("directory")).unwrap();
    symlink(other.0.join(".env"), at.0.join(".env")).unwrap();
    symlink(&at.0, at.0.join("circle")).unwrap();
    let report = at.scan();
    assert_eq!((report.files, report.skipped.links, report.findings.len()), (0, 3, 0));
}

#[test]
fn texts_in_other_encodings_are_read() {
    let at = Directory::new("encodings");
    let text = format!("DB_PASSWORD={PASSWORD}\r\n");
    let wide = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    at.write("little.env", [&[0xff, 0xfe][..], &wide(u16::to_le_bytes)].concat());
    at.write("big.env", [&[0xfe, 0xff][..], &wide(u16::to_be_bytes)].concat());
    at.write("latin.env", [b"# caf\xe9\n".as_slice(), text.as_bytes()].concat());
    assert_eq!(places(&at.scan()), ["big.env:1 password", "latin.env:2 password", "little.env:1 password"]);
}

#[test]
fn a_file_alone_is_scanned_and_nothing_there_is_an_error() {
    let at = Directory::new("alone");
    at.write("x/.env", format!("DB_PASSWORD={PASSWORD}"));
    let key = Key::of_this_run();
    let report = scan(&at.0.join("x/.env"), &key, Duration::from_secs(9), &mut |_| {}).unwrap();
    assert_eq!(places(&report), [".env:1 password"]);
    assert!(scan(&at.0.join("nowhere"), &key, Duration::from_secs(9), &mut |_| {}).is_err());
}

#[test]
fn when_the_time_is_over_the_report_says_so() {
    let at = Directory::new("time");
    at.write(".env", format!("DB_PASSWORD={PASSWORD}"));
    let report = scan(&at.0, &Key::of_this_run(), Duration::ZERO, &mut |_| {}).unwrap();
    assert_eq!((report.cut, report.findings.len()), (Some(Cut::Time), 0));
}

#[test]
fn a_certificate_says_when_its_key_ends() {
    let at = Directory::new("certificate");
    let certificate = include_str!("../../tls/src/tests/leaf.pem");
    let body = "Mk3vQ9xT7mWp2LbR8sYdAa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8Ii9Jj0KkLlMm".repeat(2);
    let key = format!("-----BEGIN {0}-----\n{body}\n-----END {0}-----\n", "PRIVATE KEY");
    at.write("both/tls.pem", format!("{key}{certificate}"));
    at.write("beside/tls.key", &key);
    at.write("beside/tls.crt", certificate);
    at.write("none/tls.key", &key);
    let expires: Vec<bool> = at.scan().findings.iter().map(|finding| finding.expires.is_some()).collect();
    assert_eq!(expires, [true, true, false]);
}

#[test]
fn what_tests_make_up_does_not_count_and_what_an_issuer_gave_does() {
    let at = Directory::new("standing");
    let token = format!("ghp_{}", "Zk3vQ9xT7mWp2LbR8sYd1aBcE4fG6hJ0nPqU");
    at.write("tests/a.env", format!("DB_PASSWORD={PASSWORD}\nTOKEN={token}\n"));
    let counts: Vec<bool> = at.scan().findings.iter().map(Finding::counts).collect();
    assert_eq!(counts, [false, true]);
}

#[test]
fn a_password_cannot_be_tried_without_the_key() {
    let secret = || find(".env", &format!("DB_PASSWORD={PASSWORD}")).found.remove(0);
    let of = |key: &Key| Fingerprint::of(&secret().secret, secret().kind.guess, key).to_string();
    let (mine, other) = (Key::of_bytes([1; KEY_BYTES]), Key::of_bytes([2; KEY_BYTES]));
    assert_eq!(of(&mine), of(&mine));
    assert_ne!(of(&mine), of(&other));
    assert_ne!(of(&mine)[..11], of(&other)[..11], "the key's id tells that they cannot be compared");
    assert!(of(&mine).starts_with("k-") && of(&mine).len() == 2 + 8 + 1 + 24);
    assert!(!format!("{mine:?}").contains('1'));
}

#[test]
fn a_key_is_made_once_and_for_its_owner() {
    let at = Directory::new("key");
    let path = at.0.join("key");
    let of = |key: &Key| {
        Fingerprint::of(
            &find(".env", &format!("DB_PASSWORD={PASSWORD}")).found[0].secret,
            seaworthy_credentials::Guess::Possible,
            key,
        )
    };
    let made = Key::of_file(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(of(&made), of(&Key::of_file(&path).unwrap()));
    at.write("short", "too short");
    assert!(matches!(Key::of_file(&at.0.join("short")), Err(KeyError::Length(_))));
    assert!(matches!(Key::of_file(Path::new("/nowhere/at/all")), Err(KeyError::Io(..))));
}
