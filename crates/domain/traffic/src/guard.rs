//! The local guard: what makes a gateway eject a canary by itself, without asking anybody.
//!
//! One word of state, copied in and out, so that workers can share it in an atomic and need no lock. It ejects a
//! canary only: the last version that can answer is never taken away.
//!
//! One rule keeps an outage of both arms from ejecting a healthy canary: a failure of the canary counts only while stable
//! is well, which [`Beside`] says. So nothing of a shared outage is left in the window when it ends. The price: a canary
//! that brings both down, by what they share, is left to the judge and to people.

use std::fmt;

/// This many failures in a row eject.
pub const IN_A_ROW: u32 = 5;

/// How many of the last answers are looked at.
pub const WINDOW: u32 = 20;

/// This many failures in a full window eject: half of it.
pub const IN_WINDOW: u32 = WINDOW / 2;

/// This many failures in stable's last [`WINDOW`] answers, and stable is not well. A stable version that fails one in a
/// hundred shows as many one time in a thousand; where a third fails on both arms, fewer are seen one time in fifty.
pub const BESIDE_IN_WINDOW: u32 = 3;

const RING: u32 = (1 << WINDOW) - 1;
const FILLED_AT: u32 = WINDOW;
const ROW_AT: u32 = FILLED_AT + 5;
const TRIPPED: u32 = 1 << (ROW_AT + 3);

/// How an attempt on the canary ended, as the guard sees it. A user who went away is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Any answer below 500.
    Well,
    /// 5xx, no connection, broken, too late.
    Badly,
}

/// Why a canary was ejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// [`IN_A_ROW`] failures in a row.
    InARow,
    /// This many of the last [`WINDOW`] failed.
    OfWindow(u32),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InARow => write!(f, "{IN_A_ROW} failures in a row"),
            Self::OfWindow(failed) => write!(f, "{failed} of the last {WINDOW} failed"),
        }
    }
}

/// Stable's last answers while a canary is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Beside(u32);

impl Beside {
    /// Takes the state out of an atomic.
    pub fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Returns the state for an atomic.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Adds one answer of stable.
    pub fn record(self, ended: Ended) -> Self {
        Self((self.0 << 1 | u32::from(ended == Ended::Badly)) & RING)
    }

    /// Returns whether stable fails likewise: its last answer failed, or [`BESIDE_IN_WINDOW`] of the last [`WINDOW`] did.
    /// The last answer alone is enough, because at the onset of an outage there is not yet another.
    pub fn fails(self) -> bool {
        self.0 & 1 == 1 || self.0.count_ones() >= BESIDE_IN_WINDOW
    }
}

/// The guard of one canary: the last 20 answers, how many there are, how many failures end the row, tripped or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Guard(u32);

impl Guard {
    /// Takes the state out of an atomic.
    pub fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Returns the state for an atomic.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Returns whether it has tripped.
    pub fn is_tripped(self) -> bool {
        self.0 & TRIPPED != 0
    }

    /// Adds one answer of the canary; says why the first time that it trips, and never again. A failure is not counted
    /// while stable fails likewise.
    pub fn record(self, ended: Ended, beside: Beside) -> (Self, Option<Why>) {
        if self.is_tripped() || (ended == Ended::Badly && beside.fails()) {
            return (self, None);
        }
        let failed = u32::from(ended == Ended::Badly);
        let ring = (self.0 << 1 | failed) & RING;
        let filled = ((self.0 >> FILLED_AT & 31) + 1).min(WINDOW);
        let row = if failed == 1 { (self.0 >> ROW_AT & 7) + 1 } else { 0 };
        let next = ring | filled << FILLED_AT | row << ROW_AT;
        match Self::verdict(ring, filled, row) {
            Some(why) => (Self(next | TRIPPED), Some(why)),
            None => (Self(next), None),
        }
    }

    fn verdict(ring: u32, filled: u32, row: u32) -> Option<Why> {
        if row >= IN_A_ROW {
            return Some(Why::InARow);
        }
        let failed = ring.count_ones();
        (filled == WINDOW && failed >= IN_WINDOW).then_some(Why::OfWindow(failed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Feeds `.` for well and `x` for badly; returns when it tripped (1-based) and why.
    fn run(answers: &str) -> Option<(usize, String)> {
        let mut guard = Guard::default();
        for (index, c) in answers.chars().enumerate() {
            let ended = if c == 'x' { Ended::Badly } else { Ended::Well };
            let (next, why) = guard.record(ended, Beside::default());
            guard = next;
            if let Some(why) = why {
                return Some((index + 1, why.to_string()));
            }
        }
        None
    }

    #[test]
    fn table() {
        let row = |at| Some((at, "5 failures in a row".to_owned()));
        for (answers, want) in [
            ("", None),
            ("xxxx", None),
            ("xxxxx", row(5)),
            ("xxxx.xxxx.", None),
            (".........xxxxx", row(14)),
            ("x.x.x.x.x.x.x.x.x.x.", Some((20, "10 of the last 20 failed".to_owned()))),
            ("x.x.x.x.x.x.x.x.x..", None),
            ("....................x.x.x.x.x.x.x.x.x.x", Some((39, "10 of the last 20 failed".to_owned()))),
            ("xx..xx..xx..xx......xx..xx..", None),
        ] {
            assert_eq!(run(answers), want, "{answers}");
        }
    }

    /// Feeds `.` and `x` for the canary, `o` and `f` for stable, well and badly; returns when it tripped (1-based).
    fn run_both(answers: &str) -> Option<usize> {
        let (mut guard, mut beside) = (Guard::default(), Beside::default());
        for (index, c) in answers.chars().enumerate() {
            let ended = if matches!(c, 'x' | 'f') { Ended::Badly } else { Ended::Well };
            if matches!(c, 'o' | 'f') {
                beside = beside.record(ended);
                continue;
            }
            let (next, why) = guard.record(ended, beside);
            guard = next;
            if why.is_some() {
                return Some(index + 1);
            }
        }
        None
    }

    #[test]
    fn a_canary_is_ejected_while_stable_is_well_only() {
        let well = "o".repeat(WINDOW as usize);
        let (fails, rare) = ("xf".repeat(50), "ooooooooox".repeat(5));
        for (what, answers, want) in [
            ("only the canary", "oooxxxxx".to_owned(), Some(8)),
            ("stable was never asked", "xxxxx".to_owned(), Some(5)),
            ("between good answers of stable", "xoxoxoxox".to_owned(), Some(9)),
            ("both, the canary first", "xfxfxfxfxf".to_owned(), None),
            ("both, four of the canary first", "xxxxfxxxxxx".to_owned(), None),
            ("both, for long", fails.clone(), None),
            ("both half of the time", "xf.oxo.f".repeat(20), None),
            ("one of stable's failed, the last", "oooofxxxxx".to_owned(), None),
            ("one of stable's failed, not the last", "ooofoxxxxx".to_owned(), Some(10)),
            ("two of stable's failed", "fofoxxxxx".to_owned(), Some(9)),
            ("three of stable's failed", "fofofoxxxxx".to_owned(), None),
            ("stable got well, the canary did so too", format!("{fails}{well}....xxxx."), None),
            ("stable got well, the canary did not", format!("{fails}{well}xxxxx"), Some(124)),
            ("what both did is forgotten", format!("{fails}{well}...................x"), None),
            ("a canary that is well beside a stable that is not", "f.f.f.f.f.".to_owned(), None),
            ("stable asked in between", rare, Some(50)),
        ] {
            assert_eq!(run_both(&answers), want, "{what}");
        }
    }

    #[test]
    fn it_trips_once() {
        let mut guard = Guard::default();
        let mut trips = 0;
        for _ in 0..100 {
            let (next, why) = guard.record(Ended::Badly, Beside::default());
            guard = next;
            trips += usize::from(why.is_some());
        }
        assert_eq!((trips, guard.is_tripped()), (1, true));
    }

    proptest! {
        #[test]
        fn agrees_with_a_plain_list(answers: Vec<bool>) {
            let mut guard = Guard::default();
            let mut seen = Vec::new();
            for failed in answers {
                let (next, why) = guard.record(if failed { Ended::Badly } else { Ended::Well }, Beside::default());
                prop_assert_eq!(Guard::from_bits(next.bits()), next);
                guard = next;
                seen.push(failed);
                let row = seen.iter().rev().take_while(|f| **f).count() >= 5;
                let window = seen.len() >= 20 && seen[seen.len() - 20..].iter().filter(|f| **f).count() >= 10;
                prop_assert_eq!(why.is_some(), row || window);
                if why.is_some() {
                    break;
                }
            }
        }
    }
}
