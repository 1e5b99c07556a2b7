//! From an export to what is pushed: whose it is, which series, how many, how many of them bad.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_model::{ServiceId, Tally};

use super::attributes::{fingerprint, text};
use super::body::{self, Encoding};
use super::counter::{Added, Changes, Counted, Counters, Since, Stream};
use super::message::{Metric, ResourceMetrics};
use super::points::{Point, points};
use super::wanted::{Reading, Wanted};
use crate::pushed::unbelievable;
use crate::{NotUnderstood, Pushed};

/// Most reasons that one answer names; points beyond are still counted with the last.
const SKIPPED_MAX: usize = 8;

/// Takes exports in, and remembers where each stream stood.
///
/// [`Self::read`] changes nothing: keep what was pushed first, then [`Self::keep`] the rest. So an export that comes
/// again because it could not be kept is counted then.
#[derive(Debug)]
pub struct Intake {
    counters: Counters,
}

/// What one export came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// What to add: each series, service and time once, in order.
    pub pushed: Vec<Pushed>,
    /// Metrics that no objective asks for.
    pub passed_over: u32,
    /// Points that an objective asks for and that cannot be counted; the first few reasons.
    pub skipped: Vec<Skipped>,
    changes: Changes,
}

/// Points of one metric that cannot be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The metric.
    pub metric: String,
    /// Why, with what to do about it.
    pub why: String,
    /// How many points.
    pub points: u32,
}

impl Intake {
    /// Begins to watch at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self { counters: Counters::new(now) }
    }

    /// Reads an export. Reading it twice without keeping it gives the same.
    ///
    /// # Errors
    /// When the body is no export, or is too large.
    pub fn read(
        &self,
        body: &[u8],
        encoding: Encoding,
        wanted: &Wanted,
        now: Timestamp,
    ) -> Result<Taken, NotUnderstood> {
        let export = body::read(body, encoding)?;
        let mut reader = Reader::new(&self.counters, wanted, now);
        export.resource_metrics.iter().for_each(|metrics| reader.resource(metrics));
        Ok(reader.taken())
    }

    /// Remembers what an export changed, once what it pushed is kept.
    pub fn keep(&mut self, taken: Taken, now: Timestamp) {
        self.counters.keep(taken.changes);
        self.counters.forget(now);
    }
}

/// One export while it is read.
struct Reader<'a> {
    counters: &'a Counters,
    wanted: &'a Wanted,
    now: Timestamp,
    changes: Changes,
    sums: BTreeMap<(&'a ServiceId, &'a str, Timestamp), Tally>,
    passed_over: u32,
    skipped: Vec<Skipped>,
}

/// One series of one process.
#[derive(Clone, Copy)]
struct Series<'a> {
    service: &'a ServiceId,
    reading: &'a Reading,
    group: u64,
}

impl<'a> Reader<'a> {
    fn new(counters: &'a Counters, wanted: &'a Wanted, now: Timestamp) -> Self {
        let (changes, sums) = (Changes::default(), BTreeMap::new());
        Self { counters, wanted, now, changes, sums, passed_over: 0, skipped: Vec::new() }
    }

    fn resource(&mut self, metrics: &ResourceMetrics) {
        let attributes = metrics.resource.as_ref().map_or(&[][..], |resource| &resource.attributes);
        let asked = text(attributes, "service.name").and_then(|name| self.wanted.of(name));
        for scope in &metrics.scope_metrics {
            let name = scope.scope.as_ref().map_or("", |scope| scope.name.as_str());
            for metric in &scope.metrics {
                let found = asked.and_then(|(service, metrics)| Some((service, metrics.get(&metric.name)?)));
                let Some((service, readings)) = found else {
                    self.passed_over = self.passed_over.saturating_add(1);
                    continue;
                };
                for reading in readings {
                    let group = fingerprint(attributes, &[name, &metric.name, &reading.series]);
                    self.metric(metric, Series { service, reading, group });
                }
            }
        }
    }

    fn metric(&mut self, metric: &Metric, series: Series<'a>) {
        match points(metric) {
            Err(why) => self.skip(&metric.name, why),
            Ok((since, points)) => {
                for point in points.into_iter().filter(|point| !point.is_absent()) {
                    if let Err(why) = self.point(point, since, series) {
                        self.skip(&metric.name, why);
                    }
                }
            }
        }
    }

    fn point(&mut self, point: Point<'_>, since: Since, series: Series<'a>) -> Result<(), String> {
        let (start, nanos) = point.times();
        let at = Timestamp::from_nanosecond(i128::from(nanos)).ok().filter(|_| nanos > 0);
        let at = at.ok_or_else(|| "it has no time".to_owned())?;
        if let Some(why) = unbelievable(at, self.now) {
            return Err(why);
        }
        let tally = point.tally(series.reading.threshold)?;
        let stream = Stream { group: series.group, stream: fingerprint(point.attributes(), &[]) };
        match self.counters.add(
            &mut self.changes,
            stream,
            since,
            Counted { start, at: nanos, scale: point.scale(), tally },
        ) {
            Added::Nothing => Ok(()),
            Added::Mixed => Err("two processes send it as one; give each its \"service.instance.id\"".to_owned()),
            Added::Full => Err("too many streams are watched; use fewer attributes".to_owned()),
            Added::Tally(tally) => {
                self.sums.entry((series.service, &series.reading.series, at)).or_default().add(tally);
                Ok(())
            }
        }
    }

    fn skip(&mut self, metric: &str, why: String) {
        let is_full = self.skipped.len() == SKIPPED_MAX;
        let same = self.skipped.iter().position(|skipped| skipped.metric == metric && skipped.why == why);
        if let Some(at) = same.or(is_full.then_some(SKIPPED_MAX - 1)) {
            self.skipped[at].points = self.skipped[at].points.saturating_add(1);
        } else {
            self.skipped.push(Skipped { metric: metric.to_owned(), why, points: 1 });
        }
    }

    fn taken(self) -> Taken {
        let pushed = |((service, series, at), tally): ((&ServiceId, &str, Timestamp), Tally)| Pushed {
            series: series.to_owned(),
            service: service.clone(),
            at,
            tally,
        };
        let Self { sums, passed_over, skipped, changes, .. } = self;
        Taken { pushed: sums.into_iter().map(pushed).collect(), passed_over, skipped, changes }
    }
}
