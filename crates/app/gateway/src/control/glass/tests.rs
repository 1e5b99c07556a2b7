//! Break-glass over restarts, crashes and acknowledgements.

use std::path::PathBuf;

use super::*;
use crate::control::journal::Journal;

struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("seaworthy-glass-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&path));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("break-glass.jsonl")
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn rollout(n: u128) -> RolloutId {
    RolloutId::from_uuid(Uuid::from_u128(n))
}

fn revert(id: u128, service: &str, of: u128) -> Revert {
    Revert {
        id: Uuid::from_u128(id),
        service: service.parse().unwrap(),
        version: "v2".parse().unwrap(),
        rollout: rollout(of),
        by: "uid 7".to_owned(),
        at: Timestamp::from_millisecond(1_000).unwrap(),
    }
}

fn is_off(glass: &Glass, service: &str) -> bool {
    glass.in_force().contains_key(service)
}

#[test]
fn it_holds_over_a_restart_until_another_rollout() {
    let dir = Dir::new("restart");
    Glass::open(&dir.0).unwrap().revert(revert(1, "checkout", 10)).unwrap();
    let mut glass = Glass::open(&dir.0).unwrap();
    glass.settle(|_| Some(rollout(10))).unwrap();
    assert!(is_off(&glass, "checkout"));
    glass.settle(|_| Some(rollout(11))).unwrap();
    assert!(!is_off(&glass, "checkout"));
    assert!(!is_off(&Glass::open(&dir.0).unwrap(), "checkout"));
}

#[test]
fn it_is_told_until_acknowledged_even_when_over() {
    let dir = Dir::new("told");
    let mut glass = Glass::open(&dir.0).unwrap();
    glass.revert(revert(1, "checkout", 10)).unwrap();
    glass.settle(|_| None).unwrap();
    let glass = &mut Glass::open(&dir.0).unwrap();
    let now = Timestamp::from_millisecond(4_000).unwrap();
    let waiting = glass.waiting(now);
    assert_eq!((waiting.len(), waiting[0].age_ms, waiting[0].by.as_str()), (1, 3_000, "uid 7"));
    glass.acknowledge(&[Uuid::from_u128(1)]).unwrap();
    assert!(Glass::open(&dir.0).unwrap().waiting(now).is_empty());
    assert_eq!(std::fs::read(dir.file()).unwrap(), b"", "nothing of it is needed any more");
}

#[test]
fn a_second_revert_of_a_rollout_is_the_first() {
    let dir = Dir::new("twice");
    let mut glass = Glass::open(&dir.0).unwrap();
    glass.revert(revert(1, "checkout", 10)).unwrap();
    assert_eq!(glass.revert(revert(2, "checkout", 10)).unwrap().id, Uuid::from_u128(1));
    assert_eq!(glass.revert(revert(3, "payments", 20)).unwrap().id, Uuid::from_u128(3));
    assert_eq!(glass.in_force().len(), 2);
}

#[test]
fn a_torn_line_never_counted() {
    let dir = Dir::new("torn");
    Glass::open(&dir.0).unwrap().revert(revert(1, "checkout", 10)).unwrap();
    let mut text = std::fs::read(dir.file()).unwrap();
    text.extend_from_slice(b"{\"what\":\"over\",\"id\":\"0000");
    std::fs::write(dir.file(), text).unwrap();
    let mut glass = Glass::open(&dir.0).unwrap();
    assert!(is_off(&glass, "checkout"));
    glass.revert(revert(2, "payments", 20)).unwrap();
    assert_eq!(Glass::open(&dir.0).unwrap().in_force().len(), 2, "what follows a torn line is read");
}

#[test]
fn without_a_journal_nothing_acts() {
    let dir = Dir::new("full");
    let mut glass = Glass::open(&dir.0).unwrap();
    // A file opened for reading takes no line: the nearest thing to a full disk that every machine has.
    glass.0.journal = Journal::read_only(dir.file());
    assert!(glass.revert(revert(1, "checkout", 10)).is_err());
    assert!(glass.in_force().is_empty());
}

#[test]
fn its_lines_stay_readable_to_every_version() {
    let dir = Dir::new("lines");
    let mut glass = Glass::open(&dir.0).unwrap();
    glass.revert(revert(1, "checkout", 10)).unwrap();
    glass.acknowledge(&[Uuid::from_u128(1)]).unwrap();
    let one = "00000000-0000-0000-0000-000000000001";
    let ten = "00000000-0000-0000-0000-00000000000a";
    let want = format!(
        "{{\"what\":\"reverted\",\"id\":\"{one}\",\"service\":\"checkout\",\"version\":\"v2\",\"rollout\":\"{ten}\",\
         \"by\":\"uid 7\",\"at\":\"1970-01-01T00:00:01Z\"}}\n{{\"what\":\"acknowledged\",\"id\":\"{one}\"}}\n"
    );
    assert_eq!(std::fs::read_to_string(dir.file()).unwrap(), want);
}
