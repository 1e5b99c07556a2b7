//! Files in, things and findings out; odd files are never a crash and never silently taken.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use expect_test::{Expect, expect};
use proptest::prelude::*;

use crate::{Loaded, load, read, walk};

/// A directory that goes with its test.
struct Directory(PathBuf);

impl Directory {
    /// Writes files: each after a line `== path`.
    fn of(input: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let directory = Self(std::env::temp_dir().join(format!("seaworthy-claims-{}-{number}", std::process::id())));
        fs::create_dir_all(&directory.0).unwrap();
        for file in format!("\n{input}").split("\n== ").skip(1) {
            let (path, text) = file.split_once('\n').unwrap_or((file, ""));
            directory.write(path, text.as_bytes());
        }
        directory
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn load(&self) -> Loaded {
        load(&self.0).unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn told(loaded: &Loaded) -> String {
    let mut out = String::new();
    for thing in &loaded.known.things {
        let owners: Vec<String> =
            thing.owners.iter().map(|o| format!("{} {} {}", o.format.name(), o.text, o.place)).collect();
        out += &format!("{} {} at {} [{}]\n", thing.kind.name(), thing.name, thing.place, owners.join(", "));
    }
    for finding in &loaded.findings {
        out += &format!("{} {} {}\n", finding.place, finding.rule, finding.seen);
    }
    out
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(input: &str, want: Expect) {
    want.assert_eq(&told(&Directory::of(input).load()));
}

#[test]
fn every_format_is_a_source() {
    check(
        "== shop/catalog-info.yaml
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: 'group:sales', dependsOn: ['resource:orders']}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: sales}
spec: {type: team, members: [ann]}
== shop/opslevel.yml
version: 1
repository: {owner: sales, tier: , tags: }
== shop/service.datadog.yaml
schema-version: v2
dd-service: shop
team: storefront
== pay/compass.yml
name: pay
configVersion: 1
typeId: SERVICE
ownerId: null
== CODEOWNERS
* @acme/platform
/shop/ @acme/sales ann@x.example
== deploy/shop.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-web, labels: {app.kubernetes.io/name: shop, acme.io/team: sales}}
spec: {template: {spec: {containers: [{name: web, image: 'images.example/acme/shop:v1'}]}}}
== rules.yaml
groups: [{name: g, rules: [{alert: ShopDown, expr: 'up{job=\"shop\"} == 0', labels: {team: sales}, annotations: {runbook_url: 'https://example.com/TODO'}}]}]
== flags.json
{\"flags\": {\"new-price\": {\"state\": \"ENABLED\", \"variants\": {\"on\": true}, \"metadata\": {\"owner\": \"sales\"}}}}
",
        expect![[r#"
            service shop at deploy/shop.yaml:3 [kubernetes sales deploy/shop.yaml:3, codeowners @acme/platform CODEOWNERS:1]
            resource new-price at flags.json:1 [flags sales flags.json:1, codeowners @acme/platform CODEOWNERS:1]
            service pay at pay/compass.yml:1 [codeowners @acme/platform CODEOWNERS:1]
            alert ShopDown at rules.yaml:1 [prometheus sales rules.yaml:1]
            service shop at shop/catalog-info.yaml:3 [backstage group:sales shop/catalog-info.yaml:4, opslevel sales shop/opslevel.yml:2, codeowners @acme/sales CODEOWNERS:2]
            team sales at shop/catalog-info.yaml:8 []
            service shop at shop/service.datadog.yaml:2 [datadog storefront shop/service.datadog.yaml:3, opslevel sales shop/opslevel.yml:2, codeowners @acme/sales CODEOWNERS:2]
            CODEOWNERS:1 owner-unknown owner "@acme/platform" of resource "new-price" is declared in none of these files
            CODEOWNERS:1 owner-unknown owner "@acme/platform" of service "pay" is declared in none of these files
            CODEOWNERS:1 owner-unknown owner "@acme/platform" of service "shop" is declared in none of these files
            CODEOWNERS:1 owners-differ resource "new-price" is owned by "@acme/platform" here and by "sales" at flags.json:1
            CODEOWNERS:1 owners-differ service "shop" is owned by "@acme/platform" here and by "sales" at deploy/shop.yaml:3
            pay/compass.yml:1 no-owner service "pay" names no owner
            rules.yaml:1 placeholder the runbook of alert "ShopDown" is "https://example.com/TODO", which is nowhere
            shop/catalog-info.yaml:4 unknown-reference service "shop" needs "resource:orders", which is in none of these files
            shop/service.datadog.yaml:3 owner-unknown owner "storefront" of service "shop" is declared in none of these files
        "#]],
    );
}

#[test]
fn files_as_people_write_them() {
    check(
        "== a/catalog-info.yaml
apiVersion: \"backstage.io/v1alpha1\"
kind: \"component\"
metadata: {name: 'a', links: [{url: 'https://example.com/runbook', title: Runbook}]}
spec: {type: service, lifecycle: '-', owner: user:ann}
---
---
apiVersion: backstage.io/v1alpha1
kind: Componnent
metadata: {name: b}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {title: no name}
---
apiVersion: backstage.io/v1alpha1
metadata: {name: c}
---
- a
- list
== b/catalog-info.yaml
== c/catalog-info.yaml
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
\tname: tabs
== d/catalog-info.yaml
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: d, annotations: &a {x: y}}
spec: {type: service, owner: TBD, owner: d, more: *a}
== e/catalog-info.yaml
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: {name: e}
spec: {targets: [../a/catalog-info.yaml, ./gone.yaml, 'https://git.example/x.yaml']}
== f/catalog-info.yaml
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: f}
spec: {owner: [x, y]}
== g/catalog-info.yaml
{{ template }}: x
== h/opslevel.yml
== values.yaml
replicas: 3
",
        expect![[r#"
            service a at a/catalog-info.yaml:3 [backstage user:ann a/catalog-info.yaml:4]
            service d at d/catalog-info.yaml:3 []
            location e at e/catalog-info.yaml:3 []
            resource f at f/catalog-info.yaml:3 []
            a/catalog-info.yaml:3 placeholder url "https://example.com/runbook" says nothing yet
            a/catalog-info.yaml:4 owner-is-person service "a" is owned by the person "user:ann"
            a/catalog-info.yaml:4 placeholder lifecycle "-" says nothing yet
            a/catalog-info.yaml:6 empty a document that says nothing
            a/catalog-info.yaml:7 no-kind "Componnent" is no kind of Backstage
            a/catalog-info.yaml:11 no-name api without a name
            a/catalog-info.yaml:15 no-kind an entity without a kind
            a/catalog-info.yaml:18 no-kind a list where a mapping of keys is expected
            b/catalog-info.yaml:1 empty this file says nothing
            c/catalog-info.yaml:4 unreadable no YAML from here on: tabs disallowed within this context (block indentation)
            d/catalog-info.yaml:3 no-owner service "d" names no owner
            d/catalog-info.yaml:4 duplicate-key "owner" stands here and in line 4: only one of them can count
            d/catalog-info.yaml:4 placeholder owner "TBD" stands for one that is still to be named
            e/catalog-info.yaml:4 unknown-reference location "e" points to "./gone.yaml", which is in none of these files
            f/catalog-info.yaml:3 no-owner resource "f" names no owner
            f/catalog-info.yaml:4 no-owner the owner is a list, not a name
            g/catalog-info.yaml:1 no-kind an entity without a kind
            h/opslevel.yml:1 empty this file says nothing
        "#]],
    );
}

/// What strangers write beside what the formats document.
#[test]
fn owners_in_tags_and_dependencies_by_alias() {
    check(
        "== a/service.datadog.yaml
schema-version: v2
dd-service: operator
dd-team: onboarding
== b/service.datadog.yaml
apiVersion: v3
kind: service
metadata: {name: demo, tags: ['env:demo', 'team:security']}
== c/opslevel.yml
version: 1
service: {name: Core Payments, owner: orders, aliases: [cart], dependencies: [{alias: suggestions}], tools: [{url: 'https://your_account.pagerduty.com/X'}]}
",
        expect![[r#"
            service operator at a/service.datadog.yaml:2 [datadog onboarding a/service.datadog.yaml:3]
            service demo at b/service.datadog.yaml:3 [datadog security b/service.datadog.yaml:3]
            service Core Payments at c/opslevel.yml:2 [opslevel orders c/opslevel.yml:2]
            a/service.datadog.yaml:3 owner-unknown owner "onboarding" of service "operator" is declared in none of these files
            b/service.datadog.yaml:3 owner-unknown owner "security" of service "demo" is declared in none of these files
            c/opslevel.yml:2 owner-unknown owner "orders" of service "Core Payments" is declared in none of these files
            c/opslevel.yml:2 unknown-reference service "Core Payments" needs "suggestions", which is in none of these files
            c/opslevel.yml:2 placeholder url "https://your_account.pagerduty.com/X" says nothing yet
        "#]],
    );
}

#[test]
fn bytes_that_are_no_text_links_and_large_files() {
    let directory = Directory::of("== x.txt\nnothing\n");
    let entity = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: bom}\nspec: {owner: t}\n";
    directory.write("bom/catalog-info.yaml", format!("\u{feff}{entity}").as_bytes());
    directory.write("latin/catalog-info.yaml", &[entity.replace("bom", "latin").as_bytes(), b"# caf\xe9\n"].concat());
    directory.write("utf16/catalog-info.yaml", &[0xff, 0xfe, b'a', 0, b':', 0]);
    directory.write("huge/catalog-info.yaml", &vec![b'#'; 3 << 20]);
    directory.write("deep/catalog-info.yaml", "[".repeat(100_000).as_bytes());
    let laughs: String = (1..30).map(|n| format!("a{n}: &a{n} [*a{m}, *a{m}]\n", m = n - 1)).collect();
    directory.write("laughs/catalog-info.yaml", format!("a0: &a0 [x]\n{laughs}").as_bytes());
    std::os::unix::fs::symlink("..", directory.0.join("bom/loop")).unwrap();
    std::os::unix::fs::symlink("nowhere.yaml", directory.0.join("dangling.yaml")).unwrap();
    expect![[r#"
        service bom at bom/catalog-info.yaml:3 [backstage t bom/catalog-info.yaml:4]
        service latin at latin/catalog-info.yaml:3 [backstage t latin/catalog-info.yaml:4]
        bom/catalog-info.yaml:4 owner-unknown owner "t" of service "bom" is declared in none of these files
        bom/loop:1 not-a-file a link, or no plain file: it is not followed
        dangling.yaml:1 not-a-file a link, or no plain file: it is not followed
        deep/catalog-info.yaml:1 unreadable no YAML from here on: recursion limit exceeded
        huge/catalog-info.yaml:1 limit 3145728 bytes are over 2097152: it is not read
        latin/catalog-info.yaml:4 owner-unknown owner "t" of service "latin" is declared in none of these files
        latin/catalog-info.yaml:5 unreadable not UTF-8 here: what can be read of it is read
        laughs/catalog-info.yaml:18 limit not read from here on: over 200000 values in a file, aliases written out
        utf16/catalog-info.yaml:1 unreadable no YAML from here on: found unprintable character
        utf16/catalog-info.yaml:1 unreadable not UTF-8 here: what can be read of it is read
    "#]]
    .assert_eq(&told(&directory.load()));
}

#[test]
fn a_path_belongs_to_the_nearest() {
    let directory = Directory::of(
        "== .github/CODEOWNERS\n* @acme/all\n/web/ @acme/web\n== api/catalog-info.yaml\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: api}\nspec: {owner: back}\n",
    );
    let loaded = directory.load();
    let files = loaded.files(&["web/a.ts".to_owned(), "api/src/main.rs".to_owned()]);
    let owners = |i: usize| files[i].owners.iter().map(|o| o.text.as_str()).collect::<Vec<_>>().join(" ");
    assert_eq!(owners(0), "@acme/web");
    assert_eq!(owners(1), "back @acme/all");
    assert!(Loaded::default().files(&["x".to_owned()]).is_empty());
}

/// Reads every stranger's file: each gives a finding or an owner that the file names, and no text of theirs is a crash.
#[test]
fn files_of_strangers_are_read() {
    let cases = std::env::var("SEAWORTHY_CASES").unwrap_or_else(|_| "../../../../shared/cases".to_owned());
    let directory = Path::new(&cases).join("catalog");
    if !directory.is_dir() {
        eprintln!(
            "NOT CHECKED: no files of strangers at \"{}\"; set SEAWORTHY_CASES to the folder of cases",
            directory.display()
        );
        return;
    }
    let loaded = load(&directory).unwrap();
    assert_eq!(loaded.files, 35);
    let mut silent: Vec<&str> =
        loaded.known.files.iter().map(String::as_str).filter(|file| file.ends_with("ml")).collect();
    silent.retain(|file| !loaded.findings.iter().any(|finding| finding.place.file == *file));
    assert_eq!(silent, Vec::<&str>::new(), "files with nothing said of them");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, text in "[a-z:{}\\[\\]&*| \n'\"-]{0,120}") {
        for bytes in [bytes, text.into_bytes()] {
            for path in ["catalog-info.yaml", "opslevel.yml", "x/compass.yml", "service.datadog.yaml"] {
                let mut reading = read::Reading::new("r".to_owned());
                reading.file(&walk::File { path: path.to_owned(), bytes: bytes.clone() });
            }
        }
    }
}
