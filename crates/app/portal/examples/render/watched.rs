//! Objectives, alerts, rules and proposals, made up, for the tests and for looking at pages.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::*;
use seaworthy_contract::catalogue::{CalendarUnit, Counting, Indicator, Period, QueryIndicator, RatioQuery, Urgency};
use seaworthy_contract::events::alert::{NatureV1, RuleChangeV1, VerdictV1};
use seaworthy_model::AlertId;

use super::data::{now, page};

fn ago(seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(seconds)
}

pub(crate) fn alert_id(n: u8) -> AlertId {
    format!("019cdd00-0000-7000-a000-0000000000{n:02}").parse().expect("an id")
}

fn window(seconds: u32, total: u64, bad: u64) -> Window {
    let burn = (total > 0).then(|| bad as f64 / total as f64 / 0.001);
    Window { seconds, total: Some(total), bad: Some(bad), burn }
}

fn tier(urgency: Urgency, burn_limit: f64, long: Window, short: Window) -> Tier {
    let budget_ratio = if burn_limit > 10.0 { 0.02 } else { 0.1 };
    Tier { urgency, burn_limit, bad_ratio_limit: burn_limit * 0.001, budget_ratio, long, short }
}

/// Met, with most of its budget.
pub(crate) fn met() -> Objective {
    Objective {
        name: "checkout-availability".to_owned(),
        service: "checkout".parse().expect("a name"),
        description: Some("Whoever wants to pay can pay".to_owned()),
        indicator: Indicator::Availability { route: None },
        counted_at_ms: None,
        target: 0.999,
        period: Period::Rolling { days: 30 },
        counting: Counting::Occurrences,
        by_default: false,
        sentence: "It is met; 71% of the budget is left.".to_owned(),
        state: ObjectiveState::Met,
        sight: Sight::Serving,
        failing_since: None,
        unread: None,
        budget: Some(Budget {
            remaining_ratio: Some(0.712_99),
            seen_s: Some(30.0 * 86_400.0),
            error_ratio: Some(0.000_29),
            total: Some(48_213_000),
            bad: Some(13_837),
            allowed: Some(48_213.0),
            burn: Some(0.42),
            gone_in_s: None,
            from: ago(30 * 86_400),
            to: now(),
        }),
        tiers: vec![
            tier(Urgency::Page, 14.4, window(3_600, 360_000, 151), window(300, 30_000, 4)),
            tier(Urgency::Page, 6.0, window(21_600, 2_160_000, 900), window(1_800, 180_000, 61)),
            tier(Urgency::Ticket, 3.0, window(86_400, 8_640_000, 9_001), window(7_200, 720_000, 300)),
            tier(Urgency::Ticket, 1.0, window(259_200, 25_920_000, 9_400), window(21_600, 2_160_000, 900)),
        ],
        outlook: vec![
            Outlook { bad_ratio: 1.0, page_s: Some(51.84), ticket_s: Some(259.2), guard_s: 0.0 },
            Outlook { bad_ratio: 0.1, page_s: Some(518.4), ticket_s: Some(2_592.0), guard_s: 0.0 },
            Outlook { bad_ratio: 0.01, page_s: Some(12_960.0), ticket_s: Some(25_920.0), guard_s: 0.0 },
            Outlook { bad_ratio: 0.002, page_s: None, ticket_s: Some(133_200.0), guard_s: 0.0 },
        ],
        alert: None,
        alert_since: None,
        last_event_at: Some(ago(0)),
        data_age_ms: Some(180),
        source: "production/checkout.yaml:14".to_owned(),
        position: 11,
    }
}

/// An outage: it pages.
pub(crate) fn burning() -> Objective {
    let met = met();
    Objective {
        sentence: "It burns fast; 61% of the budget is left, for 19 min at this rate.".to_owned(),
        state: ObjectiveState::Page,
        budget: met.budget.map(|budget| Budget {
            remaining_ratio: Some(0.613),
            bad: Some(18_660),
            burn: Some(212.0),
            gone_in_s: Some(1_140.0),
            ..budget
        }),
        tiers: vec![
            tier(Urgency::Page, 14.4, window(3_600, 360_000, 76_320), window(300, 30_000, 30_000)),
            tier(Urgency::Page, 6.0, window(21_600, 2_160_000, 76_500), window(1_800, 180_000, 76_320)),
        ],
        outlook: Vec::new(),
        alert: Some(alert_id(1)),
        alert_since: Some(ago(360)),
        ..met
    }
}

/// A month of the calendar, by latency; the service is quiet and the guard costs time.
pub(crate) fn quiet() -> Objective {
    let met = met();
    Objective {
        name: "checkout-latency".to_owned(),
        description: None,
        indicator: Indicator::Latency { route: Some("/pay".to_owned()), threshold_ms: 250 },
        counted_at_ms: Some(256.0),
        target: 0.99,
        period: Period::Calendar { unit: CalendarUnit::Month, zone: "Europe/London".to_owned() },
        sentence: "Nobody asks now; 34% of the budget is left.".to_owned(),
        sight: Sight::NoTraffic,
        budget: met.budget.map(|budget| Budget {
            remaining_ratio: Some(0.34),
            from: "2026-03-01T00:00:00Z".parse().expect("a time"),
            to: "2026-04-01T00:00:00Z".parse().expect("a time"),
            burn: None,
            gone_in_s: None,
            ..budget
        }),
        tiers: vec![
            Tier { long: Window { total: Some(0), bad: Some(0), burn: None, seconds: 3_600 }, ..met.tiers[0] },
            Tier { bad_ratio_limit: 1.44, burn_limit: 144.0, ..met.tiers[1] },
        ],
        outlook: vec![
            Outlook { bad_ratio: 1.0, page_s: Some(300.0), ticket_s: Some(720.0), guard_s: 240.0 },
            Outlook { bad_ratio: 0.1, page_s: None, ticket_s: None, guard_s: 0.0 },
        ],
        last_event_at: Some(ago(4_000)),
        ..met
    }
}

/// Another system measures it, and it has not answered yet.
pub(crate) fn blind() -> Objective {
    let met = met();
    let query = RatioQuery::Bad {
        bad: "sum(rate(http_errors_total{job=\"payments\"}[{{.window}}]))".to_owned(),
        total: "sum(rate(http_requests_total{job=\"payments\"}[{{.window}}]))".to_owned(),
    };
    Objective {
        by_default: true,
        name: "payments-errors".to_owned(),
        service: "payments".parse().expect("a name"),
        description: None,
        indicator: Indicator::Query(QueryIndicator { source: None, query }),
        sentence: "Nothing was ever measured.".to_owned(),
        sight: Sight::Unknown,
        budget: None,
        outlook: Vec::new(),
        last_event_at: None,
        data_age_ms: None,
        ..met
    }
}

/// Counts of an objective, failing from a point on, with a silence in the middle.
pub(crate) fn counted(points: usize, step_s: u32, fails_from: usize) -> ObjectiveSeries {
    let silent = |index: usize| points > 60 && (points / 3..points / 3 + points / 20).contains(&index);
    let point = |index: usize| {
        let total = 1_000 + (index as u64 * 37) % 90;
        ObjectivePoint { total, bad: if index >= fails_from { total / 5 } else { u64::from(index % 7 == 3) } }
    };
    let points: Vec<_> = (0..points).map(|index| (!silent(index)).then(|| point(index))).collect();
    let all: u64 = points.iter().flatten().map(|point| point.bad).sum();
    let mut spent = 0;
    let remaining = points.iter().map(|point| {
        spent += point.map_or(0, |point| point.bad);
        1.0 - 0.387 * spent as f64 / all.max(1) as f64
    });
    ObjectiveSeries {
        from: ago(i64::from(step_s) * points.len() as i64),
        step_s,
        allowed_ratio: 0.001,
        remaining: remaining.collect(),
        points,
    }
}

/// An open alert whose page nobody took.
pub(crate) fn alert() -> Alert {
    let id = alert_id(1);
    Alert {
        id,
        service: "checkout".parse().expect("a name"),
        team: Some("shop".parse().expect("a name")),
        symptom: "availability".to_owned(),
        nature: NatureV1::Symptom,
        urgency: Urgency::Page,
        drill: false,
        sentence: "20% of requests to checkout fail since 09:36 UTC; 2% of the budget of 30 days went in 52 s \
                   (checkout-availability, 99.9%)"
            .to_owned(),
        now: Some("in the last minute 12% of 1840 requests failed".to_owned()),
        began_at: ago(360),
        fired_at: ago(308),
        resolved_at: None,
        rules: vec!["alertmanager/High5xx#9f31c2d4".to_owned(), "objective/checkout-availability".to_owned()],
        said_by: vec!["alertmanager/High5xx".to_owned(), "objective/checkout-availability".to_owned()],
        folded_into: None,
        dependants: vec![AlertRef {
            alert: alert_id(3),
            service: "orders".parse().expect("a name"),
            symptom: "availability".to_owned(),
        }],
        silence: None,
        announced_until: None,
        page: Some(Page { alert: Some(id), rollout: None, requested_at: ago(308), ..page(PageState::Delivered) }),
    }
}

/// An alert that is over, judged.
pub(crate) fn over() -> Alert {
    let page = Page {
        requested_at: ago(8_900),
        acknowledged_at: Some(ago(8_800)),
        verdict: Some(VerdictV1::Acted),
        alert: Some(alert_id(4)),
        rollout: None,
        ..page(PageState::Acknowledged)
    };
    Alert {
        id: alert_id(4),
        began_at: ago(9_000),
        fired_at: ago(8_900),
        resolved_at: Some(ago(7_200)),
        now: None,
        rules: Vec::new(),
        dependants: Vec::new(),
        page: Some(page),
        ..alert()
    }
}

/// A ticket that is silenced.
pub(crate) fn silenced() -> Alert {
    Alert {
        id: alert_id(2),
        symptom: "latency".to_owned(),
        nature: NatureV1::Cause,
        urgency: Urgency::Ticket,
        sentence: "3% of requests to checkout take longer than 256 ms or fail since 08:02 UTC".to_owned(),
        now: Some(
            "in the last minute none of 1840 requests were too slow or failed; it ends by itself once that has lasted"
                .to_owned(),
        ),
        began_at: ago(6_000),
        fired_at: ago(5_400),
        rules: vec!["objective/checkout-latency".to_owned()],
        said_by: vec!["objective/checkout-latency".to_owned()],
        dependants: Vec::new(),
        silence: Some(silence()),
        page: None,
        ..alert()
    }
}

/// What a failing dependency stands for.
pub(crate) fn folded() -> Alert {
    Alert {
        id: alert_id(3),
        service: "orders".parse().expect("a name"),
        sentence: "18% of requests to orders fail since 09:36 UTC".to_owned(),
        now: None,
        folded_into: Some(AlertRef {
            alert: alert_id(1),
            service: "checkout".parse().expect("a name"),
            symptom: "availability".to_owned(),
        }),
        dependants: Vec::new(),
        page: None,
        ..alert()
    }
}

/// A drill on its way.
pub(crate) fn drill() -> Alert {
    Alert {
        id: alert_id(5),
        symptom: "drill".to_owned(),
        drill: true,
        sentence: "objective/checkout-availability of checkout was fired to see whether it reaches you; acknowledge, \
                   and that is all"
            .to_owned(),
        now: None,
        began_at: ago(40),
        fired_at: ago(40),
        rules: vec!["objective/checkout-availability".to_owned()],
        said_by: vec!["objective/checkout-availability".to_owned()],
        dependants: Vec::new(),
        page: Some(Page {
            requested_at: ago(39),
            alert: Some(alert_id(5)),
            rollout: None,
            matter: PageMatter::Drill,
            ..page(PageState::Requested)
        }),
        ..alert()
    }
}

pub(crate) fn silence() -> Silence {
    Silence {
        service: "checkout".parse().expect("a name"),
        rule: Some("objective/checkout-latency".to_owned()),
        until: ago(-3_600),
        reason: "the nightly import is known to be slow".to_owned(),
    }
}

pub(crate) fn unowned() -> UnownedAlert {
    UnownedAlert {
        rule: "alertmanager/DiskFull#7036ace5".to_owned(),
        names: vec!["node-7".to_owned(), "storage".to_owned()],
        sentence: "disk of node-7 is 97% full".to_owned(),
        urgency: Urgency::Page,
        by: "alertmanager of eu-1".to_owned(),
        first_heard_at: ago(4_000),
        last_heard_at: ago(50),
        times: 14,
    }
}

/// An open alert in few words.
pub(crate) fn brief(alert: &Alert) -> OpenAlert {
    OpenAlert {
        id: alert.id,
        service: alert.service.clone(),
        symptom: alert.symptom.clone(),
        urgency: alert.urgency,
        drill: alert.drill,
        sentence: alert.sentence.clone(),
        now: alert.now.clone(),
        began_at: alert.began_at,
        page: alert.page.as_ref().map(|page| page.state),
        folded: alert.folded_into.is_some(),
        silenced: alert.silence.is_some(),
        announced: alert.announced_until.is_some(),
    }
}

fn worth(fired: u32, judged: u32, acted: u32) -> Worth {
    let actionable_ratio = (judged > 0).then(|| f64::from(acted) / f64::from(judged));
    Worth { fired, paged: fired, judged, acted, not_ours: 0, actionable_ratio, repeats: acted.saturating_sub(1) }
}

/// Rules in every state.
pub(crate) fn rules() -> Vec<Rule> {
    let checkout = vec!["checkout".parse().expect("a name")];
    let never = Rule {
        name: "objective/checkout-latency".to_owned(),
        source: "objective".to_owned(),
        declared: true,
        services: checkout,
        urgency: None,
        nature: None,
        fired_at: None,
        fired_as_drill: false,
        reached_at: None,
        change: None,
        worth: Worth::default(),
    };
    let proven = Rule {
        name: "objective/checkout-availability".to_owned(),
        urgency: Some(Urgency::Page),
        nature: Some(NatureV1::Symptom),
        fired_at: Some(ago(308)),
        reached_at: Some(ago(8_800)),
        worth: worth(3, 2, 2),
        ..never.clone()
    };
    let unheard = Rule {
        name: "probe/checkout-buy".to_owned(),
        source: "probe".to_owned(),
        fired_at: Some(ago(86_400)),
        fired_as_drill: true,
        urgency: Some(Urgency::Page),
        ..never.clone()
    };
    let demoted = Rule {
        name: "alertmanager/High5xx".to_owned(),
        source: "alertmanager".to_owned(),
        declared: false,
        fired_at: Some(ago(308)),
        urgency: Some(Urgency::Ticket),
        change: Some(RuleChanged { change: RuleChangeV1::Demote, at: ago(500_000) }),
        worth: worth(5, 4, 1),
        ..never.clone()
    };
    vec![proven, demoted, unheard, never]
}

/// A week with something of everything.
pub(crate) fn proposals() -> Vec<Proposal> {
    let proposal = |rule: &str, suggestion, change, because: &str, worth| Proposal {
        rule: rule.to_owned(),
        services: vec!["checkout".parse().expect("a name")],
        suggestion,
        change,
        because: because.to_owned(),
        worth,
        distinct: None,
    };
    vec![
        proposal(
            "alertmanager/High5xx",
            Some(Suggestion::Demote),
            Some(RuleChangeV1::Demote),
            "1 of 4 pages needed anything: a ticket is enough",
            worth(5, 4, 1),
        ),
        proposal(
            "events/disk",
            Some(Suggestion::Mend),
            None,
            "acted on 3 times in 30 days, and it comes again: mend what causes it",
            worth(3, 3, 3),
        ),
        proposal(
            "objective/checkout-latency",
            Some(Suggestion::Drill),
            None,
            "never fired, never tested",
            Worth::default(),
        ),
        proposal("objective/checkout-availability", None, None, "worth its pages so far", worth(2, 2, 2)),
    ]
}
