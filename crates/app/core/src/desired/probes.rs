//! Desired probes: what one place should try.

use seaworthy_contract::prober::{PROBES_MAX, ProbeSet};

use crate::State;

/// Returns the probes of a place: those that name it, and those that name none. At most [`PROBES_MAX`], by name.
pub fn probe_set(state: &State, place: &str) -> ProbeSet {
    let is_its = |places: &[String]| places.is_empty() || places.iter().any(|named| named == place);
    let probes = state.catalogue.probes().filter(|probe| is_its(&probe.places));
    let probes = probes.take(PROBES_MAX).cloned().collect();
    ProbeSet { version: state.config_version, probes, checks: Vec::new() }
}
