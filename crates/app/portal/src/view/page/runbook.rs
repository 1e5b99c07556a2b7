//! The section of the runbook for an alert: its first steps, and the rest of it folded away.

use seaworthy_contract::api::{RunbookBlock, RunbookBlockKind, RunbookSection, RunbookSpan};

use crate::part::When;

/// Steps that are shown before the rest is unfolded.
const FIRST: usize = 3;

/// A section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunbookShown {
    /// Its heading.
    pub heading: String,
    /// When it was sent.
    pub sent: When,
    /// The first steps, where it has any.
    pub first: Vec<Vec<RunbookSpan>>,
    /// Everything, in its order.
    pub all: Vec<BlockShown>,
}

/// A piece, as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockShown {
    /// Words.
    Words(Vec<RunbookSpan>),
    /// A step, or an item of a list.
    Step(Vec<RunbookSpan>),
    /// The heading of a part.
    Heading(String),
    /// Lines as they are.
    Code(String),
}

impl RunbookShown {
    pub(super) fn of(section: &RunbookSection) -> Self {
        let steps = section.blocks.iter().filter(|block| block.kind == RunbookBlockKind::Step);
        Self {
            heading: section.heading.clone(),
            sent: When::day(section.sent_at),
            first: steps.take(FIRST).map(|block| block.spans.clone()).collect(),
            all: section.blocks.iter().map(shown).collect(),
        }
    }
}

fn shown(block: &RunbookBlock) -> BlockShown {
    let text = || block.spans.iter().map(|span| span.text.as_str()).collect::<String>();
    match block.kind {
        RunbookBlockKind::Paragraph => BlockShown::Words(block.spans.clone()),
        RunbookBlockKind::Step => BlockShown::Step(block.spans.clone()),
        RunbookBlockKind::Heading => BlockShown::Heading(text()),
        RunbookBlockKind::Code => BlockShown::Code(text()),
    }
}
