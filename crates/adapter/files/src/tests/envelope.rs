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
            kinds are: Service, Team, Person, Rotation
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
