//! Logs of measurements.

use super::*;

/// Rows `HH:MM SITE STATE CODE` under the usual header.
fn place(name: &str, rows: &[&str]) -> Place {
    let row = |row: &&str| {
        let words: Vec<&str> = row.split(' ').collect();
        format!("{},{},{},{},120\n", at(words[0]), words[1], words[2], words.get(3).unwrap_or(&""))
    };
    let text = "time,site,state,http_code,response_ms\n".to_owned() + &rows.iter().map(row).collect::<String>();
    Place::new(name, &[("history.csv", &text)])
}

fn read_rows(name: &str, rows: &[&str]) -> Vec<String> {
    segments(&place(name, rows).read())
}

#[test]
fn rows_speak_until_the_next() {
    assert_eq!(
        read_rows("plain", &["01:00 a up 200", "01:05 a down 500", "01:10 a down 503", "01:15 a degraded 200"]),
        ["a 01:00-01:05 Up", "a 01:05-01:15 Down", "a 01:15-01:20 Degraded"]
    );
    assert_eq!(read_rows("one", &["01:00 a up 200"]), ["a 01:00-01:05 Up"], "one row speaks for five minutes");
}

#[test]
fn a_pause_of_more_than_three_intervals_is_a_gap() {
    let early = ["01:00 a up 200", "01:05 a up 200", "01:10 a up 200"];
    let with = |last| early.iter().copied().chain([last]).collect::<Vec<_>>();
    assert_eq!(read_rows("late", &with("01:25 a up 200")), ["a 01:00-01:30 Up"]);
    assert_eq!(read_rows("gap", &with("01:26 a up 200")), ["a 01:00-01:15 Up", "a 01:26-01:31 Up"]);
}

#[test]
fn order_and_doubles_change_nothing() {
    let place = place(
        "mixed",
        &["01:10 a up 200", "01:00 a up 200", "01:05 a up 200", "01:05 a down 500", "01:00 a up 200", "01:00 b up 200"],
    );
    let history = place.read();
    assert_eq!(segments(&history), ["a 01:00-01:05 Up", "a 01:05-01:10 Down", "a 01:10-01:15 Up", "b 01:00-01:05 Up"]);
    assert_eq!(history.functions, ["a", "b"]);
    assert_eq!(
        history.notes,
        [
            "2 rows came before an earlier one and were put in order",
            "2 rows had the time of another one of their site: the worse counts, once",
        ]
    );
}

#[test]
fn cannot_see_is_not_down() {
    let table: [(&str, &[&str], bool); 9] = [
        ("refused", &["01:00 a down 403", "01:05 a down 404"], true),
        ("nothing", &["01:00 a down 0", "01:05 a down"], true),
        ("all refusals", &["01:00 a down 400", "01:05 a down 401", "01:10 a down 407"], true),
        ("an error among them", &["01:00 a down 403", "01:05 a down 500"], false),
        ("gone is an answer", &["01:00 a down 410"], false),
        ("once up", &["01:00 a down 403", "01:05 a up 200"], false),
        ("once degraded", &["01:00 a down 403", "01:05 a degraded 200"], false),
        ("up and refused at once", &["01:00 a down 403", "01:00 a up 200", "01:05 a up 200"], false),
        ("another site is up", &["01:00 a down 403", "01:00 b up 200"], true),
    ];
    for (name, rows, cannot_see) in table {
        let history = place("see", rows).read();
        let first = segments(&history).remove(0);
        assert_eq!(first.ends_with("Unknown"), cannot_see, "{name}: {first}");
        assert_eq!(excluded(&history).len(), usize::from(cannot_see), "{name}");
    }
    let history = place("codes", &["01:00 a down 403", "01:05 a down"]).read();
    assert_eq!(excluded(&history), ["a: cannot see: never once up in 2 rows, only no answer, 403; unknown, not down"]);
}

#[test]
fn bad_rows_are_named_and_the_rest_is_read() {
    let text = "\u{feff}site,state,time\r\n\
                a,up,2026-03-01T01:00:00Z\r\n\
                a,on fire,2026-03-01T01:01:00Z\r\n\
                a,up,yesterday\r\n\
                a,up\r\n\
                \r\n\
                \"b, \"\"c\"\"\",UP,2026-03-01 01:00:00\r\n\
                ,up,2026-03-01T01:00:00Z\r\n";
    let place = Place::new("rows", &[("h.csv", text)]);
    let history = place.read();
    assert_eq!(segments(&history), ["a 01:00-01:05 Up", "b, \"c\" 01:00-01:05 Up"]);
    assert_eq!(
        place.problems(&history),
        [
            "h.csv:3: could not read state \"on fire\": expected \"up\", \"degraded\" or \"down\"",
            "h.csv:4: could not read time \"yesterday\": expected one such as 2026-03-01T08:00:00Z",
            "h.csv:5: could not find the row's \"time\": it has 2 columns",
            "h.csv:8: could not find the row's \"site\": it has 3 columns",
        ]
    );
    let place = self::place("code", &["01:00 a up ok", "01:05 a up 200"]);
    assert_eq!(place.problems(&place.read()), ["history.csv:2: could not read http_code \"ok\""]);
}

#[test]
fn several_files_are_one_history_and_one_file_is_enough() {
    let place = place("files", &["01:00 a up 200"]);
    std::fs::write(place.0.join("more.csv"), format!("time,site,state\n{},a,down\n", at("01:05"))).unwrap();
    assert_eq!(segments(&place.read()), ["a 01:00-01:05 Up", "a 01:05-01:10 Down"]);
    assert_eq!(segments(&read(&place.0.join("more.csv")).unwrap()), ["a 01:05-01:10 Unknown"], "no code, never up");
}
