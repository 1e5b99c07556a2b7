//! Command lines that are understood and ones that are not; each kind of failure with its words and exit code.

use clap::Parser;
use clap::error::ErrorKind;
use expect_test::{Expect, expect};
use http::StatusCode;
use seaworthy_client::{ApiError, Error, Kind};
use seaworthy_contract::api::Status;

use crate::command::Command;
use crate::fake::ran;
use crate::{Exit, Failure, Global, report};

/// The command line without the roles that the binary adds.
#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

fn parse(line: &str) -> Result<Line, clap::Error> {
    Line::try_parse_from(std::iter::once("seaworthy").chain(line.split_whitespace()))
}

#[test]
fn lines_that_are_understood() {
    for line in [
        "status",
        "status --json",
        "--json status",
        "ship checkout v2",
        "ship checkout v2 --env A=1 --env B= --steps 5,25,50,100 --dwell 5s --commit abc --no-wait",
        "ship checkout v2 --address 127.0.0.1:9000",
        "ship checkout v2 -- ./run --port 1",
        "revert checkout",
        "revert checkout --reason slow",
        "hold checkout --reason odd",
        "resume checkout --json",
        "rollouts",
        "rollouts checkout --limit 3",
        "services checkout --server http://127.0.0.1:1",
        "who /basket",
        "ready checkout",
        "pages",
        "pages list --all",
        "pages ack",
        "pages ack 01954a00-0",
        "pages judge acted",
        "pages judge nothing-to-do 01954a00",
        "alerts",
        "alerts --open --service checkout --json",
        "alerts --all",
        "alerts show",
        "alerts show 01954a00",
        "alerts silence checkout --for 2h --reason moving",
        "alerts silence checkout --rule probe/buy --until 2026-03-02T14:00:00Z --reason moving",
        "alerts unsilence checkout",
        "alerts silences",
        "alerts unowned --json",
        "rules --service checkout",
        "rules drill probe/buy --no-wait",
        "rules change probe/buy demote",
        "review --week --json",
        "token create --scope intake --label alertmanager",
        "token create --scope team --team shop --label ci --for 90d",
        "token list",
        "token withdraw 01954a00-0000-7000-8000-000000000001",
        "apply",
        "apply dir --yes --dry-run",
        "account add ines --admin",
        "account add ines --password",
        "account list --json",
        "account disable ines",
        "sign-in",
        "sign-in --as ines",
        "check dir",
        "look . --json",
        "slo rules a.yaml b.yaml --windows w --out r.yaml",
        "slo explain a.yaml --rate 60 --json",
        "ledger verify --data d --json",
        "ledger-writer --path d --acks f",
        "ledger-fill --path d --events 10000",
    ] {
        assert!(parse(line).is_ok(), "{line}: {:?}", parse(line).err());
    }
}

#[test]
fn lines_that_are_not() {
    use ErrorKind::{ArgumentConflict, InvalidSubcommand, MissingRequiredArgument, UnknownArgument, ValueValidation};
    for (line, kind) in [
        ("", ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand),
        ("shipp checkout v2", InvalidSubcommand),
        ("ship checkout", MissingRequiredArgument),
        ("ship check/out v2", ValueValidation),
        ("ship checkout v2 --env A", ValueValidation),
        ("ship checkout v2 --steps 5,200", ValueValidation),
        ("ship checkout v2 --dwell 5", ValueValidation),
        ("ship checkout v2 --address 127.0.0.1:9000 -- ./run", ArgumentConflict),
        ("ship checkout v2 --token sw_x", UnknownArgument),
        ("rollouts checkout --id 01954a00-0000-7000-8000-000000000001", ArgumentConflict),
        ("rollouts --id 7", ValueValidation),
        ("hold", MissingRequiredArgument),
        ("pages judge", MissingRequiredArgument),
        ("pages judge good", ErrorKind::InvalidValue),
        ("alerts --open --all", ArgumentConflict),
        ("alerts silence checkout --reason moving", MissingRequiredArgument),
        ("alerts silence checkout --for 2h", MissingRequiredArgument),
        ("alerts silence checkout --for 2 --reason moving", ValueValidation),
        ("alerts silence checkout --for 2h --until 2026-03-02T14:00:00Z --reason moving", ArgumentConflict),
        ("rules change probe/buy", MissingRequiredArgument),
        ("token create --scope team --label ci", MissingRequiredArgument),
        ("token create --scope gateway --label gw", ErrorKind::InvalidValue),
        ("token withdraw 7", ValueValidation),
        ("resume checkout --reason odd", UnknownArgument),
        ("slo rules", MissingRequiredArgument),
        ("slo explain a.yaml --rate 0", ValueValidation),
        ("slo explain a.yaml --rate 1e300", ValueValidation),
        ("slo explain a.yaml --rate inf", ValueValidation),
        ("slo explain a.yaml --rate nan", ValueValidation),
        ("ledger-fill --path d --events 3", ValueValidation),
    ] {
        assert_eq!(parse(line).unwrap_err().kind(), kind, "{line}");
    }
}

#[test]
fn json_is_asked_for_before_or_after_the_command() {
    for (line, json) in [("status", false), ("status --json", true), ("--json status", true)] {
        assert_eq!(parse(line).unwrap().global.json, json, "{line}");
    }
    let look = |line| match parse(line).unwrap().command {
        Command::Look(args) => args.json,
        _ => unreachable!("the line says look"),
    };
    assert_eq!(["look", "look --json", "--json look"].map(look), [false, true, true]);
}

/// Asks a server that answers so, and checks exit code and what is told.
fn check(answers: &[(u16, &str)], exit: Exit, expected: Expect) {
    let failure = asked(answers).unwrap_err();
    let mut said = Vec::new();
    assert_eq!(report(&failure, false, &mut said), exit);
    expected.assert_eq(&masked(String::from_utf8(said).unwrap()));
}

fn asked(answers: &[(u16, &str)]) -> Result<Exit, Failure> {
    ran(false, answers, async |cx| {
        let status: Status = cx.api.get_json("/v1/status").await?;
        cx.answer(&status, |status, _| status.sentence.clone())?;
        Ok(Exit::Ok)
    })
    .done
}

/// Ports differ each time.
fn masked(text: String) -> String {
    let parts: Vec<&str> = text.split("127.0.0.1:").collect();
    let rest = |part: &&str| part.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned();
    let tail: Vec<String> = parts.iter().skip(1).map(rest).collect();
    std::iter::once(parts[0].to_owned()).chain(tail).collect::<Vec<_>>().join("127.0.0.1:PORT")
}

#[test]
fn a_refusal_says_which_request_the_log_has() {
    let said = ApiError {
        code: "not-found".to_owned(),
        message: "no page".to_owned(),
        hint: None,
        request: Some("9f31c2d4-412\u{1b}[2J".into()),
    };
    let kind = Kind::Status { status: StatusCode::NOT_FOUND, error: Some(said) };
    let failure = Failure::Server(Error { attempted: "GET".to_owned(), kind });
    for (json, want) in [
        (false, "error: no page\nrequest: 9f31c2d4-412?[2J, in the server's log\n"),
        (true, "{\"code\":\"not-found\",\"message\":\"no page\",\"request\":\"9f31c2d4-412?[2J\"}\n"),
    ] {
        let mut err = Vec::new();
        assert_eq!(report(&failure, json, &mut err), Exit::Refused);
        assert_eq!(String::from_utf8(err).unwrap(), want);
    }
}

#[test]
fn refusals_are_the_servers_words() {
    let body = |code: &str| format!(r#"{{"code":"{code}","message":"no service \"x\"","hint":"look"}}"#);
    for (status, code, exit) in [
        (400, "invalid", Exit::Usage),
        (401, "unauthenticated", Exit::Refused),
        (403, "forbidden", Exit::Refused),
        (404, "not-found", Exit::Refused),
        (409, "refused", Exit::Refused),
        (409, "conflict", Exit::Refused),
        (413, "too-large", Exit::Usage),
        (500, "internal", Exit::Unavailable),
        (503, "unavailable", Exit::Unavailable),
    ] {
        let failure = asked(&[(status, &body(code))]).unwrap_err();
        assert_eq!((failure.exit(), failure.code()), (exit, code));
        assert_eq!(failure.to_string(), "no service \"x\"");
    }
    check(
        &[(404, &body("not-found"))],
        Exit::Refused,
        expect![[r#"
        error: no service "x"
        hint: look
    "#]],
    );
}

#[test]
fn a_missing_token_is_told_where_to_put_it() {
    check(
        &[(401, r#"{"code":"unauthenticated","message":"no credential","hint":"send a header"}"#)],
        Exit::Refused,
        expect![[r#"
            error: no credential
            hint: set SEAWORTHY_TOKEN, or SEAWORTHY_TOKEN_FILE to the file that holds the token
        "#]],
    );
}

#[test]
fn somebody_else_at_the_address_is_not_believed() {
    check(
        &[(404, "<html>nothing here</html>")],
        Exit::Unavailable,
        expect![[r#"
        error: could not GET "http://127.0.0.1:PORT/v1/status": the server answered 404 Not Found
        hint: is a seaworthy server of this version at that address? SEAWORTHY_SERVER names another
    "#]],
    );
    check(
        &[(200, "<html>welcome</html>")],
        Exit::Unavailable,
        expect![[r#"
        error: could not GET "http://127.0.0.1:PORT/v1/status": the answer is not as expected (expected value at line 1 column 1)
        hint: is a seaworthy server of this version at that address? SEAWORTHY_SERVER names another
    "#]],
    );
    check(
        &[(200, r#"{"sentence":"hi"}"#)],
        Exit::Unavailable,
        expect![[r#"
        error: could not GET "http://127.0.0.1:PORT/v1/status": the answer is not as expected (missing field `now` at line 1 column 17)
        hint: is a seaworthy server of this version at that address? SEAWORTHY_SERVER names another
    "#]],
    );
}

#[test]
fn nobody_at_the_address_is_told_how_to_start_it() {
    check(
        &[],
        Exit::Unavailable,
        expect![[r#"
            error: could not GET "http://127.0.0.1:PORT/v1/status": no connection (Connection refused (os error 111))
            hint: start it with `seaworthy up DIR`, or name the right address in SEAWORTHY_SERVER
        "#]],
    );
}

#[test]
fn who_waits_in_vain_is_told_the_way_without_the_server() {
    let hint = |kind, revert: bool| {
        let error = Error { attempted: "POST \"x\"".to_owned(), kind };
        let service = "checkout".parse().unwrap();
        let failure = if revert { Failure::Revert { error: Box::new(error), service } } else { Failure::Server(error) };
        assert_eq!((failure.exit(), failure.code()), (Exit::Unavailable, "unreachable"));
        failure.hint().unwrap()
    };
    let refused = || Kind::Connect(std::io::ErrorKind::ConnectionRefused.into());
    let silent = || Kind::Timeout(std::time::Duration::from_secs(5));
    for (kind, revert, want) in [
        (silent(), false, "`seaworthy gateway revert SERVICE --data DIR/.seaworthy`"),
        (silent(), true, "`seaworthy gateway revert checkout --data DIR/.seaworthy`"),
        (refused(), true, "`seaworthy gateway revert checkout --data DIR/.seaworthy`"),
        (refused(), false, "start it with `seaworthy up DIR`"),
    ] {
        let hint = hint(kind, revert);
        assert!(hint.contains(want), "{hint}");
    }
}

#[test]
fn a_servers_words_cannot_move_the_cursor() {
    let failure = asked(&[(409, "{\"code\":\"refused\",\"message\":\"a\\u001b[2Jb\"}")]).unwrap_err();
    assert_eq!(failure.to_string(), "a?[2Jb");
}

#[test]
fn programs_get_the_apis_error_shape() {
    let mut said = Vec::new();
    let failure = Failure::usage("could not do it", "do another");
    assert_eq!(report(&failure, true, &mut said), Exit::Usage);
    assert_eq!(
        String::from_utf8(said).unwrap(),
        "{\"code\":\"invalid\",\"message\":\"could not do it\",\"hint\":\"do another\"}\n"
    );
}

#[test]
fn a_wait_that_somebody_ended_is_no_error() {
    let mut said = Vec::new();
    let stopped = Failure::Interrupted("the rollout goes on".to_owned());
    assert_eq!(report(&stopped, false, &mut said), Exit::Interrupted);
    assert_eq!(String::from_utf8(said).unwrap(), "stopped waiting; the rollout goes on\n");
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let mut said = Vec::new();
    let gone = Failure::Write(std::io::ErrorKind::BrokenPipe.into());
    assert_eq!((report(&gone, false, &mut said), said.as_slice()), (Exit::Ok, b"".as_slice()));
    let full = Failure::Write(std::io::ErrorKind::StorageFull.into());
    assert_eq!(report(&full, false, &mut said), Exit::Unavailable);
}

#[test]
fn an_address_or_a_token_that_cannot_be_used_is_bad_input() {
    let global = |line: &str| parse(line).unwrap().global.client().unwrap_err();
    for line in ["status --server ftp://x", "status --server nonsense://", "status --token-file /nowhere/token"] {
        assert_eq!(global(line).exit(), Exit::Usage, "{line}");
    }
}
