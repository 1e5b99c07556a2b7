//! Objectives beside the services, inside them, and those that nobody wrote.

use expect_test::{Expect, expect};

use super::{TEAM, check, read};

/// A service `checkout` with a route, and more in its spec.
fn service(spec: &str) -> String {
    format!(
        "{}== a.yaml\napiVersion: seaworthy/v1\nkind: Service\nmetadata: {{ name: checkout }}\nspec:\n  owner: shop\n  \
         routes: [{{ path: /buy }}]\n{spec}",
        TEAM.trim_start()
    )
}

/// An SLO of what the gateway measures of a service.
fn openslo(name: &str, service: &str, target: &str) -> String {
    format!(
        "apiVersion: openslo/v1\nkind: SLO\nmetadata: {{ name: {name} }}\nspec:\n  service: {service}\n  indicator:\n    \
         metadata: {{ name: i }}\n    spec:\n      ratioMetric:\n        raw:\n          metricSource: {{ type: Seaworthy, \
         spec: {{ measure: availability }} }}\n  timeWindow: [{{ duration: 28d, isRolling: true }}]\n  budgetingMethod: \
         Occurrences\n  objectives: [{{ target: {target} }}]\n"
    )
}

/// Compares the objectives of files with a table, one line each.
#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn objectives(input: &str, want: Expect) {
    use seaworthy_contract::catalogue::Entity;
    let loaded = read(input);
    let mut text = String::new();
    for sourced in &loaded.document.entities {
        if let Entity::Objective(one) = &sourced.entity {
            let by = if one.by_default { " (default)" } else { "" };
            text.push_str(&format!("{} {} {} {:?}{by}\n", sourced.source, one.name, one.target, one.period));
        }
    }
    want.assert_eq(&text);
}

#[test]
fn a_service_with_a_route_has_one_that_nobody_wrote() {
    objectives(
        &service(""),
        expect![[r#"
        a.yaml:2 checkout-availability 0.999 Rolling { days: 30 } (default)
    "#]],
    );
    objectives(
        &service("  objective: 99.5%\n"),
        expect![[r#"
        a.yaml:7 checkout-availability 0.995 Rolling { days: 30 }
    "#]],
    );
    objectives(
        &service("  objectives: [99.5%, 95% < 300ms]\n"),
        expect![[r#"
        a.yaml:7 checkout-availability 0.995 Rolling { days: 30 }
        a.yaml:7 checkout-latency 0.95 Rolling { days: 30 }
    "#]],
    );
    objectives(&service("  objectives: none\n"), expect![[""]]);
    objectives(&service("").replace("  routes: [{ path: /buy }]\n", ""), expect![[""]]);
    objectives(
        &(service("") + "== o.yaml\n" + &openslo("buying", "checkout", "0.95")),
        expect![[r#"
        o.yaml:14 buying 0.95 Rolling { days: 28 }
    "#]],
    );
}

#[test]
fn a_backstage_component_says_who_owns_it_and_the_service_what_is_wanted() {
    let component = "== c.yaml\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: checkout }\nspec: { \
                     type: service, lifecycle: production, owner: shop }\n";
    objectives(&(service("  objectives: none\n") + component), expect![[""]]);
    objectives(
        &(service("") + component),
        expect![[r#"
        a.yaml:2 checkout-availability 0.999 Rolling { days: 30 } (default)
    "#]],
    );
}

#[test]
fn sloth_is_read_too() {
    let sloth = "== s.yaml\nversion: prometheus/v1\nservice: checkout\nslos:\n- name: requests\n  objective: 99.9\n  sli: { \
                 events: { error_query: 'rate(e[{{.window}}])', total_query: 'rate(t[{{.window}}])' } }\n";
    objectives(
        &(service("") + sloth),
        expect![[r#"
        s.yaml:4 checkout-requests 0.999 Rolling { days: 30 }
    "#]],
    );
    check(&(service("") + sloth), expect![[""]]);
}

#[test]
fn what_is_refused_has_its_place() {
    let beside = |text: &str| service("") + "== o.yaml\n" + text;
    check(
        &beside(&openslo("buying", "checkout", "1.0")),
        expect![[r#"
        o.yaml:14:26 error objective-target: a target of "1.0" leaves nothing to fail: there is no budget to watch
            write a ratio below 1, such as 0.999
    "#]],
    );
    check(
        &beside(&openslo("buying", "checkuot", "0.99")),
        expect![[r#"
        o.yaml:14:1 warning unknown-reference: service "checkuot" of objective "buying" is not declared in these files: nobody would be paged, so it is not watched
            did you mean "checkout"?
    "#]],
    );
    check(&beside(&openslo("checkout-availability", "checkout", "0.99")), expect![[""]]);
    check(
        &beside("apiVersion: openslo/v2\nkind: SLO\nmetadata: { name: a }\nspec: {}\n"),
        expect![[r#"
        o.yaml:1:13 error api-version: apiVersion "openslo/v2" is not read
            write openslo/v1 or openslo/v1alpha
    "#]],
    );
    check(
        &beside("apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: '{{ name }}' }\nspec: {}\n"),
        expect![[r#"
        o.yaml:3:19 note templated: this is a template: it says something only after it was filled in
            check and apply what is made of it
    "#]],
    );
    check(
        &beside("apiVersion: seaworthy/v1\nkind: Objective\nmetadata: { name: a }\nspec: {}\n"),
        expect![[r#"
        o.yaml:2:7 error kind: "Objective" is not a kind of seaworthy/v1
            write spec.objectives in the Service, or a document with apiVersion: openslo/v1
    "#]],
    );
    let both = service("  objective: 99%\n") + "== o.yaml\n" + &openslo("checkout-availability", "checkout", "0.99");
    check(
        &both,
        expect![[r#"
        a.yaml:7:14 error declared-twice: objective "checkout-availability" is declared here and at o.yaml:14
            keep one of the two, or give one another name, such as { name: buying, target: 99.9% }
    "#]],
    );
    let long = format!("  objective: {{ target: 99%, name: {} }}\n", "n".repeat(121));
    check(
        &service(&long),
        expect![[r#"
        a.yaml:7:14 error bad-name: the name "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" is over 120 bytes
            give it a shorter name
    "#]],
    );
    check(
        &service("  objective: 99.9% < soon\n"),
        expect![[r#"
        a.yaml:7:14 error bad-duration: "soon" in "99.9% < soon" is not a duration
            write a whole number and a unit: 250ms, 5s, 10m, 1h or 7d
    "#]],
    );
}
