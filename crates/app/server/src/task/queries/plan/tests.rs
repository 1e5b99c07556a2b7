//! When what is asked, and what an answer comes to.

use seaworthy_model::Tally;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_275_972 + second).expect("a time")
}

fn plan() -> Plan {
    Plan::new(&[300, 3_600, 21_600, 259_200], 30 * 86_400, SignedDuration::from_secs(7), at(0))
}

fn counted(total: u64, bad: u64) -> Result<Asked, String> {
    Ok(Asked::Counted { tally: Tally::new(total, bad), is_bad_absent: false })
}

fn round(windows: Vec<Window>, outcome: impl Fn(Window) -> Result<Asked, String>) -> Vec<Outcome> {
    windows.into_iter().map(|window| (window, outcome(window))).collect()
}

#[test]
fn short_windows_are_asked_often_and_long_ones_seldom() {
    let mut plan = plan();
    let mut asked: Vec<(Window, i64)> = Vec::new();
    for second in 0..900 {
        let due = plan.due(at(second));
        assert_eq!(due.is_empty(), plan.due_since(at(second)).is_none());
        if !due.is_empty() {
            asked.extend(due.iter().map(|window| (*window, second)));
            plan.take(round(due, |_| counted(1, 0)), at(second));
        }
    }
    let of =
        |wanted: Window| asked.iter().filter(|(window, _)| *window == wanted).map(|(_, at)| *at).collect::<Vec<_>>();
    assert_eq!(of(Window::Last(300))[..3], [7, 22, 37], "not at once, then every fifteen seconds");
    let seldom = [Window::Last(3_600), Window::Last(21_600), Window::Last(259_200), Window::Period];
    assert_eq!(seldom.map(|window| of(window).len()), [60, 10, 8, 8]);
}

#[test]
fn a_round_without_a_gap_is_read() {
    let mut plan = plan();
    let told = plan.take(
        round(plan.due(at(7)), |window| match window {
            Window::Last(seconds) => counted(u64::from(seconds), 1),
            Window::Period => Ok(Asked::Ratio(0.5)),
        }),
        at(7),
    );
    let windows = [300, 3_600, 21_600, 259_200].map(|seconds| (seconds, Reading::counts(seconds.into(), 1))).to_vec();
    let expected = Readings { at: at(7), every: EVERY_MIN, windows, period: Reading::Ratio(0.5) };
    assert_eq!(told, Told::Read(expected));
}

#[test]
fn one_window_without_an_answer_is_nobody_who_sees() {
    let mut plan = plan();
    plan.take(round(plan.due(at(7)), |_| counted(10, 1)), at(7));
    let told = plan.take(vec![(Window::Last(300), Err("it is gone".to_owned()))], at(22));
    assert_eq!(told, Told::Unread("it is gone".to_owned()));
    assert!(!plan.due(at(36)).contains(&Window::Last(300)), "it is left in peace");
    assert!(plan.due(at(37)).contains(&Window::Last(300)), "and asked again soon");
    let Told::Read(readings) = plan.take(vec![(Window::Last(300), counted(5, 0))], at(37)) else {
        panic!("everything was answered")
    };
    assert_eq!(readings.windows[..2], [(300, Reading::counts(5, 0)), (3_600, Reading::counts(10, 1))]);
    let Told::Read(readings) = plan.take(vec![(Window::Last(300), counted(5, 0))], at(7 + 4 * 15 + 1)) else {
        panic!("everything was answered")
    };
    assert_eq!(readings.windows[1], (3_600, Reading::Nothing), "an old answer says nothing any more");
    assert_eq!(readings.windows[2], (21_600, Reading::counts(10, 1)));
}

#[test]
fn what_is_no_measurement_is_said_and_no_traffic_is_none() {
    for (asked, expected) in [
        (Asked::NotANumber(Part::Ratio), Ok(Reading::Nothing)),
        (Asked::Counted { tally: Tally::new(0, 0), is_bad_absent: false }, Ok(Reading::counts(0, 0))),
        (Asked::Counted { tally: Tally::new(9, 0), is_bad_absent: true }, Ok(Reading::counts(9, 0))),
        (Asked::NoData(Part::Total), Err("the total query matches nothing")),
        (Asked::NoData(Part::Ratio), Err("the ratio query matches nothing")),
        (Asked::NotANumber(Part::Total), Err("the total query gives no number")),
        (Asked::SeveralSeries(Part::Bad, 3), Err("the bad query gives 3 series")),
        (Asked::OutOfRange(Part::Ratio, 99.9), Err("the ratio query gives 99.9")),
    ] {
        match (reading(&asked), expected) {
            (Ok(found), Ok(wanted)) => assert_eq!(found, wanted, "{asked:?}"),
            (Err(found), Err(wanted)) => assert!(found.starts_with(wanted), "{asked:?}: {found}"),
            (found, wanted) => panic!("{asked:?}: {found:?}, not {wanted:?}"),
        }
    }
}

#[test]
fn an_answer_to_what_nobody_asked_changes_nothing() {
    let mut plan = plan();
    let told = plan.take(vec![(Window::Last(1), Err("what?".to_owned()))], at(7));
    assert!(matches!(told, Told::Read(readings) if readings.windows.iter().all(|(_, one)| *one == Reading::Nothing)));
}
