//! The series store in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use seaworthy_model::Tally;
use seaworthy_signals::Resolution;
use seaworthy_store::limits::SERIES_MAX;
use seaworthy_store::{Answer, Row, SeriesError, SeriesStore, check_rows, check_span};

use super::Disk;

/// What is stored.
#[derive(Clone, Default)]
pub(super) struct Content {
    /// By resolution, slot and name, as the real one has them.
    rows: BTreeMap<(Resolution, i64, String), Row>,
    names: BTreeSet<String>,
}

/// The series store in memory.
#[derive(Clone)]
pub struct MemorySeries {
    pub(super) disk: Disk,
}

impl MemorySeries {
    fn set(&self, rows: Vec<Row>) -> Result<(), SeriesError> {
        check_rows(&rows)?;
        let mut disk = self.disk.lock();
        let content = &mut disk.series;
        let mut new = BTreeSet::new();
        for row in rows.iter().filter(|row| !content.names.contains(&row.series)) {
            if new.insert(row.series.clone()) && content.names.len() + new.len() > SERIES_MAX {
                return Err(SeriesError::Full { series: row.series.clone() });
            }
        }
        content.names.append(&mut new);
        content.rows.extend(rows.into_iter().map(|row| ((row.resolution, row.slot, row.series.clone()), row)));
        Ok(())
    }

    /// Returns rows by slot and name.
    fn rows(&self, resolution: Resolution, slots: Range<i64>) -> Vec<Row> {
        if slots.is_empty() {
            return Vec::new();
        }
        let keys = (resolution, slots.start, String::new())..(resolution, slots.end, String::new());
        self.disk.lock().series.rows.range(keys).map(|(_, row)| row.clone()).collect()
    }
}

impl SeriesStore for MemorySeries {
    fn write(&self, rows: Vec<Row>) -> Answer<'_, Result<(), SeriesError>> {
        Box::pin(async move { self.set(rows) })
    }

    fn read(
        &self,
        series: &str,
        resolution: Resolution,
        slots: Range<i64>,
    ) -> Answer<'_, Result<Vec<Row>, SeriesError>> {
        let series = series.to_owned();
        Box::pin(async move {
            check_span(&slots)?;
            Ok(self.rows(resolution, slots).into_iter().filter(|row| row.series == series).collect())
        })
    }

    fn slot(&self, resolution: Resolution, slot: i64) -> Answer<'_, Result<Vec<Row>, SeriesError>> {
        let content = self.disk.lock();
        let first = (resolution, slot, String::new());
        let rows = content.series.rows.range(first..).map(|(_, row)| row);
        let rows: Vec<Row> = rows.take_while(|row| row.slot == slot && row.resolution == resolution).cloned().collect();
        Box::pin(async move { Ok(rows) })
    }

    fn sums(&self, resolution: Resolution, slots: Range<i64>) -> Answer<'_, Result<Vec<(String, Tally)>, SeriesError>> {
        Box::pin(async move {
            check_span(&slots)?;
            let mut sums = BTreeMap::<String, Tally>::new();
            for row in self.rows(resolution, slots) {
                sums.entry(row.series).or_default().add(row.tally);
            }
            Ok(sums.into_iter().collect())
        })
    }

    fn series(&self) -> Answer<'_, Result<Vec<String>, SeriesError>> {
        Box::pin(async move { Ok(self.disk.lock().series.names.iter().cloned().collect()) })
    }

    fn prune(&self, resolution: Resolution, before: i64) -> Answer<'_, Result<(), SeriesError>> {
        let ends_s = before.saturating_mul(resolution.seconds());
        let content = &mut self.disk.lock().series;
        content.rows.retain(|(of, slot, _), _| match *of == resolution {
            true => *slot >= before,
            // A finer row goes when it ends before the coarser ones that stay begin.
            false => *of > resolution || *slot >= ends_s.div_euclid(of.seconds()),
        });
        content.names = content.rows.values().map(|row| row.series.clone()).collect();
        Box::pin(async { Ok(()) })
    }
}
