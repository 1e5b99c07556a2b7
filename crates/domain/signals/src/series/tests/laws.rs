//! Sums are those of a list; order, restarts and amendments change nothing.

use proptest::prelude::*;

use super::*;

const DAY_MS: i64 = 86_400_000;

/// Milliseconds that are mostly short, at times long.
fn span() -> impl Strategy<Value = i64> {
    prop_oneof![5 => 0..20_000_i64, 3 => 0..1_200_000_i64, 2 => 0..5 * DAY_MS, 1 => 0..40 * DAY_MS]
}

fn period() -> impl Strategy<Value = Period> {
    prop_oneof![
        (1..=45_u16).prop_map(|days| Period::Rolling { days }),
        (-60..1_i64).prop_map(|days| Period::Since(ms(days * DAY_MS))),
    ]
}

fn tally() -> impl Strategy<Value = Tally> {
    (0..1_000_u64, 0..1_000_u64).prop_map(|(total, bad)| Tally::new(total, bad))
}

fn five_minutes(disk: &Disk) -> Disk {
    let five = disk.iter().filter(|((resolution, _), _)| *resolution == Resolution::FiveMinutes);
    five.map(|(key, tally)| (*key, *tally)).collect()
}

proptest! {
    #[test]
    fn sums_are_those_of_a_list_whatever_comes_late_and_whenever_it_restarts(
        period in period(),
        steps in prop::collection::vec((span(), span(), tally(), 0..8_u8), 1..50),
    ) {
        let mut now = 0;
        let mut world = World::new(period, ms(now));
        for (gap, delay, tally, event) in steps {
            now += gap;
            if event == 0 {
                world.restart(ms(now));
            }
            world.add(ms(now - delay), tally, ms(now));
            world.let_leave(ms(now));
            world.check(ms(now));
        }
    }

    #[test]
    fn order_of_arrival_changes_nothing_that_is_summed_or_stored(
        mut events in prop::collection::vec((0..4 * DAY_MS, tally()), 1..40),
    ) {
        events.sort_by_key(|(at, _)| *at);
        let end = ms(4 * DAY_MS);
        let [mut live, mut replayed] = [0; 2].map(|at| World::new(Period::Rolling { days: 30 }, ms(at)));
        for (at, tally) in &events {
            live.add(ms(*at), *tally, ms(*at));
        }
        for (at, tally) in events.iter().rev() {
            replayed.add(ms(*at), *tally, end);
        }
        live.check(end);
        replayed.check(end);
        prop_assert_eq!(five_minutes(&live.disk), five_minutes(&replayed.disk));
        prop_assert_eq!(live.series.last_event_at(), replayed.series.last_event_at());
    }

    #[test]
    fn a_store_that_fails_at_times_loses_nothing(
        steps in prop::collection::vec((span(), span(), tally(), any::<bool>()), 1..40),
    ) {
        let mut now = 0;
        let mut world = World::new(Period::Rolling { days: 30 }, ms(now));
        for (gap, delay, tally, fails) in steps {
            now += gap;
            // What is older than memory takes another way; here all is in memory when it comes.
            let at = ms(now - delay.min(2 * DAY_MS));
            prop_assert_eq!(world.series.add(at, tally, ms(now)).unwrap(), None);
            world.added.push((at, tally));
            let taken = world.series.take_dirty();
            if fails {
                world.series.give_back(taken);
            } else {
                world.disk.extend(taken.iter().map(|bucket| ((bucket.resolution, bucket.slot), bucket.tally)));
            }
        }
        world.store(None);
        let stored = sum(five_minutes(&world.disk).into_values());
        prop_assert_eq!(stored, sum(world.added.iter().map(|(_, tally)| *tally)));
    }
}
