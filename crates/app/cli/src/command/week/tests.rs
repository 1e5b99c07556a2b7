//! What a person reads in `seaworthy week`.

use expect_test::expect;
use serde_json::{Value, json};

use super::{Args, run, text};
use crate::Exit;
use crate::fake::ran;
use crate::fixture::{from, view, with};

fn week() -> Value {
    json!({
        "team": "shop", "from": "2026-01-01T00:00:00Z", "until": "2026-01-08T00:00:00Z",
        "load": {"pages": 0, "at_night": 0, "wakes": 0, "actionable": 0, "nothing": 0, "taken_after_seconds": null,
            "held_minutes": 10_080, "weekend_minutes": 2_880},
        "year": {"wakes": 0, "people": null}, "pages": [], "rules": [],
        "ahead": {"shifts": [], "gaps": [], "findings": []}, "rest": []
    })
}

#[test]
fn a_quiet_week_is_one_line_and_the_year() {
    expect![[r"
        shop: no page in 7 days; 168 h on call, 48 h of it at weekends
          a year: 0 wakes; how they spread is not told of fewer than five people"]]
    .assert_eq(&text(&from(json!({"teams": [week()], "crossed": null})), &view()));
    expect!["no team whose week is yours to see"]
        .assert_eq(&text(&from(json!({"teams": [], "crossed": {"rotas": 0, "named": []}})), &view()));
}

#[test]
fn a_week_with_a_broken_night_says_what_to_do() {
    let busy = with(
        week(),
        json!({
            "load": {"pages": 3, "at_night": 1, "wakes": 1, "actionable": 2, "nothing": 1, "taken_after_seconds": 60,
                "held_minutes": 10_080, "weekend_minutes": 2_880},
            "year": {"wakes": 4, "people": [3, 1, 0, 1]},
            "rest": [{"rotation": "shop", "level": 0, "from": "2026-01-08T22:00:00Z", "until": "2026-01-09T07:00:00Z"}]
        }),
    );
    expect![[r"
        for whoever leads: in 1 rota (shop) somebody was woken more than twice in a year

        shop: 3 pages in 7 days, 1 at night, 1 wake; 2 of 3 needed action; taken after 1 min in the middle; 168 h on call, 48 h of it at weekends
          a year: 4 wakes; woken never 3, once 1, twice 0, more often 1
          whoever holds shop (level 0) from 2026-01-08T22:00:00Z until 2026-01-09T07:00:00Z was woken the night before: swap it"]]
    .assert_eq(&text(&from(json!({"teams": [busy], "crossed": {"rotas": 1, "named": ["shop"]}})), &view()));
}

#[test]
fn a_team_is_asked_for_by_its_name() {
    for (team, path) in [(None, "GET /v1/week"), (Some("shop"), "GET /v1/week?team=shop")] {
        let args = Args { team: team.map(|name| name.parse().expect("a name")) };
        let ran = ran(true, &[(200, r#"{"teams":[],"crossed":null}"#)], async |cx| run(&args, cx).await);
        assert_eq!((ran.done.unwrap(), ran.requests), (Exit::Ok, vec![path.to_owned()]));
    }
}
