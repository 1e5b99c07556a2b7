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
    spec("{ service: shop, does: Restarts it., command: [restart] }", expect![[""]]);
    spec(
        "{ service: shop, does: Restarts a pool., command: [restart, '${pool}', '${n}', '${shard}'], dryRun: [restart, --dry-run], timeout: 2m, destructive: true, parameters: [{ name: pool, choices: [blue, green] }, { name: n, from: -1, to: 10 }, { name: shard }] }",
        expect![[""]],
    );
    spec(
        "{ service: shop, does: Calls for it., call: { url: https://run.example/x, secret: '${secret:run}', dryRun: true } }",
        expect![[""]],
    );
}

#[test]
fn what_could_not_be_run_at_night_is_a_mistake_now() {
    for (written, want) in [
        ("{ service: shop, command: [restart] }", expect![[""]]),
        ("{ does: Restarts it., command: [restart] }", expect![[""]]),
        ("{ service: ghost, does: Restarts it., command: [restart] }", expect![[""]]),
        ("{ service: shop, does: Restarts it. }", expect![[""]]),
        ("{ service: shop, does: Restarts it., command: 'restart --all' }", expect![[""]]),
        ("{ service: shop, does: Restarts it., command: [restart], call: { url: https://x } }", expect![[""]]),
        ("{ service: shop, does: Restarts it., command: [restart, '${pool}'] }", expect![[""]]),
        ("{ service: shop, does: Restarts it., command: [restart], timeout: 20m }", expect![[""]]),
        ("{ service: shop, does: Restarts it., command: [restart], destructive: maybe }", expect![[""]]),
        (
            "{ service: shop, does: Restarts it., command: [restart], parameters: [{ name: n, from: 1 }] }",
            expect![[""]],
        ),
        (
            "{ service: shop, does: Restarts it., command: [restart], parameters: [{ name: n, from: a, to: 2 }] }",
            expect![[""]],
        ),
        ("{ service: shop, does: Restarts it., call: { url: run.example } }", expect![[""]]),
        ("{ service: shop, does: Restarts it., call: { url: https://x/y, secret: hunter2 } }", expect![[""]]),
        ("{ service: shop, does: Restarts it., command: [restart], shell: true }", expect![[""]]),
    ] {
        spec(written, want);
    }
}
