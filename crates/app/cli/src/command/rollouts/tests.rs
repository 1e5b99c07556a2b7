//! What a person reads in `seaworthy rollouts`.

use expect_test::expect;
use seaworthy_contract::api::Rollout;
use serde_json::json;

use super::{escaped, odds, one, table};
use crate::fixture::{from, promoted, reverted, rollout, rollout_json, view, with};
use crate::view::View;

#[test]
fn newest_first_as_they_came() {
    let rollouts = [rollout(), reverted(), promoted()];
    expect![[r#"
        SERVICE   VERSION  STATE     SHIPPED   REACHED    TOOK  WHY
        checkout  v2       stepping  10 s ago       5%       -
        checkout  v2       reverted  10 s ago       5%  2.50 s  its users failed more often than stable's (evidence 4,914 to 1 on errors)
        checkout  v2       promoted  10 s ago     100%  28.6 s"#]].assert_eq(&table(&rollouts, 20, &view()));
    expect![[r#"
        SERVICE   VERSION  STATE     SHIPPED   REACHED  TOOK  WHY
        checkout  v2       stepping  10 s ago       5%     -
        2 more; `--limit` shows them"#]]
    .assert_eq(&table(&rollouts, 1, &View { columns: Some(50), ..view() }));
    expect![["nothing was shipped yet; `seaworthy ship SERVICE VERSION` ships"]].assert_eq(&table(&[], 20, &view()));
}

#[test]
fn every_state_has_its_word() {
    let states = ["starting", "stepping", "held", "promoted", "reverting", "reverted"];
    let rollouts = states.map(|state| from::<Rollout>(with(rollout_json(), json!({"state": state}))));
    let text = table(&rollouts, 20, &view());
    for (line, state) in text.lines().skip(1).zip(states) {
        assert!(line.contains(state), "{line}");
    }
}

#[test]
fn one_is_told_step_by_step() {
    expect![[r#"
        checkout v2 serves 5% of users, and none has failed.
          since it was shipped it answered 1,204 requests; 0 failed
          on its steps it met 96 users, counted anew on each step
        shipped 10 s ago by bootstrap admin, compared with v1; ledger #31

        STEP  STATE  LASTED  NEEDS
          5%  now    3.25 s  evidence of 20 to 1
         25%  ahead       -  evidence of 20 to 1
        100%  ahead       -

        judge: wait on errors; odds that it does harm: none (1,000 to 1 takes it off), that the next step is safe: 3.3 to 1 (20 to 1 goes on); looked now; the step has to last 2 s more"#]]
    .assert_eq(&one(&rollout(), &view()));
    expect![[r#"
        reverted: checkout v2 was taken off 5% of users: its users failed more often than stable's (evidence 4,914 to 1 on errors)
          since it was shipped it answered 15 requests; 4 failed
          on its steps it met 15 users, counted anew on each step
          of these, v1 answered 3; users saw 0 on requests that may be repeated, 1 on others
          from the decision to the last request assigned 0.00 s, to the last response 0.31 s
          from the first bad response to the last request assigned 0.91 s, to the last response 1.22 s
          measured by the gateways, ledger #36
        shipped 10 s ago by bootstrap admin, compared with v1; ledger #31

        STEP  STATE          LASTED  NEEDS
          5%  ended here     2.40 s
         25%  never reached       -
        100%  never reached       -

        judge: wait on errors; odds that it does harm: none (1,000 to 1 takes it off), that the next step is safe: 3.3 to 1 (20 to 1 goes on); looked now"#]].assert_eq(&one(&reverted(), &view()));
}

#[test]
fn a_plus_in_a_name_is_no_blank() {
    assert_eq!(escaped(&"c++".parse().unwrap()), "c%2B%2B");
}

#[test]
fn evidence_is_told_as_odds_and_never_rounded_up() {
    let rows = [
        (f64::NEG_INFINITY, "none"),
        (-3.0, "none"),
        (0.0, "none"),
        (1.2, "3.3 to 1"),
        (19.99_f64.ln(), "19.9 to 1"),
        (10.2, "26,903 to 1"),
        (60.0, "over 1,000,000,000 to 1"),
        (f64::INFINITY, "over 1,000,000,000 to 1"),
    ];
    for (log_e, want) in rows {
        assert_eq!(odds(log_e), want, "{log_e}");
    }
}
