//! Test reports, bills of materials, lock files.

use expect_test::expect;

use super::check;

#[test]
fn junit_as_runners_write_it() {
    check(
        "junit",
        "== pytest.xml
<?xml version=\"1.0\"?><testsuites><testsuite name=\"pytest\" tests=\"4\" time=\"1,003.5\">
<testcase classname=\"a\" name=\"x &gt; y\" time=\"0.5\"/>
<testcase name=\"b\" time=\"1.25\"><failure message=\"a > b\"><![CDATA[<failure>]]></failure><error/></testcase>
<testcase name=\"c\"><skipped/></testcase>
<testcase name=\"d\" time=\"nan\"><!-- <failure/> --><system-out>&lt;failure&gt;</system-out></testcase>
</testsuite></testsuites>
== nested/gradle.xml
<testsuite name=\"outer\" tests=\"2\"><testsuite name=\"inner\"><testcase name=\"e\" time=\"2\"></testcase></testsuite>
<testcase name=\"f\" time=\"3\"/></testsuite>
== other.xml
<project><testcase/></project>
",
        expect![[r#"
            tests.suites 3
            tests.run 5
            tests.failed 1
            tests.skipped 1
            tests.seconds 6.75
            tests.slowest_suite_seconds 3
        "#]],
    );
    check(
        "junit",
        "== only.xml\n<testsuite tests=\"7\" failures=\"2\" errors=\"1\" skipped=\"1\" time=\"3\"/>\n",
        expect![[r#"
            tests.suites 1
            tests.run 6
            tests.failed 3
            tests.skipped 1
            tests.seconds 3
            tests.slowest_suite_seconds 3
        "#]],
    );
    check(
        "junit",
        "== broken.xml\n<testsuite>\n<testcase name=\"a\n",
        expect![[r#"
        error: could not understand "broken.xml" as a JUnit report: line 2 is no XML; export it again, or give only the files that are whole
    "#]],
    );
}

#[test]
fn bills_of_materials() {
    check(
        "sbom",
        "== bom.json
{\"bomFormat\":\"CycloneDX\",\"metadata\":{\"component\":{\"name\":\"shop\",\"purl\":\"pkg:npm/%40acme/shop@1\"}},
 \"components\":[{\"type\":\"library\",\"name\":\"a\",\"version\":\"1\",\"hashes\":[{\"alg\":\"SHA-256\",\"content\":\"x\"}],
   \"components\":[{\"type\":\"library\",\"name\":\"b\"}]},
  {\"type\":\"library\",\"name\":\"pricing\",\"version\":\"2\",\"purl\":\"pkg:npm/%40acme/pricing@2\"},{\"type\":\"file\",\"name\":\"f\"}]}
",
        expect![[r#"
            components.format cyclonedx
            components.all 3
            components.without_version 1
            components.without_checksum 2
            components.internal 1
            components.internal_named [@acme/pricing]
        "#]],
    );
    check(
        "sbom",
        "== s.spdx.json
{\"spdxVersion\":\"SPDX-2.3\",\"documentDescribes\":[\"SPDXRef-0\"],\"packages\":[
 {\"SPDXID\":\"SPDXRef-0\",\"name\":\"shop\",\"externalRefs\":[{\"referenceType\":\"purl\",\"referenceLocator\":\"pkg:golang/git.acme.example/shop/api@v1\"}]},
 {\"SPDXID\":\"SPDXRef-1\",\"name\":\"x\",\"versionInfo\":\"NOASSERTION\",\"checksums\":[{}]},
 {\"SPDXID\":\"SPDXRef-2\",\"name\":\"y\",\"versionInfo\":\"1\",\"externalRefs\":[{\"referenceType\":\"purl\",\"referenceLocator\":\"pkg:golang/git.acme.example/shop/lib@v1\"}]}]}
",
        expect![[r#"
            components.format spdx
            components.all 2
            components.without_version 1
            components.without_checksum 1
            components.internal 1
            components.internal_named [y]
        "#]],
    );
}

#[test]
fn lock_files() {
    check(
        "lockfile",
        "== Cargo.lock
[[package]]
name = \"own\"
version = \"0.1.0\"

[[package]]
name = \"serde\"
version = \"1.0.0\"
source = \"registry+https://github.com/rust-lang/index\"
checksum = \"abc\"

[[package]]
name = \"acme-pricing\"
version = \"1.0.0\"
source = \"registry+https://crates.acme.example/index\"

[[package]]
name = \"forked\"
version = \"1.0.0\"
source = \"git+https://git.example/forked#abc\"
",
        expect![[r#"
            components.format cargo
            components.all 3
            components.without_version 0
            components.without_checksum 1
            components.internal 1
            components.internal_named [acme-pricing]
        "#]],
    );
    check(
        "lockfile",
        "== package-lock.json
{\"name\":\"@acme/shop\",\"lockfileVersion\":3,\"packages\":{\"\":{},\"libs/x\":{\"name\":\"x\"},
 \"node_modules/x\":{\"link\":true},\"node_modules/a\":{\"version\":\"1\",\"resolved\":\"https://registry.example/a\",\"integrity\":\"s\"},
 \"node_modules/a/node_modules/@acme/pricing\":{\"version\":\"1\",\"resolved\":\"https://registry.example/p\"},
 \"node_modules/q\":{\"resolved\":\"https://npm.acme.example/q\",\"integrity\":\"s\"}}}
",
        expect![[r#"
            components.format npm
            components.all 3
            components.without_version 1
            components.without_checksum 1
            components.internal 2
            components.internal_named [@acme/pricing, q]
        "#]],
    );
    check(
        "lockfile",
        "== package-lock.json\n{\"lockfileVersion\":1,\"dependencies\":{\"a\":{\"version\":\"1\",\"dependencies\":{\"b\":{\"version\":\"2\",\"integrity\":\"s\"}}}}}\n",
        expect![[r#"
            components.format npm
            components.all 2
            components.without_version 0
            components.without_checksum 1
            components.internal 0
            components.internal_named []
        "#]],
    );
    check(
        "lockfile",
        "== go.mod
module git.acme.example/shop/api
== go.sum
git.acme.example/shop/lib v1.0.0 h1:abc=
git.acme.example/shop/lib v1.0.0/go.mod h1:def=
golang.org/x/net v0.1.0/go.mod h1:ghi=
",
        expect![[r#"
            components.format go
            components.all 2
            components.without_version 0
            components.without_checksum 1
            components.internal 1
            components.internal_named [git.acme.example/shop/lib]
        "#]],
    );
    check(
        "lockfile",
        "== package-lock.json\n{\"name\":\n",
        expect![[r#"
        error: could not understand "package-lock.json" as a lock file: EOF while parsing a value at line 2 column 0; export it again, or give only the files that are whole
    "#]],
    );
}
