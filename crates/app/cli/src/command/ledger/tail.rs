//! `seaworthy ledger tail`: the last events, as a table or as the lines of an export.

use std::io::{self, IsTerminal, Write};

use seaworthy_store::Record;
use seaworthy_store::chain::Unreadable;
use seaworthy_store::export::write_line;
use seaworthy_store_sqlite::LedgerFile;

use super::{Data, EXIT_BROKEN, EXIT_OK, Failure};

/// Columns of the table before the payload, which takes what is left of the line.
const HEADER: [&str; 5] = ["POSITION", "RECORDED", "TYPE", "STREAM", "ACTOR"];

/// Shows the last events.
#[derive(Debug, Clone, clap::Args)]
pub struct TailArgs {
    /// Where the ledger is.
    #[command(flatten)]
    pub data: Data,
    /// How many.
    #[arg(short = 'n', value_name = "EVENTS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub count: u64,
    /// Prints the lines that `export` would.
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(args: &TailArgs, out: &mut impl Write) -> Result<u8, Failure> {
    let ledger = LedgerFile::open(&args.data.dir)?;
    let from = ledger.head()?.position.saturating_sub(args.count) + 1;
    let found: Result<Vec<Record>, Unreadable> = ledger.records_from(from).take(args.count as usize).collect();
    let records = match found {
        Ok(records) => records,
        Err(why) => {
            writeln!(out, "broken: {why}; run `seaworthy ledger verify`")?;
            return Ok(EXIT_BROKEN);
        }
    };
    if args.json {
        records.iter().try_for_each(|record| write_line(out, record))?;
    } else {
        out.write_all(table(&records, columns()).as_bytes())?;
    }
    out.flush()?;
    Ok(EXIT_OK)
}

/// Lays records out in at most `wide` columns where the output is a terminal, in as many as they need elsewhere.
pub(super) fn table(records: &[Record], wide: Option<usize>) -> String {
    if records.is_empty() {
        return "the ledger is empty\n".to_owned();
    }
    let rows: Vec<[String; 5]> = records.iter().map(cells).collect();
    let widths: [usize; 5] = std::array::from_fn(|at| {
        rows.iter().map(|row| row[at].chars().count()).chain([HEADER[at].len()]).max().unwrap_or(0)
    });
    let payloads = records.iter().map(|record| harmless(record.event.payload.as_str()));
    let mut text = line(&HEADER.map(str::to_owned), "PAYLOAD", &widths, wide);
    for (row, payload) in rows.iter().zip(payloads) {
        text += &line(row, &payload, &widths, wide);
    }
    text
}

fn cells(record: &Record) -> [String; 5] {
    let event = &record.event;
    let kind = format!("{} v{}", event.kind, event.version);
    let at = record.recorded_at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    [record.position.to_string(), at, harmless(&kind), harmless(&event.stream), harmless(&event.actor)]
}

fn line(row: &[String; 5], payload: &str, widths: &[usize; 5], wide: Option<usize>) -> String {
    let mut text = format!("{:>1$}", row[0], widths[0]);
    for at in 1..row.len() {
        text += &format!("  {:<1$}", row[at], widths[at]);
    }
    text = text + "  " + payload;
    let cut = wide.and_then(|wide| text.char_indices().nth(wide)).map(|(end, _)| end);
    if let Some(end) = cut {
        let last = text[..end].char_indices().last().map_or(0, |(last, _)| last);
        text.truncate(last);
        text.push('…');
    }
    text.trim_end().to_owned() + "\n"
}

/// Text from the ledger may be anything; what could move the cursor is shown as a dot.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '·' } else { c }).collect()
}

fn columns() -> Option<usize> {
    let stdout = io::stdout();
    let size = stdout.is_terminal().then(|| rustix::termios::tcgetwinsize(&stdout).ok()).flatten();
    size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0)
}
