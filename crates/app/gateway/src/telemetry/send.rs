//! Makes a report each 250 ms and sends what waits, in order, until it is acknowledged.

use std::rc::Rc;
use std::time::{Duration, Instant};

use http::StatusCode;
use seaworthy_client::Client;
use seaworthy_contract::gateway::{REPORT_EVERY_MS, Report, ReportAck, Trip};
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::control::Control;
use crate::control::backoff::Backoff;
use crate::shared::Tripped;
use crate::trial::Off;

/// Longest time of one exchange: the server answers when it has persisted.
const SEND_MAX: Duration = Duration::from_secs(5);

/// Makes reports for ever.
pub(crate) async fn collect(control: Rc<Control>) {
    let mut ticks = interval(Duration::from_millis(REPORT_EVERY_MS));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        make(&control);
    }
}

/// Makes one report of what happened since the last one.
pub(crate) fn make(control: &Control) {
    let now = Instant::now();
    let now_ms = control.shared.ms(now);
    let found = control.collector.borrow_mut().look(&control.shared);
    let mut tripped = std::mem::take(&mut *control.shared.tripped());
    let alone = control.alone.borrow_mut().look(&control.shared.current(), &found.counts, control.silence(now));
    for ejected in alone {
        ejected.trial.take_off(Off::Guard);
        tripped.push(Tripped { trial: ejected.trial.key.clone(), why: ejected.why, at_ms: now_ms });
    }
    control.trips.set(control.trips.get() + tripped.len() as u64);
    for trip in &tripped {
        tracing::warn!(service = %trip.trial.service, version = %trip.trial.version, why = %trip.why, "canary ejected");
    }
    let trips = tripped.into_iter().map(|tripped| Trip {
        service: tripped.trial.service,
        version: tripped.trial.version,
        rollout: tripped.trial.rollout,
        why: tripped.why,
        age_ms: now_ms.saturating_sub(tripped.at_ms),
    });
    let seq = control.seq.get() + 1;
    let last_ms = control.reported_ms.replace(now_ms);
    let report = Report {
        gateway: control.name.clone(),
        boot: control.boot,
        seq,
        applied: control.shared.current().version(),
        age_ms: 0,
        interval_ms: now_ms.saturating_sub(last_ms),
        counts: found.counts,
        moments: control.collector.borrow().moments.ages(now_ms),
        in_flight: found.in_flight,
        trips: trips.collect(),
        break_glass: control.glass.borrow().waiting(jiff::Timestamp::now()),
        controls: control.controls.borrow_mut().look(&control.shared.current(), now),
        control_hands: control.hands.borrow().waiting(jiff::Timestamp::now()),
    };
    control.seq.set(seq);
    control.queue.borrow_mut().push(report, now);
    control.reports.notify_one();
}

/// Sends reports for ever.
pub(crate) async fn send(control: Rc<Control>, client: Client) {
    let client = client.with_timeout(SEND_MAX);
    let mut backoff = Backoff::new();
    loop {
        let next = control.queue.borrow().next(Instant::now());
        let Some(report) = next else {
            control.reports.notified().await;
            continue;
        };
        match send_one(&control, &client, &report).await {
            Ok(()) => backoff.reset(),
            Err(error) => {
                tracing::debug!(%error, "a report waits");
                sleep(backoff.next()).await;
            }
        }
    }
}

/// Sends what waits, as long as the server takes it.
pub(crate) async fn send_rest(control: &Control, client: &Client) {
    loop {
        let next = control.queue.borrow().next(Instant::now());
        let Some(report) = next else { return };
        if send_one(control, client, &report).await.is_err() {
            return;
        }
    }
}

async fn send_one(control: &Control, client: &Client, report: &Report) -> Result<(), seaworthy_client::Error> {
    let path = format!("/v1/gateways/{}/telemetry", control.name);
    match client.post_json::<_, ReportAck>(&path, report).await {
        Ok(ack) => {
            control.heard();
            let told = control.queue.borrow_mut().acknowledge(ack);
            control.acknowledge_glass(&told);
            Ok(())
        }
        Err(error) if is_unacceptable(&error) => {
            tracing::warn!(%error, seq = report.seq, "the control plane does not take a report; it is dropped");
            control.queue.borrow_mut().reject(report.seq);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Sending this report again would fail for ever and hold up all that follow.
fn is_unacceptable(error: &seaworthy_client::Error) -> bool {
    matches!(
        error.status(),
        Some(StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY)
    )
}
