//! The account as a whole: pages of it, what left the catalogue, and functions beside their service.

use super::*;

#[test]
fn answers_are_bounded_and_paged() {
    let mut book = Book::new();
    book.play("payments", "0 u 10 d 11 u 20 d 21 u 30 d 31 u");
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let asked = DowntimeAsked { before: before.clone(), limit: 2, ..asked("payments") };
        let page = book.look(100, |look| view::downtime(look, &asked));
        seen.extend(page.stretches.iter().map(|stretch| minutes(stretch.start)));
        match page.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, [30, 20, 10]);
    let asked = MonthsAsked {
        service: None,
        rule: DowntimeRule::Major,
        every: DowntimeEvery::Month,
        from: None,
        cells: 1,
        after: None,
        limit: 1,
    };
    let first = book.look(100, |look| view::downtime_months(look, &asked));
    let rest = MonthsAsked { after: first.next.clone(), limit: 5, ..asked };
    let rest = book.look(100, |look| view::downtime_months(look, &rest));
    assert_eq!((first.rows[0].name.as_str(), rest.rows[0].name.as_str()), ("checkout", "payments"));
    assert_eq!((first.next.as_deref(), rest.next), (Some("checkout"), None));
}

#[test]
fn what_left_the_catalogue_is_still_accounted_for() {
    let mut book = Book::new();
    book.play("gone", "-5 u 20 d 30 u");
    let account = book.account("gone");
    assert_eq!((account.functions[0].name.as_str(), account.functions[0].team.clone()), ("gone", None));
    assert_eq!(account.functions[0].classes.down_unplanned_ms, 600_000);
}

#[test]
fn functions_of_a_service_stand_beside_it() {
    let mut book = Book::new();
    book.play("checkout", "-5 u");
    book.play("checkout/buy", "-5 u 20 d 30 u");
    book.announce(0, "checkout", 20, 25);
    let account = book.account("checkout");
    let names: Vec<&str> = account.functions.iter().map(|function| function.name.as_str()).collect();
    assert_eq!(names, ["checkout", "checkout/buy"]);
    assert_eq!(book.stretches("checkout/buy"), ["20-25 down-planned announced 0", "25-30 down-unplanned overruns"]);
    assert_eq!(book.stretches("checkout"), ["20-25 up-in-maintenance announced 0"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever was seen and declared: classes sum to wall time exactly, stretches neither overlap nor leave anything out,
    /// and both say the same of each class.
    #[test]
    fn classes_sum_to_wall_time(
        seen in prop::collection::vec((0..2_usize, 0..4_usize, 0..120_i64), 0..40),
        windows in prop::collection::vec((0..2_usize, -10..100_i64, 1..40_i64, -30..30_i64), 0..6),
        nanos in 0..1_000_000_000_i64,
    ) {
        let mut book = Book::new();
        let names = ["checkout", "payments"];
        for (of, from, length, notice) in windows {
            book.announce(from - notice, names[of], from, from + length);
        }
        let mut seen = seen;
        seen.sort_by_key(|(_, _, at)| *at);
        for (of, what, at) in seen {
            book.seen(at, names[of], [SeenV1::Up, SeenV1::Degraded, SeenV1::Down, SeenV1::Unknown][what]);
        }
        let now = minute(100) + SignedDuration::from_nanos(nanos);
        let account = book.look_at(now, |look| {
            let asked = DowntimeAsked { service: None, to: now, limit: 500, ..asked("checkout") };
            view::downtime(look, &asked)
        });
        let wall = u64::try_from(account.to.duration_since(account.from).as_millis()).unwrap();
        prop_assert!(account.next.is_none());
        for function in &account.functions {
            prop_assert_eq!(function.classes.wall_ms(), wall);
            let mut sums: BTreeMap<DowntimeClass, u64> = BTreeMap::new();
            let mut last = account.from;
            for stretch in account.stretches.iter().rev().filter(|stretch| stretch.name == function.name) {
                prop_assert!(stretch.start >= last && stretch.end > stretch.start);
                last = stretch.end;
                let ms = stretch.end.duration_since(stretch.start).as_millis();
                *sums.entry(stretch.class).or_default() += u64::try_from(ms).unwrap();
            }
            for (class, ms) in sums {
                prop_assert_eq!(function.classes.of(class), ms);
            }
            prop_assert!(function.classes.unknown_ms == wall || function.figures[0].availability.is_some());
        }
        let table = months(&book, DowntimeRule::Major, DowntimeEvery::Day, 3);
        for cell in table.rows.iter().flat_map(|row| &row.cells) {
            let wall = cell.to.duration_since(cell.from).as_millis();
            prop_assert_eq!(i128::from(cell.classes.wall_ms()), wall);
        }
    }
}
