//! The subcommands as a shell sees them: what they print, and their exit codes.

use std::path::Path;
use std::sync::Arc;

use clap::Parser;
use expect_test::{Expect, expect};
use jiff::Timestamp;
use seaworthy_store::conformance::{event, keyed, run as block_on};
use seaworthy_store::{Expect as Where, Ledger};
use seaworthy_store_sqlite::SqliteLedger;

use super::*;

#[derive(Parser)]
struct Shell {
    #[command(flatten)]
    args: Args,
}

/// A directory with a ledger of three events, removed at the end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("seaworthy-cli-ledger-{}-{name}", std::process::id()));
        let ledger = SqliteLedger::open(&dir, Arc::new(|| Timestamp::UNIX_EPOCH)).unwrap();
        let batch = vec![event(0, "rollout/1"), keyed(1, "rollout/1", "k"), event(2, "page/1")];
        block_on(async { ledger.append(batch, Where::Any).await.map(drop).unwrap() });
        Self(dir)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Runs `ledger <line>` with `DIR` replaced, and returns exit code, output and errors, with the directory put back.
fn shell(dir: &Path, line: &str) -> (u8, String, String) {
    let dir = dir.display().to_string();
    let words = std::iter::once("ledger".to_owned()).chain(line.split(' ').map(|word| word.replace("DIR", &dir)));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run(&Shell::try_parse_from(words).unwrap().args, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).unwrap().replace(&dir, "DIR");
    (code, text(out), text(err))
}

fn check(dir: &Path, line: &str, code: u8, want: Expect) {
    let (found, out, err) = shell(dir, line);
    assert_eq!(found, code, "{line}: {out}{err}");
    want.assert_eq(&(out + &err));
}

#[test]
fn a_sound_ledger_is_verified() {
    let place = Place::new("sound");
    check(
        &place.0,
        "verify --data DIR",
        0,
        expect![[r#"
        verified: 3 events, each in its place and unchanged
        head: 6af0c17646a4e182bffa64ba46f853aa962de03af56012bb6e51170c595e04aa
        hint: keep the head elsewhere; `--head` finds events cut off since
    "#]],
    );
    check(
        &place.0,
        "verify --data DIR --json",
        0,
        expect![[r#"
        {"verified":true,"events":3,"head":"6af0c17646a4e182bffa64ba46f853aa962de03af56012bb6e51170c595e04aa"}
    "#]],
    );
}

#[test]
fn an_export_is_verified_and_never_overwritten() {
    let place = Place::new("export");
    check(
        &place.0,
        "export --data DIR --out DIR/e.jsonl",
        0,
        expect![[r#"
        exported 3 events, head 6af0c17646a4e182bffa64ba46f853aa962de03af56012bb6e51170c595e04aa
    "#]],
    );
    let (_, lines, _) = shell(&place.0, "export --data DIR");
    assert_eq!(std::fs::read_to_string(place.path("e.jsonl")).unwrap(), lines);
    assert!(!Path::new(&place.path("e.jsonl.partial")).exists());
    let (code, out, _) = shell(&place.0, "verify DIR/e.jsonl --json");
    assert_eq!((code, out), (0, shell(&place.0, "verify --data DIR --json").1));
    check(
        &place.0,
        "export --data DIR --out DIR/e.jsonl",
        2,
        expect![[r#"
        error: could not write export "DIR/e.jsonl": it is there already; remove it or choose another name
    "#]],
    );
}

#[test]
fn a_changed_export_is_broken_where_it_was_changed() {
    let place = Place::new("changed");
    let (_, lines, _) = shell(&place.0, "export --data DIR");
    std::fs::write(place.path("e.jsonl"), lines.replace(r#"\"number\":1"#, r#"\"number\":7"#)).unwrap();
    check(
        &place.0,
        "verify DIR/e.jsonl",
        1,
        expect![[r#"
        broken at position 2: its columns do not hash to its hash
    "#]],
    );
    check(
        &place.0,
        "verify DIR/e.jsonl --json",
        1,
        expect![[r#"
        {"verified":false,"position":2,"why":"its columns do not hash to its hash"}
    "#]],
    );
    let cut: String = lines.lines().take(2).map(|line| line.to_owned() + "\n").collect();
    std::fs::write(place.path("cut.jsonl"), cut).unwrap();
    assert_eq!(shell(&place.0, "verify DIR/cut.jsonl").0, 0, "a cut tail is found only with a head");
    let head = SqliteLedger::open(&place.0, Arc::new(Timestamp::now)).unwrap().head().hash;
    check(
        &place.0,
        &format!("verify DIR/cut.jsonl --head {head}"),
        1,
        expect![[r#"
        broken at position 3: the record before it, the last, has hash 5e685f1d88640f66780402525c3b480aaf24dd04ee594aa59fb410708e862fa9, expected 6af0c17646a4e182bffa64ba46f853aa962de03af56012bb6e51170c595e04aa: records were cut off or rewritten
    "#]],
    );
    assert_eq!(shell(&place.0, &format!("verify --data DIR --head {head}")).0, 0);
}

#[test]
fn what_is_no_ledger_is_said() {
    let place = Place::new("none");
    check(
        &place.0,
        "verify DIR/ledger.sqlite",
        2,
        expect![[r#"
        error: could not read "DIR/ledger.sqlite" as an export: it is a database; give its data directory with `--data DIR`
    "#]],
    );
    check(
        &place.0,
        "verify DIR",
        2,
        expect![[r#"
        error: could not read "DIR" as an export: it is a directory; give its data directory with `--data DIR`
    "#]],
    );
    check(
        &place.0,
        "verify DIR/nothing.jsonl",
        2,
        expect![[r#"
        error: could not read export "DIR/nothing.jsonl"
          because: No such file or directory (os error 2)
    "#]],
    );
    check(
        &place.0,
        "tail --data DIR/nowhere",
        2,
        expect![[r#"
        error: could not find a ledger at "DIR/nowhere/ledger.sqlite"; give the data directory of a server
    "#]],
    );
    check(
        &place.0,
        "export --data DIR/nowhere",
        2,
        expect![[r#"
        error: could not find a ledger at "DIR/nowhere/ledger.sqlite"; give the data directory of a server
    "#]],
    );
    check(
        &place.0,
        "export --data DIR --out DIR/no/where",
        2,
        expect![[r#"
        error: could not write export "DIR/no/where"
          because: No such file or directory (os error 2)
    "#]],
    );
}

#[test]
fn bad_usage_is_refused() {
    for line in ["verify", "verify a --data b", "verify a --head x", "tail --data a -n 0", "tail -n 5", "export"] {
        assert!(Shell::try_parse_from(["ledger"].into_iter().chain(line.split(' '))).is_err(), "{line}");
    }
}

#[test]
fn the_tail_is_a_table_or_lines() {
    let place = Place::new("tail");
    check(
        &place.0,
        "tail --data DIR -n 2",
        0,
        expect![[r#"
        POSITION  RECORDED                  TYPE                    STREAM     ACTOR        PAYLOAD
               2  1970-01-01T00:00:00.000Z  conformance.checked v1  rollout/1  conformance  {"number":1}
               3  1970-01-01T00:00:00.000Z  conformance.checked v1  page/1     conformance  {"number":2}
    "#]],
    );
    let (_, lines, _) = shell(&place.0, "export --data DIR");
    assert_eq!(shell(&place.0, "tail --data DIR --json").1, lines);
    assert_eq!(
        shell(&place.0, "tail --data DIR -n 1 --json").1.lines().collect::<Vec<_>>(),
        [lines.lines().last().unwrap()]
    );
}

#[test]
fn a_table_fits_and_moves_no_cursor() {
    let place = Place::new("table");
    let ledger = seaworthy_store_sqlite::LedgerFile::open(&place.0).unwrap();
    let mut records: Vec<_> = ledger.records().map(Result::unwrap).collect();
    records[1].event.payload = seaworthy_store::RawJson::found("\u{1b}[2J é");
    let table = tail::table(&records, Some(100));
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    assert!(tail::table(&records, None).contains("·[2J é"), "{table}");
    assert_eq!(tail::table(&[], None), "the ledger is empty\n");
}

#[test]
fn the_crash_checker_says_what_the_harness_reads() {
    let place = Place::new("crash");
    std::fs::write(
        place.path("acks"),
        "1 00000000-0000-0000-0000-000000000001\n2 00000000-0000-0000-0000-000000000009\n",
    )
    .unwrap();
    let args = CheckArgs { path: place.0.clone(), acks: place.0.join("acks"), json: true };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    assert_eq!(super::check(&args, &mut out, &mut err), 1);
    expect![[r#"
        {"acknowledged":2,"lost":1,"present_unacknowledged":2,"chain":"intact"}
    "#]]
    .assert_eq(&String::from_utf8(out).unwrap());
}
