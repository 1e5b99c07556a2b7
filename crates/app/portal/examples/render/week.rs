//! Weeks, made up, for the tests and for looking at pages.

use jiff::SignedDuration;
use seaworthy_contract::api::*;
use seaworthy_contract::events::alert::VerdictV1;
use seaworthy_portal::render;
use seaworthy_portal::view::{LaneFacts, WeekFacts, WeekPageView, WeeksPage};

use super::data::{ago, now, promoted, reverted};
use super::shown::{chrome, mine, rights};
use super::{rota, watched};

const HOUR: i64 = 3_600;

fn page(n: u8, hours: i64, at_night: bool, verdict: Option<VerdictV1>) -> WeekPage {
    WeekPage {
        id: format!("019cdd00-0000-7000-b000-0000000000{n:02}").parse().expect("an id"),
        service: "checkout".parse().expect("a name"),
        sentence: "Customers of checkout see errors".to_owned(),
        at: ago(hours * HOUR),
        at_night,
        taken: true,
        verdict,
    }
}

fn week() -> Week {
    let rota = rota::rota(RotaState::Started);
    let night = |hours: i64| now() + SignedDuration::from_hours(hours);
    Week {
        team: "shop".parse().expect("a name"),
        from: ago(7 * 24 * HOUR),
        until: now(),
        load: WeekLoad {
            pages: 3,
            at_night: 1,
            wakes: 1,
            actionable: 1,
            nothing: 1,
            taken_after_seconds: Some(140),
            held_minutes: 2 * 7 * 24 * 60,
            weekend_minutes: 2 * 2 * 24 * 60,
        },
        year: WeekYear { wakes: 7, people: Some([3, 1, 1, 1]) },
        pages: vec![
            page(3, 9, true, Some(VerdictV1::Acted)),
            page(2, 50, false, Some(VerdictV1::NothingToDo)),
            page(1, 130, false, None),
        ],
        rules: watched::proposals().into_iter().filter(|one| one.suggestion.is_some()).collect(),
        ahead: rota.plan,
        rest: vec![WeekRest { rotation: "shop".parse().expect("a name"), level: 0, from: night(10), until: night(19) }],
        nights: [("ines", 10), ("omar", 4)]
            .map(|(person, nights)| WeekNights {
                rotation: "shop".parse().expect("a name"),
                person: person.parse().expect("a name"),
                nights,
            })
            .into(),
    }
}

fn calm() -> Week {
    let load = WeekLoad { held_minutes: 7 * 24 * 60, weekend_minutes: 2 * 24 * 60, ..WeekLoad::default() };
    let year = WeekYear { wakes: 0, people: None };
    Week {
        load,
        year,
        pages: vec![],
        rules: vec![],
        ahead: RotaPlan::default(),
        rest: vec![],
        nights: vec![],
        ..week()
    }
}

fn lane() -> LaneFacts {
    let budget = (watched::met(), watched::counted(168, 3_600, 150));
    LaneFacts {
        service: "checkout".parse().expect("a name"),
        rollouts: vec![reverted(), promoted()],
        alerts: vec![watched::over()],
        budget: Some(budget),
    }
}

/// The pages of weeks, in every state.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let token = rights().csrf;
    let shown = |week: &Week, lanes: &[LaneFacts], rotas: &[Rota]| {
        let facts = WeekFacts { week, lanes, rotas, csrf: token.as_deref(), mine: &mine() };
        render(&chrome("/week/shop"), &WeekPageView::new(&facts))
    };
    let weeks = Weeks { teams: vec![week(), calm()], crossed: Some(WakesCrossed { rotas: 2, named: vec![] }) };
    let none = Weeks { teams: vec![], crossed: None };
    vec![
        ("week", shown(&week(), &[lane()], &[rota::rota(RotaState::Started)])),
        ("week-calm", shown(&calm(), &[], &[])),
        ("weeks", render(&chrome("/week"), &WeeksPage::new(&weeks))),
        ("weeks-none", render(&chrome("/week"), &WeeksPage::new(&none))),
    ]
}
