//! What places make of a target together.

use expect_test::{Expect, expect};

use super::play;
use crate::{History, State};

fn word(state: State) -> String {
    match state {
        State::Unknown(why) => format!("unknown ({why:?})").to_lowercase(),
        known => format!("{known:?}").to_lowercase(),
    }
}

fn check_with(patterns: &[&str], history: History, want: &Expect) {
    let lines = play(patterns, history, 40).into_iter().map(|(second, change)| {
        let since = change.since.duration_since(super::at(0)).as_secs();
        let flaps = if change.flapping { ", flapping" } else { "" };
        format!("{second} {} since {since}: {}{flaps}\n", word(change.to), change.reason)
    });
    want.assert_eq(&lines.collect::<String>());
}

#[expect(clippy::needless_pass_by_value, reason = "an expectation is written in place")]
fn check(patterns: &[&str], want: Expect) {
    check_with(patterns, History::UpBefore, &want);
}

#[test]
fn one_place_decides_alone_and_says_so() {
    check(
        &["PPFFPPP"],
        expect![[r#"
              10 up since 0: passes from its one place
              20 down since 20: no connection, from its one place
              50 up since 40: passes from its one place
              84 unknown (silent) since 70: no place sees; a: no result for its last slot
        "#]],
    );
}

#[test]
fn two_of_three_agree_or_nothing_happens() {
    check(
        &["PPPFFFF", "PPPPPPP", "PPPPPPP"],
        expect![[r#"
              12 up since 2: passes from 2 of 3 places
              86 unknown (undecided) since 72: 1 of 3 places cannot decide; a: no result for its last slot; b: no result for its last slot
              88 unknown (silent) since 72: no place sees; a: no result for its last slot; b: no result for its last slot; c: no result for its last slot
        "#]],
    );
    check(
        &["PPPFFPPP", "PPPFFPPP", "PPPPPPPP"],
        expect![[r#"
              12 up since 2: passes from 2 of 3 places
              32 down since 30: no connection, from 2 of 3 places
              60 up since 50: passes from 2 of 3 places; not from 1: no connection
              96 unknown (undecided) since 82: 1 of 3 places cannot decide; a: no result for its last slot; b: no result for its last slot
              98 unknown (silent) since 82: no place sees; a: no result for its last slot; b: no result for its last slot; c: no result for its last slot
        "#]],
    );
    check(
        &["PPPFFFPP", "PPPPFFPP", "PPPFPFPP"],
        expect![[r#"
              12 up since 2: passes from 2 of 3 places
              34 down since 30: no connection, from 2 of 3 places
              72 up since 62: passes from 2 of 3 places; not from 1: no connection
              96 unknown (undecided) since 82: 1 of 3 places cannot decide; a: no result for its last slot; b: no result for its last slot
              98 unknown (silent) since 82: no place sees; a: no result for its last slot; b: no result for its last slot; c: no result for its last slot
        "#]],
    );
}

#[test]
fn one_good_answer_in_between_is_no_recovery() {
    check(
        &["PPFPFPFPPP"],
        expect![[r#"
            10 up since 0: passes from its one place
            20 down since 20: no connection, from its one place
            80 up since 70: passes from its one place
            114 unknown (silent) since 100: no place sees; a: no result for its last slot
        "#]],
    );
}

#[test]
fn two_places_must_agree() {
    check(
        &["PPFFFF", "PPPPFF"],
        expect![[r#"
              12 up since 2: passes from 2 of 2 places
              42 down since 20: no connection, from 2 of 2 places
              74 unknown (undecided) since 60: 1 of 2 places cannot decide; a: no result for its last slot
              76 unknown (silent) since 60: no place sees; a: no result for its last slot; b: no result for its last slot
        "#]],
    );
}

#[test]
fn degraded_is_neither_up_nor_down() {
    check(
        &["PPSSSPP", "PPSSSPP", "PPPPPPP"],
        expect![[r#"
              12 up since 2: passes from 2 of 3 places
              32 degraded since 22: slow, from 2 of 3 places
              60 up since 50: passes from 3 of 3 places
              86 unknown (undecided) since 72: 1 of 3 places cannot decide; a: no result for its last slot; b: no result for its last slot
              88 unknown (silent) since 72: no place sees; a: no result for its last slot; b: no result for its last slot; c: no result for its last slot
        "#]],
    );
    check(
        &["PPSPSPP"],
        expect![[r#"
              10 up since 0: passes from its one place
              84 unknown (silent) since 70: no place sees; a: no result for its last slot
        "#]],
    );
}

#[test]
fn a_missing_slot_is_unknown_and_never_up() {
    check(
        &["PP..PP"],
        expect![[r#"
              10 up since 0: passes from its one place
              34 unknown (silent) since 20: no place sees; a: no result for its last slot
              40 up since 40: passes from its one place
              74 unknown (silent) since 60: no place sees; a: no result for its last slot
        "#]],
    );
    check(
        &["PPP...PP", "PPPPPPPP", "PPPPPPPP"],
        expect![[r#"
              12 up since 2: passes from 2 of 3 places
              96 unknown (undecided) since 82: 1 of 3 places cannot decide; a: no result for its last slot; b: no result for its last slot
              98 unknown (silent) since 82: no place sees; a: no result for its last slot; b: no result for its last slot; c: no result for its last slot
        "#]],
    );
    check(
        &["PPP...PP", "PPP...PP", "PPPPPPPP"],
        expect![[r#"
              12 up since 2: passes from 2 of 3 places
              46 unknown (undecided) since 32: 1 of 3 places cannot decide; a: no result for its last slot; b: no result for its last slot
              60 up since 60: passes from 2 of 3 places
              96 unknown (undecided) since 82: 1 of 3 places cannot decide; a: no result for its last slot; b: no result for its last slot
              98 unknown (silent) since 82: no place sees; a: no result for its last slot; b: no result for its last slot; c: no result for its last slot
        "#]],
    );
}

#[test]
fn a_prober_that_is_offline_says_nothing_of_the_target() {
    check(
        &["PPBBPP"],
        expect![[r#"
              10 up since 0: passes from its one place
              20 unknown (blind) since 20: no place sees; a: offline
              40 up since 40: passes from its one place
              74 unknown (silent) since 60: no place sees; a: no result for its last slot
        "#]],
    );
    check(
        &["PPBBBB", "PPFFFF", "PPFFFF"],
        expect![[r#"
              12 up since 2: passes from 2 of 3 places
              24 down since 22: no connection, from 2 of 3 places
              76 unknown (undecided) since 62: 1 of 3 places cannot decide; a: no result for its last slot; b: no result for its last slot
              78 unknown (silent) since 62: no place sees; a: no result for its last slot; b: no result for its last slot; c: no result for its last slot
        "#]],
    );
}

#[test]
fn what_was_never_up_cannot_be_down() {
    check_with(
        &["444444"],
        History::NeverUp,
        &expect![[r#"
            0 unknown (neverup) since 0: never once up: the answer is 401, from its one place; does the probe need a credential?
            74 unknown (silent) since 60: no place sees; a: no result for its last slot
        "#]],
    );
    check_with(
        &["FFFPPF"],
        History::NeverUp,
        &expect![[r#"
            0 unknown (neverup) since 0: never once up: no connection, from its one place
            40 up since 30: passes from its one place
            50 down since 50: no connection, from its one place
            74 unknown (silent) since 60: no place sees; a: no result for its last slot
        "#]],
    );
    check_with(
        &["FFFF", "FFFF", "PPPP"],
        History::NeverUp,
        &expect![[r#"
            2 unknown (neverup) since 0: never once up: no connection, from 2 of 3 places
            54 unknown (undecided) since 54: places see opposite things
            58 unknown (silent) since 42: no place sees; a: no result for its last slot; b: no result for its last slot; c: no result for its last slot
        "#]],
    );
}

#[test]
fn the_more_it_flaps_the_longer_it_must_pass() {
    check(
        &["PPFPPFPPFPPPPFPPPPPPPPPPPPPPPPPPP"],
        expect![[r#"
            10 up since 0: passes from its one place
            20 down since 20: no connection, from its one place
            40 up since 30: passes from its one place
            50 down since 50: no connection, from its one place, flapping
            120 up since 90: passes from its one place, flapping
            130 down since 130: no connection, from its one place, flapping
            210 up since 140: passes from its one place, flapping
            344 unknown (silent) since 330: no place sees; a: no result for its last slot, flapping
        "#]],
    );
}
