//! What every document needs, and files that break off.

use expect_test::expect;

use super::check;

#[test]
fn the_envelope_is_checked() {
    check(
        "apiVersion: seaworthy/v2\nkind: Service\n",
        expect![[r#"
        a.yaml:1:13 error api-version: apiVersion "seaworthy/v2" does not exist
            write seaworthy/v1, or backstage.io/v1alpha1 for a Backstage entity
    "#]],
    );
    check(
        "apiVersion: seaworthy.io/v1\nkind: Service\n",
        expect![[r#"
        a.yaml:1:13 error api-version: apiVersion "seaworthy.io/v1" does not exist
            write seaworthy/v1, or backstage.io/v1alpha1 for a Backstage entity
    "#]],
    );
    check(
        "kind: Service\nmetadata: { name: a }\nspec: {}\n",
        expect![[r#"
        a.yaml:1:1 error api-version: this document has no "apiVersion", so nobody can tell what it is
            write apiVersion: seaworthy/v1, or backstage.io/v1alpha1 for a Backstage entity
    "#]],
    );
    check(
        "apiVersion: seaworthy/v1\nkind: Sevice\nmetadata: { name: a }\n",
        expect![[r#"
        a.yaml:2:7 error kind: "Sevice" is not a kind of seaworthy/v1
            did you mean "Service"?
    "#]],
    );
    check(
        "apiVersion: seaworthy/v1\nkind: Deployment\nmetadata: { name: a }\n",
        expect![[r#"
            a.yaml:2:7 error kind: "Deployment" is not a kind of seaworthy/v1
                kinds are: Service, Team, Person, Rotation, Probe, Tolerance, EscalationPolicy, Action, Tracker, Webhook, Rooms
        "#]],
    );
    check(
        "apiVersion: seaworthy/v1\n",
        expect![[r#"
        a.yaml:1:1 error missing-field: "kind" is missing
            write the kind, such as kind: Service
        a.yaml:1:1 error missing-field: "metadata" is missing
            write metadata with a name
    "#]],
    );
    check(
        "apiVersion: seaworthy/v1\nkind: Service\nmetadata: {}\n",
        expect![[r#"
        a.yaml:2:7 error missing-field: this Service has no "spec"
            write a spec
        a.yaml:3:11 error missing-field: "metadata.name" is missing
            write a name of letters, digits, "-", "_" and "."
    "#]],
    );
    check(
        "apiVersion: seaworthy/v1\nkind: Team\nmetadata: { name: 'a/b' }\n",
        expect![[r#"
        a.yaml:3:19 error bad-name: "metadata.name" "a/b" is not a name: '/' cannot stand there
            use letters, digits, "-", "_", "." and "+", at most 63, a letter or digit first
    "#]],
    );
    check(
        "apiVersion: seaworthy/v1\nkind: Team\nmetadata: { name: a }\nkind: Person\n",
        expect![[r#"
        a.yaml:4:1 error duplicate-key: "kind" stands here and in line 2: only one of them can count
            keep one of the two
    "#]],
    );
}

/// Each of these beside good documents would retire what it declared, were it passed over.
#[test]
fn a_version_that_was_meant_for_us_is_a_mistake() {
    for version in [
        "seaworthi/v1",
        "seaworhty/v1",
        "seawrothy/v1",
        "Seaworthy/v1",
        "SEAWORTHY/V1",
        "seaworthy/V1",
        "seaworthy/v2",
        "seaworthy/v1beta1",
        "seaworthy",
        "seaworthyv1",
        "sea-worthy/v1",
        "backstage.io/v1",
        "backstage/v1alpha1",
        "Backstage.io/v1alpha1",
        "backstag.io/v1beta1",
        "backstage.oi/v1alpha1",
    ] {
        let loaded = super::read(&format!("apiVersion: {version}\nkind: Service\nmetadata: {{ name: a }}\n"));
        let found: Vec<_> = loaded.diagnostics.iter().map(|d| (d.severity, d.rule, d.line, d.column)).collect();
        assert_eq!(found, [(crate::Severity::Error, "api-version", 1, 13)], "{version}");
    }
    for version in ["v1", "apps/v1", "serving.knative.dev/v1", "networking.k8s.io/v1", "seaside/v1", "stage.io/v1"] {
        let loaded = super::read(&format!("apiVersion: {version}\nkind: Service\nmetadata: {{ name: a }}\n"));
        assert!(!loaded.has_errors(), "{version}");
    }
}

#[test]
fn what_is_left_alone_is_listed_with_its_place() {
    check(
        "apiVersion: apps/v1\nkind: Deployment\n---\na: b\n---\napiVersion: [v1]\nkind: Service\n",
        expect![[r#"
        a.yaml:1:13 note api-version: apiVersion "apps/v1" is not ours: this document is left alone
            nothing to do
        a.yaml:6:13 note api-version: this apiVersion is not ours: this document is left alone
            nothing to do
    "#]],
    );
    check(
        "apiVerison: seaworthi/v1\nkind: Sevice\n",
        expect![[r#"
        a.yaml:1:1 error api-version: this document has no "apiVersion", so nobody can tell what it is
            write apiVersion: seaworthy/v1, or backstage.io/v1alpha1 for a Backstage entity
    "#]],
    );
    check(
        "== a.yaml\napiVersion: seaworthi/v1\nkind: [\n== b.yaml\n{ \"apiVersion\": \"Seaworthy/v1\",\n",
        expect![[r#"
            a.yaml:2:8 error yaml-syntax: could not read this as YAML: while parsing a node, did not find expected node content
                look at indentation, quotes and ":" at and before this place
            b.yaml:1:32 error yaml-syntax: could not read this as YAML: while parsing a node, did not find expected node content
                look at indentation, quotes and ":" at and before this place
        "#]],
    );
    check(
        "== a.yaml\nimage: {{ .Values.image }}\n  {% if x %}\n",
        expect![[r#"
        a.yaml:2:4 note yaml-syntax: could not read this as YAML: unexpected character: `%'; nothing in it is ours, so it is left alone
            nothing to do
    "#]],
    );
}

#[test]
fn broken_yaml_is_placed() {
    check(
        "apiVersion: seaworthy/v1\nkind: Team\nmetadata: { name: a\nspec:\n",
        expect![[r#"
        a.yaml:4:5 error yaml-syntax: could not read this as YAML: while parsing a flow mapping, did not find expected ',' or '}'
            look at indentation, quotes and ":" at and before this place
    "#]],
    );
    check(
        "apiVersion: seaworthy/v1\nkind: Team\n metadata: x\n",
        expect![[r#"
        a.yaml:3:10 error yaml-syntax: could not read this as YAML: mapping values are not allowed in this context
            look at indentation, quotes and ":" at and before this place
    "#]],
    );
    check(
        "== values.yaml\nbroken: [\n== catalog-info.yaml\nbroken: [\n",
        expect![[r#"
            catalog-info.yaml:1:10 error yaml-syntax: could not read this as YAML: while parsing a node, did not find expected node content
                look at indentation, quotes and ":" at and before this place
            values.yaml:1:10 note yaml-syntax: could not read this as YAML: while parsing a node, did not find expected node content; nothing in it is ours, so it is left alone
                nothing to do
        "#]],
    );
    check(
        "apiVersion: seaworthy/v1\nkind: Team\nmetadata:\n  name: {{ name }}\n  {% if x %}\n",
        expect![[r#"
        a.yaml:5:4 error templated: this is a template: it is YAML only after it was filled in
            check and apply what is made of it
    "#]],
    );
}
