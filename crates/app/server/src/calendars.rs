//! Calendars that rotations follow: their addresses and whom their names mean, beside the ledger and in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use seaworthy_contract::catalogue::{CalendarDetails, Document};
use seaworthy_model::RotationId;
use seaworthy_store::{Side, SideError, Table, Write};

use crate::kernel::Kernel;

/// What keys of calendars begin with.
const KEY: &str = "calendar/";

/// What keys begin with that say when a calendar was read.
const READ_KEY: &str = "calendar-read/";

/// Every calendar that is followed.
#[derive(Default)]
pub(crate) struct Calendars(RwLock<BTreeMap<RotationId, Known>>);

/// What is kept of a calendar.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) details: Arc<CalendarDetails>,
    pub(crate) read_at: Option<Timestamp>,
}

impl Calendars {
    /// Reads what is kept.
    ///
    /// # Errors
    /// When the side store fails.
    pub(crate) async fn load(&self, side: &dyn Side) -> Result<(), SideError> {
        let entries = side.list(Table::Meta).await?;
        let read_at = |rotation: &str| {
            let (_, at) = entries.iter().find(|(key, _)| key.strip_prefix(READ_KEY) == Some(rotation))?;
            std::str::from_utf8(at).ok()?.parse().ok()
        };
        let known = entries.iter().filter_map(|(key, value)| {
            let rotation = key.strip_prefix(KEY)?;
            let details: CalendarDetails = serde_json::from_slice(value).ok()?;
            Some((rotation.parse().ok()?, Known { details: Arc::new(details), read_at: read_at(rotation) }))
        });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = known.collect();
        Ok(())
    }

    /// Returns what is kept of a rotation's calendar.
    pub(crate) fn get(&self, rotation: &RotationId) -> Option<Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(rotation).cloned()
    }

    /// Returns the calendars of a document that say something else than what is kept.
    pub(crate) fn changed<'d>(&self, document: &'d Document) -> Vec<&'d CalendarDetails> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let differs = |one: &&CalendarDetails| known.get(&one.rotation).is_none_or(|known| *known.details != **one);
        document.calendars.iter().filter(differs).collect()
    }

    /// Takes the calendars of a document that was applied, and forgets those that nobody follows any more.
    ///
    /// # Errors
    /// When the side store fails; then what was there stays.
    pub(crate) async fn take(&self, kernel: &Kernel, document: &Document) -> Result<(), SideError> {
        let is_ours = |one: &&CalendarDetails| {
            kernel.look(|look| {
                let declared = look.state.catalogue.get("rotation", one.rotation.as_str());
                declared.is_some_and(|declared| declared.declared_by == document.source)
            })
        };
        for one in self.changed(document).into_iter().filter(is_ours) {
            let value = serde_json::to_vec(one).expect("a calendar has string keys only");
            let put = Write::Put { table: Table::Meta, key: format!("{KEY}{}", one.rotation), value };
            kernel.side.write(vec![put]).await?;
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            let read_at = known.get(&one.rotation).and_then(|known| known.read_at);
            known.insert(one.rotation.clone(), Known { details: Arc::new(one.clone()), read_at });
        }
        for rotation in self.unfollowed(kernel) {
            let keys = [format!("{KEY}{rotation}"), format!("{READ_KEY}{rotation}")];
            let delete = keys.map(|key| Write::Delete { table: Table::Meta, key });
            kernel.side.write(delete.into()).await?;
            self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&rotation);
        }
        Ok(())
    }

    fn unfollowed(&self, kernel: &Kernel) -> Vec<RotationId> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let follows = |rotation: &&RotationId| {
            kernel.look(|look| {
                look.state.catalogue.rotation(rotation).is_some_and(|known| known.layered.calendar.is_some())
            })
        };
        known.keys().filter(|rotation| !follows(rotation)).cloned().collect()
    }

    /// Notes that a calendar was read.
    ///
    /// # Errors
    /// When the side store fails.
    pub(crate) async fn note_read(
        &self,
        side: &dyn Side,
        rotation: &RotationId,
        at: Timestamp,
    ) -> Result<(), SideError> {
        if let Some(known) = self.0.write().unwrap_or_else(PoisonError::into_inner).get_mut(rotation) {
            known.read_at = Some(at);
        }
        let (key, value) = (format!("{READ_KEY}{rotation}"), at.to_string().into_bytes());
        side.write(vec![Write::Put { table: Table::Meta, key, value }]).await
    }
}
