//! The suite every backend must pass: what [`crate::Ledger`], [`crate::Side`] and [`crate::SeriesStore`]
//! promise, as tests.
//!
//! A backend's tests say `seaworthy_store::conformance!(expression)`, where the expression makes a fresh [`Fixture`].
//! What only one backend can do (edit its file, fill its disk) is tested beside that backend.

pub mod content;
pub mod expectations;
pub mod idempotency;
pub mod order;
pub mod reading;
pub mod series;
pub mod side;

use std::sync::Arc;

use jiff::Timestamp;
use seaworthy_model::EventId;
use uuid::Uuid;

use crate::{Answer, AppendError, Expect, Ledger, NewEvent, RawJson, Record, SeriesStore, Side, chain};

/// A place that outlives the stores opened on it.
pub trait Fixture {
    /// Opens the ledger; the one opened before was dropped.
    fn open(&self) -> Answer<'_, Arc<dyn Ledger>>;

    /// Opens the side store; the one opened before was dropped.
    fn open_side(&self) -> Answer<'_, Arc<dyn Side>>;

    /// Opens the series store; the one opened before was dropped.
    fn open_series(&self) -> Answer<'_, Arc<dyn SeriesStore>>;
}

/// Makes a test of every promise.
#[macro_export]
macro_rules! conformance {
    ($fixture:expr) => {
        $crate::conformance_tests! { $fixture;
            order: [
                concurrent_appenders_leave_no_gaps, a_batch_is_next_to_itself, streams_count_for_themselves,
                a_refused_batch_leaves_nothing, the_chain_holds, a_reopened_ledger_goes_on
            ];
            expectations: [
                a_stream_is_where_it_should_be, the_head_is_where_it_should_be, one_of_many_racers_wins,
                a_batch_counts_against_itself_only_once
            ];
            idempotency: [
                a_key_appends_once, a_repeat_expects_nothing, a_key_outlives_a_reopen, racing_repeats_append_once,
                a_key_is_not_for_something_else, a_key_in_the_middle_finds_its_batch, an_id_is_taken_once
            ];
            content: [
                unknown_types_keep_every_byte, every_column_comes_back, the_largest_payload_fits,
                a_larger_payload_is_refused, bad_texts_are_refused, bad_batches_are_refused
            ];
            reading: [
                pages_end, past_the_head_is_nothing, the_head_can_be_read_when_it_is_seen, a_fresh_ledger_is_empty
            ];
            side: [
                values_come_and_go, tables_are_apart, a_batch_of_writes_is_atomic, limits_are_kept, values_outlive_a_reopen
            ];
            series: [
                rows_are_replaced_and_read_in_order, a_slot_has_every_series, sums_are_those_of_the_rows,
                a_refused_write_leaves_nothing, every_limit_is_kept, pruning_forgets_rows_and_then_names,
                rows_outlive_a_reopen, a_series_in_memory_comes_back,
                latencies_come_back
            ];
        }
    };
}

/// The list behind [`conformance!`](crate::conformance!).
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_tests {
    ($fixture:expr; $($module:ident: [$($case:ident),*];)*) => {
        mod conformance {
            use super::*;
            $(mod $module {
                use super::*;
                $(#[test]
                fn $case() {
                    $crate::conformance::run(async {
                        let fixture = $fixture;
                        $crate::conformance::$module::$case(&fixture).await;
                    });
                })*
            })*
        }
    };
}

/// Runs one test on a runtime of its own.
pub fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime without drivers needs nothing that could be missing").block_on(test);
}

/// Makes an event that differs from every other `number`'s in id and payload.
pub fn event(number: u64, stream: &str) -> NewEvent {
    NewEvent {
        id: EventId::from_uuid(Uuid::from_u128(u128::from(number) + 1)),
        stream: stream.to_owned(),
        occurred_at: Timestamp::UNIX_EPOCH,
        actor: "conformance".to_owned(),
        cause: None,
        kind: "conformance.checked".to_owned(),
        version: 1,
        payload: RawJson::found(format!(r#"{{"number":{number}}}"#)),
        key: None,
    }
}

/// Makes an event with an idempotency key.
pub fn keyed(number: u64, stream: &str, key: &str) -> NewEvent {
    NewEvent { key: Some(key.to_owned()), ..event(number, stream) }
}

async fn append(ledger: &dyn Ledger, events: impl IntoIterator<Item = NewEvent>) -> Vec<Record> {
    let batch: Vec<NewEvent> = events.into_iter().collect();
    ledger.append(batch, Expect::Any).await.expect("nothing stands against this batch").records().to_vec()
}

async fn refused(ledger: &dyn Ledger, batch: Vec<NewEvent>, expect: Expect) -> AppendError {
    ledger.append(batch, expect).await.expect_err("this batch must be refused")
}

async fn all(ledger: &dyn Ledger) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    loop {
        let from = records.last().map_or(1, |record| record.position + 1);
        let page = ledger.read(from, usize::MAX).await.expect("the store works");
        if page.is_empty() {
            return records;
        }
        records.extend(page);
    }
}

/// Reads everything, after checking that the chain holds and ends at the head.
async fn sound(ledger: &dyn Ledger) -> Vec<Record> {
    let records = all(ledger).await;
    let verified = chain::verify(records.iter().cloned().map(Ok), Some(ledger.head().hash)).expect("the chain holds");
    assert_eq!(verified.events, ledger.head().position);
    records
}
