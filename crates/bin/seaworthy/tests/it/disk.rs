//! A full disk under the data directory: commands are refused with a remedy, everything else goes on, nothing is lost.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use seaworthy_contract::api::LedgerRow;

use crate::kit::{QUOTE, Scratch, get, quotes, until};

/// Room for a ledger and its log, little enough to fill in an instant.
const SIZE: &str = "size=12m";

/// A small disk of its own; gone when dropped.
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// Mounts it; none where this is not allowed.
    pub(crate) fn mount(at: &Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", SIZE, "none"]).arg(at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(at.to_owned()))
    }

    /// Writes until not another byte fits.
    pub(crate) fn fill(&self) -> PathBuf {
        let path = self.0.join("ballast");
        let mut file = File::create(&path).unwrap();
        for size in [64 * 1024, 4096, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: processes of a failed test may still have files open there.
        drop(Command::new("umount").arg("-l").arg(&self.0).output());
    }
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let scratch = Scratch::new();
    let data = scratch.tmp().with_file_name("disk");
    let Some(disk) = Disk::mount(&data) else {
        eprintln!("SKIPPED: a full disk. Only root can mount a small one.");
        return;
    };
    let (up, api) = quotes(&scratch, &["--data", data.to_str().unwrap()]);
    let before: Vec<LedgerRow> = api.ledger();
    let ballast = disk.fill();
    let said = until("the disk is full for the ledger too", || {
        let said = up.cli(&scratch, &["ship", "quotes", "v2", "--no-wait"]);
        (said.code != 0).then_some(said)
    });
    said.refused(4, &["hint:", "disk"]);
    let ready = || get(&up.portal, "/readyz", "").unwrap().status;
    assert_eq!((ready(), get(&up.portal, "/healthz", "").unwrap().status), (503, 200));
    assert_eq!(get(&up.gateway, QUOTE, "").unwrap().status, 200, "users notice nothing");
    let status = api.status();
    assert!(!status.store_writable && status.services.len() == 1, "reads go on: {status:?}");
    fs::remove_file(ballast).unwrap();
    until("writes go on", || (up.cli(&scratch, &["ship", "quotes", "v3", "--no-wait"]).code == 0).then_some(()));
    assert_eq!(ready(), 200);
    let after = api.ledger();
    assert_eq!(after[..before.len()], before, "what was there is there");
    api.verify();
    up.stop(&scratch);
}
