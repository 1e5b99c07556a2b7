//! How alerts of an objective of Sloth are called and labelled, and which of them are switched off.

use seaworthy_yaml::diagnostic::Severity;
use seaworthy_yaml::fields::Fields;

use crate::declared::{ALERT, Alerting, Notice};
use crate::parts::{flag, labels};

use super::Keys;

/// Reads `alerting`.
pub(super) fn read(fields: &Fields<'_>, keys: &Keys) -> Alerting {
    let alerting = Alerting {
        name: fields.text("name").map_or_else(|| ALERT.to_owned(), |text| text.value),
        labels: labels(fields, "labels"),
        annotations: labels(fields, "annotations"),
        page: notice(fields, keys.page_alert),
        ticket: notice(fields, keys.ticket_alert),
    };
    fields.left_over(Severity::Warning);
    alerting
}

fn notice(fields: &Fields<'_>, key: &'static str) -> Option<Notice> {
    let Some(fields) = fields.fields(key) else { return Some(Notice::default()) };
    let off = flag(&fields, "disable") == Some(true);
    let notice = Notice { labels: labels(&fields, "labels"), annotations: labels(&fields, "annotations") };
    fields.left_over(Severity::Warning);
    (!off).then_some(notice)
}
