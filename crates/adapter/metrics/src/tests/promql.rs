//! Windows in queries, and what is shown to a source.

use proptest::prelude::*;

use crate::promql::{Access, Source, in_window};

#[test]
fn windows_stand_where_the_braces_stood() {
    for (query, seconds, expected) in [
        ("rate(a[{{.window}}])", 300, "rate(a[5m])"),
        ("rate(a[{{ .window }}]) / rate(b[{{.window}}])", 3_600, "rate(a[1h]) / rate(b[1h])"),
        ("rate(a[{{- .window -}}])", 2_592_000, "rate(a[30d])"),
        ("rate(a[{{.window}}])", 90, "rate(a[90s])"),
        ("rate(a[{{.window}}])", 5_400, "rate(a[90m])"),
        ("rate(a[{{.window}}])", u32::MAX, "rate(a[4294967295s])"),
        ("job:errors:ratio", 300, "job:errors:ratio"),
        ("", 300, ""),
        ("sum by (a) ({b=\"}}\"})", 300, "sum by (a) ({b=\"}}\"})"),
        ("a{{.windows}}", 300, "\"{{.windows}}\" stands for nothing here; only \"{{.window}}\" is replaced"),
        ("a{{}}", 300, "\"{{}}\" stands for nothing here; only \"{{.window}}\" is replaced"),
        ("a{{.window", 300, "\"{{\" is not closed by \"}}\""),
        ("a", 0, "a window of 0 seconds holds nothing"),
    ] {
        assert_eq!(in_window(query, seconds).unwrap_or_else(|error| error.to_string()), expected, "{query}");
    }
}

#[test]
fn access_names_a_secret_and_never_holds_one() {
    let secret = |name: &str| (name == "PROM").then(|| "hush".to_owned());
    let not = "could not use the access to a source of metrics:";
    let shapes = format!("{not} write \"bearer ${{secret:NAME}}\" or \"basic USER:${{secret:NAME}}\"");
    for (text, expected) in [
        ("", "Open"),
        ("  ", "Open"),
        ("bearer ${secret:PROM}", "Bearer(not shown)"),
        ("basic ann:${secret:PROM}", "Basic(not shown)"),
        ("basic ${secret:PROM}", &shapes[..]),
        ("bearer hush", &shapes[..]),
        ("Bearer ${secret:PROM}", &shapes[..]),
        ("bearer ${secret:}", &shapes[..]),
        ("bearer ${secret:PROM", &shapes[..]),
        ("hush", &shapes[..]),
    ] {
        let shown = Access::parse(text, secret).map_or_else(|error| error.to_string(), |access| format!("{access:?}"));
        assert_eq!(shown, expected, "{text:?}");
        assert!(!shown.contains("hush"));
    }
    let missing = Access::parse("bearer ${secret:GRAFANA}", secret).expect_err("there is none");
    assert_eq!(missing.to_string(), format!("{not} there is no secret \"GRAFANA\" here; set it, or correct its name"));
}

#[test]
fn an_address_names_its_credential() {
    let secret = |name: &str| (name == "PROM").then(|| "hush".to_owned());
    for (text, expected) in [
        ("http://prom:9090", "http://prom:9090"),
        ("https://prom.example/select/0/prometheus/", "https://prom.example/select/0/prometheus"),
        ("https://${secret:PROM}@prom.example/x?y=z", "https://prom.example/x"),
        ("https://ann:${secret:PROM}@prom.example", "https://prom.example"),
        ("https://prom.example/a@b", "https://prom.example/a"),
        ("https://ann:hush@prom.example", "could not ask \"https://prom.example\": could not use the access"),
        ("https://hush@prom.example", "could not ask \"https://prom.example\": could not use the access"),
        ("https://${secret:OTHER}@prom.example", "there is no secret \"OTHER\" here; set it, or correct its name"),
        ("prom.example", "could not ask \"prom.example\""),
        ("${secret:PROM}@prom.example", "could not ask \"://prom.example\""),
        ("", "could not ask \"\""),
    ] {
        let shown = Source::parse(text, secret).map_or_else(|error| error.to_string(), |source| format!("{source:?}"));
        assert!(shown.contains(expected) && !shown.contains("hush"), "{text}: {shown}");
    }
}

#[test]
fn a_secret_that_no_header_carries_is_said_without_it() {
    let access = Access::Bearer("hush\n".to_owned());
    let error = Source::new("http://127.0.0.1:9090", &access).expect_err("a line break");
    assert!(error.to_string().contains("look for a line break at its end") && !format!("{error:?}").contains("hush"));
    let basic = Access::Basic { user: "a:b".to_owned(), password: "hush".to_owned() };
    assert!(Source::new("http://127.0.0.1:9090", &basic).is_err(), "the colon ends the name");
    for base in ["", "127.0.0.1:9090", "ftp://x", "http://", "http://a b/"] {
        let error = Source::new(base, &Access::Open).expect_err("no address");
        assert!(!error.remedy().is_empty() && error.to_string().starts_with("could not ask"), "{base}: {error}");
    }
}

proptest! {
    /// A query without braces stays as it is; one with them holds no braces of ours afterwards.
    #[test]
    fn only_braces_are_replaced(before in "[a-z(\\[]{0,20}", after in "[a-z)\\]]{0,20}", seconds in 1_u32..10_000_000) {
        prop_assert_eq!(in_window(&before, seconds), Ok(before.clone()));
        let query = in_window(&format!("{before}{{{{.window}}}}{after}"), seconds).expect("a window");
        let window = &query[before.len()..query.len() - after.len()];
        let (number, unit) = window.split_at(window.len() - 1);
        let unit = match unit { "d" => 86_400, "h" => 3_600, "m" => 60, _ => 1 };
        prop_assert_eq!(number.parse::<u64>().expect("a number") * unit, u64::from(seconds));
    }

    #[test]
    fn no_text_is_a_panic(text in ".{0,60}") {
        drop(in_window(&text, 60));
        drop(Access::parse(&text, |_| None));
        drop(Source::parse(&text, |_| None));
    }
}
