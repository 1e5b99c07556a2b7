//! `Probe` and `Tolerance`, field by field, and a service's own `probe`.

use expect_test::{Expect, expect};

use super::{TEAM, check, check_service, read};

/// Reads documents beside a service `shop`.
fn beside(documents: &str) -> String {
    let service =
        "== s.yaml\napiVersion: seaworthy/v1\nkind: Service\nmetadata: { name: shop }\nspec: { owner: shop }\n";
    format!("{}{service}== a.yaml\n{documents}", TEAM.trim_start())
}

fn head(kind: &str) -> String {
    format!("apiVersion: seaworthy/v1\nkind: {kind}\nmetadata: {{ name: shop-buy }}\n")
}

/// Compares what a spec says with a table: mistakes where there are any, the entity otherwise.
fn spec(kind: &str, spec: &str, want: Expect) {
    let text = beside(&format!("{}spec: {spec}\n", head(kind)));
    let loaded = read(&text);
    if loaded.has_errors() {
        return check(&text, want);
    }
    let found = loaded.document.entities.iter().find(|sourced| sourced.source.starts_with("a.yaml"));
    want.assert_eq(&format!("{:?}", found.expect("it was read").entity));
}

#[test]
fn probes_of_every_kind_are_read() {
    spec(
        "Probe",
        "{ service: shop, http: https://shop.example/health }",
        expect![[
            r#"Probe(Probe { name: "shop-buy", service: ServiceId("shop"), function: None, every_ms: 10000, timeout_ms: 4000, slow_ms: None, places: [], target: Http { steps: [Step { name: None, method: "GET", url: "https://shop.example/health", headers: {}, body: None, expect: [], take: {} }] } })"#
        ]],
    );
    spec(
        "Probe",
        "{ service: shop, function: buy, every: 1m, timeout: 10s, slow: 800ms, places: [oslo, server], tcp: 'db.example:5432' }",
        expect![[
            r#"Probe(Probe { name: "shop-buy", service: ServiceId("shop"), function: Some("buy"), every_ms: 60000, timeout_ms: 10000, slow_ms: Some(800), places: ["oslo", "server"], target: Tcp { address: "db.example:5432" } })"#
        ]],
    );
    spec(
        "Probe",
        "{ service: shop, every: 1h, tls: 'shop.example:443' }",
        expect![[
            r#"Probe(Probe { name: "shop-buy", service: ServiceId("shop"), function: None, every_ms: 3600000, timeout_ms: 4000, slow_ms: None, places: [], target: Tls { address: "shop.example:443", server_name: None, days_min: 14 } })"#
        ]],
    );
    spec(
        "Probe",
        "{ service: shop, tls: { address: '10.0.0.1:443', name: shop.example, days: 30 } }",
        expect![[
            r#"Probe(Probe { name: "shop-buy", service: ServiceId("shop"), function: None, every_ms: 10000, timeout_ms: 4000, slow_ms: None, places: [], target: Tls { address: "10.0.0.1:443", server_name: Some("shop.example"), days_min: 30 } })"#
        ]],
    );
    spec(
        "Probe",
        "{ service: shop, dns: { name: shop.example, record: mx, resolver: 10.0.0.53, expect: mail.example } }",
        expect![[
            r#"Probe(Probe { name: "shop-buy", service: ServiceId("shop"), function: None, every_ms: 10000, timeout_ms: 4000, slow_ms: None, places: [], target: Dns { name: "shop.example", record: "MX", resolver: Some("10.0.0.53"), expect: Some("mail.example") } })"#
        ]],
    );
}

#[test]
fn a_journey_is_read() {
    let journey = "
  service: shop
  http:
    - name: sign in
      method: post
      url: https://shop.example/login
      body: key=${secret:KEY}
      take: { session: cookie:session }
    - url: https://shop.example/cart
      headers: { cookie: 'session=${session}' }
      expect: { status: [200, 204], contains: thanks, json: { '$.items[0].id': 7 }, headers: { x-version: v2 }, within: 800ms }";
    spec(
        "Probe",
        journey,
        expect![[
            r#"Probe(Probe { name: "shop-buy", service: ServiceId("shop"), function: None, every_ms: 10000, timeout_ms: 4000, slow_ms: None, places: [], target: Http { steps: [Step { name: Some("sign in"), method: "POST", url: "https://shop.example/login", headers: {}, body: Some("key=${secret:KEY}"), expect: [], take: {"session": "cookie:session"} }, Step { name: None, method: "GET", url: "https://shop.example/cart", headers: {"cookie": "session=${session}"}, body: None, expect: [Status([200, 204]), Contains("thanks"), Json { path: "$.items[0].id", equals: "7" }, Header { name: "x-version", equals: "v2" }, WithinMs(800)], take: {} }] } })"#
        ]],
    );
}

#[test]
fn mistakes_of_probes_have_a_remedy() {
    for (text, want) in [
        ("{ http: https://a.example/ }", "missing-field: \"spec.service\" is missing"),
        ("{ service: shop }", "missing-field: this probe tries nothing"),
        ("{ service: shop, tcp: 'a:1', tls: 'a:1' }", "missing-field: this probe tries several things: tcp, tls"),
        (
            "{ service: shopp, tcp: 'a:1' }",
            "unknown-reference: service \"shopp\" of probe \"shop-buy\" is not declared",
        ),
        ("{ service: shop, every: 500ms, tcp: 'a:1' }", "bad-value: \"spec.every\" (500 ms) is below 1000 ms"),
        ("{ service: shop, timeout: 6s, tcp: 'a:1' }", "bad-value: two tries of \"spec.timeout\" (6000 ms) do not end"),
        ("{ service: shop, tcp: a.example }", "bad-value: \"a.example\" is not host:port"),
        ("{ service: shop, http: a.example }", "bad-value: \"a.example\" is not an address"),
        ("{ service: shop, http: 'https://ann:pw@a.example/' }", "bad-value: the address holds a name or password"),
        ("{ service: shop, http: [] }", "limit: a journey has 1 to 50 steps, this one has 0"),
        ("{ service: shop, http: [{ name: x }] }", "missing-field: \"spec.http[].url\" is missing"),
        (
            "{ service: shop, http: [{ url: 'https://a.example/${id}' }] }",
            "unknown-variable: no step before takes a variable \"id\"",
        ),
        (
            "{ service: shop, http: [{ url: 'https://a/', take: { a: body } }] }",
            "bad-value: \"body\" is no place in an answer",
        ),
        ("{ service: shop, http: [{ url: 'https://a/', expect: { status: 99 } }] }", "bad-value: \"99\" is no status"),
        (
            "{ service: shop, http: [{ url: 'https://a/', expect: { json: { id: 7 } } }] }",
            "bad-value: \"id\" is no path",
        ),
        ("{ service: shop, http: [{ url: 'https://a/', expects: {} }] }", "unknown-key: \"expects\" is not a field of"),
        ("{ service: shop, dns: { record: A } }", "missing-field: \"spec.dns.name\" is missing"),
        ("{ service: shop, dns: { name: a, record: SRV } }", "bad-value: \"SRV\" is no record that is asked for here"),
        ("{ service: shop, places: [], tcp: 'a:1' }", "bad-value: \"spec.places\" names no place"),
        ("{ service: shop, tcp: 'a:1', port: 5 }", "unknown-key: \"port\" is not a field of \"spec\""),
    ] {
        let loaded = read(&beside(&format!("{}spec: {text}\n", head("Probe"))));
        let said: Vec<String> = loaded.diagnostics.iter().map(|d| format!("{}: {}", d.rule, d.message)).collect();
        assert!(said.iter().any(|said| said.starts_with(want)), "{text}: {said:?}");
        assert!(loaded.diagnostics.iter().all(|d| !d.remedy.is_empty()) && loaded.has_errors(), "{text}");
    }
}

#[test]
fn a_credential_in_the_file_is_told_of_and_so_is_a_second_probe_of_a_name() {
    let open =
        "spec: { service: shop, http: [{ url: 'https://a.example/', headers: { Authorization: Bearer 12345 } }] }\n";
    check(
        &beside(&format!("{}{open}---\n{}{}", head("Probe"), head("Probe"), "spec: { service: shop, tcp: 'a:1' }\n")),
        expect![[r#"
            a.yaml:4:86 warning bad-value: the header "Authorization" holds a credential that everybody can read here
                write ${secret:NAME} and give NAME to the probers
            a.yaml:7:7 error declared-twice: probe "shop-buy" is declared here and at a.yaml:2
                keep one of the two, or give one another name
        "#]],
    );
}

#[test]
fn an_objective_over_a_probe_that_nobody_declares_is_told_of() {
    check_service(
        "  probe: https://shop.example/health\n  objectives: [{ target: 99%, probe: nothere }, { target: 99%, probe: s }]\n",
        expect![[r#"
            a.yaml:7:16 warning unknown-reference: probe "nothere" of objective "s-nothere" is not declared in these files: unless another source declares it, nothing measures this objective
                declare a Probe "nothere"
        "#]],
    );
}

#[test]
fn a_service_has_a_probe_in_one_line() {
    check_service(
        "  probe: shop.example/health\n",
        expect![[r#"
        a.yaml:6:10 error bad-value: "shop.example/health" is not an address
            write https://host/path; a credential goes into a header as ${secret:NAME}
    "#]],
    );
    let service = "== a.yaml\napiVersion: seaworthy/v1\nkind: Service\nmetadata: { name: s }\nspec:\n  owner: shop\n";
    let loaded = read(&format!("{}{service}  probe: https://shop.example/health\n", TEAM.trim_start()));
    let keys: Vec<_> = loaded.document.entities.iter().map(|sourced| sourced.entity.key()).collect();
    assert!(keys.contains(&("probe", "s")) && !loaded.has_errors(), "{keys:?} {:?}", loaded.diagnostics);
}

#[test]
fn tolerances_are_read() {
    for (planned, want) in [
        ("none", "None"),
        ("{ hours: 4 }", "HoursPerMonth(4.0)"),
        ("{ hours: 0.5 }", "HoursPerMonth(0.5)"),
        ("{ window: 'Sunday 02:00-04:00', zone: UTC }", "Window { when: \"Sunday 02:00-04:00\", zone: \"UTC\" }"),
    ] {
        let text = beside(&format!(
            "{}spec: {{ service: shop, planned: {planned}, by: head of retail, since: 2026-01-05 }}\n",
            head("Tolerance")
        ));
        let loaded = read(&text);
        let found = loaded.document.entities.iter().find(|sourced| sourced.entity.key() == ("tolerance", "shop"));
        let found = format!("{:?}", found.expect("it was read").entity);
        assert!(found.contains(&format!("planned: {want}, by: \"head of retail\", since: 2026-01-05")), "{found}");
    }
}

#[test]
fn mistakes_of_tolerances_have_a_remedy() {
    for (text, want) in [
        ("{ service: shop, by: x, since: 2026-01-05 }", "missing-field: \"spec.planned\" is missing"),
        (
            "{ service: shop, planned: some, by: x, since: 2026-01-05 }",
            "bad-value: \"spec.planned\" \"some\" is not a tolerance",
        ),
        (
            "{ service: shop, planned: { hours: 0 }, by: x, since: 2026-01-05 }",
            "bad-value: \"0\" is not a number of hours",
        ),
        (
            "{ service: shop, planned: { hours: 900 }, by: x, since: 2026-01-05 }",
            "bad-value: \"900\" is not a number of hours",
        ),
        (
            "{ service: shop, planned: { window: Sunday }, by: x, since: 2026-01-05 }",
            "bad-value: a tolerance is none, hours",
        ),
        (
            "{ service: shop, planned: { window: x, zone: Mars }, by: x, since: 2026-01-05 }",
            "bad-value: time zone \"Mars\" is",
        ),
        ("{ service: shop, planned: none, since: 2026-01-05 }", "missing-field: \"spec.by\" is missing"),
        ("{ service: shop, planned: none, by: x }", "missing-field: \"spec.since\" is missing"),
        ("{ service: shop, planned: none, by: x, since: monday }", "bad-value: \"spec.since\" \"monday\" is not a day"),
        (
            "{ service: nope, planned: none, by: x, since: 2026-01-05 }",
            "unknown-reference: service \"nope\" of tolerance",
        ),
    ] {
        let loaded = read(&beside(&format!("{}spec: {text}\n", head("Tolerance"))));
        let said: Vec<String> = loaded.diagnostics.iter().map(|d| format!("{}: {}", d.rule, d.message)).collect();
        assert!(said.iter().any(|said| said.starts_with(want)) && loaded.has_errors(), "{text}: {said:?}");
    }
}
