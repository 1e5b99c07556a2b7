//! Measures the series store on the disk under a directory: `cargo run --release --example series -- DIR [SERIES]`.
//!
//! The load of SERIES series (1,000 unless said) that each have a report every 250 ms, as fast as it goes: how many reports
//! are added, summed over all windows and made durable in a second; then what a start and a prune take. DIR must not
//! exist; it is left behind.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::Tally;
use seaworthy_signals::{Period, Resolution, STANDARD_WINDOWS, Series};
use seaworthy_store::limits::SERIES_ROWS_MAX;
use seaworthy_store::{Row, SeriesStore};
use seaworthy_store_sqlite::SqliteSeries;

/// Reports of each series.
const REPORTS: i64 = 200;

/// Days of history that a start finds.
const DAYS: i64 = 30;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    let mut args = std::env::args().skip(1);
    let dir = args.next().ok_or("give a directory that does not exist yet")?;
    let count: usize = args.next().map_or(Ok(1_000), |count| count.parse())?;
    let dir = Path::new(&dir);
    if dir.exists() {
        return Err("the directory exists already: remove it or choose another".into());
    }
    tokio::runtime::Builder::new_current_thread().build()?.block_on(measure(dir, count))
}

fn make(now: Timestamp) -> Outcome<Series> {
    Ok(Series::new(&STANDARD_WINDOWS, Period::Rolling { days: 30 }, now)?)
}

async fn measure(dir: &Path, count: usize) -> Outcome {
    let (store, begin) = (SqliteSeries::open(dir)?, Timestamp::now());
    let names: Vec<String> = (0..count).map(|number| format!("checkout-{number}")).collect();
    fill(&store, &names, begin).await?;
    let mut series = names.iter().map(|_| make(begin)).collect::<Outcome<Vec<Series>>>()?;
    println!("one series              {:>10} bytes resident", series[0].resident_bytes());
    let (start, mut sum) = (Instant::now(), 0);
    for report in 0..REPORTS {
        sum += look(&store, &names, &mut series, begin + SignedDuration::from_millis(report * 250)).await?;
    }
    let rate = (REPORTS as usize * count) as f64 / start.elapsed().as_secs_f64();
    println!("report to durable       {rate:>10.0} a second, all windows summed ({sum} in all)");
    let (start, mut again) = (Instant::now(), names.iter().map(|_| make(begin)).collect::<Outcome<Vec<Series>>>()?);
    restore(&store, &names, &mut again, begin).await?;
    println!("start, {count} series    {:>10.1} ms", ms(start));
    let start = Instant::now();
    store.prune(Resolution::FiveMinutes, Resolution::FiveMinutes.slot(begin) - (DAYS - 1) * 288).await?;
    println!("prune of a day          {:>10.1} ms", ms(start));
    Ok(())
}

/// Writes the history, a slot of all series at a time.
async fn fill(store: &SqliteSeries, names: &[String], now: Timestamp) -> Outcome {
    let (start, mut rows) = (Instant::now(), 0);
    let head = Resolution::FiveMinutes.slot(now);
    for slot in head - DAYS * 288..head {
        let tally = Tally::new(30_000, 3);
        let row = |name: &String| Row {
            series: name.clone(),
            resolution: Resolution::FiveMinutes,
            slot,
            tally,
            histogram: None,
        };
        store.write(names.iter().map(row).collect()).await?;
        rows += names.len();
    }
    println!("rows                    {:>10.0} a second", rows as f64 / start.elapsed().as_secs_f64());
    Ok(())
}

/// Adds a report to each series, makes all durable in as few writes as the limit allows, and sums every window.
async fn look(store: &SqliteSeries, names: &[String], series: &mut [Series], now: Timestamp) -> Outcome<u64> {
    let mut rows = Vec::new();
    for (name, series) in names.iter().zip(series.iter_mut()) {
        series.add(now, Tally::new(25, 1), now)?;
        rows.extend(series.take_dirty().into_iter().map(|bucket| Row::new(name, bucket)));
    }
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(SERIES_ROWS_MAX));
        store.write(std::mem::replace(&mut rows, rest)).await?;
    }
    let sums = series.iter_mut().flat_map(|series| STANDARD_WINDOWS.map(|window| series.sum(window, now)));
    Ok(sums.flatten().map(|sum| sum.bad).sum())
}

/// Does what a server does at its start: slot by slot what memory holds, in one query what is older.
async fn restore(store: &SqliteSeries, names: &[String], series: &mut [Series], now: Timestamp) -> Outcome {
    let numbers = names.iter().enumerate().map(|(number, name)| (name.as_str(), number));
    let numbers: std::collections::HashMap<&str, usize> = numbers.collect();
    for resolution in Resolution::ALL {
        let head = resolution.slot(now);
        for slot in head - resolution.kept() as i64 + 1..=head {
            for row in store.slot(resolution, slot).await? {
                series[numbers[row.series.as_str()]].restore([row.bucket()]);
            }
        }
    }
    let missing = series[0].missing();
    for (name, older) in store.sums(Resolution::FiveMinutes, missing).await? {
        series[numbers[name.as_str()]].settle(older);
    }
    Ok(())
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
