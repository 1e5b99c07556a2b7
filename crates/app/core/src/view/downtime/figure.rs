//! Figures of an account: time by class, by cause, and what each definition counts; and one sentence of it all.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{DowntimeCause, DowntimeClass, DowntimeClasses, DowntimeFigure, DowntimeRule};
use seaworthy_downtime::{Account, Class, Definition, Segment, Span, Totals, stacks};

use super::told::Told;
use crate::step::downtime::named;
use crate::watch::objectives::lasting;

/// All definitions, from the kindest to the harshest.
const RULES: [DowntimeRule; 6] = [
    DowntimeRule::Critical,
    DowntimeRule::Major,
    DowntimeRule::UnplannedMerged,
    DowntimeRule::UnplannedSummed,
    DowntimeRule::MaintenanceInProgress,
    DowntimeRule::MaintenanceAnnounced,
];

/// Returns the definition that a name means.
pub fn definition(rule: DowntimeRule) -> Definition {
    match rule {
        DowntimeRule::Critical => Definition::Critical,
        DowntimeRule::Major => Definition::Major,
        DowntimeRule::UnplannedMerged => Definition::UnplannedMerged,
        DowntimeRule::UnplannedSummed => Definition::UnplannedSummed,
        DowntimeRule::MaintenanceInProgress => Definition::MaintenanceInProgress,
        DowntimeRule::MaintenanceAnnounced => Definition::MaintenanceAnnounced,
    }
}

/// Returns the names of all definitions, from the kindest to the harshest.
pub fn downtime_rules() -> [&'static str; 6] {
    RULES.map(|rule| definition(rule).name())
}

pub(super) fn class(class: Class) -> DowntimeClass {
    match class {
        Class::Up => DowntimeClass::Up,
        Class::Degraded => DowntimeClass::Degraded,
        Class::DownUnplanned => DowntimeClass::DownUnplanned,
        Class::DownPlanned => DowntimeClass::DownPlanned,
        Class::UpInMaintenance => DowntimeClass::UpInMaintenance,
        Class::Unknown => DowntimeClass::Unknown,
    }
}

pub(super) fn classes(totals: &Totals) -> DowntimeClasses {
    DowntimeClasses {
        up_ms: ms(totals.of(Class::Up)),
        degraded_ms: ms(totals.of(Class::Degraded)),
        down_unplanned_ms: ms(totals.of(Class::DownUnplanned)),
        down_planned_ms: ms(totals.of(Class::DownPlanned)),
        up_in_maintenance_ms: ms(totals.of(Class::UpInMaintenance)),
        unknown_ms: ms(totals.of(Class::Unknown)),
    }
}

pub(super) fn ms(length: SignedDuration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(0)
}

/// Returns what each definition makes of a period.
pub(super) fn figures(told: &Told<'_>, account: &Account, period: Span) -> Vec<DowntimeFigure> {
    let totals = account.totals();
    let (known, spans) = (totals.wall() - totals.of(Class::Unknown), account.known());
    let figure = |rule: DowntimeRule| {
        let definition = definition(rule);
        let counted = definition.count(&told.segments, &told.windows, period, &spans);
        DowntimeFigure {
            rule,
            words: definition.words().to_owned(),
            counted_ms: ms(counted.time),
            availability: counted.availability(known),
        }
    };
    RULES.into_iter().map(figure).collect()
}

pub(super) fn causes(account: &Account, segments: &[Segment]) -> Vec<DowntimeCause> {
    let stacks = stacks(&account.pieces, segments).into_iter();
    stacks
        .map(|stack| DowntimeCause { class: class(stack.class), cause: named(&stack.cause), ms: ms(stack.time) })
        .collect()
}

/// Says what the account comes to, what nobody knows last and never left out.
pub(super) fn sentence(name: &str, classes: &DowntimeClasses) -> String {
    let time = |ms: u64| lasting(ms as f64 / 1_000.0);
    let down = match (classes.down_unplanned_ms, classes.down_planned_ms) {
        (0, 0) => None,
        (unplanned, 0) => Some(format!("was down for {}, unplanned", time(unplanned))),
        (0, planned) => Some(format!("was down for {}, as planned", time(planned))),
        (unplanned, planned) => {
            Some(format!("was down for {} unplanned and {} as planned", time(unplanned), time(planned)))
        }
    };
    let degraded = (classes.degraded_ms > 0).then(|| format!("was degraded for {}", time(classes.degraded_ms)));
    let said: Vec<String> = down.into_iter().chain(degraded).collect();
    let unknown = (classes.unknown_ms > 0).then(|| time(classes.unknown_ms));
    match (said.as_slice(), unknown) {
        _ if classes.wall_ms() == 0 => format!("No time of {name} is in this period."),
        ([], _) if classes.unknown_ms == classes.wall_ms() => format!("Nothing is known of {name} in this time."),
        ([], None) => format!("{name} served all the time."),
        ([], Some(unknown)) => format!("{name} served whenever somebody looked; nobody did for {unknown}."),
        (said, None) => format!("{name} {}.", said.join(" and ")),
        (said, Some(unknown)) => format!("{name} {}; nobody looked for {unknown}.", said.join(" and ")),
    }
}

/// Says of what is not well until now that its end may be earlier: it is confirmed by good observations in a row, and counts
/// from the first of them.
pub(super) fn unended(account: &Account, now: Timestamp) -> Option<String> {
    let is_bad = |class| matches!(class, Class::Degraded | Class::DownPlanned | Class::DownUnplanned);
    let last = account.pieces.last().filter(|piece| piece.span.end >= now && is_bad(piece.class))?;
    let since = last.span.start.strftime("%H:%M:%S UTC");
    Some(format!(" The last of it, since {since}, is not yet confirmed over, and counts until now."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use seaworthy_downtime::Piece;

    /// "Was down for 20 s" where it was down for one, until its end was confirmed.
    #[test]
    fn what_is_not_confirmed_over_is_said_to_be_so() {
        let at = |second: i64| Timestamp::from_second(second).expect("a time");
        let of = |class: Class, end: i64, now: i64| {
            let span = Span { start: at(60), end: at(end) };
            unended(&Account { pieces: vec![Piece { span, class, by: None }] }, at(now))
        };
        let said = " The last of it, since 00:01:00 UTC, is not yet confirmed over, and counts until now.";
        assert_eq!(of(Class::DownUnplanned, 80, 80).as_deref(), Some(said));
        for (class, end, now) in [(Class::DownUnplanned, 70, 80), (Class::Up, 80, 80), (Class::Unknown, 80, 80)] {
            assert_eq!(of(class, end, now), None, "{class:?}");
        }
    }

    #[test]
    fn the_sentence_never_leaves_out_what_nobody_knows() {
        const MINUTE: u64 = 60_000;
        let of = |up: u64, degraded: u64, unplanned: u64, planned: u64, unknown: u64| {
            let classes = DowntimeClasses {
                up_ms: up * MINUTE,
                degraded_ms: degraded * MINUTE,
                down_unplanned_ms: unplanned * MINUTE,
                down_planned_ms: planned * MINUTE,
                up_in_maintenance_ms: 0,
                unknown_ms: unknown * MINUTE,
            };
            sentence("buy", &classes)
        };
        assert_eq!(of(0, 0, 0, 0, 0), "No time of buy is in this period.");
        assert_eq!(of(9, 0, 0, 0, 0), "buy served all the time.");
        assert_eq!(of(0, 0, 0, 0, 9), "Nothing is known of buy in this time.");
        assert_eq!(of(9, 0, 0, 0, 3), "buy served whenever somebody looked; nobody did for 3 min.");
        assert_eq!(of(9, 0, 2, 0, 0), "buy was down for 2 min, unplanned.");
        assert_eq!(of(9, 0, 0, 4, 1), "buy was down for 4 min, as planned; nobody looked for 1 min.");
        assert_eq!(
            of(9, 5, 2, 4, 1),
            "buy was down for 2 min unplanned and 4 min as planned and was degraded for 5 min; nobody looked for 1 min."
        );
    }

    #[test]
    fn every_definition_has_its_name_on_both_sides() {
        let names: Vec<String> =
            RULES.iter().map(|rule| serde_json::to_string(rule).unwrap().trim_matches('"').to_owned()).collect();
        assert_eq!(names, Definition::ALL.map(Definition::name));
        assert_eq!(RULES.map(definition), Definition::ALL);
        let class_name = |kind| serde_json::to_string(&class(kind)).unwrap().trim_matches('"').to_owned();
        Class::ALL.into_iter().for_each(|kind| assert_eq!(class_name(kind), kind.name()));
    }
}
