//! Every check, in the order of the practices. A new one is a file and a line in both lists.

use crate::Check;

mod adp_01_calls_are_declared;
mod adp_02_edges_by_experience;
mod adp_03_spread_over_zones;
mod adp_09_shutter_proven;
mod adp_15_controls_proven;
mod crd_01_no_personal_credential;
mod crd_06_certificates_last;
mod dep_02_main_is_green;
mod dep_04_no_hand_between;
mod dep_06_suite_is_fast;
mod dep_07_daytime_without_loss;
mod dep_08_reverted_within_seconds;
mod dep_11_verdict_in_minutes;
mod dep_12_revert_proven;
mod dep_26_no_way_around;
mod dep_33_nothing_waits;
mod dep_34_short_branches;
mod dwn_01_time_is_accounted;
mod dwn_04_tolerance_is_said;
mod dwn_13_tolerance_adds_up;
mod inc_01_restore_first;
mod inc_02_five_clocks;
mod onc_01_joined_by_accepting;
mod onc_02_terms_acknowledged;
mod onc_10_six_to_eight;
mod onc_11_covered_and_even;
mod onc_18_woken_twice_a_year;
mod own_03_owned_and_measured;
mod own_04_page_reaches_the_named;
mod own_08_only_owners_write;
mod own_09_one_owner;
mod own_10_one_writer_a_database;
mod own_11_one_consumer_an_instance;
mod own_16_on_call_now;
mod rwk_12_figures_from_events;
mod sec_01_no_standing_write;
mod sec_12_entry_points_have_tls;
mod slo_01_pages_from_objectives;
mod slo_03_pages_are_actionable;
mod slo_06_rules_have_runbooks;
mod slo_09_pages_on_symptoms;
mod slo_11_rules_reach_somebody;
mod slo_12_noticed_by_rules;
mod tel_03_page_reaches_a_person;

/// Every check.
pub const ALL: &[Check] = &[
    own_03_owned_and_measured::CHECK,
    own_04_page_reaches_the_named::CHECK,
    own_08_only_owners_write::CHECK,
    own_09_one_owner::CHECK,
    own_10_one_writer_a_database::CHECK,
    own_11_one_consumer_an_instance::CHECK,
    own_16_on_call_now::CHECK,
    adp_01_calls_are_declared::CHECK,
    adp_02_edges_by_experience::CHECK,
    adp_03_spread_over_zones::CHECK,
    adp_09_shutter_proven::CHECK,
    adp_15_controls_proven::CHECK,
    dep_02_main_is_green::CHECK,
    dep_04_no_hand_between::CHECK,
    dep_06_suite_is_fast::CHECK,
    dep_07_daytime_without_loss::CHECK,
    dep_08_reverted_within_seconds::CHECK,
    dep_11_verdict_in_minutes::CHECK,
    dep_12_revert_proven::CHECK,
    dep_26_no_way_around::CHECK,
    dep_33_nothing_waits::CHECK,
    dep_34_short_branches::CHECK,
    tel_03_page_reaches_a_person::CHECK,
    slo_01_pages_from_objectives::CHECK,
    slo_03_pages_are_actionable::CHECK,
    slo_06_rules_have_runbooks::CHECK,
    slo_09_pages_on_symptoms::CHECK,
    slo_11_rules_reach_somebody::CHECK,
    slo_12_noticed_by_rules::CHECK,
    onc_01_joined_by_accepting::CHECK,
    onc_02_terms_acknowledged::CHECK,
    onc_10_six_to_eight::CHECK,
    onc_11_covered_and_even::CHECK,
    onc_18_woken_twice_a_year::CHECK,
    inc_01_restore_first::CHECK,
    inc_02_five_clocks::CHECK,
    rwk_12_figures_from_events::CHECK,
    dwn_01_time_is_accounted::CHECK,
    dwn_04_tolerance_is_said::CHECK,
    dwn_13_tolerance_adds_up::CHECK,
    crd_01_no_personal_credential::CHECK,
    crd_06_certificates_last::CHECK,
    sec_01_no_standing_write::CHECK,
    sec_12_entry_points_have_tls::CHECK,
];

#[cfg(test)]
pub(crate) mod tests;
