//! Decision tables: claims and a question in, an answer in words out.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use crate::*;

fn place(line: u32) -> Place {
    Place { file: "a.yaml".to_owned(), line }
}

/// `kind name owner-format:owner,... what=word,... needs=x about=y system=z members=a+b`, a line each.
fn known(text: &str) -> Known {
    let mut known = Known::default();
    for (index, line) in text.trim().lines().enumerate() {
        let at = place(u32::try_from(index + 1).expect("few lines"));
        let mut parts = line.split_whitespace();
        let kind = match parts.next().expect("a kind") {
            "service" => Kind::Service,
            "library" => Kind::Component,
            "resource" => Kind::Resource,
            "system" => Kind::System,
            "team" => Kind::Team,
            "person" => Kind::Person,
            "alert" => Kind::Alert,
            other => panic!("{other}"),
        };
        let name = parts.next().expect("a name").to_owned();
        let mut thing = Thing {
            kind,
            terms: vec![Term { what: What::Name, text: name.to_lowercase(), place: at.clone() }],
            name,
            format: Format::Backstage,
            place: at.clone(),
            owners: vec![],
            references: vec![],
            members: vec![],
        };
        for part in parts {
            let (key, value) = part.split_once('=').expect("key=value");
            let term = |what| Term { what, text: value.to_owned(), place: at.clone() };
            let reference = |field| Reference { field, text: value.to_owned(), place: at.clone() };
            match key {
                "owner" | "codeowners" => {
                    let format = if key == "owner" { Format::Backstage } else { Format::Codeowners };
                    let kind = if value.starts_with("user:") { OwnerKind::Person } else { OwnerKind::Unsaid };
                    thing.owners.push(Owner { text: value.to_owned(), kind, format, place: at.clone() });
                }
                "host" => thing.terms.push(term(What::Host)),
                "link" => thing.terms.push(term(What::Link)),
                "route" => thing.terms.push(term(What::Route)),
                "image" => thing.terms.push(term(What::Image)),
                "queue" => thing.terms.push(term(What::Resource)),
                "needs" => thing.references.push(reference(Field::DependsOn)),
                "about" => thing.references.push(reference(Field::About)),
                "system" => thing.references.push(reference(Field::System)),
                "target" => thing.references.push(reference(Field::Target)),
                "members" => thing.members = value.split('+').map(str::to_owned).collect(),
                other => panic!("{other}"),
            }
        }
        known.things.push(thing);
    }
    known
}

const SHOP: &str = "
service Shop owner=group:default/sales host=shop.example link=shop.example/cart image=acme/shop needs=resource:orders system=store
service pay owner=group:money codeowners=@acme/platform host=pay.example link=shop.example/pay route=/pay
resource orders system=store queue=orders-v2
system store owner=sales
alert ShopDown about=shop
team sales members=ann+bob
team money
";

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(question: &str, want: Expect) {
    let answer = find(&known(SHOP), question);
    let line = |c: &Candidate| {
        let says: Vec<String> = c.says.iter().map(|s| format!("{} {}", s.format.name(), s.owner)).collect();
        let team = c.team.as_deref().unwrap_or("nobody");
        format!("{} {} of {team}, {}: {} [{}]\n", c.kind.name(), c.name, c.sure.name(), c.because, says.join(", "))
    };
    want.assert_eq(&answer.candidates.iter().map(line).collect::<String>());
}

#[test]
fn a_name_a_host_and_an_address() {
    check(
        "shop",
        expect![[r#"
            service Shop of sales, certain: its name [backstage group:default/sales]
        "#]],
    );
    check(
        "https://shop.example/pay/now?x=1",
        expect![[r#"
            service pay of money, certain: address shop.example/pay is named by it [backstage group:money, codeowners @acme/platform]
            service Shop of sales, certain: host shop.example is named by it [backstage group:default/sales]
        "#]],
    );
    check("", expect![[""]]);
    check("nothing like it", expect![[""]]);
}

#[test]
fn what_is_pasted() {
    check(
        "2026-01-01 ERROR shop-7d9f8c6b5d-x2k4p: dial tcp pay.example:443: i/o timeout",
        expect![[r#"
            service Shop of sales, likely: "shop" in what was asked is its name [backstage group:default/sales]
            service pay of money, likely: host pay.example is named by it [backstage group:money, codeowners @acme/platform]
        "#]],
    );
}

#[test]
fn teams_people_and_what_belongs_to_a_system() {
    check(
        "sales",
        expect![[r#"
        team sales of sales, certain: its name [backstage sales]
        service Shop of sales, likely: team "sales" owns it [backstage group:default/sales]
        system store of sales, likely: team "sales" owns it [backstage sales]
    "#]],
    );
    check(
        "ann",
        expect![[r#"
        service Shop of sales, possible: "ann" is of the team that owns it [backstage group:default/sales]
        system store of sales, possible: "ann" is of the team that owns it [backstage sales]
    "#]],
    );
    check(
        "orders-v2",
        expect![[r#"
        resource orders of sales, likely: it names "orders-v2"; its owner is that of system "store", as it names none itself [backstage sales]
    "#]],
    );
    check(
        "ShopDown",
        expect![[r#"
        alert ShopDown of sales, certain: its name; its owner is that of service "shop", as it names none itself [backstage group:default/sales]
    "#]],
    );
}

#[test]
fn what_cannot_be_trusted() {
    let findings = judge(&known(&format!(
        "{}\nservice a owner=user:ann\nservice b owner=nobody needs=gone\nservice c\nservice b owner=money\nservice d owner=ann@x.example",
        SHOP.trim()
    )));
    let line = |f: &Finding| format!("{} {} {}\n", f.place, f.rule, f.seen);
    expect![[r#"
        a.yaml:2 owner-unknown owner "@acme/platform" of service "pay" is declared in none of these files
        a.yaml:2 owners-differ service "pay" is owned by "@acme/platform" here and by "group:money" at a.yaml:2
        a.yaml:3 no-owner resource "orders" names no owner
        a.yaml:7 team-empty team "money" has no members that any of these files names
        a.yaml:8 owner-is-person service "a" is owned by the person "user:ann"
        a.yaml:9 owner-unknown owner "nobody" of service "b" is declared in none of these files
        a.yaml:9 unknown-reference service "b" needs "gone", which is in none of these files
        a.yaml:10 no-owner service "c" names no owner
        a.yaml:11 owners-differ service "b" is owned by "money" here and by "nobody" at a.yaml:9
        a.yaml:11 declared-twice service "b" is declared here and at a.yaml:9
        a.yaml:12 owner-unknown owner "(an e-mail address)" of service "d" is declared in none of these files
    "#]]
    .assert_eq(&findings.iter().map(line).collect::<String>());
}

proptest! {
    #[test]
    fn no_question_panics(question in ".{0,200}", name in "[a-zA-Z:/@.-]{1,12}") {
        let mut known = known(SHOP);
        known.things[0].name = name.clone();
        known.things[0].terms[0].text = name.to_lowercase();
        find(&known, &question);
        // What is called by its name is found.
        let asked = find(&known, &name);
        prop_assert!(asked.candidates.is_empty() || asked.candidates[0].sure <= Sure::Possible);
        judge(&known);
    }
}
