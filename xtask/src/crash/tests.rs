//! The harness against writers of a few lines: it passes the honest one and sees each kind of dishonesty.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::{Found, Place, Random, can, found, honest, mutant};

/// A stand-in for the binary. `$3` is the data directory and `$5` the acknowledgements; `MUTATE` is put in when
/// `--mutant` is asked for.
const STAND_IN: &str = r#"#!/usr/bin/env bash
[ "$2" = --help ] && { echo "--path --acks"; exit; }
if [ "$1" = ledger-check ]; then
  acks=$(wc -l <"$5"); there=$(wc -l <"$3/ledger"); lost=$((acks > there ? acks - there : 0))
  echo "{\"acknowledged\": $acks, \"lost\": $lost, \"present_unacknowledged\": 0, \"chain\": \"intact\"}"; exit
fi
touch "$3/ledger"
while sleep 0.002; do
  if [ "$6" = --mutant ]; then MUTATE; fi
  echo event >>"$3/ledger"; echo ack >>"$5"
done
"#;

/// Acknowledges and never writes.
const FORGETS: &str = r#"echo ack >>"$5"; continue"#;

fn stand_in(name: &str, mutate: &str) -> (PathBuf, Place) {
    let place = Place::fresh(&format!("test-{name}")).unwrap();
    let file = place.0.join("seaworthy");
    std::fs::write(&file, STAND_IN.replace("MUTATE", mutate)).unwrap();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).unwrap();
    (file, place)
}

#[test]
fn an_honest_writer_passes() {
    let (binary, place) = stand_in("honest", FORGETS);
    assert!(can(&binary));
    assert_eq!(honest(&binary, &place, 2, &mut Random(1)), Ok(()));
}

#[test]
fn a_mutant_is_caught() {
    let (binary, place) = stand_in("caught", FORGETS);
    assert_eq!(mutant(&binary, &place, &mut Random(1)), Ok(()));
}

#[test]
fn a_writer_that_loses_fails() {
    let (binary, place) = stand_in("loses", FORGETS);
    let script = std::fs::read_to_string(&binary).unwrap().replace(r#"[ "$6" = --mutant ]"#, "true");
    std::fs::write(&binary, script).unwrap();
    assert!(honest(&binary, &place, 2, &mut Random(1)).unwrap_err().starts_with("kill 1: "));
}

#[test]
fn a_writer_that_ends_by_itself_proves_nothing() {
    let (binary, place) = stand_in("ends", "exit 3");
    let error = mutant(&binary, &place, &mut Random(1)).unwrap_err();
    assert!(error.contains("exit status: 3"), "{error}");
}

#[test]
fn reads_the_checker() {
    let whole = r#"{"acknowledged": 9, "lost": 1, "present_unacknowledged": 2, "chain": "intact"}"#;
    let wanted = Found { acknowledged: 9, lost: 1, present_unacknowledged: 2, chain_intact: true };
    assert_eq!(found(whole), Some(wanted));
}

#[test]
fn a_checker_that_says_less_proves_nothing() {
    assert_eq!(found(""), None);
    assert_eq!(found(r#"{"acknowledged": 9, "lost": 0, "chain": "intact"}"#), None);
    let broken = r#"{"acknowledged": 9, "lost": 0, "present_unacknowledged": 0, "chain": "broken at 4"}"#;
    assert_eq!(found(broken).map(|found| found.chain_intact), Some(false));
}

#[test]
fn kills_are_spread_and_repeatable() {
    let draws = |seed| {
        let mut random = Random(seed);
        std::array::from_fn::<u64, 100, _>(|_| random.below(600))
    };
    assert_eq!(draws(1), draws(1));
    assert_ne!(draws(1), draws(2));
    assert!(draws(1).iter().any(|ms| *ms < 100) && draws(1).iter().any(|ms| *ms > 500));
}
