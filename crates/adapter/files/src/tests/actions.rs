//! `Action`, field by field.

use expect_test::{Expect, expect};

use super::{TEAM, check, read};

/// Compares what a spec says with a table: mistakes where there are any, the entity otherwise.
fn spec(spec: &str, want: Expect) {
    let service =
        "== s.yaml\napiVersion: seaworthy/v1\nkind: Service\nmetadata: { name: shop }\nspec: { owner: shop }\n";
    let action = "apiVersion: seaworthy/v1\nkind: Action\nmetadata: { name: restart }\n";
    let text = format!("{}{service}== a.yaml\n{action}spec: {spec}\n", TEAM.trim_start());
    let loaded = read(&text);
    if loaded.has_errors() {
        return check(&text, want);
    }
    let found = loaded.document.entities.iter().find(|sourced| sourced.source.starts_with("a.yaml"));
    want.assert_eq(&format!("{:?}", found.expect("it was read").entity));
}

#[test]
fn commands_and_calls_are_read() {
    spec(
        "{ service: shop, does: Restarts it., command: [restart] }",
        expect![[
            r#"Action(CommandHook { name: "restart", service: ServiceId("shop"), does: "Restarts it.", run: Command { command: ["restart"], dry_run: None }, parameters: [], timeout_ms: 30000, destructive: false })"#
        ]],
    );
    spec(
        "{ service: shop, does: Restarts a pool., command: [restart, '${pool}', '${n}', '${shard}'], dryRun: [restart, --dry-run], timeout: 2m, destructive: true, parameters: [{ name: pool, choices: [blue, green] }, { name: n, from: -1, to: 10 }, { name: shard }] }",
        expect![[
            r#"Action(CommandHook { name: "restart", service: ServiceId("shop"), does: "Restarts a pool.", run: Command { command: ["restart", "${pool}", "${n}", "${shard}"], dry_run: Some(["restart", "--dry-run"]) }, parameters: [HookParameter { name: "pool", values: Choice { choices: ["blue", "green"] } }, HookParameter { name: "n", values: Number { from: -1, to: 10 } }, HookParameter { name: "shard", values: Name }], timeout_ms: 120000, destructive: true })"#
        ]],
    );
    spec(
        "{ service: shop, does: Calls for it., call: { url: https://run.example/x, secret: '${secret:run}', dryRun: true } }",
        expect![[
            r#"Action(CommandHook { name: "restart", service: ServiceId("shop"), does: "Calls for it.", run: Call { url: "https://run.example/x", secret: Some(SecretName("run")), dry_run: true }, parameters: [], timeout_ms: 30000, destructive: false })"#
        ]],
    );
}

#[test]
fn what_could_not_be_run_at_night_is_a_mistake_now() {
    for (written, want) in [
        (
            "{ service: shop, command: [restart] }",
            expect![[r#"
            a.yaml:4:7 error missing-field: "spec.does" is missing
                write what it does in one sentence: whoever runs it at night reads that first
        "#]],
        ),
        (
            "{ does: Restarts it., command: [restart] }",
            expect![[r#"
            a.yaml:4:7 error missing-field: "spec.service" is missing
                write the service that it helps
        "#]],
        ),
        (
            "{ service: ghost, does: Restarts it., command: [restart] }",
            expect![[r#"
            a.yaml:4:18 error unknown-reference: service "ghost" of action "restart" is not declared in these files
                declare service "ghost" with its owner: nobody could be told otherwise
        "#]],
        ),
        (
            "{ service: shop, does: Restarts it. }",
            expect![[r#"
            a.yaml:4:7 error bad-value: an action is a command, with a "dryRun" beside it, or a call
                write command: [PROGRAM, ARGUMENT] or call: { url: https://host/path }
        "#]],
        ),
        (
            "{ service: shop, does: Restarts it., command: 'restart --all' }",
            expect![[r#"
            a.yaml:4:7 error bad-value: an action is a command, with a "dryRun" beside it, or a call
                write command: [PROGRAM, ARGUMENT] or call: { url: https://host/path }
            a.yaml:4:53 error wrong-type: "spec.command" is a text, not a list
                write a list
        "#]],
        ),
        (
            "{ service: shop, does: Restarts it., command: [restart], call: { url: https://x } }",
            expect![[r#"
            a.yaml:4:7 error bad-value: an action is a command, with a "dryRun" beside it, or a call
                write command: [PROGRAM, ARGUMENT] or call: { url: https://host/path }
        "#]],
        ),
        (
            "{ service: shop, does: Restarts it., command: [restart, '${pool}'] }",
            expect![[r#"
            a.yaml:4:7 error bad-value: "spec.command" cannot be: "${pool}" is no parameter of it
                mend it: nobody can at night
        "#]],
        ),
        (
            "{ service: shop, does: Restarts it., command: [restart], timeout: 20m }",
            expect![[r#"
            a.yaml:4:7 error bad-value: "spec.timeout" cannot be: a hook has at least a millisecond and at most ten minutes
                mend it: nobody can at night
        "#]],
        ),
        (
            "{ service: shop, does: Restarts it., command: [restart], destructive: maybe }",
            expect![[r#"
            a.yaml:4:77 error bad-value: "destructive" is true or false, not "maybe"
                write true or false
        "#]],
        ),
        (
            "{ service: shop, does: Restarts it., command: [restart], parameters: [{ name: n, from: 1 }] }",
            expect![[r#"
                a.yaml:4:77 error bad-value: a parameter has choices, or a number from and to, or neither and is a plain word
                    write { name: pool, choices: [blue, green] } or { name: count, from: 1, to: 10 }
            "#]],
        ),
        (
            "{ service: shop, does: Restarts it., command: [restart], parameters: [{ name: n, from: a, to: 2 }] }",
            expect![[r#"
                a.yaml:4:94 error bad-value: "a" is not a whole number
                    write a number such as 10
            "#]],
        ),
        (
            "{ service: shop, does: Restarts it., call: { url: run.example } }",
            expect![[r#"
            a.yaml:4:7 error bad-value: "spec.url" cannot be: a call goes to https://host/path or http://host:port/path
                mend it: nobody can at night
        "#]],
        ),
        (
            "{ service: shop, does: Restarts it., call: { url: https://x/y, secret: hunter2 } }",
            expect![[r#"
            a.yaml:4:78 error bad-value: "secret" does not name a secret
                keep what signs the call out of these files: write ${secret:NAME}, and put it where the server runs
        "#]],
        ),
        (
            "{ service: shop, does: Restarts it., command: [restart], shell: true }",
            expect![[r#"
            a.yaml:4:64 error unknown-key: "shell" is not a field of "spec"
                fields are: service, does, command, dryRun, call, parameters, timeout, destructive
        "#]],
        ),
    ] {
        spec(written, want);
    }
}
