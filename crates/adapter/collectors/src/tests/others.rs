//! CSV, entry points, and connections to PostgreSQL: what is refused and how its answers are read.

use expect_test::expect;

use super::{Directory, Reached, check, look, nothing_answers, told};

#[test]
fn anything_as_csv() {
    check(
        "csv",
        "== a.csv
value,key,seen_at
12,tickets.open,2026-05-30T00:00:00Z
yes,restore.tried,2026-05-01T00:00:00Z
\"a, b\"\"c\",notes.text,
x; y,zones.names,
",
        expect![[r#"
            tickets.open 12
            restore.tried true
            notes.text a, b"c
            zones.names [x, y]
        "#]],
    );
    for (text, want) in [
        (
            "key,value\nTickets,1\n",
            expect![[r#"
            error: could not understand "a.csv" as CSV: line 2: "Tickets" is no key: write noun.field in lower case; export it again, or give only the files that are whole
        "#]],
        ),
        (
            "name,value\na.b,1\n",
            expect![[r#"
            error: could not understand "a.csv" as CSV: line 1: the columns are name, value, not key and value; export it again, or give only the files that are whole
        "#]],
        ),
        (
            "key,value\na.b,\n",
            expect![[r#"
            error: could not understand "a.csv" as CSV: line 2: it has no key or no value; export it again, or give only the files that are whole
        "#]],
        ),
        (
            "key,value\na.b,\"1\n",
            expect![[r#"
            error: could not understand "a.csv" as CSV: line 2: a quote is not closed; export it again, or give only the files that are whole
        "#]],
        ),
        (
            "key,value,seen_at\na.b,1,yesterday\n",
            expect![[r#"
            error: could not understand "a.csv" as CSV: line 2: "yesterday" is no time (RFC 3339); export it again, or give only the files that are whole
        "#]],
        ),
        (
            "key,value,seen_at\na.b,1,2027-01-01T00:00:00Z\n",
            expect![[r#"
            error: could not understand "a.csv" as CSV: line 2: "2027-01-01T00:00:00Z" is yet to come; export it again, or give only the files that are whole
        "#]],
        ),
        (
            "key,value\nowner.is,ann@acme.example\n",
            expect![[r#"
            error: could not take fact "owner.is": it holds what looks like an e-mail address; count people instead of naming them, and leave secrets out
        "#]],
        ),
        (
            "key,value\ntoken.is,ghp_0123456789\n",
            expect![[r#"
            error: could not take fact "token.is": it holds what looks like a secret; count people instead of naming them, and leave secrets out
        "#]],
        ),
    ] {
        check("csv", &format!("== a.csv\n{text}"), want);
    }
}

#[test]
fn the_oldest_time_is_that_of_all() {
    let directory =
        Directory::of("== a.csv\nkey,value,seen_at\na.b,1,2026-05-30T00:00:00Z\nc.d,1,2026-05-01T00:00:00Z\n");
    let observed = look("csv", &directory.0.join("a.csv"), &nothing_answers).unwrap();
    assert_eq!(observed.seen_at.to_string(), "2026-05-01T00:00:00Z");
    assert_eq!((observed.source.as_str(), observed.facts[0].place.as_deref()), ("a.csv", Some("a.csv:2")));
}

#[test]
fn what_entry_points_say_from_outside() {
    let directory = Directory::of(
        "== points.txt\nshop.example  # the shop\nhttp://old.example/\nhttp://plain.example\nbroken.example:8443/x\ngone.example\nshop.example\n",
    );
    let reach = |url: &str| match url {
        "https://shop.example" => Reached { status: Some(200), to_tls: false, tls_days_left: Some(40) },
        "http://old.example/" => Reached { status: Some(301), to_tls: true, tls_days_left: None },
        "http://plain.example" => Reached { status: Some(404), ..Reached::default() },
        "https://broken.example:8443/x" => Reached { status: Some(503), to_tls: false, tls_days_left: Some(-2) },
        "https://gone.example" => Reached::default(),
        other => panic!("{other}"),
    };
    expect![[r#"
        entry.declared 5
        entry.answering 4
        entry.not_answering [gone.example]
        entry.failing [broken.example:8443]
        entry.without_tls [plain.example]
        entry.tls_days_left -2
    "#]]
    .assert_eq(&told(look("entry-points", &directory.0, &reach), &directory.0));
}

#[test]
fn a_password_in_a_connection_is_refused() {
    for connection in ["postgresql://u:p@h/db", "host=h password=p"] {
        let error = look("postgresql", connection.as_ref(), &nothing_answers).unwrap_err();
        assert!(error.to_string().contains("password") && error.hint().contains("PGPASSFILE"), "{error}");
    }
}
