//! The fake passes the suite of the real ones, and its faults are the ones it says.

use jiff::Timestamp;
use seaworthy_store::SeriesStore;
use seaworthy_store::conformance::{Fixture, event, keyed, run};

use super::*;

fn disk() -> Disk {
    Disk::new(Arc::new(|| Timestamp::UNIX_EPOCH))
}

impl Fixture for Disk {
    fn open(&self) -> Answer<'_, Arc<dyn Ledger>> {
        Box::pin(async { Arc::new(self.ledger()) as Arc<dyn Ledger> })
    }

    fn open_side(&self) -> Answer<'_, Arc<dyn Side>> {
        Box::pin(async { Arc::new(self.side()) as Arc<dyn Side> })
    }

    fn open_series(&self) -> Answer<'_, Arc<dyn SeriesStore>> {
        Box::pin(async { Arc::new(self.series()) as Arc<dyn SeriesStore> })
    }
}

seaworthy_store::conformance!(disk());

#[test]
fn a_full_disk_keeps_nothing_and_passes() {
    run(async {
        let disk = disk();
        let ledger = disk.ledger();
        disk.fail_next(Fault::Full);
        let error = ledger.append(vec![event(0, "a")], Expect::Any).await.unwrap_err();
        assert!(matches!(error, AppendError::Full { .. }), "{error}");
        assert_eq!(ledger.head(), Head::EMPTY);
        ledger.append(vec![event(0, "a")], Expect::Head(0)).await.unwrap();
    });
}

#[test]
fn a_fault_after_the_commit_is_found_again_by_its_key() {
    run(async {
        let disk = disk();
        let ledger = disk.ledger();
        disk.fail_next(Fault::AfterCommit);
        for _ in 0..2 {
            let error = ledger.append(vec![keyed(0, "a", "k")], Expect::Any).await.unwrap_err();
            assert!(matches!(error, AppendError::Stopped { .. }), "{error}");
        }
        assert_eq!((ledger.head(), ledger.read(1, 9).await.unwrap()), (Head::EMPTY, vec![]));
        let ledger = disk.ledger();
        let again = ledger.append(vec![keyed(1, "a", "k")], Expect::Head(0)).await.unwrap();
        assert!(matches!(&again, Appended::Before(records) if records[0].position == 1), "{again:?}");
    });
}

#[test]
fn a_refused_batch_uses_up_no_scripted_fault() {
    run(async {
        let disk = disk();
        let ledger = disk.ledger();
        disk.fail_next(Fault::Full);
        ledger.append(vec![event(0, "a")], Expect::Head(7)).await.unwrap_err();
        let error = ledger.append(vec![event(0, "a")], Expect::Any).await.unwrap_err();
        assert!(matches!(error, AppendError::Full { .. }), "{error}");
    });
}

/// Returns what 1,000 appends under chance met: `.` nothing, `f` a full disk, `c` a fault after the commit.
fn story(seed: u64) -> String {
    let disk = disk();
    disk.set_faults(Faults { seed, full_per_mille: 100, after_commit_per_mille: 50 });
    let mut ledger = disk.ledger();
    let mut story = String::new();
    run(async {
        for number in 0..1_000 {
            story.push(match ledger.append(vec![event(number, "a")], Expect::Any).await {
                Ok(_) => '.',
                Err(AppendError::Full { .. }) => 'f',
                Err(_) => 'c',
            });
            if story.ends_with('c') {
                ledger = disk.ledger();
            }
        }
    });
    let kept = story.chars().filter(|met| *met != 'f').count();
    assert_eq!(ledger.head().position, kept as u64);
    story
}

#[test]
fn one_seed_makes_one_story() {
    assert_eq!(story(1), story(1));
    assert_ne!(story(1), story(2));
    let count = |met| story(1).chars().filter(|c| *c == met).count();
    assert!((60..140).contains(&count('f')) && (25..75).contains(&count('c')), "{} {}", count('f'), count('c'));
}
