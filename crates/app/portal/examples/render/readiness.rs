//! Readiness of a service, for the pictures.

use seaworthy_contract::api::*;

use super::data::ago;

fn finding(row: &str, title: &str, verdict: Verdict, sentence: &str, seen: Option<(i64, i64)>) -> Finding {
    let remedy = "ship a version to a small share of users and revert it by hand: `seaworthy revert SERVICE`";
    Finding {
        row: row.to_owned(),
        title: title.to_owned(),
        section: "Change management".to_owned(),
        required_at: Some("1%".to_owned()),
        verdict,
        sentence: sentence.to_owned(),
        exception: None,
        attested: None,
        differs: false,
        remedy: matches!(verdict, Verdict::Unknown | Verdict::DoesNotHold).then(|| remedy.to_owned()),
        evidence: seen.map(|(past, term)| Evidence {
            position: 47_902,
            at: ago(past),
            seen_by: "gateway local".to_owned(),
            expires_at: ago(past - term),
        }),
    }
}

pub(crate) fn readiness(proven: bool) -> Readiness {
    let day = 86_400;
    let revert = match proven {
        true => finding(
            "DEP-12",
            "A revert was proven in production",
            Verdict::Holds,
            "v4 was reverted, took 0.4 s",
            Some((1_200, 90 * day)),
        ),
        false => finding(
            "DEP-12",
            "A revert was proven in production",
            Verdict::Unknown,
            "no revert of it was seen in production yet",
            None,
        ),
    };
    let mut findings = vec![
        revert,
        finding(
            "DEP-08",
            "A failing change is reverted within seconds, by machine",
            Verdict::Unknown,
            "no machine has reverted a change of it yet",
            None,
        ),
        finding(
            "OWN-16",
            "Somebody is on call for it now",
            Verdict::DoesNotHold,
            "no rotation of team shop names anybody",
            None,
        ),
        finding(
            "OWN-09",
            "Exactly one team owns it",
            Verdict::Holds,
            "shop, with 2 members",
            Some((80 * day, 90 * day)),
        ),
        finding(
            "INC-01",
            "Service is restored first, the cause is looked for after",
            Verdict::DoesNotApply,
            "its versions are not shipped through Seaworthy",
            None,
        ),
    ];
    findings.sort_by_key(|finding| finding.verdict);
    let step = |step: &str, asks: &[&str], open: &[&str]| ReadinessStep {
        step: step.to_owned(),
        asks: asks.iter().map(|row| (*row).to_owned()).collect(),
        open: open.iter().map(|row| (*row).to_owned()).collect(),
    };
    let open: &[&str] = if proven { &[] } else { &["DEP-12"] };
    Readiness {
        service: "checkout".parse().expect("a name"),
        findings,
        ladder: vec![
            step("internal", &["OWN-09", "OWN-16"], &[]),
            step("1%", &["DEP-12"], open),
            step("10%", &[], open),
            step("all", &["INC-01"], open),
        ],
        next: (!proven).then(|| NextExercise {
            id: "revert".to_owned(),
            title: "Let a version of checkout that fails be reverted in production, in working hours".to_owned(),
            how: "`seaworthy ship checkout VERSION` with a version that fails on purpose".to_owned(),
            minutes: 12,
            people: 2,
            answers: vec!["DEP-12".to_owned(), "DEP-08".to_owned()],
            renews: vec!["INC-01".to_owned()],
        }),
        unseen: vec![UnseenRow {
            row: "TEL-09".to_owned(),
            title: "Each change says what it is expected to do, and is told whether it did".to_owned(),
            of_product: false,
            because: "a rollout does not ask what is expected of it".to_owned(),
        }],
    }
}
