//! Backstage entities, as they are found.

use expect_test::expect;

use super::{check, entities};

const GROUP: &str = "
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: Pets }
spec: { type: team, children: [], members: [ann, 'user:default/bob'], profile: { displayName: Pet shop } }
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: cid }
spec: { profile: { displayName: Cid, email: cid@pets.example }, memberOf: [Pets, nobody] }
";

#[test]
fn entities_are_read_as_they_are() {
    let component = "apiVersion: backstage.io/v1beta1
kind: Component
metadata:
  name: shop
  description: |
    Sells
    pets.
  annotations: { any/thing: here }
spec:
  type: Service
  lifecycle: production
  owner: group:default/pets
  system: acme/store
  dependsOn: ['component:stock', 'resource:db', 'Component:default/lib']
  anything: else
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: lib }
spec: { type: library, owner: pets }
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: orders, namespace: acme }
spec: { type: openapi, owner: 'group:pets', definition: { $text: ./openapi.yaml } }
";
    entities(
        &format!("{component}{}", GROUP.trim_start()),
        expect![[r#"
            a.yaml:23 Other(Other { name: "api/acme.orders", owner: Some("group:pets"), description: None })
            a.yaml:18 Other(Other { name: "component/lib", owner: Some("pets"), description: None })
            a.yaml:33 Person(Person { name: PersonId("cid") })
            a.yaml:2 Service(Service { name: ServiceId("shop"), description: Some("Sells pets."), owner: TeamId("Pets"), tier: Two, system: Some(SystemId("acme.store")), routes: [], run: None, dependencies: [Dependency { service: ServiceId("stock"), kind: Hard, reason: None }], rollout: Strategy { steps: [Share(500), Share(2500), Share(5000), Share(10000)], dwell_ms: 30000, requests_min: 50, bake_ms: 1800000 }, on_call: None, escalation: None })
            a.yaml:28 Team(Team { name: TeamId("Pets"), title: Some("Pet shop"), members: [PersonId("ann"), PersonId("bob"), PersonId("cid")], escalation: None })
            PersonDetails { name: PersonId("cid"), display_name: Some("Cid"), contacts: [PersonContact { contact: Email { address: "cid@pets.example" }, rule: ContactRule { after_ms: 0 } }] }
        "#]],
    );
    check(
        &format!("{component}{}", GROUP.trim_start()),
        expect![[r#"
        a.yaml:13:11 note renamed: names of namespace "acme" are written "acme.NAME" here
            nothing to do
        a.yaml:14:15 warning unknown-dependency: "stock", which service "shop" needs, is not declared in these files
            declare it, or check a directory that also holds it
        a.yaml:25:59 note substitution: "$text" takes the definition from "./openapi.yaml": it is left alone
            nothing to do
        a.yaml:28:7 warning nobody-on-call: team "Pets" has no rotation: nobody would be paged for "shop" (OWN-16)
            add a Rotation with spec.team: Pets
    "#]],
    );
}

#[test]
fn gaps_are_said() {
    check(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: a }\nspec: { type: service }\n",
        expect![[r#"
            a.yaml:2:7 error service-without-owner: service "a" has no owner (OWN-09)
                write spec.owner with the one team that owns it
        "#]],
    );
    check(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: a }\nspec: { owner: x }\n",
        expect![[r#"
            a.yaml:2:7 warning missing-field: this Component has no "spec.type": it is read as something that does not run
                write spec.type: service for what serves requests
        "#]],
    );
    check(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { title: a }\nspec: { type: service, owner: x }\n",
        expect![[r#"
            a.yaml:3:11 error missing-field: "metadata.name" is missing
                write a name of letters, digits, "-", "_" and "."
        "#]],
    );
    check(
        "apiVersion: backstage.io/v2\nkind: Component\n",
        expect![[r#"
        a.yaml:1:13 error api-version: apiVersion "backstage.io/v2" does not exist
            write seaworthy/v1, or backstage.io/v1alpha1 for a Backstage entity
    "#]],
    );
    check(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: a }\nspec: { type: website, owner: 'user:ann' }\n",
        expect![[r#"
            a.yaml:4:31 warning owner-is-person: service "a" is owned by the person "ann": read as a team of one
                name a team: a person is also away at times
            a.yaml:4:31 warning nobody-on-call: team "ann" has no rotation: nobody would be paged for "a" (OWN-16)
                add a Rotation with spec.team: ann
        "#]],
    );
    check(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: a }\nspec: { type: [service], owner: { a: b } }\n",
        expect![[r#"
            a.yaml:4:15 error wrong-type: "spec.type" is a list, not a text
                write a text
            a.yaml:4:33 error wrong-type: "spec.owner" is a mapping, not a text
                write a text
        "#]],
    );
}

#[test]
fn strange_names_are_mapped() {
    check(
        "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: { name: '@acme/pets shop' }\nspec: { type: team }\n",
        expect![[r#"
            a.yaml:3:19 note renamed: "@acme/pets shop" is called "acme-pets-shop" here
                use letters, digits, "-", "_" and "." in names
        "#]],
    );
    check(
        "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: { name: '///' }\nspec: { type: team }\n",
        expect![[r#"
            a.yaml:3:19 error bad-name: "///" of namespace "default" cannot be made a name
                use letters, digits, "-", "_" and ".", at most 63
        "#]],
    );
}

#[test]
fn what_is_not_read_is_noted() {
    check(
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: a }\nspec: { targets: [./b.yaml] }\n",
        expect![[r#"
            a.yaml:2:7 note kind: Location is not read: it points to other files
                give "check" the directory that holds them
        "#]],
    );
    check(
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: { name: a }\nspec: { owner: x, type: service, steps: [{ id: '${{ x }}' }] }\n",
        expect![[r#"
            a.yaml:2:7 note kind: Template is not read: a scaffolder template is no entity
                nothing to do
        "#]],
    );
    check(
        "apiVersion: backstage.io/v1alpha1\nkind: Spaceship\nmetadata: { name: a }\n",
        expect![[r#"
        a.yaml:2:7 note kind: Spaceship is not read: this kind is not known here
            nothing to do: it is left alone
    "#]],
    );
    check(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: '${{ values.name }}' }\nspec: { type: service }\n",
        expect![[r#"
            a.yaml:3:19 note templated: this is a template: it says something only after it was filled in
                check and apply what is made of it
        "#]],
    );
    check(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {{ cookiecutter.name }}\nspec: { type: service }\n",
        expect![[r#"
            a.yaml:4:9 note templated: this is a template: it says something only after it was filled in
                check and apply what is made of it
        "#]],
    );
}

#[test]
fn other_tools_files_are_noted() {
    check(
        "== a/opslevel.yml\nversion: 1\n== b.yaml\nschema-version: v2\ndd-service: a\nteam: b\n== CODEOWNERS\n* @a\n== c.yaml\nconfigVersion: 1\ntypeId: LIBRARY\n== d.yaml\napiVersion: v1\nkind: Service\nspec: {}\n== package.json\n{ \"name\": 1 }\n",
        expect![[r#"
            CODEOWNERS:1:1 note other-format: CODEOWNERS is another ownership format: it is left alone
                "seaworthy look" reads it
            a/opslevel.yml:1:1 note other-format: an ownership file of OpsLevel: it is left alone
                "seaworthy look" reads it
            b.yaml:1:1 note other-format: an ownership file of Datadog: it is left alone
                "seaworthy look" reads it
            c.yaml:1:1 note other-format: an ownership file of Compass: it is left alone
                "seaworthy look" reads it
            d.yaml:1:13 note api-version: apiVersion "v1" is not ours: this document is left alone
                nothing to do
        "#]],
    );
}
