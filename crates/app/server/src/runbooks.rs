//! Runbooks of services: Markdown beside the ledger, because it may name people; read from memory, so that it is there while
//! no store answers.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use jiff::Timestamp;
use seaworthy_contract::api::{RunbookBlock, RunbookBlockKind, RunbookKept, RunbookSection, RunbookSpan};
use seaworthy_incident::runbook::{Block, Section, Span, blocks, section_for, sections};
use seaworthy_model::ServiceId;
use seaworthy_store::{Side, SideError, Table, Write};
use serde::{Deserialize, Serialize};

/// What keys of runbooks begin with.
const KEY: &str = "runbook/";

/// A service's runbook as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    files: Vec<String>,
    sent_at: Timestamp,
}

/// Every service's runbook.
#[derive(Default)]
pub(crate) struct Runbooks(RwLock<BTreeMap<ServiceId, Kept>>);

impl Runbooks {
    /// Reads what is kept.
    ///
    /// # Errors
    /// When the side store fails.
    pub(crate) async fn load(&self, side: &dyn Side) -> Result<(), SideError> {
        let entries = side.list(Table::Meta).await?.into_iter();
        let kept = entries.filter_map(|(key, value)| {
            let service = key.strip_prefix(KEY)?.parse().ok()?;
            Some((service, serde_json::from_slice(&value).ok()?))
        });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = kept.collect();
        Ok(())
    }

    /// Keeps a service's runbook in place of what was there; nothing of it where there are no files.
    ///
    /// # Errors
    /// When the side store fails; then what was there stays.
    pub(crate) async fn keep(
        &self,
        side: &dyn Side,
        service: &ServiceId,
        files: Vec<String>,
        sent_at: Timestamp,
    ) -> Result<RunbookKept, SideError> {
        let (table, key) = (Table::Meta, format!("{KEY}{service}"));
        let kept = Kept { files, sent_at };
        let write = match kept.files.is_empty() {
            true => Write::Delete { table, key },
            false => Write::Put { table, key, value: serde_json::to_vec(&kept).expect("texts and an instant") },
        };
        side.write(vec![write]).await?;
        let headings = all(&kept).into_iter().map(|section| section.heading).collect();
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match kept.files.is_empty() {
            true => drop(known.remove(service)),
            false => drop(known.insert(service.clone(), kept)),
        }
        Ok(RunbookKept { service: service.clone(), headings, sent_at })
    }

    /// Returns the section of a service's runbook for an alert, by the names that it goes by; none where none fits.
    pub(crate) fn section(&self, service: &ServiceId, names: &[&str]) -> Option<RunbookSection> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner).get(service).cloned()?;
        let sections = all(&kept);
        let found = section_for(&sections, names)?;
        let blocks = blocks(&found.text).into_iter().map(shown).collect();
        Some(RunbookSection { service: service.clone(), heading: found.heading.clone(), blocks, sent_at: kept.sent_at })
    }
}

fn all(kept: &Kept) -> Vec<Section> {
    kept.files.iter().flat_map(|file| sections(file)).collect()
}

fn shown(block: Block) -> RunbookBlock {
    let text = |text| vec![RunbookSpan { text, code: false, to: None }];
    let (kind, spans) = match block {
        Block::Paragraph(spans) => (RunbookBlockKind::Paragraph, spans.into_iter().map(span).collect()),
        Block::Step(spans) => (RunbookBlockKind::Step, spans.into_iter().map(span).collect()),
        Block::Heading(words) => (RunbookBlockKind::Heading, text(words)),
        Block::Code(lines) => (RunbookBlockKind::Code, text(lines)),
    };
    RunbookBlock { kind, spans }
}

fn span(span: Span) -> RunbookSpan {
    match span {
        Span::Text(text) => RunbookSpan { text, code: false, to: None },
        Span::Code(text) => RunbookSpan { text, code: true, to: None },
        Span::Link { text, to } => RunbookSpan { text, code: false, to: Some(to) },
    }
}
