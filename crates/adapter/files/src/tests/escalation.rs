//! Escalation policies and the rules of contacts: what is read, and what is wrong with what is not.

use expect_test::{Expect, expect};
use seaworthy_contract::catalogue::Entity;

use super::{TEAM, check, read};

fn policy(spec: &str) -> String {
    let header = "apiVersion: seaworthy/v1\nkind: EscalationPolicy\nmetadata: { name: p }\n";
    format!("{}\n---\n{header}spec: {spec}\n", TEAM.trim())
}

fn wrong(spec: &str, want: Expect) {
    check(&policy(spec), want);
}

#[test]
fn a_policy_is_read_as_it_is_written() {
    let text = "{ repeat: 2, steps: [{ call: primary, wait: 5m }, { call: [secondary, { rotation: r, level: 2 }, { person: ann }, { onCall: 3 }], wait: 10m }, { call: team, wait: 1h }] }";
    let rotation = "\n---\napiVersion: seaworthy/v1\nkind: Rotation\nmetadata: { name: r }\nspec: { team: shop, participants: [ann], start: 2026-01-05, zone: UTC, turn: 7d }\n";
    let loaded = read(&(policy(text) + rotation));
    let found = loaded.document.entities.iter().find_map(|sourced| match &sourced.entity {
        Entity::EscalationPolicy(policy) => Some(policy),
        _ => None,
    });
    expect![[r#"
        Policy {
            name: "p",
            steps: [
                Step {
                    targets: [
                        OnCall {
                            level: 0,
                        },
                    ],
                    wait: 300s,
                },
                Step {
                    targets: [
                        OnCall {
                            level: 1,
                        },
                        Rotation {
                            rotation: RotationId(
                                "r",
                            ),
                            level: 1,
                        },
                        Person(
                            PersonId(
                                "ann",
                            ),
                        ),
                        OnCall {
                            level: 2,
                        },
                    ],
                    wait: 600s,
                },
                Step {
                    targets: [
                        Team,
                    ],
                    wait: 3600s,
                },
            ],
            repeats: 2,
        }"#]]
    .assert_eq(&format!("{:#?}", found.expect("a policy").as_rules()));
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
}

#[test]
fn mistakes_of_a_policy_are_placed() {
    wrong(
        "{}",
        expect![[r#"
        team.yaml:17:7 error bad-value: policy "p" has a step that calls nobody
            mend the step
        team.yaml:19:7 error missing-field: "spec.steps" is missing
            write whom it calls and how long it waits, such as [{ call: primary, wait: 5m }]
    "#]],
    );
    wrong(
        "{ steps: [] }",
        expect![[r#"
        team.yaml:17:7 error bad-value: policy "p" has a step that calls nobody
            mend the step
    "#]],
    );
    wrong(
        "{ steps: [{ call: boss, wait: 5m }, { call: [{ person: ann, rotation: r }], wait: 5m }, { call: [{ onCall: 9 }], wait: 5m }] }",
        expect![[r#"
        team.yaml:19:25 error bad-value: "boss" is nobody that a step can call
            write primary, secondary, team, { onCall: 3 }, { rotation: NAME }, { rotation: NAME, level: 2 } or { person: NAME }
        team.yaml:19:52 error bad-value: a step calls an on-call level, a rotation or a person: one of them in one item
            write primary, secondary, team, { onCall: 3 }, { rotation: NAME }, { rotation: NAME, level: 2 } or { person: NAME }
        team.yaml:19:104 error bad-value: level 9 of a rotation is not possible
            write 1 (primary) to 4
    "#]],
    );
    wrong(
        "{ steps: [{ wait: 5m }, { call: primary }, { call: primary, policy: p, wait: 5m }, { policy: q, wait: 1m }] }",
        expect![[r#"
        team.yaml:19:17 error bad-value: a step either calls and waits, or hands over to a policy
            write { call: primary, wait: 5m } or { policy: NAME }
        team.yaml:19:31 error missing-field: "spec.steps[].wait" is missing
            write how long it waits for an answer, such as 5m
        team.yaml:19:50 error bad-value: a step either calls and waits, or hands over to a policy
            write { call: primary, wait: 5m } or { policy: NAME }
        team.yaml:19:90 error bad-value: a step either calls and waits, or hands over to a policy
            write { call: primary, wait: 5m } or { policy: NAME }
    "#]],
    );
    wrong(
        "{ repeat: often, steps: [{ call: primary, wait: 10s }] }",
        expect![[r#"
        team.yaml:17:7 error bad-value: policy "p" waits 10 s for an answer; a minute to a day are possible
            mend the step
        team.yaml:19:17 error bad-value: "spec.repeat" "often" is not a number of repetitions
            write 0 to 9
    "#]],
    );
    wrong(
        "{ repeat: 10, steps: [{ call: primary, wait: 5m }] }",
        expect![[r#"
        team.yaml:17:7 error limit: policy "p" has 10 repetitions; at most 9 are possible
            make it shorter
    "#]],
    );
}

#[test]
fn names_that_are_nowhere_and_circles_are_found() {
    wrong(
        "{ steps: [{ call: [{ person: an }, { rotation: night }], wait: 5m }, { policy: pp }] }",
        expect![[r#"
        team.yaml:19:17 error unknown-reference: person "an", whom policy "p" calls, is not in these files
            add a Person "an"
        team.yaml:19:17 error unknown-reference: rotation "night", whom policy "p" calls, is not in these files
            add a Rotation "night"
        team.yaml:19:76 error unknown-reference: policy "pp", whom policy "p" calls, is not in these files
            add an EscalationPolicy "pp"
    "#]],
    );
    wrong(
        "{ steps: [{ policy: p }] }",
        expect![[r#"
        team.yaml:17:7 error escalation-circle: policy "p" comes back to itself: p -> p
            let one of them end with a step that calls somebody
    "#]],
    );
    let three = |name: &str, to: &str| {
        format!(
            "\n---\napiVersion: seaworthy/v1\nkind: EscalationPolicy\nmetadata: {{ name: {name} }}\nspec: {{ steps: [{{ policy: {to} }}] }}\n"
        )
    };
    check(
        &(policy("{ steps: [{ call: primary, wait: 5m }, { policy: q }] }") + &three("q", "s") + &three("s", "q")),
        expect![[r#"
        team.yaml:23:7 error escalation-circle: policy "q" comes back to itself: q -> s -> q
            let one of them end with a step that calls somebody
    "#]],
    );
    check(
        "apiVersion: seaworthy/v1\nkind: Team\nmetadata: { name: t }\nspec: { members: [], escalation: nights }\n",
        expect![[r#"
            a.yaml:4:34 error unknown-reference: escalation policy "nights" of team "t" is not in these files
                add an EscalationPolicy "nights"
        "#]],
    );
}

#[test]
fn a_contact_may_come_later() {
    let person = |contacts: &str| {
        format!("apiVersion: seaworthy/v1\nkind: Person\nmetadata: {{ name: ann }}\nspec: {{ contacts: {contacts} }}\n")
    };
    let loaded = read(&person("[{ email: a@b.example }, { webhook: 'https://a.example/', after: 5m }]"));
    let after: Vec<u64> = loaded.document.people[0].contacts.iter().map(|contact| contact.rule.after_ms).collect();
    assert_eq!((after, loaded.has_errors()), (vec![0, 300_000], false));
    check(
        &person("[{ email: a@b.example, after: soon }, { email: a@b.example, after: 2h }]"),
        expect![[r#"
        a.yaml:4:49 error bad-duration: "spec.contacts[].after" "soon" is not a duration
            write a whole number and a unit: 250ms, 5s, 10m, 1h or 7d
        a.yaml:4:86 error limit: "after" is 7200000 ms, over the limit of an hour
            by then the page is somebody else's: write 15m
    "#]],
    );
}
