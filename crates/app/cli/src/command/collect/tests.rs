//! What a person reads in `seaworthy collect`, and what is sent.

use std::path::PathBuf;

use expect_test::expect;

use super::{Args, offline, run};
use crate::Exit;
use crate::fake::ran;

/// A file of facts that goes with its test.
struct File(PathBuf);

impl File {
    fn of(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("seaworthy-collect-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

fn args(collector: &str, path: &std::path::Path) -> Args {
    Args {
        collector: Some(collector.to_owned()),
        path: Some(path.to_owned()),
        service: Some("shop".parse().unwrap()),
        members: vec![],
        dry_run: false,
        list: false,
    }
}

fn told(args: &Args, json: bool) -> (Option<u8>, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = offline(args, json, &mut out, &mut err);
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

#[test]
fn facts_are_shown_and_not_sent() {
    let file =
        File::of("a.csv", "key,value,seen_at\na.b,1,2026-01-01T00:00:00Z\nlong.key,x;y,\nis.so,yes,\nhalf.of,0.5,\n");
    let (code, out, err) = told(&Args { dry_run: true, ..args("csv", &file.0) }, false);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let name = file.0.file_name().unwrap().to_string_lossy().into_owned();
    expect![[r#"
        csv of "FILE", seen at 2026-01-01 00:00 UTC (not sent):
        a.b       1
        long.key  x, y
        is.so     yes
        half.of   0.5
    "#]]
    .assert_eq(&out.replace(&name, "FILE"));
    let (_, json, _) = told(&Args { dry_run: true, ..args("csv", &file.0) }, true);
    assert!(json.contains("\"key\": \"a.b\",\n      \"value\": 1,"), "{json}");
}

#[test]
fn what_makes_no_sense_is_said() {
    let (code, _, err) = told(&Args { dry_run: true, ..args("cvs", "x".as_ref()) }, false);
    assert_eq!(code, Some(2));
    assert!(err.contains("there is no collector \"cvs\"") && err.contains("alertmanager, csv"), "{err}");
    let (code, _, err) = told(&Args { dry_run: true, ..args("csv", "/gone.csv".as_ref()) }, false);
    assert_eq!(code, Some(2));
    assert!(err.contains("could not read \"/gone.csv\": No such file"), "{err}");
}

#[test]
fn collectors_are_listed() {
    let list = Args { list: true, ..args("", "".as_ref()) };
    let (code, out, _) = told(&list, false);
    assert_eq!((code, out.lines().count()), (Some(0), 12));
    assert!(out.contains("junit             test reports"), "{out}");
    assert!(told(&list, true).1.contains("\"collector\": \"git\""));
}

#[test]
fn facts_are_sent() {
    let file = File::of("b.csv", "key,value\na.b,1\n");
    let args = args("csv", &file.0);
    assert_eq!(offline(&args, false, &mut Vec::new(), &mut Vec::new()), None);
    let ran = ran(false, &[(200, r#"{"taken":1,"known":0}"#)], async |cx| run(&args, cx).await);
    assert_eq!(ran.done.unwrap(), Exit::Ok);
    assert!(
        ran.requests[0].starts_with("POST /v1/observations {\"observations\":[{\"collector\":\"csv\""),
        "{:?}",
        ran.requests
    );
    assert!(ran.out.contains("about shop: sent"), "{}", ran.out);
    assert!(ran.err.contains("collecting csv ..."), "{}", ran.err);
}

#[test]
fn a_refusal_is_the_servers() {
    let file = File::of("c.csv", "key,value\na.b,1\n");
    let args = args("csv", &file.0);
    let body = r#"{"code":"not-found","message":"no service \"shop\"","hint":"x"}"#;
    let ran = ran(false, &[(404, body)], async |cx| run(&args, cx).await);
    assert!(ran.done.unwrap_err().to_string().contains("no service \"shop\""));
}
