//! What a file declares: the objective, and what only rules in a Prometheus need beside it.

use std::collections::BTreeMap;

use seaworthy_contract::catalogue::{Objective, TierSpec, Urgency};
use serde::Serialize;

use crate::tier;

/// Labels or annotations, by name.
pub type Labels = BTreeMap<String, String>;

/// The alert's name where a file gives none.
pub(crate) const ALERT: &str = "ErrorBudgetBurn";

/// One objective, as a file declares it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Declared {
    /// The objective.
    pub objective: Objective,
    /// Its name within its service: `requests-availability`.
    pub slo: String,
    /// The format it was written in: `prometheus/v1`, `openslo/v1`.
    pub format: &'static str,
    /// Where it stands: the file.
    pub file: String,
    /// Where it stands: the line, from 1.
    pub line: u32,
    /// Labels of all its recordings.
    pub labels: Labels,
    /// Labels of the recording that describes it.
    pub info: Labels,
    /// How its alerts are called and labelled.
    pub alerting: Alerting,
    /// How often its rules are evaluated; as Prometheus is set up where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    /// The object of Kubernetes that it came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<Object>,
}

/// How alerts are called and labelled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alerting {
    /// The alert's name.
    pub name: String,
    /// Labels of pages and tickets.
    pub labels: Labels,
    /// Annotations of pages and tickets.
    pub annotations: Labels,
    /// Pages; none where they were switched off.
    pub page: Option<Notice>,
    /// Tickets; none where they were switched off.
    pub ticket: Option<Notice>,
}

impl Default for Alerting {
    /// Pages and tickets without labels of their own.
    fn default() -> Self {
        let notice = Some(Notice::default());
        let (page, ticket) = (notice.clone(), notice);
        Self { name: ALERT.to_owned(), labels: Labels::new(), annotations: Labels::new(), page, ticket }
    }
}

/// What only pages, or only tickets, say.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Notice {
    /// Labels.
    pub labels: Labels,
    /// Annotations.
    pub annotations: Labels,
}

/// The metadata of an object of Kubernetes.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Object {
    /// Its name.
    pub name: String,
    /// Its namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its labels.
    pub labels: Labels,
}

impl Declared {
    /// Returns the period in days; for one of the calendar its usual length.
    pub fn days(&self) -> u16 {
        tier::days(&self.objective.period)
    }

    /// Returns the tiers that alert: its own or the standard ones, without those of an urgency that was switched off.
    pub fn tiers(&self) -> Vec<TierSpec> {
        let mut tiers = self.objective.tiers.clone();
        if tiers.is_empty() {
            tiers = tier::standard(&self.objective.period);
        }
        tiers.retain(|tier| self.notice(tier.urgency).is_some());
        tiers
    }

    /// Returns what pages or tickets say; none where they were switched off.
    pub fn notice(&self, urgency: Urgency) -> Option<&Notice> {
        match urgency {
            Urgency::Page => self.alerting.page.as_ref(),
            Urgency::Ticket => self.alerting.ticket.as_ref(),
        }
    }
}
