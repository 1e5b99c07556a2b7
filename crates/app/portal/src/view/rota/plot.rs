//! A rota as a drawing: a row a person, a column a day of the rotation's own wall clock, nobody in red.

use std::collections::BTreeMap;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use seaworthy_contract::api::Rota;

use super::of_level;

/// Width of the drawing; it is stretched to its place.
const WIDTH: f64 = 1_000.0;

/// Most days that are named below the drawing; the others are every second, third and so on.
const DAYS_NAMED: usize = 15;

/// A time of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotaBar {
    /// `l0` for the primary, `l1` for the secondary, `gap` for nobody.
    pub class: String,
    /// Left edge.
    pub x: String,
    /// Width.
    pub width: String,
    /// Top edge: levels of one row do not hide each other.
    pub y: String,
    /// What it is, in words.
    pub label: String,
}

/// A row of the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotaRow {
    /// The person, or `Nobody`.
    pub name: String,
    /// Their times.
    pub bars: Vec<RotaBar>,
    /// The row in words.
    pub label: String,
}

/// The drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotaPlot {
    /// A row a person, in the order of their first turn; nobody last.
    pub rows: Vec<RotaRow>,
    /// Left edge and width of weekends.
    pub weekends: Vec<(String, String)>,
    /// Left edges of days.
    pub days: Vec<String>,
    /// Where this moment is, when it is in the drawing.
    pub now: Option<String>,
    /// Place in percent and name of days.
    pub axis: Vec<(String, String)>,
}

impl RotaPlot {
    /// Draws a rota.
    pub fn new(rota: &Rota, zone: &TimeZone, now: Timestamp) -> Self {
        let scale = Scale { from: rota.from, until: rota.until };
        let days = midnights(rota.from, rota.until, zone);
        let step = days.len().div_ceil(DAYS_NAMED).max(1);
        let named = days.iter().step_by(step);
        Self {
            rows: rows(rota, zone, &scale),
            weekends: weekends(&days, zone, &scale),
            days: days.iter().map(|at| scale.x(*at)).collect(),
            now: (rota.from < now && now < rota.until).then(|| scale.x(now)),
            axis: named
                .map(|at| {
                    let day = at.to_zoned(zone.clone()).strftime("%-d %b").to_string();
                    (format!("{:.1}%", scale.part(*at) * 100.0), day)
                })
                .collect(),
        }
    }
}

/// From a time to a place.
struct Scale {
    from: Timestamp,
    until: Timestamp,
}

impl Scale {
    fn part(&self, at: Timestamp) -> f64 {
        let whole = self.from.duration_until(self.until).as_secs_f64().max(1.0);
        (self.from.duration_until(at).as_secs_f64() / whole).clamp(0.0, 1.0)
    }

    fn x(&self, at: Timestamp) -> String {
        format!("{:.1}", self.part(at) * WIDTH)
    }

    fn width(&self, start: Timestamp, end: Timestamp) -> String {
        format!("{:.1}", (self.part(end) - self.part(start)) * WIDTH)
    }
}

fn rows(rota: &Rota, zone: &TimeZone, scale: &Scale) -> Vec<RotaRow> {
    let mut order: Vec<String> = Vec::new();
    let mut bars: BTreeMap<String, Vec<RotaBar>> = BTreeMap::new();
    let local = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M").to_string();
    let levels = rota.now.levels.max(1);
    for level in 0..levels {
        for shift in of_level(&rota.plan.shifts, level) {
            let name = shift.person.to_string();
            if !order.contains(&name) {
                order.push(name.clone());
            }
            let label = format!("{} {} to {}", super::level(level), local(shift.start), local(shift.end));
            bars.entry(name).or_default().push(bar(
                &format!("l{level}"),
                level,
                levels,
                scale,
                shift.start,
                shift.end,
                label,
            ));
        }
    }
    let gaps = rota.plan.gaps.iter().map(|gap| {
        let label = format!("nobody is {} {} to {}", super::level(gap.level), local(gap.start), local(gap.end));
        bar("gap", gap.level, levels, scale, gap.start, gap.end, label)
    });
    let gaps: Vec<RotaBar> = gaps.collect();
    let row = |name: String, bars: Vec<RotaBar>| {
        let label = bars.iter().map(|bar| bar.label.as_str()).collect::<Vec<_>>().join("; ");
        RotaRow { label: format!("{name}: {label}"), name, bars }
    };
    let people = order.into_iter().filter_map(|name| bars.remove(&name).map(|bars| row(name, bars)));
    let nobody = Some(gaps).filter(|gaps| !gaps.is_empty()).map(|gaps| row("Nobody".to_owned(), gaps));
    people.chain(nobody).collect()
}

fn bar(class: &str, level: u8, levels: u8, scale: &Scale, start: Timestamp, end: Timestamp, label: String) -> RotaBar {
    let y = 20.0 * f64::from(level) / f64::from(levels);
    RotaBar { class: class.to_owned(), x: scale.x(start), width: scale.width(start, end), y: format!("{y:.1}"), label }
}

/// Midnights on the wall clock within a time.
fn midnights(from: Timestamp, until: Timestamp, zone: &TimeZone) -> Vec<Timestamp> {
    let first = zone.to_datetime(from).date();
    let midnight = |date: jiff::civil::Date| zone.to_ambiguous_zoned(date.at(0, 0, 0, 0)).compatible().ok();
    let all = first.series(1.day()).map_while(midnight).map(|zoned| zoned.timestamp());
    all.skip_while(|at| *at < from).take_while(|at| *at < until).collect()
}

fn weekends(days: &[Timestamp], zone: &TimeZone, scale: &Scale) -> Vec<(String, String)> {
    let is_free = |at: &&Timestamp| matches!(zone.to_datetime(**at).weekday(), Weekday::Saturday | Weekday::Sunday);
    let end = |at: Timestamp| days.iter().copied().find(|next| *next > at).unwrap_or(scale.until);
    days.iter().filter(is_free).map(|at| (scale.x(*at), scale.width(*at, end(*at)))).collect()
}
