//! Every page in every state, printed from made-up values.

use std::collections::{BTreeMap, BTreeSet};

use seaworthy_contract::api::*;
use seaworthy_portal::view::*;
use seaworthy_portal::{Chrome, Flash, Rights, State, render};

use super::data::*;
use super::readiness::readiness;
use super::{incidents, probed, watched};

pub(crate) fn rights() -> Rights {
    Rights { csrf: Some("c5f0".repeat(16)), may_change: true }
}

pub(crate) fn chrome(path: &str) -> Chrome {
    let state = State { now: now(), position: 48_213, writable: true };
    Chrome {
        state: Some(state),
        csrf: rights().csrf,
        reader: Some("ines".to_owned()),
        path: path.to_owned(),
        flash: None,
    }
}

fn home(status: &Status) -> HomePage {
    let series = BTreeMap::from([(rollout_id(1), series(&live(), 94, 0.002))]);
    let finished = if status.services.is_empty() { vec![] } else { vec![reverted(), promoted()] };
    HomePage::new(&HomeFacts { status, series: &series, finished: &finished, objectives: &[] })
}

fn ready(service: &Service, now: jiff::Timestamp) -> ReadyPage {
    let members = ["ines".parse().expect("a handle"), "omar".parse().expect("a handle")];
    let (readiness, rights) = (readiness(false), rights());
    ReadyPage::new(&ReadyFacts { service, readiness: &readiness, members: &members, rights: &rights, now })
}

pub(crate) fn rollout_page(rollout: &Rollout, series: Option<&Series>, rights: &Rights) -> RolloutPage {
    let (service, readiness) = (checkout(), readiness(true));
    let history = ledger(48_189, 4, 48_213);
    RolloutPage::new(&RolloutFacts {
        rollout,
        series,
        service: Some(&service),
        readiness: Some(&readiness),
        history: Some(&history.rows),
        report_age_ms: Some(180),
        rights,
        now: now(),
    })
}

pub(crate) fn page_page(page: &Page, rollout: &Rollout, rights: &Rights, proven: bool) -> PagePage {
    let service = checkout();
    let page = &Page { rollout: Some(rollout.id), ..page.clone() };
    PagePage::new(&PageFacts {
        page,
        rollout: Some(rollout),
        alert: None,
        incident: None,
        service: Some(&service),
        actions: &incidents::actions(rollout, proven),
        hooks: &[],
        helpers: &[],
        suspects: Some(&incidents::suspects(rollout)),
        runbook: proven.then(incidents::runbook).as_ref(),
        failing: &[],
        break_glass: Some("seaworthy gateway revert checkout --data /srv/shop/.seaworthy"),
        base: "/pages/1",
        writable: true,
        rights,
        now: now(),
    })
}

/// Home at night: an outage that somebody was paged for, a ticket, and what stands under the outage.
fn home_burning() -> HomePage {
    let open = [watched::alert(), watched::silenced(), watched::folded()];
    let (mut calm, page) = (calm(), open[0].page.clone().expect("made so"));
    calm.alerts = open.iter().map(watched::brief).collect();
    calm.services[0].alerts.clone_from(&calm.alerts);
    let (sentence, pages) = (format!("Ines Castro is needed: {}", page.sentence), vec![page]);
    let status = Status { sentence, pages, ..calm };
    let objectives = [watched::met(), watched::burning(), watched::blind()];
    HomePage::new(&HomeFacts { status: &status, series: &BTreeMap::new(), finished: &[], objectives: &objectives })
}

pub(crate) fn objective_page(objective: &Objective, alerts: &[Alert]) -> ObjectivePage {
    let (period, hour) = (watched::counted(400, 6_480, 396), watched::counted(360, 10, 324));
    let is_counted = objective.budget.is_some();
    ObjectivePage::new(&ObjectiveFacts {
        objective,
        period: is_counted.then_some(&period),
        hour: is_counted.then_some(&hour),
        alerts,
        now: now(),
    })
}

pub(crate) fn mine() -> BTreeSet<seaworthy_model::ServiceId> {
    BTreeSet::from(["checkout".parse().expect("a name")])
}

pub(crate) fn alerts_page(
    open: &[Alert],
    over: &[Alert],
    silences: &[Silence],
    unowned: &[UnownedAlert],
) -> AlertsPage {
    AlertsPage::new(&AlertsFacts {
        open,
        over,
        silences,
        unowned,
        service: None,
        csrf: rights().csrf.as_deref(),
        may_change: &mine(),
        now: now(),
    })
}

pub(crate) fn alert_page(alert: &Alert, rights: &Rights) -> AlertView {
    let (objective, hour) = (watched::burning(), watched::counted(360, 10, 324));
    let row = |kind: &str, rule: &str, urgency: &str| LedgerRow {
        recorded_at: alert.fired_at,
        stream: format!("alert/{}", alert.id),
        kind: kind.to_owned(),
        payload: serde_json::json!({ "rule": rule, "urgency": urgency }),
        sentence: format!("{rule} says the same"),
        ..ledger(48_200, 1, 48_213).rows.remove(0)
    };
    let watches = "objective/checkout-availability";
    let history = [
        row("alert.fired", watches, "ticket"),
        row("alert.joined", "alertmanager/High5xx#9f31c2d4", "ticket"),
        row("alert.joined", watches, "page"),
    ];
    AlertView::new(&AlertFacts {
        alert,
        rules: &watched::rules(),
        objective: Some((&objective, &hour)).filter(|_| !alert.drill),
        history: &history,
        rights,
        now: now(),
    })
}

fn rules_page(rules: &[Rule]) -> RulesPage {
    RulesPage::new(&RulesFacts {
        rules,
        service: None,
        csrf: rights().csrf.as_deref(),
        may_change: &mine(),
        now: now(),
    })
}

/// The pages of what is watched.
fn watched_pages() -> Vec<(&'static str, String)> {
    let reader = Rights { may_change: false, ..rights() };
    let token = rights().csrf;
    let objectives = [watched::met(), watched::blind(), watched::quiet(), watched::burning()];
    let open = [watched::drill(), watched::folded(), watched::silenced(), watched::alert()];
    let silent = Alert { silence: Some(watched::silence()), ..watched::alert() };
    let review = |proposals: &[Proposal]| ReviewPage::new(proposals, token.as_deref(), &mine());
    let one = "/objectives/checkout-availability";
    vec![
        ("home-burning", render(&chrome("/"), &home_burning())),
        ("objectives", render(&chrome("/objectives"), &ObjectivesPage::new(&objectives, None, now()))),
        ("objectives-empty", render(&chrome("/objectives"), &ObjectivesPage::new(&[], Some("checkout"), now()))),
        ("objective", render(&chrome(one), &objective_page(&watched::met(), &[]))),
        ("objective-burning", render(&chrome(one), &objective_page(&watched::burning(), &[watched::alert()]))),
        ("objective-quiet", render(&chrome(one), &objective_page(&watched::quiet(), &[]))),
        ("objective-blind", render(&chrome(one), &objective_page(&watched::blind(), &[]))),
        (
            "alerts",
            render(
                &chrome("/alerts"),
                &alerts_page(&open, &[watched::over()], &[watched::silence()], &[watched::unowned()]),
            ),
        ),
        ("alerts-empty", render(&chrome("/alerts"), &alerts_page(&[], &[], &[], &[]))),
        ("alert", render(&chrome("/alerts/1"), &alert_page(&watched::alert(), &rights()))),
        ("alert-silenced", render(&chrome("/alerts/1"), &alert_page(&silent, &rights()))),
        ("alert-over", render(&chrome("/alerts/4"), &alert_page(&watched::over(), &rights()))),
        ("alert-drill", render(&chrome("/alerts/5"), &alert_page(&watched::drill(), &rights()))),
        ("alert-reader", render(&chrome("/alerts/3"), &alert_page(&watched::folded(), &reader))),
        ("rules", render(&chrome("/rules"), &rules_page(&watched::rules()))),
        ("rules-empty", render(&chrome("/rules"), &rules_page(&[]))),
        ("review", render(&chrome("/review"), &review(&watched::proposals()))),
        (
            "probes",
            render(
                &chrome("/probes"),
                &ProbesPage::new(&[probed::up(), probed::unseen(), probed::down()], &probed::probers(), now()),
            ),
        ),
        ("probes-empty", render(&chrome("/probes"), &ProbesPage::new(&[], &[], now()))),
        ("probe", render(&chrome("/probes/1"), &ProbePage::new(&probed::runs(probed::down()), now()))),
        ("review-empty", render(&chrome("/review"), &review(&[]))),
    ]
}

fn who(query: &str, services: &[Service]) -> WhoPage {
    let candidate = |service: &Service| WhoCandidate {
        service: service.name.clone(),
        team: service.owner.clone(),
        on_call: service.on_call.clone(),
        confidence: if service.tier == 1 { "certain".to_owned() } else { "possible".to_owned() },
        because: "route shop.example/checkout".to_owned(),
        source: service.source.clone(),
    };
    let candidates = services.iter().map(candidate).collect();
    WhoPage::new(&WhoAnswer { query: query.to_owned(), candidates }, services.first())
}

/// Every page in its states, with a name.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let (now, live, reverted) = (now(), live(), reverted());
    let reader = Rights { may_change: false, ..rights() };
    let (counted, bad) = (series(&live, 94, 0.002), series(&reverted, 10, 0.4));
    let services = [checkout(), payments()];
    let rollouts = [live.clone(), held(), reverted.clone(), promoted()];
    let service = ServicePage::new(&ServiceFacts {
        service: &services[0],
        readiness: &readiness(true),
        rollouts: &rollouts,
        objectives: &[watched::met(), watched::burning()],
        probes: &[probed::down(), probed::up()],
        controls: &[],
        alerts: &[watched::alert()],
        now,
    });
    let whole = Verification { events: 48_213, verified: true, broken: None, head_hash: "7c1e09ab".repeat(8) };
    let broken =
        Verification { verified: false, broken: Some("event 17 has another hash".to_owned()), ..whole.clone() };
    let refused = Flash {
        refused: true,
        text: "Not done: the old version is no longer warm.".to_owned(),
        hint: Some("ship it again: `seaworthy ship checkout v1`".to_owned()),
    };
    let error = ApiError {
        code: Code::NotFound,
        message: "there is no service \"chekout\"".to_owned(),
        hint: Some("`seaworthy services` lists them".to_owned()),
    };
    let mut stopped = chrome("/");
    stopped.state = stopped.state.map(|state| State { writable: false, ..state });
    let anonymous = Chrome { state: None, csrf: None, reader: None, path: "/sign-in".to_owned(), flash: None };
    let flashed = Chrome { flash: Some(refused), ..chrome("/rollouts/1") };
    let (burning, delivered) = (page(PageState::Delivered), page(PageState::Acknowledged));
    let mut pages = vec![
        ("home", render(&chrome("/"), &home(&status()))),
        ("home-calm", render(&chrome("/"), &home(&calm()))),
        ("home-unread", render(&chrome("/"), &home(&unread()))),
        ("home-failing", render(&chrome("/"), &home(&failing()))),
        ("home-empty", render(&chrome("/"), &home(&empty()))),
        ("home-stopped", render(&stopped, &home(&Status { store_writable: false, ..status() }))),
        ("services", render(&chrome("/services"), &ServicesPage::new(&services))),
        ("service", render(&chrome("/services/checkout"), &service)),
        ("ready", render(&chrome("/services/checkout/ready"), &ready(&services[0], now))),
        ("rollouts", render(&chrome("/rollouts"), &RolloutsPage::new(&rollouts, now))),
        ("rollouts-empty", render(&chrome("/rollouts"), &RolloutsPage::new(&[], now))),
        ("rollout", render(&chrome("/rollouts/1"), &rollout_page(&live, Some(&counted), &rights()))),
        ("rollout-held", render(&chrome("/rollouts/2"), &rollout_page(&held(), Some(&counted), &rights()))),
        ("rollout-reverted", render(&flashed, &rollout_page(&reverted, Some(&bad), &rights()))),
        ("rollout-promoted", render(&chrome("/rollouts/4"), &rollout_page(&promoted(), None, &reader))),
        ("rollout-starting", render(&chrome("/rollouts/5"), &rollout_page(&starting(), None, &rights()))),
        ("pages", render(&chrome("/pages"), &PagesPage::new(&[burning.clone(), delivered.clone()], now))),
        ("pages-unread", render(&chrome("/pages"), &PagesPage::new(&unread().pages, now))),
        ("pages-empty", render(&chrome("/pages"), &PagesPage::new(&[], now))),
        ("page-live", render(&chrome("/pages/1"), &page_page(&burning, &live, &rights(), false))),
        ("page-done", render(&chrome("/pages/1"), &page_page(&burning, &reverted, &rights(), true))),
        ("page-reader", render(&chrome("/pages/1"), &page_page(&delivered, &live, &reader, true))),
        ("ledger", render(&chrome("/ledger"), &LedgerView::new(&ledger(48_174, 40, 48_213), None, 40, None))),
        ("ledger-one", render(&chrome("/ledger"), &LedgerView::new(&ledger(7, 40, 48_213), Some(7), 40, Some(&whole)))),
        ("ledger-broken", render(&chrome("/ledger"), &LedgerView::new(&ledger(1, 3, 3), None, 40, Some(&broken)))),
        ("who", render(&chrome("/who"), &who("https://shop.example/checkout/pay", &services))),
        ("who-nobody", render(&chrome("/who"), &who("orders-db", &[]))),
        ("who-empty", render(&chrome("/who"), &who("", &[]))),
        (
            "error",
            render(&chrome("/services/chekout"), &ErrorPage::new(404, "/services/chekout", &error, "9f31c2d4-412")),
        ),
        ("downtime", render(&chrome("/downtime"), &super::downtime::month(None))),
        (
            "downtime-day",
            render(&chrome("/downtime?day=2026-03-05"), &super::downtime::month(Some(jiff::civil::date(2026, 3, 5)))),
        ),
        ("downtime-empty", render(&chrome("/downtime"), &super::downtime::empty())),
        ("sign-in", render(&anonymous, &SignInPage { refused: Some(SignInRefused::Link) })),
        ("sign-in-refused", render(&anonymous, &SignInPage { refused: Some(SignInRefused::Password) })),
    ];
    pages.extend(watched_pages());
    pages.extend(super::controls::pages());
    pages.extend(super::me::pages());
    pages.extend(super::rota::pages());
    pages.extend(super::week::pages());
    pages
}
