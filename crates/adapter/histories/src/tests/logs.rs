//! Logs of incidents.

use seaworthy_downtime::{Definition, Severity, Span};

use super::*;

fn incident(id: &str, impact: &str, start: &str, end: &str) -> String {
    let end = if end.is_empty() { "null".to_owned() } else { format!("\"{}\"", at(end)) };
    format!(
        r#"{{"id":"{id}","title":"T {id}","impact":"{impact}","started_at":"{}","resolved_at":{end},"updates":[{{"at":"{}"}}]}}"#,
        at(start),
        at("04:00"),
    )
}

fn stage(id: &str, start: &str, end: &str, status: &str) -> String {
    format!("{id},{},{},{status}", at(start), at(end))
}

fn place(name: &str, incidents: &[String], stages: &[String]) -> Place {
    let header = "incident_id,start_at,end_at,status".to_owned();
    let stages = [header].iter().chain(stages).map(|line| format!("{line}\n")).collect::<String>();
    Place::new(name, &[("incidents.jsonl", &(incidents.join("\n") + "\n")), ("segments.csv", &stages)])
}

#[test]
fn impacts_become_what_was_seen() {
    let place = place(
        "impacts",
        &[
            incident("1", "minor", "01:00", "02:00"),
            incident("2", "major", "02:00", "03:00"),
            incident("3", "critical", "03:00", "04:00"),
        ],
        &[],
    );
    let history = place.read();
    assert_eq!(
        segments(&history),
        ["everything 01:00-02:00 Degraded", "everything 02:00-03:00 Down", "everything 03:00-04:00 Down",]
    );
    let severities: Vec<_> = history.segments.iter().map(|segment| segment.severity.unwrap()).collect();
    assert_eq!(severities, [Severity::Minor, Severity::Major, Severity::Critical]);
    assert_eq!((excluded(&history), place.problems(&history)), (vec![], vec![]));
}

#[test]
fn a_maintenance_starts_when_it_is_in_progress() {
    let stages = [
        stage("9", "01:00", "02:00", "Scheduled"),
        stage("9", "02:00", "03:00", "Update"),
        stage("9", "03:00", "04:00", "In progress"),
        stage("9", "04:00", "04:30", "Verifying"),
        stage("9", "04:30", "05:00", "Update"),
    ];
    let history = place("maintenance", &[incident("9", "maintenance", "01:00", "05:00")], &stages).read();
    assert_eq!(segments(&history), ["everything 03:00-04:30 Down"]);
    let [window] = &history.windows[..] else { panic!("one window") };
    assert_eq!((window.notice().as_mins(), window.is_late()), (120, false));
    let period = Span::new(at("00:00"), at("12:00"));
    let minutes = |d: Definition| d.count(&history.segments, &history.windows, period, &[period]).time.as_mins();
    assert_eq!(Definition::ALL.map(minutes), [0, 0, 0, 0, 90, 240]);
    assert_eq!(excluded(&history), ["9: 0.50 h of it carry the status \"Update\" and do not count as in progress"]);
}

#[test]
fn a_maintenance_that_was_never_in_progress_is_listed() {
    let history = place("never", &[incident("9", "maintenance", "01:00", "05:00")], &[]).read();
    assert_eq!(segments(&history), [""; 0]);
    assert_eq!(
        excluded(&history),
        ["9: no row of segments.csv says that it was in progress: it counts from its announcement only"]
    );
}

#[test]
fn work_that_was_not_announced_before_it_began_is_late() {
    let stages = [stage("9", "01:00", "05:00", "In progress")];
    let history = place("late", &[incident("9", "maintenance", "01:00", "05:00")], &stages).read();
    assert!(history.windows[0].is_late());
}

#[test]
fn what_does_not_count_is_listed_with_its_reason() {
    let no_impact = incident("6", "minor", "01:00", "02:00").replace(r#""impact":"minor","#, "");
    let history = place(
        "excluded",
        &[
            incident("1", "none", "01:00", "02:00"),
            incident("2", "minor", "02:00", "02:00"),
            incident("3", "minor", "03:00", "02:00"),
            incident("4", "cosmic", "03:00", "04:00"),
            incident("5", "major", "03:00", ""),
            no_impact,
        ],
        &[],
    )
    .read();
    assert_eq!(
        excluded(&history),
        [
            "1: impact \"none\": the log says nobody was met",
            "2: resolved when it started: it holds no time",
            "3: resolved before it started",
            "4: impact \"cosmic\" is not known",
            "5: not resolved: it counts until its last update, and is unknown from then on",
            "6: no impact is given",
        ]
    );
    assert_eq!(segments(&history), ["everything 03:00-04:00 Down", "everything 04:00- Unknown"]);
}

#[test]
fn of_two_with_one_id_the_later_update_counts() {
    let updated = |id: &str, end: &str, updated: &str| {
        incident(id, "minor", "01:00", end)
            .replace(r#""updates""#, &format!(r#""updated_at":"{}","updates""#, at(updated)))
    };
    let incidents = [
        updated("1", "02:00", "09:00"),
        updated("1", "03:00", "08:00"),
        updated("2", "02:00", "08:00"),
        updated("2", "03:00", "08:00"),
    ];
    let history = place("twice", &incidents, &[]).read();
    assert_eq!(segments(&history), ["everything 01:00-02:00 Degraded", "everything 01:00-03:00 Degraded"]);
    assert_eq!(
        excluded(&history),
        [
            "1: the same incident stands on line 1, updated later",
            "2: the same incident stands on line 4, updated later",
        ]
    );
}

#[test]
fn a_second_source_stands_beside() {
    let window = format!(
        r#""impact_window":{{"start_at":"{}","end_at":"{}","source":"postmortem"}},"updates""#,
        at("00:30"),
        at("01:30")
    );
    let history =
        place("second", &[incident("1", "major", "01:00", "02:00").replace(r#""updates""#, &window)], &[]).read();
    assert_eq!(segments(&history), ["everything 01:00-02:00 Down"], "it is not mixed in");
    assert_eq!((history.second.len(), history.second[0].source.as_str()), (1, "postmortem"));
    let second = &history.by_second_source()[0];
    assert_eq!((clock(second.start), clock(second.end.unwrap())), ("00:30".to_owned(), "01:30".to_owned()));
}

#[test]
fn bad_lines_are_named_and_the_rest_is_read() {
    let mut incidents = vec![incident("1", "minor", "01:00", "02:00"); 1];
    incidents.extend(["{\"id\":".to_owned(), String::new(), r#"{"id":"2","started_at":"soon"}"#.to_owned()]);
    incidents.push(incident("3", "minor", "03:00", "04:00"));
    let stages = ["3,x,y".to_owned(), stage("7", "01:00", "02:00", "In progress"), "\"3".to_owned()];
    let place = place("bad", &incidents, &stages);
    let history = place.read();
    assert_eq!(history.segments.len(), 2);
    let problems = place.problems(&history);
    let starts: Vec<&str> = problems.iter().map(|problem| problem.split(": ").next().unwrap()).collect();
    assert_eq!(
        starts,
        ["incidents.jsonl:2", "incidents.jsonl:4", "segments.csv:2", "segments.csv:4", "segments.csv:3"]
    );
    assert!(problems[1].contains("could not read the incident: "), "{}", problems[1]);
    assert_eq!(problems[4], "segments.csv:3: could not find incident \"7\" in incidents.jsonl");
}

#[test]
fn bytes_that_are_no_text_and_endless_lines_are_problems() {
    let place = place("bytes", &[incident("1", "minor", "01:00", "02:00")], &[]);
    let mut bytes = vec![0xff, 0xfe, b'\n'];
    bytes.extend(std::iter::repeat_n(b'x', 3 << 20));
    bytes.extend(format!("\n{}", incident("1", "minor", "01:00", "02:00")).bytes());
    std::fs::write(place.0.join("incidents.jsonl"), bytes).unwrap();
    let history = place.read();
    assert_eq!(history.segments.len(), 1);
    assert_eq!(
        place.problems(&history),
        [
            "incidents.jsonl:1: could not read the line: it is not UTF-8",
            "incidents.jsonl:2: could not read a line of more than 1048576 bytes",
        ]
    );
}

#[test]
fn without_stages_it_says_so() {
    let place = Place::new("stageless", &[("incidents.jsonl", &incident("1", "minor", "01:00", "02:00"))]);
    let history = place.read();
    assert_eq!(history.segments.len(), 1);
    assert_eq!(
        place.problems(&history),
        ["segments.csv: could not find the file: no maintenance is known to have been in progress"]
    );
}

#[test]
fn problems_are_bounded_and_counted() {
    let place = Place::new(
        "many",
        &[
            ("incidents.jsonl", &"?\n".repeat(crate::PROBLEMS_MAX + 7)),
            ("segments.csv", "incident_id,start_at,end_at,status\n"),
        ],
    );
    let history = place.read();
    assert_eq!((history.problems.len(), history.more_problems), (crate::PROBLEMS_MAX, 7));
}
