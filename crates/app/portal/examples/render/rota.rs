//! Rotas, made up, for the tests and for looking at pages.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::*;
use seaworthy_contract::catalogue::StandIn;
use seaworthy_model::PersonId;
use seaworthy_portal::view::{Answer, AskPage, RotaFacts, RotaPage, RotasPage};
use seaworthy_portal::{Chrome, Rights, render};

use super::data::now;
use super::shown::{chrome, rights};

fn person(name: &str) -> PersonId {
    name.parse().expect("a name")
}

fn day(days: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * days)
}

fn shift(level: u8, name: &str, from: i64, to: i64) -> RotaShift {
    RotaShift {
        rotation: "shop".parse().expect("a name"),
        level,
        person: person(name),
        start: day(from),
        end: day(to),
        zone: "Europe/Berlin".to_owned(),
        why: "layer main".to_owned(),
    }
}

fn at_this_moment(state: RotaState) -> RotaNow {
    let started = state != RotaState::NotStarted;
    let holder = |level, name: &str| RotaHolder {
        level,
        person: person(name),
        display_name: None,
        until: day(3),
        why: "layer main".to_owned(),
    };
    RotaNow {
        rotation: "shop".parse().expect("a name"),
        team: "shop".parse().expect("a name"),
        zone: "Europe/Berlin".to_owned(),
        state,
        started_at: None,
        services: vec!["checkout".parse().expect("a name")],
        on_call: if started { vec![holder(0, "ines"), holder(1, "omar")] } else { vec![] },
        levels: 2,
        next: started.then(|| RotaHandOver { at: day(3), person: Some(person("omar")), display_name: None }),
        calendar: None,
        source: "team.yaml:12".to_owned(),
        position: 17,
    }
}

pub(crate) fn rota(state: RotaState) -> Rota {
    let started = state != RotaState::NotStarted;
    let id = |n: u8| format!("019cdd00-0000-7000-a000-0000000000{n:02}");
    let gap = RotaGap {
        rotation: "shop".parse().expect("a name"),
        level: 0,
        start: day(17),
        end: day(19),
        zone: "Europe/Berlin".to_owned(),
    };
    let finding = |kind: &str, says: &str| RotaFinding {
        rotation: gap.rotation.clone(),
        kind: kind.to_owned(),
        person: None,
        start: None,
        end: None,
        says: says.to_owned(),
    };
    let plan = RotaPlan {
        shifts: [
            shift(0, "ines", 0, 3),
            shift(0, "omar", 3, 10),
            shift(0, "ines", 10, 17),
            shift(0, "omar", 19, 28),
            shift(1, "omar", 0, 3),
            shift(1, "ines", 3, 10),
        ]
        .into(),
        findings: vec![
            finding("uncovered", "nobody is primary for 48 h in all"),
            finding("size", "2 people; six to eight carry a rotation well (ONC-10)"),
        ],
        gaps: vec![gap],
    };
    Rota {
        now: at_this_moment(state),
        from: now(),
        until: day(28),
        members: ["ines", "omar"]
            .map(|name| RotaMember {
                person: person(name),
                display_name: None,
                joined_at: (state == RotaState::Started).then(|| day(-30)),
            })
            .into(),
        shadows: vec![RotaShadow { person: person("zoe"), display_name: None, shifts: 1 }],
        overrides: vec![RotaOverride {
            id: id(1).parse().expect("an id"),
            change: StandIn::Replace { who: person("ines"), with: person("omar") },
            level: None,
            from: day(1),
            until: day(2),
            offer: None,
        }],
        offers: vec![RotaOffer {
            id: id(2).parse().expect("an id"),
            rotation: "shop".parse().expect("a name"),
            by: person("omar"),
            gives: RotaTime { level: 0, from: day(4), until: day(5) },
            to: None,
            takes: None,
            ends_at: day(4),
            agreed: vec![person("omar")],
            state: RotaOfferState::Open,
        }],
        plan: if started { plan } else { RotaPlan::default() },
    }
}

fn page(rota: &Rota, invited: Option<&[RotaInvitation]>, rights: &Rights) -> RotaPage {
    RotaPage::new(&RotaFacts { rota, invited, rights, at: now() })
}

fn asked() -> AskPage {
    AskPage {
        headline: "Would you be on call for shop?".to_owned(),
        say: vec!["Hand-overs are on the wall clock of Europe/Berlin.".to_owned()],
        terms: vec![
            "A week each, paid 300 a week.".to_owned(),
            "Nobody is on call alone before two shifts.".to_owned(),
        ],
        answers: vec![Answer { value: "yes", label: "Yes, from the next hand-over".to_owned(), is_main: true }],
        not_now: Some("Mon 23 Mar 12:00 UTC".to_owned()),
        action: "/accept/shop/ines/1/ab".to_owned(),
        csrf: None,
    }
}

/// The pages of rotas, in every state.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let reader = Rights { may_change: false, ..rights() };
    let invited = [RotaInvitation { person: person("omar"), ends_at: day(9) }];
    let started = rota(RotaState::Started);
    let waiting = Rota { offers: vec![], overrides: vec![], ..rota(RotaState::NotStarted) };
    let bare = RotaNow { on_call: vec![], next: None, ..at_this_moment(RotaState::Listed) };
    let anonymous = Chrome { state: None, csrf: None, reader: None, path: "/accept".to_owned(), flash: None };
    let list = [at_this_moment(RotaState::Listed), bare, at_this_moment(RotaState::NotStarted)];
    vec![
        ("rotas", render(&chrome("/rotations"), &RotasPage::new(&list))),
        ("rotas-empty", render(&chrome("/rotations"), &RotasPage::new(&[]))),
        ("rota", render(&chrome("/rotations/shop"), &page(&rota(RotaState::Listed), None, &reader))),
        ("rota-joined", render(&chrome("/rotations/shop"), &page(&started, Some(&[]), &rights()))),
        ("rota-not-started", render(&chrome("/rotations/shop"), &page(&waiting, Some(&invited), &rights()))),
        ("ask", render(&anonymous, &asked())),
    ]
}
