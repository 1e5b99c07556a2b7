//! Tokens of known shapes, and what only resembles them.

use super::{ALNUM, HEX, UPPER, encoded, made, told};

#[test]
fn tokens_are_told_with_their_holders() {
    let table = [
        ("ghp_", 36, ALNUM, "github-token-classic person"),
        ("gho_", 36, ALNUM, "github-oauth-token person"),
        ("ghs_", 36, ALNUM, "github-app-token workload"),
        ("github_pat_", 82, ALNUM, "github-token-fine-grained person"),
        ("glpat-", 20, ALNUM, "gitlab-access-token person"),
        ("gldt-", 20, ALNUM, "gitlab-deploy-token workload"),
        ("AKIA", 16, UPPER, "aws-access-key-id unknown"),
        ("AIza", 35, ALNUM, "gcp-api-key workload"),
        ("npm_", 36, ALNUM, "npm-token person"),
        ("dckr_pat_", 27, ALNUM, "docker-token person"),
        ("dckr_oat_", 27, ALNUM, "docker-organisation-token team"),
        ("hvs.", 90, ALNUM, "vault-token unknown"),
        ("glsa_", 41, ALNUM, "grafana-service-token workload"),
        ("sntryu_", 64, HEX, "sentry-user-token person"),
        ("sw_", 64, HEX, "seaworthy-token unknown"),
        ("dop_v1_", 64, HEX, "digitalocean-token person"),
        ("shpat_", 32, HEX, "shopify-token workload"),
    ];
    for (at, (prefix, length, alphabet, said)) in table.into_iter().enumerate() {
        let token = format!("{prefix}{}", made(at as u64 + 1, length, alphabet));
        for text in [format!("x\n{token}\n"), format!("\nsee \"{token}\" there"), format!("\nTOKEN={token}")] {
            assert_eq!(told("notes.txt", &text), [format!("2 {said}")], "{prefix} in a text");
        }
    }
}

#[test]
fn long_tokens_with_parts_are_told_once() {
    let stripe = format!("sk_{}_{}", "live", made(3, 24, ALNUM));
    assert_eq!(told("a.env", &format!("STRIPE_SECRET_KEY={stripe}")), ["1 stripe-live-key team"]);
    let hook = format!(
        "https://hooks.slack.com/services/T{}/B{}/{}",
        made(1, 8, UPPER),
        made(2, 10, UPPER),
        made(3, 24, ALNUM)
    );
    assert_eq!(told("a.yaml", &format!("slack_url: {hook}")), ["1 slack-webhook workload"]);
    let bot = format!("xoxb-{}-{}-{}", made(4, 12, "0123456789"), made(5, 13, "0123456789"), made(6, 24, ALNUM));
    assert_eq!(told("a.py", &format!("client = Chat(\"{bot}\")")), ["1 slack-bot-token workload"]);
    let sendgrid = format!("SG.{}.{}", made(7, 22, ALNUM), made(8, 43, ALNUM));
    assert_eq!(told("a.md", &format!("use {sendgrid} here")), ["1 sendgrid-key team"]);
}

#[test]
fn a_token_says_when_it_ends_and_whose_it_is() {
    let token = |claims: &str| {
        let part = |text: &str| encoded(text).trim_end_matches('=').replace('+', "-").replace('/', "_");
        format!("{}.{}.{}", part(r#"{"alg":"HS256","typ":"JWT"}"#), part(claims), made(9, 43, ALNUM))
    };
    let said = |claims: &str| {
        let found = crate::find("a.yaml", &format!("session: {}", token(claims))).found;
        found
            .iter()
            .map(|one| (one.kind.name, one.holder.class.word(), one.expires.map(|at| at.to_string())))
            .collect::<Vec<_>>()
    };
    let at = || Some("2027-01-15T08:00:00Z".to_owned());
    assert_eq!(said(r#"{"sub":"system:serviceaccount:shop:cart","exp":1800000000}"#), [("jwt", "workload", at())]);
    assert_eq!(said(r#"{"sub":"1", "email":"a@b.test", "exp": 1800000000.5}"#), [("jwt", "person", at())]);
    assert_eq!(said(r#"{"azp":"shop"}"#), [("jwt", "workload", None)]);
    assert_eq!(said(r#"{"sub":"ada.lovelace"}"#), [("jwt", "person", None)]);
    assert_eq!(said("no claims"), []);
}

#[test]
fn what_resembles_a_token_is_none() {
    let body = made(1, 36, ALNUM);
    for text in [
        format!("ghp_{}", &body[..35]),
        format!("ghp_{body}x"),
        format!("xghp_{body}"),
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".to_owned(),
        format!("ghp_{}EXAMPLE", &body[..29]),
        "AKIAIOSFODNN7EXAMPLE".to_owned(),
        "hf_download_with_progress_and_more_of_it".to_owned(),
        "sk-this-is-not-a-key-but-a-class-name-of-a-page-with-sk".to_owned(),
        format!("npm_{}", "a".repeat(36)),
    ] {
        assert_eq!(told("notes.txt", &text), Vec::<String>::new(), "{}", &text[..12]);
    }
}

#[test]
fn keys_are_told_once_however_they_are_written() {
    let body = made(5, 120, ALNUM);
    let pem = |label: &str, end: &str| {
        format!("-----BEGIN {label}-----{end}{}{end}{}{end}-----END {label}-----{end}", &body[..64], &body[64..])
    };
    assert_eq!(told("a.key", &pem("PRIVATE KEY", "\n")), ["1 private-key unknown"]);
    assert_eq!(told("a.key", &pem("RSA PRIVATE KEY", "\r\n")), ["1 private-key unknown"]);
    assert_eq!(told("a.key", &pem("ENCRYPTED PRIVATE KEY", "\n")), ["1 private-key-encrypted unknown"]);
    let account =
        format!("{{\n \"type\": \"service_account\",\n \"private_key\": \"{}\"\n}}", pem("PRIVATE KEY", "\\n"));
    assert_eq!(told("sa.json", &account), ["3 private-key workload"]);
    let kubeconfig = format!("users:\n- user:\n    client-key-data: {}\n", encoded(&pem("EC PRIVATE KEY", "\n")));
    assert_eq!(told("config", &kubeconfig), ["3 private-key unknown"]);
    let secret = |text: &str| crate::find("x", text).found[0].secret.reveal().to_owned();
    assert_eq!(secret(&pem("PRIVATE KEY", "\n")), secret(&pem("PRIVATE KEY", "\\n")));
    for none in [
        pem("CERTIFICATE", "\n"),
        pem("PUBLIC KEY", "\n"),
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----".into(),
        "-----BEGIN PRIVATE KEY-----".into(),
    ] {
        assert_eq!(told("a.pem", &none), Vec::<String>::new());
    }
}
