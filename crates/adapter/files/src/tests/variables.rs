//! Variables in how a version runs: which are a slip, and what is the shell's own business.

use expect_test::expect;

use super::{check_service, read};

#[test]
fn a_slip_is_an_error_that_says_what_was_meant() {
    check_service(
        "  run: { command: './serve ${verison} --port ${PROT} --rel $version', env: { LEVEL: a, RELEASE: '${versoin}' } }\n",
        expect![[r#"
            a.yaml:6:19 error unknown-variable: nobody sets "${verison}"
                did you mean "${version}"?
            a.yaml:6:19 error unknown-variable: nobody sets "${PROT}"
                set it in "run.env", or write "${PROT:-}" where it may be empty; "${version}" is the version
            a.yaml:6:19 error unknown-variable: nobody sets "$version"
                write "${version}": that is filled in
            a.yaml:6:97 error unknown-variable: nobody sets "${versoin}"
                did you mean "${version}"?
        "#]],
    );
    check_service(
        "  run: { command: [sh, -c, 'serve ${LEVLE} ${RELEASE}'], env: { LEVEL: a } }\n",
        expect![[r#"
            a.yaml:6:28 error unknown-variable: nobody sets "${LEVLE}"
                did you mean "${LEVEL}"?
            a.yaml:6:28 error unknown-variable: nobody sets "${RELEASE}"
                set it in "run.env", or write "${RELEASE:-}" where it may be empty; "${version}" is the version
        "#]],
    );
    check_service(
        "  run: { command: [serve, '${verison}', '${home}'] }\n",
        expect![[r#"
            a.yaml:6:27 error unknown-variable: nobody sets "${verison}"
                did you mean "${version}"?
            a.yaml:6:27 warning not-expanded: no shell expands "${verison}": a list is run as it is
                write the command as one text, it then runs under "sh -c"
            a.yaml:6:41 warning not-expanded: no shell expands "${home}": a list is run as it is
                write the command as one text, it then runs under "sh -c"
        "#]],
    );
}

#[test]
fn what_somebody_sets_is_left_alone() {
    for (command, env) in [
        ("serve ${version} ${PORT} $PORT ${HOME} ${SEAWORTHY_VERSION} ${PAYMENTS_URL} ${PWD}", ""),
        ("serve ${LEVEL} ${level_2}", "LEVEL: a, level_2: b"),
        ("serve $versions ${versions:-x} ${name:?missing} ${#name} ${1} ${!ref}", ""),
        ("release=${version}; serve ${release}", ""),
        ("for file in a b; do cat ${file}; done", ""),
        ("read -r line && echo ${line}", ""),
        ("export MODE=x && serve ${MODE}", ""),
        (". ./env.sh && serve ${ANYTHING}", ""),
        ("eval \"$(cat env)\"; serve ${ANYTHING}", ""),
        ("jq \\${field}", ""),
        ("serve --template \\'${field}\\'", ""),
        ("echo $$ ${} ${ x }", ""),
        ("version=2; serve $version", ""),
    ] {
        let command = command.replace("\\'", "''");
        let text = format!(
            "apiVersion: seaworthy/v1\nkind: Service\nmetadata: {{ name: a }}\nspec: {{ owner: t, run: {{ command: '{command}', env: {{ {env} }} }} }}\n"
        );
        let loaded = read(&text);
        let found: Vec<_> = loaded.diagnostics.iter().filter(|found| found.rule == "unknown-variable").collect();
        assert!(found.is_empty(), "{command}: {found:?}");
    }
}
