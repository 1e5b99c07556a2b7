//! Reports that wait for their acknowledgement, oldest first. Bounded: when the control plane is away for longer,
//! the oldest go, and their number is told in the metrics.

use std::collections::VecDeque;
use std::time::Instant;

use seaworthy_contract::gateway::{ControlHand, Report, ReportAck};
use uuid::Uuid;

/// Most reports kept: ten minutes.
pub(crate) const REPORTS_MAX: usize = 2_400;

/// Most counts kept over all reports: about 16 MiB.
const COUNTS_MAX: usize = 20_000;

#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: VecDeque<(Report, Instant)>,
    counts: usize,
    dropped: u64,
}

impl Queue {
    /// Adds a report whose interval ended at `ended`.
    pub(crate) fn push(&mut self, report: Report, ended: Instant) {
        self.counts += report.counts.len();
        self.waiting.push_back((report, ended));
        while self.waiting.len() > REPORTS_MAX || (self.counts > COUNTS_MAX && self.waiting.len() > 1) {
            self.pop();
            self.dropped += 1;
        }
    }

    /// Returns the oldest report, with its age.
    pub(crate) fn next(&self, now: Instant) -> Option<Report> {
        let (report, ended) = self.waiting.front()?;
        let age = now.saturating_duration_since(*ended).as_millis();
        Some(Report { age_ms: u64::try_from(age).unwrap_or(u64::MAX), ..report.clone() })
    }

    /// Takes out what is persisted; returns what it told of the own socket.
    pub(crate) fn acknowledge(&mut self, ack: ReportAck) -> Vec<Uuid> {
        let mut told = Vec::new();
        while self.waiting.front().is_some_and(|(report, _)| report.boot == ack.boot && report.seq <= ack.seq) {
            let report = self.pop().expect("there is a first one");
            told.extend(report.break_glass.iter().map(|revert| revert.id));
            told.extend(report.control_hands.iter().map(ControlHand::id));
        }
        told
    }

    /// Drops a report that the server will never take.
    pub(crate) fn reject(&mut self, seq: u64) {
        if self.waiting.front().is_some_and(|(report, _)| report.seq == seq) {
            self.pop();
            self.dropped += 1;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    fn pop(&mut self) -> Option<Report> {
        let (report, _) = self.waiting.pop_front()?;
        self.counts -= report.counts.len();
        Some(report)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn report(seq: u64) -> Report {
        Report {
            gateway: "g".parse().unwrap(),
            boot: Uuid::nil(),
            seq,
            applied: 0,
            age_ms: 0,
            interval_ms: 250,
            counts: Vec::new(),
            moments: Vec::new(),
            in_flight: Vec::new(),
            trips: Vec::new(),
            break_glass: Vec::new(),
            controls: Vec::new(),
            control_hands: Vec::new(),
        }
    }

    #[test]
    fn reports_stay_until_acknowledged() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        (1..=5).for_each(|seq| queue.push(report(seq), now));
        assert_eq!(queue.next(now).unwrap().seq, 1);
        assert_eq!(queue.next(now).unwrap().seq, 1, "sending is not enough");
        queue.acknowledge(ReportAck { boot: Uuid::nil(), seq: 3 });
        assert_eq!((queue.next(now).unwrap().seq, queue.len()), (4, 2));
        queue.acknowledge(ReportAck { boot: Uuid::max(), seq: 9 });
        assert_eq!(queue.len(), 2, "another boot's acknowledgement means nothing");
    }

    #[test]
    fn ages_grow_while_it_waits() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        queue.push(report(1), now);
        assert_eq!(queue.next(now + Duration::from_secs(3)).unwrap().age_ms, 3_000);
    }

    #[test]
    fn the_oldest_go_first() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        (1..=REPORTS_MAX as u64 + 2).for_each(|seq| queue.push(report(seq), now));
        assert_eq!((queue.len(), queue.dropped(), queue.next(now).unwrap().seq), (REPORTS_MAX, 2, 3));
    }

    #[test]
    fn only_the_first_is_rejected() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        (1..=2).for_each(|seq| queue.push(report(seq), now));
        queue.reject(2);
        assert_eq!(queue.len(), 2);
        queue.reject(1);
        assert_eq!((queue.len(), queue.dropped()), (1, 1));
    }
}
