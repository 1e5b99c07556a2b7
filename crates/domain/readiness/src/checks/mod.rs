//! Every check, in the order of the practices. A new one is a file and a line in both lists.

use crate::Check;

mod adp_09_shutter_proven;
mod adp_15_controls_proven;
mod dep_08_reverted_within_seconds;
mod dep_12_revert_proven;
mod inc_01_restore_first;
mod onc_01_joined_by_accepting;
mod onc_02_terms_acknowledged;
mod onc_10_six_to_eight;
mod onc_11_covered_and_even;
mod own_09_one_owner;
mod own_16_on_call_now;
mod slo_11_rules_reach_somebody;
mod tel_03_page_reaches_a_person;

/// Every check.
pub const ALL: &[Check] = &[
    own_09_one_owner::CHECK,
    own_16_on_call_now::CHECK,
    adp_09_shutter_proven::CHECK,
    adp_15_controls_proven::CHECK,
    dep_08_reverted_within_seconds::CHECK,
    dep_12_revert_proven::CHECK,
    tel_03_page_reaches_a_person::CHECK,
    slo_11_rules_reach_somebody::CHECK,
    onc_01_joined_by_accepting::CHECK,
    onc_02_terms_acknowledged::CHECK,
    onc_10_six_to_eight::CHECK,
    onc_11_covered_and_even::CHECK,
    inc_01_restore_first::CHECK,
];

#[cfg(test)]
mod tests;
