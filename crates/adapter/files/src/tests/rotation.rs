//! Rotations: a list and a start, and what lies over them.

use expect_test::expect;
use seaworthy_contract::catalogue::Entity;

use super::{TEAM, check, entities};

#[test]
fn rotations_have_people_a_start_and_a_zone() {
    let rotation = |spec: &str| {
        format!(
            "{}\n---\napiVersion: seaworthy/v1\nkind: Rotation\nmetadata: {{ name: r }}\nspec: {spec}\n",
            TEAM.trim()
        )
    };
    check(
        &rotation("{}"),
        expect![[r#"
        team.yaml:19:7 error missing-field: "spec.team" is missing
            write the team that is paged
        team.yaml:19:7 error missing-field: "spec.participants" is missing
            write the people in turn, by handle
        team.yaml:19:7 error missing-field: "spec.zone" is missing
            write the time zone whose clock hand-overs keep, such as Europe/Berlin
        team.yaml:19:7 error missing-field: "spec.start" is missing
            write the first hand-over, such as 2026-01-05T09:00
        team.yaml:19:7 error missing-field: "spec.turn" is missing
            write how long a turn is, such as 7d
    "#]],
    );
    check(
        &rotation("{ team: shop, participants: [], start: monday, zone: Berlin, turn: 12h }"),
        expect![[r#"
            team.yaml:19:7 error nobody-on-call: a rotation with nobody in it pages nobody
                write at least one participant (OWN-16)
            team.yaml:19:46 error bad-value: "spec.start" "monday" is not a time
                write 2026-01-05T09:00 in the zone's own time, or 2026-01-05T08:00:00Z
            team.yaml:19:60 error bad-value: time zone "Berlin" is not known
                write an IANA name, such as Europe/Berlin or UTC
        "#]],
    );
    check(
        &rotation(
            "{ team: shopp, participants: [ann, anna, bob], start: 2026-01-05T09:00:00+01:00, zone: UTC, turn: 1w }",
        ),
        expect![[r#"
            team.yaml:19:15 error unknown-reference: team "shopp" of rotation "r" is not a team of these files
                did you mean "shop"?
            team.yaml:19:42 error unknown-reference: "anna" of rotation "r" is not a person of these files
                did you mean "ann"?
            team.yaml:19:48 error unknown-reference: "bob" of rotation "r" is not a person of these files
                add a Person "bob"
        "#]],
    );
    check(
        &rotation("{ team: shop, participants: [ann], start: 2026-07-01, zone: UTC, turn: 1d }"),
        expect![[r#"
        team.yaml:19:49 warning rotation-in-future: rotation "r" starts at 2026-07-01T00:00:00Z: nobody is on call until then
            let it start in the past (OWN-16)
    "#]],
    );
}

#[test]
fn layers_lie_over_a_rotation() {
    let rotation = |more: &str| {
        format!(
            "{}\n---\napiVersion: seaworthy/v1\nkind: Rotation\nmetadata: {{ name: r }}\nspec:\n  team: shop\n  participants: [ann]\n  zone: Europe/Berlin\n  start: 2026-01-05T09:00\n  turn: 12h\n{more}",
            TEAM.trim()
        )
    };
    let read = |more: &str| {
        let loaded = super::read(&rotation(more));
        let rotation = loaded.document.entities.iter().find_map(|one| match &one.entity {
            Entity::Rotation(rotation) => Some(rotation.clone()),
            _ => None,
        });
        assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
        format!("{:#?}\n", rotation.expect("a rotation").layered)
    };
    expect![[r#"
        Layered {
            turn: Some(
                Hours(
                    12,
                ),
            ),
            levels: 2,
            hours: [
                HoursOfWeek {
                    days: [
                        Mon,
                        Tue,
                        Wed,
                        Thu,
                        Fri,
                    ],
                    from: 09:00:00,
                    until: 17:00:00,
                },
            ],
            layers: [
                RotationLayer {
                    name: "nights",
                    participants: [
                        PersonId(
                            "ann",
                        ),
                    ],
                    start: 2026-01-05T08:00:00Z,
                    zone: "Europe/Berlin",
                    turn: Months(
                        1,
                    ),
                    hours: [
                        HoursOfWeek {
                            days: [
                                Sat,
                            ],
                            from: 00:00:00,
                            until: 00:00:00,
                        },
                    ],
                },
            ],
            overrides: [
                RotationOverride {
                    change: Replace {
                        who: PersonId(
                            "ann",
                        ),
                        with: PersonId(
                            "ann",
                        ),
                    },
                    level: Some(
                        1,
                    ),
                    from: 2026-01-06T08:00:00Z,
                    until: 2026-01-07T08:00:00Z,
                },
                RotationOverride {
                    change: Add(
                        PersonId(
                            "ann",
                        ),
                    ),
                    level: None,
                    from: 2026-01-06T09:00:00Z,
                    until: 2026-01-07T09:00:00Z,
                },
            ],
            fallback: Some(
                PersonId(
                    "ann",
                ),
            ),
            shadows: [],
            joining: None,
            calendar: None,
        }
    "#]].assert_eq(&read(
        "  levels: 2\n  hours: mon-fri 09:00-17:00\n  fallback: ann\n  layers:\n    - { name: nights, participants: [ann], turn: 1mo, hours: [sat 00:00-24:00] }\n  overrides:\n    - { replace: ann, with: ann, from: 2026-01-06T09:00, until: 2026-01-07T09:00, level: 2 }\n    - { add: ann, from: 2026-01-06T09:00Z, until: 2026-01-07T09:00Z }\n",
    ));
    check(
        &rotation(
            "  levels: 9\n  hours: [9-5]\n  fallback: zoe\n  layers:\n    - { participants: [anna], turn: never }\n  overrides:\n    - { add: ann, with: ann, from: 2026-01-06T09:00 }\n    - { add: ann, from: 2026-01-06T09:00, until: 2026-01-05T09:00, why: x }\n",
        ),
        expect![[r#"
            team.yaml:20:3 error limit: "spec.levels" is over the limit of 4
                write 1 for a primary, 2 for a secondary as well
            team.yaml:26:11 error bad-value: "9-5" are no hours of a week
                write days and times, such as "mon-fri 22:00-06:00", "sat,sun 00:00-24:00" or "09:00-17:00"
            team.yaml:27:13 error unknown-reference: "zoe" of rotation "r" is not a person of these files
                add a Person "zoe"
            team.yaml:29:7 error missing-field: "spec.layers.name" is missing
                write how you call this layer, such as nights
            team.yaml:29:37 error bad-duration: "spec.layers.turn" "never" is not the length of a turn
                write hours, days, weeks or months, such as 12h, 1d, 2w or 1mo
            team.yaml:31:7 error missing-field: "spec.overrides.until" is missing
                write until when it counts
            team.yaml:31:7 error bad-value: an override is one of add, remove, and replace with
                write one of them, such as: { replace: ann, with: bob, from: ..., until: ... }
            team.yaml:32:50 error bad-value: an override ends before it begins
                write an "until" after its "from"
            team.yaml:32:68 error unknown-key: "why" is not a field of "spec.overrides"
                fields are: from, until, level, add, remove, replace, with
        "#]],
    );
}

#[test]
fn a_local_start_is_in_the_zone() {
    let rotation = "apiVersion: seaworthy/v1\nkind: Rotation\nmetadata: { name: r }\nspec: { team: t, participants: [], start: 2026-07-06T09:00, zone: Europe/Berlin, turn: 2w }\n";
    entities(
        rotation,
        expect![[r#"
            a.yaml:2 Rotation(Rotation { name: RotationId("r"), team: TeamId("t"), participants: [], start: 2026-07-06T07:00:00Z, zone: "Europe/Berlin", days: 14, layered: Layered { turn: None, levels: 0, hours: [], layers: [], overrides: [], fallback: None, shadows: [], joining: None, calendar: None } })
        "#]],
    );
}
