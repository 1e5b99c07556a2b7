//! What a person reads in `seaworthy ready`.

use expect_test::expect;
use serde_json::json;

use seaworthy_contract::api::Readiness;

use super::{gate, text};
use crate::fixture::{from, view};
use crate::view::View;

#[test]
fn rows_say_verdict_age_and_remedy() {
    let readiness = json!({"service": "checkout", "findings": [
        {
            "row": "DEP-12", "title": "A revert was proven in production", "verdict": "unknown",
            "sentence": "no version of it was ever reverted", "remedy": "ship a version that fails, on purpose",
            "evidence": null
        },
        {
            "row": "OWN-16", "title": "Somebody is on call for it now", "verdict": "does-not-hold",
            "sentence": "nobody is on call", "remedy": "name a rotation", "evidence": null
        },
        {
            "row": "OWN-09", "title": "Exactly one team owns it", "verdict": "holds", "sentence": "team shop, 3 people",
            "remedy": null, "evidence": {
                "position": 9, "at": "2026-03-02T11:54:00Z", "seen_by": "catalogue", "expires_at": "2026-06-02T11:54:00Z"
            }
        },
        {
            "row": "DEP-20", "title": "It runs in two places", "verdict": "does-not-apply",
            "sentence": "said so by ines until June", "remedy": null, "evidence": null
        }
    ]});
    expect![[r#"
        VERDICT         STATEMENT                          SEEN       LEDGER  WHAT WAS SEEN                       ROW
        unknown         A revert was proven in production  -               -  no version of it was ever reverted  DEP-12
        does not hold   Somebody is on call for it now     -               -  nobody is on call                   OWN-16
        holds           Exactly one team owns it           6 min ago      #9  team shop, 3 people                 OWN-09
        does not apply  It runs in two places              -               -  said so by ines until June          DEP-20

        DEP-12: ship a version that fails, on purpose
        OWN-16: name a rotation"#]]
    .assert_eq(&text(&from(readiness.clone()), &view()));
    expect![[r#"
        VERDICT         STATEMENT           SEEN       LEDGER  WHAT WAS SEEN      ROW
        unknown         A revert was prov…  -               -  no version of it…  DEP-12
        does not hold   Somebody is on ca…  -               -  nobody is on call  OWN-16
        holds           Exactly one team …  6 min ago      #9  team shop, 3 peo…  OWN-09
        does not apply  It runs in two pl…  -               -  said so by ines …  DEP-20

        DEP-12: ship a version that fails, on purpose
        OWN-16: name a rotation"#]]
    .assert_eq(&text(&from(readiness), &View { columns: Some(80), ..view() }));
}

#[test]
fn a_gate_says_what_is_open_what_to_do_and_the_one_next_exercise() {
    let readiness: Readiness = from(json!({"service": "checkout", "findings": [
        {
            "row": "DEP-12", "title": "A revert was proven in production", "section": "Change management",
            "required_at": "1%", "verdict": "unknown", "sentence": "no revert of it was seen in production yet",
            "remedy": "revert one by hand", "evidence": null
        },
        {
            "row": "OWN-09", "title": "Exactly one team owns it", "verdict": "holds", "sentence": "team shop", "remedy": null,
            "evidence": null, "differs": true, "attested": {
                "says": "does-not-hold", "words": "we are two teams now", "by": "Ines", "at": "2026-03-02T11:54:00Z",
                "until": "2026-04-02T11:54:00Z", "position": 12
            }
        },
        {
            "row": "ADP-02", "title": "Edges were seen", "verdict": "does-not-apply", "sentence": "it was not seen",
            "remedy": null, "evidence": null, "exception": {
                "because": "nobody uses it yet", "by": "Ines", "until": "2026-04-02T11:54:00Z", "position": 13
            }
        }
    ], "ladder": [
        {"step": "internal", "asks": ["OWN-09"], "open": []}, {"step": "1%", "asks": ["DEP-12"], "open": ["DEP-12"]}
    ], "next": {
        "id": "revert", "title": "Let a version of checkout that fails be reverted", "how": "`seaworthy ship checkout VERSION`",
        "minutes": 12, "people": 2, "answers": ["DEP-12", "DEP-08"], "renews": []
    }, "unseen": [{"row": "TEL-09", "title": "", "of_product": false, "because": "a rollout does not ask"}]}));
    expect!["checkout has all that internal asks for, for now"].assert_eq(&gate(&readiness, &readiness.ladder[0]));
    expect![[r#"
        checkout is not ready for 1% yet: 1 open
        DEP-12 A revert was proven in production
            unknown: no revert of it was seen in production yet
            do: revert one by hand
        next: Let a version of checkout that fails be reverted (12 min, 2 people). Can answer DEP-12, DEP-08.
              `seaworthy ship checkout VERSION`"#]]
    .assert_eq(&gate(&readiness, &readiness.ladder[1]));
    expect![[r#"
        next: Let a version of checkout that fails be reverted (12 min, 2 people). Can answer DEP-12, DEP-08.
              `seaworthy ship checkout VERSION`

        VERDICT         STATEMENT                          SEEN  LEDGER  WHAT WAS SEEN                               ROW
        unknown         A revert was proven in production  -          -  no revert of it was seen in production yet  DEP-12
        holds           Exactly one team owns it           -          -  team shop                                   OWN-09
        does not apply  Edges were seen                    -          -  it was not seen                             ADP-02

        OWN-09: Ines says: we are two teams now, and what was seen differs
        ADP-02: does not apply until 2026-04-02T11:54:00Z, says Ines: nobody uses it yet

        DEP-12: revert one by hand

        internal asks for OWN-09; open: nothing
        1% asks for DEP-12; open: DEP-12

        not asked of a service yet, each with why in --json: TEL-09"#]].assert_eq(&text(&readiness, &view()));
}
