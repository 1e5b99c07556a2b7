//! Reports as people and programs get them.

use std::path::Path;

use clap::Parser;
use expect_test::{Expect, expect};
use serde_json::Value;

use super::*;

#[derive(Parser)]
struct Shell {
    #[command(flatten)]
    args: Args,
}

/// A directory with made-up histories, removed at the end.
struct Place(PathBuf);

const INCIDENTS: &str = r#"{"id":"1","title":"Carts are slow","impact":"minor","started_at":"2026-02-27T23:00:00Z","resolved_at":"2026-03-01T01:00:00Z"}
{"id":"2","title":"Nobody can pay","impact":"critical","started_at":"2026-03-01T00:30:00Z","resolved_at":"2026-03-01T02:00:00Z","impact_window":{"start_at":"2026-03-01T00:00:00Z","end_at":"2026-03-01T02:00:00Z","source":"postmortem"}}
{"id":"3","title":"New database","impact":"maintenance","started_at":"2026-03-02T00:00:00Z","resolved_at":"2026-03-09T06:00:00Z"}
{"id":"4","title":"A colour \u001b[31m","impact":"none","started_at":"2026-03-03T00:00:00Z","resolved_at":"2026-03-03T01:00:00Z"}
{"id":"5","title":"Long ago","impact":"none","started_at":"2025-03-03T00:00:00Z","resolved_at":"2025-03-03T01:00:00Z"}
"#;
const STAGES: &str = "incident_id,start_at,end_at,status
3,2026-03-02T00:00:00Z,2026-03-09T04:00:00Z,Scheduled
3,2026-03-09T04:00:00Z,2026-03-09T06:00:00Z,In progress
";
const ROWS: &str = "time,site,state,http_code,response_ms
2026-03-01T00:00:00Z,shop,up,200,90
2026-03-01T01:00:00Z,shop,down,503,90
2026-03-01T02:00:00Z,shop,up,200,90
2026-03-01T00:00:00Z,intranet,down,403,90
2026-03-01T01:00:00Z,intranet,down,403,90
";

impl Place {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let dir = std::env::temp_dir().join(format!("seaworthy-cli-downtime-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        for (file, text) in files {
            std::fs::write(dir.join(file), text).unwrap();
        }
        Self(dir)
    }

    fn log(name: &str) -> Self {
        Self::new(name, &[("incidents.jsonl", INCIDENTS), ("segments.csv", STAGES)])
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Runs `downtime report --source DIR <line>` and returns exit code, output and errors.
fn shell(dir: &Path, line: &str, json: bool) -> (u8, String, String) {
    let source = dir.display().to_string();
    let words = ["downtime", "report", "--source", &source].into_iter().chain(line.split(' '));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run(&Shell::try_parse_from(words).unwrap().args, json, &mut out, &mut err).expect("it is a report");
    let text = |bytes| String::from_utf8(bytes).unwrap().replace(&source, "DIR");
    (code, text(out), text(err))
}

fn check(dir: &Path, line: &str, code: u8, want: Expect) {
    let (found, out, err) = shell(dir, line, false);
    assert_eq!(found, code, "{line}: {out}{err}");
    want.assert_eq(&(out + &err));
}

fn programs(dir: &Path, line: &str, code: u8) -> Value {
    let (found, out, err) = shell(dir, line, true);
    assert_eq!(found, code, "{line}: {out}{err}");
    serde_json::from_str(&out).unwrap()
}

const MARCH: &str = "--from 2026-03-01 --to 2026-04-01";

#[test]
fn a_log_of_incidents_is_reported_under_every_definition() {
    check(
        &Place::log("log").0,
        MARCH,
        0,
        expect![[r#"
            github-statuses, 2026-03-01T00:00:00Z to 2026-04-01T00:00:00Z, 744.00 h, UTC
            What the log does not name counts as up while it was kept, see the note: the log's word, nobody measured it.

            DEFINITION               HOURS DOWN  AVAILABLE  COUNTS
            critical                       1.50    99.242%  critical only, overlaps once
            major                          1.50    99.242%  major and worse, overlaps once
            unplanned-merged               2.00    98.989%  minor and worse, overlaps once
            unplanned-summed               2.50    98.737%  minor and worse, overlaps as often as they occur
            maintenance-in-progress        4.00    97.979%  minor and worse, and maintenance really in progress, overlaps once
            maintenance-announced        176.00    11.111%  minor and worse, and maintenance from its announcement, overlaps once
            unknown: 546.00 h

            HOURS DOWN IN  critical  major  unplanned-merged  unplanned-summed  maintenance-in-progress  maintenance-announced  unknown
            2026-03            1.50   1.50              2.00              2.50                     4.00                 176.00   546.00

            HOURS OF        up  degraded  down-unplanned  down-planned  up-in-maintenance  unknown        U  coverage
            everything  194.00      0.50            1.50          2.00               0.00   546.00  99.232%   26.612%

            A second source gives other times for 1 incident. By its word, not mixed into the above:
            critical                   2.00  98.989%
            major                      2.00  98.989%
            unplanned-merged           2.00  98.989%
            unplanned-summed           3.00  98.484%
            maintenance-in-progress    4.00  97.979%
            maintenance-announced    176.00  11.111%

            1 not counted, or not in full:
              4 2026-03-03T00:00:00Z "A colour ?[31m": impact "none": the log says nobody was met
            note: the log was kept from 2025-03-03T00:00:00Z to 2026-03-09T06:00:00Z: the first and the last time at which it says that something began, went on or ended; before and after, what it does not name is unknown
        "#]],
    );
}

#[test]
fn measurements_are_reported_with_what_nobody_measured() {
    check(
        &Place::new("rows", &[("rows.csv", ROWS)]).0,
        "--from 2026-03-01 --to 2026-03-01T04:00:00Z",
        0,
        expect![[r#"
            upptime, 2026-03-01T00:00:00Z to 2026-03-01T04:00:00Z, 4.00 h, UTC
            What nobody measured is unknown, and in no figure.

            DEFINITION               HOURS DOWN  AVAILABLE  COUNTS
            critical                       1.00    66.666%  critical only, overlaps once
            major                          1.00    66.666%  major and worse, overlaps once
            unplanned-merged               1.00    66.666%  minor and worse, overlaps once
            unplanned-summed               1.00    66.666%  minor and worse, overlaps as often as they occur
            maintenance-in-progress        1.00    66.666%  minor and worse, and maintenance really in progress, overlaps once
            maintenance-announced          1.00    66.666%  minor and worse, and maintenance from its announcement, overlaps once
            unknown: 5.00 h

            HOURS DOWN IN  critical  major  unplanned-merged  unplanned-summed  maintenance-in-progress  maintenance-announced  unknown
            2026-03            1.00   1.00              1.00              1.00                     1.00                   1.00     5.00

            HOURS OF    up  degraded  down-unplanned  down-planned  up-in-maintenance  unknown        U  coverage
            intranet  0.00      0.00            0.00          0.00               0.00     4.00  unknown    0.000%
            shop      2.00      0.00            1.00          0.00               0.00     1.00  66.666%   75.000%

            1 not counted, or not in full:
              intranet: cannot see: never once up in 2 rows, only 403; unknown, not down
        "#]],
    );
}

#[test]
fn programs_get_full_precision() {
    let said = programs(&Place::log("json").0, MARCH, 0);
    let figure = |rule: &str| (said["rules"][rule]["hours"].clone(), said["rules"][rule]["availability"].clone());
    assert_eq!(figure("critical").0, 1.5);
    // Reading JSON may be off by the last bit.
    assert!((figure("critical").1.as_f64().unwrap() - 196.5 / 198.0).abs() < 1e-15);
    assert_eq!(figure("unplanned-merged").0, 2.0);
    assert_eq!(figure("unplanned-summed").0, 2.5);
    assert_eq!(figure("maintenance-in-progress").0, 4.0);
    assert_eq!(figure("maintenance-announced").0, 2.0 + 7.0 * 24.0 + 6.0);
    assert_eq!((said["rules"].as_object().unwrap().len(), &said["unknown_hours"]), (6, &546.0.into()));
    assert_eq!(said["excluded"].as_array().unwrap().len(), 1, "what was before the period is not of it");
    assert_eq!(said["second_source"]["rules"]["critical"]["hours"], 2.0);
    assert_eq!(said["windows"][0]["notice_hours"], 172.0);
    let classes = said["functions"][0]["hours"].as_object().unwrap();
    assert!((classes.values().map(|hours| hours.as_f64().unwrap()).sum::<f64>() - 744.0).abs() < 1e-9);
}

#[test]
fn one_rule_alone_is_one() {
    let said = programs(&Place::log("one").0, &format!("{MARCH} --rule major"), 0);
    assert_eq!(said["rules"].as_object().unwrap().keys().collect::<Vec<_>>(), ["major"]);
    assert_eq!(said["second_source"]["rules"].as_object().unwrap().len(), 1);
}

#[test]
fn unknown_time_is_added_up_over_sites_and_in_no_figure() {
    let said =
        programs(&Place::new("sites", &[("rows.csv", ROWS)]).0, "--from 2026-03-01 --to 2026-03-01T04:00:00Z", 0);
    assert_eq!(said["unknown_hours"], 5.0, "one hour of the shop, four of the intranet");
    assert_eq!(said["rules"]["critical"]["hours"], 1.0);
    assert_eq!(said["rules"]["critical"]["availability"], 2.0 / 3.0);
    let both = ROWS.replace("intranet,down,403", "intranet,degraded,200");
    let said =
        programs(&Place::new("both", &[("rows.csv", &both)]).0, "--from 2026-03-01 --to 2026-03-01T04:00:00Z", 0);
    let of = |rule: &str| said["rules"][rule]["availability"].as_f64().unwrap();
    assert_eq!(of("unplanned-merged"), 1.0 / 3.0, "two of three hours one of them was bad");
    assert_eq!(of("unplanned-summed"), 2.0 / 5.0, "three of five site hours");
    let said = programs(&Place::new("before", &[("rows.csv", ROWS)]).0, "--from 2025-03-01 --to 2025-03-02", 0);
    assert_eq!((&said["unknown_hours"], &said["rules"]["major"]["availability"]), (&48.0.into(), &Value::Null));
}

#[test]
fn bad_lines_are_told_and_the_exit_code_says_so() {
    let place = Place::new("bad", &[("incidents.jsonl", &format!("{{\n{INCIDENTS}")), ("segments.csv", STAGES)]);
    let (code, out, err) = shell(&place.0, MARCH, false);
    assert_eq!(code, 1);
    assert!(out.contains("unplanned-merged"), "the rest counts: {out}");
    assert!(err.starts_with("error: DIR/incidents.jsonl:1: could not read the incident: "), "{err}");
    let (_, out, err) = shell(&place.0, MARCH, true);
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["problems"][0]["line"], 1);
    assert_eq!(serde_json::from_str::<Value>(&err).unwrap()["code"], "invalid");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let place = Place::log("usage");
    check(
        &place.0,
        "--from 2026-04-01 --to 2026-03-01",
        2,
        expect![[r"
        error: could not account for the time from 2026-04-01T00:00:00Z to 2026-03-01T00:00:00Z: it holds none
        hint: --from is the first day, --to the day after the last
    "]],
    );
    let empty = Place::new("empty", &[]);
    check(
        &empty.0,
        MARCH,
        2,
        expect![[r#"
        error: could not find a history in "DIR"
        hint: a history is a directory with incidents.jsonl and segments.csv, or with CSV files whose first line has the columns time, site, state, http_code, response_ms
    "#]],
    );
    let (code, _, err) = shell(&place.0.join("absent"), MARCH, true);
    assert_eq!((code, serde_json::from_str::<Value>(&err).unwrap()["code"].as_str()), (2, Some("invalid")));
    for (wrong, why) in [
        ("--from soon --to 2026-03-01", "expected a date such as 2026-01-01"),
        ("--from 2026-02-30 --to 2026-03-01", "expected a date such as 2026-01-01"),
        ("--from 2026-02-01 --to 2026-03-01 --rule kind", "no definition of downtime is called"),
        ("--from 2026-02-01", "required arguments were not provided"),
    ] {
        let words = ["downtime", "report", "--source", "."].into_iter().chain(wrong.split(' '));
        let error = Shell::try_parse_from(words).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(why), "{wrong}: {error}");
    }
}

#[test]
fn work_that_was_announced_late_is_shown_as_late() {
    let stages = STAGES.replace(
        "2026-03-02T00:00:00Z,2026-03-09T04:00:00Z,Scheduled",
        "2026-03-02T00:00:00Z,2026-03-09T04:00:00Z,In progress",
    );
    let place = Place::new("late", &[("incidents.jsonl", INCIDENTS), ("segments.csv", &stages)]);
    let (_, out, _) = shell(&place.0, MARCH, false);
    assert!(out.contains("late: 3 was announced when it began or after, so it is not planned"), "{out}");
    let said = programs(&place.0, MARCH, 0);
    assert_eq!(
        (&said["windows"][0]["late"], &said["functions"][0]["hours"]["down-planned"]),
        (&true.into(), &0.0.into())
    );
}

#[test]
fn availability_is_truncated_and_whole_numbers_stay() {
    for (ratio, want) in [(1.0, "100.000%"), (0.58, "58.000%"), (0.999_999, "99.999%"), (0.0, "0.000%")] {
        assert_eq!(text::percent(Some(ratio)), want);
    }
}

#[test]
fn a_month_is_as_known_whatever_period_is_asked() {
    let place = Place::log("kept");
    let said = programs(&place.0, "--from 2030-01-01 --to 2030-01-02", 0);
    assert_eq!((&said["unknown_hours"], &said["rules"]["major"]["availability"]), (&24.0.into(), &Value::Null));
    assert!(said["notes"][0].as_str().unwrap().starts_with(
        "the log was kept from 2025-03-03T00:00:00Z to 2026-03-09T06:00:00Z: the first and the last time"
    ));
    // It ends on 9 March at 6: 546 hours of March are after it; it begins on 3 March of the year before.
    for (month, unknown) in [("2025-03", 48.0), ("2026-02", 0.0), ("2026-03", 546.0), ("2026-04", 720.0)] {
        for asked in ["--from 2025-01-01 --to 2026-07-01", "--from 2025-03-01 --to 2026-05-01"] {
            let said = programs(&place.0, asked, 0);
            let months = said["months"].as_array().unwrap();
            let found = months.iter().find(|found| found["first"].as_str().unwrap().starts_with(month)).unwrap();
            assert_eq!(found["unknown_hours"], unknown, "{month} of {asked}");
        }
    }
    // An edit of an old entry shows nothing of what happened since.
    let edited = INCIDENTS.replace("\"impact_window\"", "\"updated_at\":\"2026-05-01T00:00:00Z\",\"impact_window\"");
    let place = Place::new("edited", &[("incidents.jsonl", &edited), ("segments.csv", STAGES)]);
    assert_eq!(programs(&place.0, MARCH, 0)["unknown_hours"], 546.0);
}

/// Seconds under the six definitions, computed by another program from the same files.
const PUBLISHED: [(&str, [i64; 6]); 3] = [
    ("--from 2022-01-01 --to 2023-01-01", [0, 115_260, 564_300, 564_300, 943_020, 3_124_140]),
    ("--from 2023-01-01 --to 2024-01-01", [2_640, 168_360, 927_780, 929_580, 967_920, 1_021_200]),
    ("--from 2024-01-01 --to 2025-01-01", [0, 229_500, 727_860, 742_680, 727_860, 727_860]),
];

#[test]
fn a_public_companys_log_gives_the_published_figures() {
    let cases = std::env::var("SEAWORTHY_CASES").unwrap_or_else(|_| "../../../../shared/cases".to_owned());
    let source = Path::new(&cases).join("downtime/github-statuses");
    if !source.is_dir() {
        eprintln!("NOT CHECKED: no history at \"{}\"; set SEAWORTHY_CASES to the folder of cases", source.display());
        return;
    }
    for (year, want) in PUBLISHED {
        let said = programs(&source, year, 0);
        let seconds = Definition::ALL.map(|rule| {
            let hours = said["rules"][rule.name()]["hours"].as_f64().unwrap();
            #[expect(clippy::cast_possible_truncation, reason = "a year has 31 million seconds")]
            let seconds = (hours * 3_600.0).round() as i64;
            seconds
        });
        assert_eq!(seconds, want, "{year}");
    }
}
