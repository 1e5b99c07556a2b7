//! Objectives in the engine: their past is read when they are new, what is counted is stored before it is acknowledged,
//! and what is not of gateways comes in here.

use jiff::Timestamp;
use seaworthy_core::Refusal;
use seaworthy_core::watch::objectives::{Objectives, Readings, Written};
use seaworthy_model::Tally;
use seaworthy_signals::{Refused, Resolution};
use seaworthy_store::{Row, SeriesError};

use crate::{CommandError, Engine, Pushed, chain, signals};

impl Engine {
    /// Begins to watch at a start. Objectives that cannot be read are tried again with each report, which is not acknowledged
    /// until they can: a server that does not start would watch nothing at all.
    pub(crate) async fn begin_watching(&self) {
        let now = self.now();
        self.write(|shared| shared.watch.objectives.watching_from(now));
        match signals::arms(self.series(), now).await {
            Ok(rows) => self.write(|shared| shared.watch.objectives.restore_arms(rows, now)),
            Err(error) => tracing::warn!(error = %chain(&error), "latencies of a quarter of an hour are left out"),
        }
        if let Err(error) = self.follow_catalogue().await {
            tracing::error!(error = %chain(&error), "objectives are not watched yet");
        }
    }

    /// Follows the catalogue: an objective that is new gets its past before anything is counted for it.
    ///
    /// # Errors
    /// When the store fails; then nothing new is counted.
    pub(crate) async fn follow_catalogue(&self) -> Result<(), CommandError> {
        let now = self.now();
        let missing = self.write(|shared| shared.watch.objectives.sync(&shared.state, now));
        if missing.is_empty() {
            return Ok(());
        }
        // What was counted under another declaration belongs to the past that is read next.
        self.store_signals().await?;
        let mut take = |rows: &[Row]| {
            let buckets = rows.iter().map(|row| (row.series.as_str(), row.bucket()));
            self.write(|shared| shared.watch.objectives.recall(buckets));
        };
        let past = signals::past(self.series(), &missing, now, &mut take).await?;
        self.write(|shared| shared.watch.objectives.restored(&shared.state, &past, now));
        Ok(())
    }

    /// Follows a catalogue that was just applied, so that whoever applied it finds what it declares; the next look tries again.
    pub(crate) async fn follow_applied(&self) {
        if let Err(error) = self.follow_catalogue().await {
            tracing::warn!(error = %chain(&error), "objectives are not watched yet");
        }
    }

    /// Writes every bucket that changed.
    ///
    /// # Errors
    /// When the store fails; the buckets are written next time, and whoever sent the counts is not told that they are kept.
    pub(crate) async fn store_signals(&self) -> Result<(), CommandError> {
        let now = self.now();
        let mut written = self.write(|shared| shared.watch.objectives.take_dirty(now));
        if written.is_empty() {
            return Ok(());
        }
        if let Err(error) = signals::write_arms(self.series(), &mut written).await {
            tracing::warn!(error = %chain(&error), "latencies of arms are stored later");
        }
        let stored = self.store_counts(&mut written).await;
        self.write(|shared| {
            if stored.is_err() {
                // Counts that nobody could keep are not sure to come again.
                shared.watch.objectives.watching_from(now);
            }
            shared.watch.objectives.give_back(std::mem::take::<Written>(&mut written));
        });
        stored
    }

    /// Since when objectives are counted comes first: a crash between the two loses no more than counts that are sent again.
    async fn store_counts(&self, written: &mut Written) -> Result<(), CommandError> {
        self.store_since(&written.since).await?;
        written.since.clear();
        Ok(signals::write(self.series(), written).await?)
    }

    /// Does what is due from time to time: new objectives, slots that leave their periods, rows that are too old.
    pub(crate) async fn keep_signals(&self, now: Timestamp) {
        self.follow_applied().await;
        let Some(due) = self.write(|shared| shared.watch.objectives.upkeep(now)) else { return };
        if let Err(error) = self.let_slots_leave(now).await {
            tracing::warn!(error = %chain(&error), "budgets count too long a period until the next try");
        }
        for (resolution, before) in
            [(Resolution::TenSeconds, due.fine_before), (Resolution::FiveMinutes, due.coarse_before)]
        {
            if let Err(error) = self.series().prune(resolution, before).await {
                tracing::warn!(error = %chain(&error), "counts that are too old stay on disk until the next try");
            }
        }
    }

    async fn let_slots_leave(&self, now: Timestamp) -> Result<(), SeriesError> {
        for range in self.write(|shared| shared.watch.objectives.leaving(now)) {
            let sums = signals::sums(self.series(), range.clone()).await?;
            self.write(|shared| shared.watch.objectives.leave(&range, &sums, now));
        }
        Ok(())
    }

    /// Adds counts that services sent themselves, all or none, and returns once they are stored; says how many objectives
    /// they are of. Nothing to add is no more than the wish that what was added before be stored.
    ///
    /// # Errors
    /// When an instant is too far ahead or too old; then nothing was added. Or when the store fails: what was added is
    /// written later, so that whoever sends the same again must not add it again.
    pub async fn push(&self, pushed: &[Pushed]) -> Result<usize, CommandError> {
        self.follow_catalogue().await?;
        let now = self.now();
        let mut instants = pushed.iter().flat_map(|one| &one.points);
        instants.try_for_each(|(at, _)| Objectives::check(*at, now)).map_err(|why| invalid(&why))?;
        let taken = self.write(|shared| {
            let objectives = &mut shared.watch.objectives;
            pushed.iter().try_fold(0, |all, one| {
                let mut add =
                    |(at, tally): &(Timestamp, Tally)| objectives.push(&one.service, &one.series, *at, *tally, now);
                Ok(all + one.points.iter().try_fold(0, |_, point| add(point))?)
            })
        });
        self.store_signals().await?;
        taken.map_err(|why| invalid(&why))
    }

    /// Takes what another system measured for an objective that asks it; `false` where there is none. It is kept in memory:
    /// the other system keeps it.
    ///
    /// # Errors
    /// When the objective's past cannot be read.
    pub async fn take_readings(&self, objective: &str, readings: Readings) -> Result<bool, CommandError> {
        self.follow_catalogue().await?;
        Ok(self.write(|shared| shared.watch.objectives.read(objective, readings)))
    }

    /// Notes why another system does not say what an objective asks it; `false` where there is none.
    pub fn not_read(&self, objective: &str, why: String) -> bool {
        self.write(|shared| shared.watch.objectives.unread(objective, why))
    }
}

fn invalid(why: &Refused) -> CommandError {
    Refusal::Invalid("at", why.to_string()).into()
}
