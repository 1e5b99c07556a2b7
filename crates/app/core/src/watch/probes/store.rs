//! What is stored of probes before a report is acknowledged, and read at a start.

use seaworthy_contract::catalogue::Target;
use seaworthy_contract::prober::ProbeResult;
use seaworthy_probe::History;
use serde::{Deserialize, Serialize};

use super::{Probed, Probes, wire};
use crate::State;
use crate::watch::Saved;

#[derive(Serialize, Deserialize)]
struct SavedProbe {
    /// What was tried: runs of another target say nothing of this one.
    target: Target,
    /// Whether it was ever up.
    up_before: bool,
    /// By place, because its name would be written with each run.
    places: Vec<String>,
    runs: Vec<(usize, ProbeResult)>,
}

impl Probes {
    /// Returns what must be stored.
    pub(in crate::watch) fn save(&self) -> Vec<Saved> {
        let probes = self.unsaved.iter().filter_map(|name| Some((name, self.all.get(name)?)));
        let probes = probes.map(|(name, probed)| Saved::Probe(name.clone(), encode(&saved(probed))));
        let forgotten = self.forgotten.iter().map(|name| Saved::ForgottenProbe(name.clone()));
        let names = || self.places.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
        let places = self.places.unsaved.then(|| Saved::Places(encode(&names())));
        probes.chain(forgotten).chain(places).collect()
    }

    /// Notes that what [`Self::save`] returned is stored.
    pub(in crate::watch) fn saved(&mut self) {
        self.unsaved.clear();
        self.forgotten.clear();
        self.places.unsaved = false;
    }

    /// Goes on with the runs of a probe that was stored. Where it is declared no more, or for another target, they are
    /// left out.
    pub(in crate::watch) fn restore(
        &mut self,
        state: &State,
        name: &str,
        bytes: &[u8],
    ) -> Result<(), serde_json::Error> {
        let saved: SavedProbe = serde_json::from_slice(bytes)?;
        let Some(declared) = state.catalogue.probe(name) else {
            self.forgotten.insert(name.to_owned());
            return Ok(());
        };
        if declared.target == saved.target {
            let history = if saved.up_before { History::UpBefore } else { History::NeverUp };
            let place = |index: usize| saved.places.get(index).map(String::as_str);
            let runs = saved.runs.iter().filter_map(|(index, result)| Some(wire::run(place(*index)?, result)));
            self.all.insert(name.to_owned(), Probed::replayed(declared, history, runs.collect()));
        }
        Ok(())
    }

    /// Goes on with the places that had joined.
    pub(in crate::watch) fn restore_places(&mut self, bytes: &[u8]) -> Result<(), serde_json::Error> {
        let names: Vec<String> = serde_json::from_slice(bytes)?;
        names.into_iter().for_each(|name| self.places.restore(name));
        Ok(())
    }
}

fn saved(probed: &Probed) -> SavedProbe {
    let mut places: Vec<String> = Vec::new();
    let mut runs = Vec::new();
    for run in probed.runs() {
        let index = places.iter().position(|place| *place == run.place).unwrap_or_else(|| {
            places.push(run.place.clone());
            places.len() - 1
        });
        // The probe's name stands in the key.
        runs.push((index, wire::result("", run)));
    }
    let up_before = probed.history() == History::UpBefore;
    SavedProbe { target: probed.declared.target.clone(), up_before, places, runs }
}

fn encode(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("checkpoints have string keys only")
}
