//! Rows of the core list that no check answers, each with why. A row leaves this list when its facts exist, and comes into
//! [`crate::checks::ALL`]; it is never answered with what was not seen.

/// A row that no check answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unseen {
    /// Its id in the list of practices.
    pub row: &'static str,
    /// The statement.
    pub title: &'static str,
    /// Why nothing answers it.
    pub why: Why,
}

/// Why nothing answers a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The facts do not exist yet: because what.
    NotYetObservable(&'static str),
    /// It is asked of the product and not of a service: what keeps it.
    RuleOfTheProduct(&'static str),
}

/// Every such row, in the order of the practices.
pub const UNSEEN: &[Unseen] = &[
    Unseen {
        row: "OWN-01",
        title: "Any signed-in person can read the page of each service",
        why: Why::NotYetObservable("nobody without a role opens each page on a schedule and records what came"),
    },
    Unseen {
        row: "OWN-06",
        title: "One look-up answers who is to be called, also while the store is down",
        why: Why::NotYetObservable("look-ups are not timed, and no drill with the store off is recorded"),
    },
    Unseen {
        row: "TEL-09",
        title: "Each change says what it is expected to do, and is told whether it did",
        why: Why::NotYetObservable("a rollout does not ask what is expected of it"),
    },
    Unseen {
        row: "ONC-03",
        title: "Not being available needs no reason",
        why: Why::RuleOfTheProduct("a time away has no field for a reason, and a test refuses one"),
    },
    Unseen {
        row: "INC-10",
        title: "A review names several contributing factors and the first guess",
        why: Why::NotYetObservable("reviews of incidents are not kept here"),
    },
    Unseen {
        row: "INC-16",
        title: "An action is closed once its effect was seen in production",
        why: Why::NotYetObservable("what a review asks for is not kept here, so its effect cannot be looked for"),
    },
    Unseen {
        row: "RWK-06",
        title: "It is known how much time goes into unplanned work",
        why: Why::NotYetObservable("hours of a week are not estimated from events and corrected by the team"),
    },
    Unseen {
        row: "RWK-07",
        title: "It is known whether rework grows while throughput falls",
        why: Why::NotYetObservable("it needs the hours of RWK-06, for months"),
    },
    Unseen {
        row: "PRR-04",
        title: "Answers expire, and nothing is ready for ever",
        why: Why::RuleOfTheProduct("each answer has its end, and is unknown from then on; a test tries each check"),
    },
];
