//! What a person reads in `seaworthy status`.

use expect_test::{Expect, expect};
use seaworthy_contract::api::{PageMatter, Status, VersionState};
use serde_json::{Value, json};

use super::{run, text};
use crate::Exit;
use crate::fake::ran;
use crate::fixture::{from, status, status_json, view, with};
use crate::view::View;

fn check(changes: Value, expected: Expect) {
    expected.assert_eq(&text(&from(with(status_json(), changes)), &view()));
}

#[test]
fn the_whole_is_told_worst_thing_first() {
    check(
        json!({}),
        expect![[r#"
            Ines Ek is needed: checkout v2 was taken off 5% of users.

            SERVICE   VERSION  SERVES  ON CALL               STATE
            checkout  v1          95%  Ines Ek, 3 days more  stable: became healthy 2 days ago
            checkout  v2           5%  Ines Ek, 3 days more  canary: went down 5 s ago, is being started again
            search    -             -  nobody                nothing shipped through Seaworthy

            page: checkout v2 was taken off 5% of users. (Ines Ek, 8 s ago; `seaworthy pages ack 01954a00`)

            rollout: checkout v2 serves 5% of users, and none has failed. Shipped 10 s ago.

            gateway local: heard 0.2 s ago, config #1035, 119,672 requests"#]],
    );
}

#[test]
fn a_quiet_system_says_so() {
    let quiet = json!({"sentence": "Nobody is needed.", "rollouts": [], "pages": [], "services": [], "gateways": []});
    check(
        quiet,
        expect![[r#"
        Nobody is needed.

        no services; `seaworthy apply DIR` declares them

        no gateway was heard since the server started"#]],
    );
}

#[test]
fn a_page_that_only_waits_to_be_read_is_no_alarm() {
    let painted = |matter: PageMatter| {
        let mut status = status();
        status.pages[0].matter = matter;
        text(&status, &View { colour: true, ..view() })
    };
    let red = "\u{1b}[";
    assert_eq!(painted(PageMatter::GoesOn).matches(red).count(), 4, "the sentence and `page:`, each on and off");
    for (matter, says) in [(PageMatter::Over, "(over; Ines Ek, 8 s ago;"), (PageMatter::Drill, "(a drill; Ines Ek")] {
        let said = painted(matter);
        assert!(said.contains(says) && !said.contains(red), "{said:?}");
    }
    let mut failing = status();
    failing.pages.clear();
    failing.services[0].failing_since = Some(failing.now);
    assert!(text(&failing, &View { colour: true, ..view() }).starts_with(red), "nobody is paged yet, and it fails");
}

#[test]
fn a_store_that_takes_no_writes_is_not_hidden() {
    check(
        json!({"store_writable": false, "rollouts": [], "pages": [], "services": []}),
        expect![[r#"
            Ines Ek is needed: checkout v2 was taken off 5% of users.
            The store takes no writes: nothing can be shipped or acknowledged; reads go on.

            no services; `seaworthy apply DIR` declares them

            gateway local: heard 0.2 s ago, config #1035, 119,672 requests"#]],
    );
}

#[test]
fn the_latest_health_check_of_one_that_fails_it_is_told_in_red() {
    let mut status = status();
    status.pages.clear();
    let stable = &mut status.services[0].versions[0];
    (stable.state, stable.reason) = (VersionState::Failing, Some("no answer within 2s\u{1b}[2J".to_owned()));
    let plain = text(&status, &view());
    assert!(plain.contains("stable: began to fail its checks 2 days ago"), "{plain}");
    let line = "check: checkout v1 fails its health check: no answer within 2s?[2J (began 2 days ago)";
    assert!(plain.lines().any(|found| found == line), "{plain}");
    let coloured = text(&status, &View { colour: true, ..view() });
    assert!(coloured.contains("\x1b[1;31mcheck: checkout v1"), "{coloured}");
    assert!(coloured.starts_with("\x1b[1;31m"), "the headline too: {coloured}");
}

/// The row of a service that failed everything said that it became healthy.
#[test]
fn the_row_says_what_customers_meet_though_its_checks_pass() {
    let mut status = status();
    let mut row = |versions: usize, columns: Option<usize>| {
        status.services[0].failing_since = Some("2026-03-02T11:59:40Z".parse().unwrap());
        status.services[0].versions.truncate(versions);
        let said = text(&status, &View { columns, ..view() });
        said.lines().find(|line| line.starts_with("checkout  v1")).unwrap().to_owned()
    };
    let both = row(2, None);
    assert!(both.ends_with("stable: most requests of its service fail, began 20 s ago; its checks pass"), "{both}");
    let alone = row(1, None);
    assert!(alone.ends_with("stable: most requests fail, began 20 s ago; its checks pass"), "{alone}");
    let narrow = row(1, Some(60));
    assert!(narrow.ends_with("stable: most requests fail"), "{narrow}");
}

#[test]
fn it_fits_a_narrow_terminal() {
    let at = |columns| {
        let view = View { columns: Some(columns), ..view() };
        let text = text(&status(), &view);
        assert!(text.lines().all(|line| line.chars().count() <= columns), "{columns} columns: {text}");
        text
    };
    let head = |text: String| text.lines().skip(2).take(4).collect::<Vec<_>>().join("\n");
    expect![[r#"
        SERVICE   VERSION  SERVES  ON CALL               STATE
        checkout  v1          95%  Ines Ek, 3 days more  stable: became healthy 2 days ago
        checkout  v2           5%  Ines Ek, 3 days more  canary: went down 5 s ago, is being started again
        search    -             -  nobody                nothing shipped through Seaworthy"#]]
    .assert_eq(&head(at(100)));
    expect![[r#"
        SERVICE   VERSION  SERVES  ON CALL  STATE
        checkout  v1          95%  Ines Ek  stable: healthy
        checkout  v2           5%  Ines Ek  canary: down, restarting
        search    -             -  nobody   nothing shipped"#]]
    .assert_eq(&head(at(80)));
    expect![[r#"
        SERVICE   VERSION  SERVES  ON CALL  STATE
        checkout  v1          95%  Ines Ek  stable: healthy
        checkout  v2           5%  Ines Ek  canary: down, restarting
        search    -             -  nobody   nothing shipped"#]]
    .assert_eq(&head(at(60)));
    expect![[r#"

        SERVICE   VERSION  SERVES  STATE
        checkout  v1          95%  stable: healthy
        checkout  v2           5%  canary: down, restarti…"#]]
    .assert_eq(&head(at(50)));
    expect![[r#"
        Ines Ek is needed: checkout v2 was taken
          off 5% of users.

        SERVICE   VERSION  SERVES  STATE
        checkout  v1          95%  stable: healthy
        checkout  v2           5%  canary: down, re…
        search    -             -  nothing shipped

        page: checkout v2 was taken off 5% of
          users. (Ines Ek, 8 s ago; `seaworthy pages
          ack 01954a00`)

        rollout: checkout v2 serves 5% of users,
          and none has failed. Shipped 10 s ago.

        gateway local: heard 0.2 s ago, config
          #1035, 119,672 requests"#]]
    .assert_eq(&at(44));
}

#[test]
fn colour_adds_nothing_that_the_words_do_not_say() {
    let coloured = text(&status(), &View { colour: true, ..view() });
    assert!(coloured.contains("\x1b[1;31m"), "{coloured}");
    let plain = coloured.replace("\x1b[1;31m", "").replace("\x1b[0m", "");
    assert_eq!(plain, text(&status(), &view()));
}

#[test]
fn text_from_strangers_cannot_move_the_cursor() {
    let text = text(&from(with(status_json(), json!({"sentence": "a\u{1b}[2Jb"}))), &view());
    assert!(text.starts_with("a?[2Jb\n"), "{text}");
}

#[test]
fn programs_get_everything_with_times_as_they_are() {
    let ran = ran(true, &[(200, &status_json().to_string())], async |cx| run(cx).await);
    assert_eq!((ran.done.unwrap(), ran.err.as_str()), (Exit::Ok, ""));
    assert_eq!(serde_json::from_str::<Status>(&ran.out).unwrap(), status());
    assert!(ran.out.contains("\"requested_at\": \"2026-03-02T11:59:52Z\""), "{}", ran.out);
}
