//! What people and programs get to read, and exit codes.

use expect_test::{Expect, expect};

use super::*;

/// A directory with one file, removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("seaworthy-check-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a directory for temporary files");
        std::fs::write(path.join("a.yaml"), text).expect("room for a file");
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What stays behind is small and in the directory for temporary files.
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

/// Checks a file and compares what is printed, with the directory written as `DIR`.
#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(name: &str, text: &str, format: Format, code: u8, want: Expect) {
    let directory = Directory::new(name, text);
    let args = CheckArgs { directory: directory.0.clone(), format };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let now = "2026-06-01T00:00:00Z".parse().expect("a time");
    assert_eq!(run(&args, now, &mut out, &mut err), code);
    assert_eq!(String::from_utf8(err).expect("text"), "");
    want.assert_eq(&String::from_utf8(out).expect("text").replace(&directory.0.display().to_string(), "DIR"));
}

const BROKEN: &str = "apiVersion: seaworthy/v1\nkind: Service\nmetadata: { name: a }\nspec: { tierr: 1 }\n";

#[test]
fn mistakes_are_printed_with_place_rule_and_remedy() {
    check(
        "text",
        BROKEN,
        Format::Text,
        EXIT_ERRORS,
        expect![[r#"
            DIR/a.yaml:2:7: error: service "a" has no owner (OWN-09) [service-without-owner]
              hint: write spec.owner with the one team that owns it
            DIR/a.yaml:4:9: error: "tierr" is not a field of "spec" [unknown-key]
              hint: did you mean "tier"?

            read no entity in 1 file
            2 errors, 0 warnings, 0 notes
        "#]],
    );
}

#[test]
fn programs_get_the_same() {
    check(
        "json",
        BROKEN,
        Format::Json,
        EXIT_ERRORS,
        expect![[r#"
        {
          "files": 1,
          "entities": {},
          "errors": 2,
          "warnings": 0,
          "notes": 0,
          "left_out": 0,
          "diagnostics": [
            {
              "severity": "error",
              "rule": "service-without-owner",
              "file": "a.yaml",
              "line": 2,
              "column": 7,
              "message": "service \"a\" has no owner (OWN-09)",
              "remedy": "write spec.owner with the one team that owns it"
            },
            {
              "severity": "error",
              "rule": "unknown-key",
              "file": "a.yaml",
              "line": 4,
              "column": 9,
              "message": "\"tierr\" is not a field of \"spec\"",
              "remedy": "did you mean \"tier\"?"
            }
          ],
          "unrelated": []
        }
    "#]],
    );
}

#[test]
fn warnings_are_no_errors() {
    let text = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: a }\nspec: { type: service, owner: t }\n---\napiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: l }\n";
    check(
        "warning",
        text,
        Format::Text,
        EXIT_OK,
        expect![[r#"
        DIR/a.yaml:4:31: warning: owner "t" of "a" is not declared: read as a team without members, and nobody would be paged (OWN-16) [owner-not-declared]
          hint: add a Group or Team "t"
        DIR/a.yaml:7:7: note: Location is not read: it points to other files [kind]
          hint: give "check" the directory that holds them

        read 1 service, 1 team in 1 file
        0 errors, 1 warning, 1 note
    "#]],
    );
    check(
        "nothing",
        "a: b\n",
        Format::Text,
        EXIT_OK,
        expect![[r#"
            DIR/.:1:1: warning: no service, team or person was found in this directory [nothing-found]
              hint: copy examples/hello, or give the directory that holds catalog-info.yaml

            read no entity in 1 file; 1 of them is about something else
            0 errors, 1 warning, 0 notes
        "#]],
    );
}

#[test]
fn objectives_are_counted_and_those_that_nobody_wrote_are_told() {
    let service = |name: &str, more: &str| {
        format!(
            "---\napiVersion: seaworthy/v1\nkind: Service\nmetadata: {{ name: {name} }}\nspec: {{ owner: t, routes: [{{ path: /{name} }}]{more} }}\n"
        )
    };
    let team = "---\napiVersion: seaworthy/v1\nkind: Team\nmetadata: { name: t }\nspec: { members: [] }\n";
    let text =
        [service("a", ""), service("b", ", objectives: [99%, 95% < 1s]"), service("c", ", objective: none")].concat();
    check(
        "objectives",
        &(text + team),
        Format::Text,
        EXIT_OK,
        expect![[r#"
        DIR/a.yaml:18:7: warning: team "t" has no rotation: nobody would be paged for "a", "b", "c" (OWN-16) [nobody-on-call]
          hint: add a Rotation with spec.team: t

        read 3 services, 1 team, 3 objectives (1 by default) in 1 file
        0 errors, 1 warning, 0 notes
    "#]],
    );
}

#[test]
fn a_file_cannot_write_on_the_terminal_in_our_voice() {
    let text = "apiVersion: seaworthy/v1\nkind: \"\\e[31mService\\nerror: all is well\"\nmetadata: { name: a }\n";
    check(
        "escape",
        text,
        Format::Text,
        EXIT_ERRORS,
        expect![[r#"
            DIR/a.yaml:2:7: error: "�[31mService�error: all is well" is not a kind of seaworthy/v1 [kind]
              hint: kinds are: Service, Team, Person, Rotation, Probe, Tolerance, EscalationPolicy, Action, Tracker, Webhook, Rooms

            read no entity in 1 file
            1 error, 0 warnings, 0 notes
        "#]],
    );
}

#[test]
fn severity_is_a_word_also_in_colour() {
    let loaded = seaworthy_files::parse(
        &[seaworthy_files::Source { path: "a.yaml".to_owned(), text: BROKEN.to_owned() }],
        Timestamp::UNIX_EPOCH,
    );
    let coloured = text(&loaded, Path::new("."), Style::Colour);
    assert!(coloured.contains("\x1b[1;31merror\x1b[0m"), "{coloured}");
    let plain = text(&loaded, Path::new("."), Style::Plain);
    assert_eq!(coloured.replace("\x1b[1;31m", "").replace("\x1b[0m", ""), plain);
}

#[test]
fn a_directory_that_cannot_be_read_is_said_on_standard_error() {
    let args = CheckArgs { directory: PathBuf::from("/no/such/directory"), format: Format::Text };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    assert_eq!(run(&args, Timestamp::UNIX_EPOCH, &mut out, &mut err), EXIT_CANNOT_READ);
    assert!(out.is_empty());
    expect![[r#"
        error: could not read directory "/no/such/directory": No such file or directory (os error 2)
        hint: give a directory of files
    "#]]
    .assert_eq(&String::from_utf8(err).expect("text"));
}
