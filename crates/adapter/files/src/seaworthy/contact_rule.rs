//! When a contact is used: `after`, beside whatever way it is.

use seaworthy_contract::catalogue::ContactRule;

use crate::fields::Fields;
use crate::rule::Rule;

/// Longest time after a call: a page that nobody took for an hour has climbed long ago.
const AFTER_MAX_MS: u64 = 60 * 60 * 1_000;

/// Reads the rule of a contact; what is wrong with it is reported, and left out.
pub(super) fn read(fields: &Fields<'_>) -> ContactRule {
    let after = fields.duration_ms("after");
    if let Some(after) = after.as_ref().filter(|after| after.value > AFTER_MAX_MS) {
        let message = format!("\"after\" is {} ms, over the limit of an hour", after.value);
        fields.scope.report.error(Rule::Limit, &after.at, message, "by then the page is somebody else's: write 15m");
    }
    ContactRule { after_ms: after.map_or(0, |after| after.value) }
}
