//! Slots: fixed, apart by the period, spread by their names.

use proptest::prelude::*;

use super::at;
use crate::schedule::{next_run, phase_ms, slots};
use crate::{Code, own};

proptest! {
    #[test]
    fn a_slot_is_after_the_instant_by_a_period_at_most(every in 1_000_u64..100_000, after in 0_i64..10_000_000) {
        let slot = next_run("p", "x", every, at(after)).unwrap();
        let wait = slot.duration_since(at(after)).as_millis();
        prop_assert!(wait > 0 && wait <= i128::from(every));
        // Whoever asks anew in between is told the same slot.
        prop_assert_eq!(next_run("p", "x", every, at(after + i64::try_from(wait).unwrap() - 1)).unwrap(), slot);
        prop_assert_eq!(slot.as_millisecond().rem_euclid(every.cast_signed()).cast_unsigned(), phase_ms("p", "x", every));
    }

    #[test]
    fn slots_are_counted_as_they_are_walked(every in 1_000_u64..20_000, from in 0_i64..100_000, long in 0_i64..200_000) {
        let (from, to) = (at(from), at(from + long));
        let mut walked = 0;
        let mut slot = next_run("p", "x", every, from - jiff::SignedDuration::from_millis(1)).unwrap();
        while slot < to {
            walked += 1;
            slot = next_run("p", "x", every, slot).unwrap();
        }
        prop_assert_eq!(slots("p", "x", every, from, to), walked);
        let middle = from + to.duration_since(from) / 3;
        prop_assert_eq!(slots("p", "x", every, from, middle) + slots("p", "x", every, middle, to), walked);
    }
}

#[test]
fn phases_spread_over_the_period() {
    let mut tenths = [0_u32; 10];
    for probe in 0..1_000 {
        tenths[usize::try_from(phase_ms(&format!("probe-{probe}"), "oslo", 10_000) / 1_000).unwrap()] += 1;
    }
    assert!(tenths.iter().all(|count| (60..=140).contains(count)), "{tenths:?}");
    assert_ne!(phase_ms("a", "bc", 10_000), phase_ms("ab", "c", 10_000));
    // Frozen: another phase would shift every slot of every installation.
    assert_eq!(phase_ms("checkout-buy", "oslo", 10_000), 2_952);
}

#[test]
fn codes_are_read_as_they_are_written() {
    for code in [Code::Connection, Code::Status(503), Code::Expiring, Code::Offline, Code::Clock] {
        assert_eq!(Code::parse(&code.text()), Some(code));
    }
    for text in ["", "status-", "status-x", "Connection"] {
        assert_eq!(Code::parse(text), None, "{text}");
    }
}

#[test]
fn a_prober_looks_at_itself_first() {
    let checks = |answers: &[bool]| -> Vec<_> { answers.iter().map(|answer| ("x:53".to_owned(), *answer)).collect() };
    for (answers, offline) in [(&[][..], false), (&[true], false), (&[false, true], false), (&[false, false], true)] {
        assert_eq!(own::offline(&checks(answers)).is_some(), offline, "{answers:?}");
    }
    assert_eq!(own::late(own::LATE_MAX), None);
    assert!(own::late(std::time::Duration::from_secs(3)).unwrap().text.contains("3.0 s late"));
}
