//! Opening: replay the ledger into state, then restore what stands beside it.

use std::collections::BTreeMap;

use seaworthy_contract::catalogue::PersonDetails;
use seaworthy_core::watch::Saved;
use seaworthy_core::{State, Watch};
use seaworthy_model::PersonId;
use seaworthy_store::{Ledger, ReadError, Side, SideError, Table};

use crate::{Outside, Shared, decode};

/// Records read at once while replaying.
const REPLAY_PAGE: usize = 1_000;

/// What keys of probes begin with, beside those of gateways, whose names hold no slash.
pub(crate) const PROBE_KEY: &str = "probe/";

/// The key of the places that run probes.
pub(crate) const PLACES_KEY: &str = "places/";

/// What keys begin with of pieces that say since when objectives are counted.
pub(crate) const SINCE_KEY: &str = "since/";

/// Why the control plane could not open its stores.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The ledger could not be read.
    #[error("could not replay the ledger")]
    Ledger(#[from] ReadError),
    /// The side store could not be read.
    #[error("could not read the side store")]
    Side(#[from] SideError),
}

pub(crate) async fn load(outside: &Outside) -> Result<Shared, OpenError> {
    let state = replay(outside.ledger.as_ref()).await?;
    let watch = restore(outside.side.as_ref(), &state).await?;
    let directory = directory(outside.side.as_ref()).await?;
    Ok(Shared { state, watch, directory })
}

async fn replay(ledger: &dyn Ledger) -> Result<State, ReadError> {
    let mut state = State::default();
    loop {
        let page = ledger.read(state.position + 1, REPLAY_PAGE).await?;
        if page.is_empty() {
            return Ok(state);
        }
        page.iter().for_each(|record| state.apply(&decode(record)));
    }
}

/// A checkpoint that cannot be read costs evidence, not truth, so it is left out loudly.
async fn restore(side: &dyn Side, state: &State) -> Result<Watch, SideError> {
    let mut watch = Watch::default();
    watch.opened(state);
    let rollouts = side.list(Table::Checkpoints).await?.into_iter();
    let rollouts = rollouts.filter_map(|(key, bytes)| Some(Saved::Rollout(key.parse().ok()?, bytes)));
    let (since, signals): (Vec<_>, Vec<_>) =
        side.list(Table::Signals).await?.into_iter().partition(|(key, _)| key.starts_with(SINCE_KEY));
    let tell = |done: Result<(), serde_json::Error>| {
        done.unwrap_or_else(|error| tracing::warn!(%error, "checkpoint left out"));
    };
    since.iter().for_each(|(_, piece)| tell(watch.objectives.restore_since(piece)));
    for saved in rollouts.chain(signals.into_iter().filter_map(signal)) {
        tell(watch.restore(state, &saved));
    }
    Ok(watch)
}

fn signal((key, bytes): (String, Vec<u8>)) -> Option<Saved> {
    if key == PLACES_KEY {
        return Some(Saved::Places(bytes));
    }
    match key.strip_prefix(PROBE_KEY) {
        Some(name) => Some(Saved::Probe(name.to_owned(), bytes)),
        None => Some(Saved::Gateway(key.parse().ok()?, bytes)),
    }
}

async fn directory(side: &dyn Side) -> Result<BTreeMap<PersonId, PersonDetails>, SideError> {
    let entries = side.list(Table::Directory).await?;
    Ok(entries
        .into_iter()
        .filter_map(|(_, bytes)| serde_json::from_slice::<PersonDetails>(&bytes).ok())
        .map(|person| (person.name.clone(), person))
        .collect())
}
