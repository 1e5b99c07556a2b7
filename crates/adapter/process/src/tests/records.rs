//! Records on disk.

use std::fs;

use seaworthy_contract::process::{Duty, Instance, Launch, LaunchFrom};

use super::Folder;
use crate::{Identity, Record, Records, kernel_boot, write_atomically};

fn record(service: &str, version: &str) -> Record {
    let from = LaunchFrom::Command { command: vec!["x".into()], env: Default::default(), directory: None };
    Record {
        instance: Instance {
            service: service.parse().unwrap(),
            version: version.parse().unwrap(),
            launch: Launch { from, health: None, start_timeout_ms: 1, stop_timeout_ms: 1 },
            dependencies: Vec::new(),
            duty: Duty::Trial,
        },
        process: Identity::of(std::process::id()).unwrap(),
        kernel_boot: kernel_boot(),
        address: "127.0.0.1:20001".into(),
        started_at: "2026-01-02T03:04:05Z".parse().unwrap(),
        healthy_at: None,
    }
}

#[test]
fn records_come_back_and_go() {
    let folder = Folder::new();
    let records = Records::new(folder.path("versions"));
    assert!(records.load().is_empty());
    let (one, two) = (record("checkout", "v1"), record("checkout", "v1.json"));
    records.save(&one).unwrap();
    records.save(&two).unwrap();
    let mut loaded = records.load();
    loaded.sort_by_key(|record| record.instance.version.clone());
    assert_eq!(loaded, [one.clone(), two.clone()]);
    records.remove(&two.instance.service, &two.instance.version).unwrap();
    records.remove(&two.instance.service, &two.instance.version).unwrap();
    assert_eq!(records.load(), [one]);
}

#[test]
fn what_is_not_a_record_is_left_out() {
    let folder = Folder::new();
    let records = Records::new(folder.path("versions"));
    records.save(&record("checkout", "v1")).unwrap();
    for (name, text) in [("v2.json", "{"), ("v3.json", "{}"), ("v4.json.new", "{}"), ("v1.log", "hello")] {
        fs::write(folder.path("versions/checkout").join(name), text).unwrap();
    }
    assert_eq!(records.load().len(), 1);
}

#[test]
fn a_record_of_another_boot_or_process_is_dead() {
    let ours = record("checkout", "v1");
    assert!(ours.is_alive());
    assert!(!Record { kernel_boot: "another".into(), ..ours.clone() }.is_alive());
    let process = Identity { start_time: ours.process.start_time + 1, ..ours.process };
    assert!(!Record { process, ..ours }.is_alive());
}

#[test]
fn a_write_that_fails_keeps_the_old_content() {
    let folder = Folder::new();
    let path = folder.path("file");
    write_atomically(&path, b"old").unwrap();
    fs::create_dir(folder.path("file.new")).unwrap();
    assert!(write_atomically(&path, b"new").is_err());
    assert_eq!(fs::read(&path).unwrap(), b"old");
}
