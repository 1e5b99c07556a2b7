//! What a person reads in `seaworthy ready`.

use expect_test::expect;
use serde_json::json;

use super::text;
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
