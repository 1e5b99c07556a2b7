//! Keys of sendings that were taken, so that what comes again adds nothing: in memory, and in the side store over a restart.

use std::collections::{BTreeSet, VecDeque};

use seaworthy_metrics::kpi::Sent;
use seaworthy_store::{SideError, Table, Write};

use super::App;
use crate::access::Digest;

/// Most keys that are remembered; the oldest makes room. Who sends again does so within minutes, and this is an hour of
/// a hundred services that send each minute. A table of the side store holds 10,000.
const KEPT_MAX: usize = 6_000;

/// What the names of keys begin with, in a table that others use too.
const PREFIX: &str = "kpi/";

/// The keys of sendings.
#[derive(Default)]
pub(crate) struct Keys {
    /// Oldest first; none before the store was asked.
    order: Option<VecDeque<String>>,
    known: BTreeSet<String>,
}

impl Keys {
    /// Says whether a sending was taken before.
    ///
    /// # Errors
    /// When the store cannot say what was taken before this start.
    pub(super) async fn knows(&mut self, app: &App, sent: &Sent) -> Result<bool, SideError> {
        if self.order.is_none() {
            let stored = app.kernel.side.list(Table::Meta).await?;
            let mut stored: Vec<_> = stored.into_iter().filter(|(key, _)| key.starts_with(PREFIX)).collect();
            // The value is when it came, in eight bytes that sort as it does.
            stored.sort_by(|(_, one), (_, other)| one.cmp(other));
            self.known = stored.iter().map(|(key, _)| key.clone()).collect();
            self.order = Some(stored.into_iter().map(|(key, _)| key).collect());
        }
        Ok(self.known.contains(&name(sent)))
    }

    /// Remembers a sending; in memory even where the store fails.
    ///
    /// # Errors
    /// When the store fails: a restart would not know it.
    pub(super) async fn note(&mut self, app: &App, sent: &Sent) -> Result<(), SideError> {
        let (key, order) = (name(sent), self.order.get_or_insert_default());
        let mut writes = Vec::new();
        if self.known.insert(key.clone()) {
            order.push_back(key.clone());
        }
        while order.len() > KEPT_MAX {
            let Some(key) = order.pop_front() else { break };
            self.known.remove(&key);
            writes.push(Write::Delete { table: Table::Meta, key });
        }
        let value = app.kernel.now().as_millisecond().max(0).to_be_bytes().to_vec();
        writes.push(Write::Put { table: Table::Meta, key, value });
        app.kernel.side.write(writes).await
    }
}

/// One key of two services is two sendings. Hashed, so that its length is known and nothing of the sender is on disk.
fn name(sent: &Sent) -> String {
    let digest = Digest::of(&format!("{}\n{}", sent.service, sent.key)).hex();
    format!("{PREFIX}{}", &digest[..32])
}
