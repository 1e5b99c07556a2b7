//! Controls as people read them.

use seaworthy_contract::api::{Control, ControlAnswer, ControlPreview, ControlState};

use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{age, count, span, thousands};

/// Most ways that are listed: the busiest.
const WAYS_SHOWN: usize = 10;

pub(super) fn set(answer: &ControlAnswer, view: &View) -> String {
    let mut lines = preview(&answer.preview, view);
    match &answer.control {
        None => lines.push("nothing was set".to_owned()),
        Some(control) => {
            lines.push(where_it_stands(control));
            lines.push(format!("undo: {}", harmless(&control.undo)));
        }
    }
    lines.join("\n")
}

fn preview(preview: &ControlPreview, view: &View) -> Vec<String> {
    let mut lines = vec![harmless(&preview.sentence)];
    let ways = preview.ways.iter().take(WAYS_SHOWN);
    lines.extend(ways.map(|way| format!("  {}  {:.1} a second", harmless(&way.name), way.requests_per_second)));
    lines.push(format!("ends by itself in {}", until(preview.until, view)));
    lines.extend(preview.warnings.iter().map(|warning| format!("note: {}", harmless(warning))));
    lines
}

/// Returns the time that is left.
fn until(end: jiff::Timestamp, view: &View) -> String {
    // A moment has passed since the server counted: an hour is not 59 minutes.
    age(end.duration_since(view.now).as_secs().max(0) + 1)
}

fn where_it_stands(control: &Control) -> String {
    let gateways = count(control.gateways.len() as u64, "gateway");
    match (control.state, control.took_s) {
        (ControlState::InForce, Some(took)) => format!("in force on {gateways} after {}", span(took)),
        (ControlState::Over, _) => "over".to_owned(),
        _ if control.gateways.is_empty() => "set; no gateway has said so yet".to_owned(),
        _ => format!("set, in force on {gateways}; confirmed once a request has met it, or 10 s have passed"),
    }
}

pub(super) fn table(controls: &[Control], view: &View) -> String {
    if controls.is_empty() {
        return "no controls: all traffic goes as usual".to_owned();
    }
    let columns = [Column::Text, Column::Text, Column::Gives, Column::Text, Column::Text, Column::Gives];
    let header = ["ID", "STATE", "WHAT", "ENDS IN", "REFUSED", "REASON"].map(str::to_owned).to_vec();
    let chars = crate::ids::tell_apart(controls.iter().map(|control| control.id));
    let row = |control: &Control| {
        let state = match control.state {
            ControlState::Setting => "setting",
            ControlState::InForce => "in force",
            ControlState::Over => "over",
        };
        let ends = if control.state == ControlState::Over { "–".to_owned() } else { until(control.until, view) };
        let drill = if control.drill { "drill: " } else { "" };
        vec![
            crate::ids::beginning(control.id, chars),
            state.to_owned(),
            harmless(control.sentence.trim_end_matches('.')),
            ends,
            thousands(control.refused),
            format!("{drill}{}", harmless(&control.reason)),
        ]
    };
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(controls.iter().map(row)).collect();
    lay_out(&columns, &rows, view.width()).join("\n")
}
