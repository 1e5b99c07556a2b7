//! What `oncall show` prints, and what it refuses.

use expect_test::{Expect, expect};

use super::*;

const ROTA: &str = "
apiVersion: seaworthy/v1
kind: Rotation
metadata: { name: shop }
spec:
  team: shop
  participants: [ann, bob]
  zone: Europe/Berlin
  start: 2026-03-23T09:00
  turn: 1w
  levels: 2
  layers:
    - { name: nights, participants: [nell], start: 2026-03-27T00:00, hours: [fri 22:00-06:00] }
  overrides:
    - { replace: ann, with: zoe, from: 2026-03-28T12:00, until: 2026-03-29T12:00, level: 1 }
";

struct File(PathBuf);

impl Drop for File {
    fn drop(&mut self) {
        fs::remove_file(&self.0).expect("it was written");
    }
}

fn ask(name: &str, text: &str, more: &str) -> (u8, String, String) {
    let name = if name.contains('.') { name.to_owned() } else { format!("{name}.yaml") };
    let file = File(std::env::temp_dir().join(format!("seaworthy-oncall-{}-{name}", std::process::id())));
    fs::write(&file.0, text).expect("a temporary directory");
    let mut args = FileArgs {
        source: file.0.clone(),
        from: instant("2026-03-27").expect("a day"),
        to: instant("2026-03-31").expect("a day"),
        rotation: None,
        ics: more == "ics",
    };
    match more {
        "none" => args.rotation = Some("none".parse().expect("a name")),
        "back" => (args.from, args.to) = (args.to, args.from),
        "long" => args.to = instant("2036-01-01").expect("a day"),
        _ => {}
    }
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let view = View { json: more == "json", columns: Some(100), ..View::of_this_process(more == "json") };
    let code = show(&args, view, &mut out, &mut err).unwrap_or_else(|failure| report(&failure, false, &mut err)).code();
    let (path, stem) = (file.0.display().to_string(), format!("seaworthy-oncall-{}-", std::process::id()));
    let text = |bytes| String::from_utf8(bytes).expect("text").replace(&path, "FILE").replace(&stem, "");
    (code, text(out), text(err))
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(name: &str, text: &str, more: &str, want: Expect) {
    let (code, out, err) = ask(name, text, more);
    want.assert_eq(&format!("{}{err}exit {code}\n", out.replace('\r', "")));
}

#[test]
fn who_is_on_call_when_and_why() {
    check(
        "text",
        ROTA,
        "",
        expect![[r#"
        shop of shop, times of Europe/Berlin

        LEVEL      FROM                  UNTIL                 PERSON  WHY
        primary    Fri 2026-03-27 01:00  Fri 2026-03-27 22:00  ann     layer main
        primary    Fri 2026-03-27 22:00  Sat 2026-03-28 06:00  nell    layer nights
        primary    Sat 2026-03-28 06:00  Sat 2026-03-28 12:00  ann     layer main
        primary    Sat 2026-03-28 12:00  Sun 2026-03-29 12:00  zoe     stands in for ann
        primary    Sun 2026-03-29 12:00  Mon 2026-03-30 09:00  ann     layer main
        primary    Mon 2026-03-30 09:00  Tue 2026-03-31 02:00  bob     layer main
        secondary  Fri 2026-03-27 01:00  Fri 2026-03-27 22:00  bob     layer main
        secondary  Fri 2026-03-27 22:00  Sat 2026-03-28 06:00  nell    layer nights
        secondary  Sat 2026-03-28 06:00  Mon 2026-03-30 09:00  bob     layer main
        secondary  Mon 2026-03-30 09:00  Tue 2026-03-31 02:00  ann     layer main

        - nell is on two levels at once, first from Fri 2026-03-27 22:00: nobody is behind them
        - 3 people; six to eight carry a rotation well (ONC-10)
        exit 0
    "#]],
    );
}

#[test]
fn programs_get_utc_and_the_zone() {
    let (code, out, _) = ask("json", ROTA, "json");
    let said: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(code, 0);
    expect![[r#"
        {"end":"2026-03-28T05:00:00Z","level":0,"person":"nell","rotation":"shop","start":"2026-03-27T21:00:00Z","why":"layer nights","zone":"Europe/Berlin"}
        []
        {"end":null,"kind":"two-levels","person":"nell","rotation":"shop","says":"nell is on two levels at once, first from Fri 2026-03-27 22:00: nobody is behind them","start":"2026-03-27T21:00:00Z"}
    "#]].assert_eq(&format!("{}\n{}\n{}\n", said["shifts"][1], said["gaps"], said["findings"][0]));
}

#[test]
fn calendars_get_events() {
    let (_, out, _) = ask("ics", ROTA, "ics");
    assert!(out.split("\r\n").all(|line| line.len() <= LINE_MAX), "{out}");
    assert_eq!(out.matches("BEGIN:VEVENT").count(), out.matches("END:VEVENT").count());
    let first: String = out.split("\r\n").skip(3).take(10).map(|line| format!("{line}\n")).collect();
    expect![[r#"
        BEGIN:VEVENT
        UID:shop-0-1774569600@seaworthy
        DTSTAMP:20260327T000000Z
        SEQUENCE:0
        DTSTART:20260327T000000Z
        DTEND:20260327T210000Z
        SUMMARY:ann on call for shop
        DESCRIPTION:layer main
        TRANSP:TRANSPARENT
        END:VEVENT
    "#]]
    .assert_eq(&first);
}

/// RFC 5545 section 3.1.
const LINE_MAX: usize = 75;

#[test]
fn what_cannot_be_shown_is_said() {
    check(
        "none",
        ROTA,
        "none",
        expect![[r#"
        error: no rotation "none" in "FILE"
        hint: it has shop
        exit 2
    "#]],
    );
    check(
        "back",
        ROTA,
        "back",
        expect![[r#"
        error: could not show the time from 2026-03-31T00:00:00Z to 2026-03-27T00:00:00Z: it holds none
        hint: --from is the first day, --to the day after the last
        exit 2
    "#]],
    );
    check(
        "long",
        ROTA,
        "long",
        expect![[r#"
        error: could not show 3567 days: at most 731 at a time
        hint: ask for two years or less
        exit 2
    "#]],
    );
    check(
        "empty",
        "",
        "",
        expect![[r#"
        error: no rotation in "FILE"
        hint: write a document of kind Rotation: docs/files.md shows one
        exit 2
    "#]],
    );
    check(
        "zone",
        &ROTA.replace("Europe/Berlin", "Berlin"),
        "",
        expect![[r#"
        error: FILE:8:9: time zone "Berlin" is not known; write an IANA name, such as Europe/Berlin or UTC
        exit 1
    "#]],
    );
    check(
        "broken",
        "kind: [",
        "",
        expect![[r#"
        error: no rotation in "FILE"
        hint: write a document of kind Rotation: docs/files.md shows one
        exit 2
    "#]],
    );
}

/// A week each, hand-over at nine; the last event has no end.
const FEED: &str = "BEGIN:VCALENDAR
X-WR-CALNAME:Shop nights
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VEVENT
UID:Q1
DTSTART:20260320T080000Z
DTEND:20260327T080000Z
ATTENDEE:ann@example.org
SUMMARY:On Call - Ann A. - Shop nights
END:VEVENT
BEGIN:VEVENT
UID:Q2
DTSTART:20260327T080000Z
DTEND:20260403T070000Z
SUMMARY:On Call - Bob - Shop nights
END:VEVENT
BEGIN:VEVENT
UID:Q3
DTSTART:20260403T070000Z
SUMMARY:On Call - Ann A. - Shop nights
END:VEVENT
END:VCALENDAR
";

#[test]
fn a_feed_of_another_system_is_shown() {
    check(
        "feed.ics",
        FEED,
        "",
        expect![[r#"
            shop-nights of elsewhere, times of Europe/Berlin

            LEVEL    FROM                  UNTIL                 PERSON  WHY
            primary  Fri 2026-03-27 01:00  Fri 2026-03-27 09:00  ann     put on call for this time
            primary  Fri 2026-03-27 09:00  Tue 2026-03-31 02:00  bob     put on call for this time
            warning: FILE: line 19: has no end: write DTEND or DURATION
            exit 0
        "#]],
    );
}

#[test]
fn a_table_of_another_system_is_shown() {
    let table = "start,end,person\n2026-03-28T00:00:00Z,2026-03-31T00:00:00Z,Jane Doe\nnow,then,x\n";
    check(
        "table.csv",
        table,
        "json",
        expect![[r#"
            {
              "shifts": [
                {
                  "rotation": "table",
                  "level": 0,
                  "person": "jane-doe",
                  "start": "2026-03-28T00:00:00Z",
                  "end": "2026-03-31T00:00:00Z",
                  "zone": "UTC",
                  "why": "put on call for this time"
                }
              ],
              "gaps": [
                {
                  "rotation": "table",
                  "level": 0,
                  "start": "2026-03-27T00:00:00Z",
                  "end": "2026-03-28T00:00:00Z",
                  "zone": "UTC"
                }
              ],
              "findings": [
                {
                  "rotation": "table",
                  "kind": "uncovered",
                  "person": null,
                  "start": "2026-03-27T00:00:00Z",
                  "end": null,
                  "says": "nobody is primary for 24 h in all, first from Fri 2026-03-27 00:00"
                }
              ]
            }
            warning: FILE: line 3: "now" is no time such as 2026-01-01T08:00:00Z
            exit 0
        "#]],
    );
    check(
        "empty.csv",
        "a,b\n",
        "",
        expect![[r#"
        warning: FILE: line 1: no header with start, end and person; write `start,end,person` above the shifts
        error: could not read a shift in "FILE"
        hint: the warnings say what is wrong with each
        exit 2
    "#]],
    );
}
