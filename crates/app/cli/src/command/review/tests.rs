//! What a person reads in `seaworthy review`.

use expect_test::expect;
use seaworthy_contract::api::Proposal;
use serde_json::json;

use super::{Args, run, text};
use crate::Exit;
use crate::fake::ran;
use crate::fixture::{from, view};
use crate::view::View;

const ARGS: Args = Args { week: false, all: false };

fn proposals() -> Vec<Proposal> {
    let proposal = |rule: &str, suggestion: Option<&str>, because: &str, worth: [u32; 6]| -> Proposal {
        let [fired, paged, judged, acted, not_ours, repeats] = worth;
        from(json!({
            "rule": rule, "services": ["checkout"], "suggestion": suggestion, "change": null, "because": because,
            "worth": {"fired": fired, "paged": paged, "judged": judged, "acted": acted, "not_ours": not_ours,
                "actionable_ratio": (judged > 0).then(|| f64::from(acted) / f64::from(judged)), "repeats": repeats}
        }))
    };
    vec![
        proposal("alertmanager/Slow", Some("delete"), "0 of 6 pages needed anything: take it out", [9, 6, 6, 0, 0, 0]),
        proposal(
            "alertmanager/Card",
            Some("demote"),
            "3 of 4 pages were another's to mend: a ticket is enough",
            [4, 4, 4, 1, 3, 0],
        ),
        proposal(
            "objective/checkout-availability",
            Some("mend"),
            "acted on 3 times in 30 days, and it comes again: mend what causes it",
            [3, 3, 3, 3, 0, 2],
        ),
        proposal(
            "alertmanager/Disk",
            Some("raise"),
            "3 of its 3 tickets came before a page that was acted on: it told sooner",
            [3, 0, 0, 0, 0, 0],
        ),
        proposal("probe/buy\u{1b}[2J", Some("drill"), "never fired, never tested", [0; 6]),
        proposal("probe/look", None, "worth its pages so far", [1, 1, 1, 1, 0, 0]),
    ]
}

#[test]
fn one_page_of_two_rules_is_one() {
    let shared = |n: u32| {
        let worth = json!({"fired": 1, "paged": 1, "judged": 1, "acted": 1, "not_ours": 0, "actionable_ratio": 1.0,
            "repeats": 0});
        from(json!({
            "rule": format!("probe/{n}"), "services": ["checkout"], "suggestion": null, "change": null, "because": "",
            "worth": worth, "distinct": {"paged": n, "judged": n, "acted": n}
        }))
    };
    let said = text(&[shared(1), shared(0)], &ARGS, &view());
    assert!(said.starts_with("rules paged 1 time in the last 30 days: 1 judged, 1 of them acted on"), "{said}");
}

#[test]
fn every_change_has_the_command_that_makes_it_so() {
    expect![[r#"
        rules paged 14 times in the last 30 days: 14 judged, 5 of them acted on

        RULE                             SERVICES  FIRED  PAGED  JUDGED  ACTED ON  NOT OURS  AGAIN
        alertmanager/Slow                checkout      9      6       6        0%         0      0
        alertmanager/Card                checkout      4      4       4       25%         3      0
        objective/checkout-availability  checkout      3      3       3      100%         0      2
        alertmanager/Disk                checkout      3      0       0         -         0      0
        probe/buy?[2J                    checkout      0      0       0         -         0      0

        alertmanager/Slow: 0 of 6 pages needed anything: take it out
          seaworthy rules change alertmanager/Slow delete
        alertmanager/Card: 3 of 4 pages were another's to mend: a ticket is enough
          seaworthy rules change alertmanager/Card demote
        objective/checkout-availability: acted on 3 times in 30 days, and it comes again: mend what causes it
        alertmanager/Disk: 3 of its 3 tickets came before a page that was acted on: it told sooner
          seaworthy rules change alertmanager/Disk raise
        probe/buy?[2J: never fired, never tested
          seaworthy rules drill probe/buy?[2J
        fine as they are: 1 of 6 rules; `--all` shows them"#]]
    .assert_eq(&text(&proposals(), &ARGS, &view()));
    let narrow = text(&proposals()[..1], &ARGS, &View { columns: Some(80), ..view() });
    expect![[r#"
        rules paged 6 times in the last 30 days: 6 judged, 0 of them acted on

        RULE               SERVICES  FIRED  PAGED  JUDGED  ACTED ON  NOT OURS  AGAIN
        alertmanager/Slow  checkout      9      6       6        0%         0      0

        alertmanager/Slow: 0 of 6 pages needed anything: take it out
          seaworthy rules change alertmanager/Slow delete"#]]
    .assert_eq(&narrow);
}

#[test]
fn where_nothing_is_to_be_changed_it_says_so() {
    expect![[r#"
        rules paged 1 time in the last 30 days: 1 judged, 1 of them acted on
        fine as they are: 1 of 1 rule; `--all` shows them"#]]
    .assert_eq(&text(&proposals()[5..], &ARGS, &view()));
    expect![[r#"
        rules paged 1 time in the last 30 days: 1 judged, 1 of them acted on

        RULE        SERVICES  FIRED  PAGED  JUDGED  ACTED ON  NOT OURS  AGAIN
        probe/look  checkout      1      1       1      100%         0      0

        probe/look: worth its pages so far"#]]
    .assert_eq(&text(&proposals()[5..], &Args { all: true, ..ARGS }, &view()));
    expect!["no rule fired in the last 7 days, and none is declared"].assert_eq(&text(
        &[],
        &Args { week: true, ..ARGS },
        &view(),
    ));
}

#[test]
fn a_week_is_seven_days() {
    for (week, path) in [(false, "GET /v1/review"), (true, "GET /v1/review?days=7")] {
        let args = Args { week, all: false };
        let ran = ran(true, &[(200, "[]")], async |cx| run(&args, cx).await);
        assert_eq!((ran.done.unwrap(), ran.requests), (Exit::Ok, vec![path.to_owned()]));
    }
}
