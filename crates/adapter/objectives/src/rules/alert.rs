//! Alerts of an objective: one that pages and one for a ticket, each over all of its tiers.

use seaworthy_contract::catalogue::{TierSpec, Urgency};

use crate::declared::{Labels, Notice};
use crate::number::short;
use crate::tier::burn;

use super::{PrometheusRule, Subject};

impl Subject<'_> {
    /// Returns the alerts that are not switched off.
    pub(super) fn alerts(&self) -> Vec<PrometheusRule> {
        [Urgency::Page, Urgency::Ticket].into_iter().filter_map(|urgency| self.alert(urgency)).collect()
    }

    fn alert(&self, urgency: Urgency) -> Option<PrometheusRule> {
        let notice = self.declared.notice(urgency)?;
        let tiers = self.declared.tiers();
        let conditions: Vec<String> =
            tiers.iter().filter(|tier| tier.urgency == urgency).map(|tier| self.condition(tier)).collect();
        if conditions.is_empty() {
            return None;
        }
        let word = match urgency {
            Urgency::Page => "page",
            Urgency::Ticket => "ticket",
        };
        Some(PrometheusRule::Alert {
            alert: self.declared.alerting.name.clone(),
            expr: conditions.join("\nor\n"),
            labels: self.alert_labels(notice, word),
            annotations: self.annotations(notice, word),
        })
    }

    /// Both windows burn faster than the tier's rate. The window's label goes, so that the two sides match and the alert
    /// stays the same one whichever tier fires.
    fn condition(&self, tier: &TierSpec) -> String {
        let rate = short(burn(tier, &self.declared.objective.period));
        let budget = short(1.0 - self.declared.objective.target);
        let side = |seconds: u32| {
            format!("  max without (sloth_window) ({} > ({rate} * {budget}))", self.ratio_over(seconds.into()))
        };
        format!("(\n{}\n  and\n{}\n)", side(tier.short_seconds), side(tier.long_seconds))
    }

    fn alert_labels(&self, notice: &Notice, word: &str) -> Labels {
        let mut labels = self.declared.alerting.labels.clone();
        labels.extend(notice.labels.clone());
        labels.insert("sloth_severity".to_owned(), word.to_owned());
        labels
    }

    fn annotations(&self, notice: &Notice, word: &str) -> Labels {
        let about = "{{$labels.sloth_service}} {{$labels.sloth_slo}}";
        let mut annotations = Labels::from([
            ("title".to_owned(), format!("({word}) {about}: the error budget burns too fast")),
            ("summary".to_owned(), format!("{about}: users meet more failures than the objective allows")),
        ]);
        annotations.extend(self.declared.alerting.annotations.clone());
        annotations.extend(notice.annotations.clone());
        annotations
    }
}
