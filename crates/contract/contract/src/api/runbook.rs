//! Runbooks: the section for an alert, cut into pieces that are safe to show.

use jiff::Timestamp;
use seaworthy_model::ServiceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most files of one service's runbook.
pub const RUNBOOK_FILES_MAX: usize = 50;

/// A service's runbook as it is sent: it replaces what was there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunbookRequest {
    /// The text of each Markdown file.
    pub files: Vec<String>,
}

/// What is kept of a service's runbook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunbookKept {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// Headings of its sections.
    pub headings: Vec<String>,
    /// When it was sent.
    #[schema(value_type = String, format = DateTime)]
    pub sent_at: Timestamp,
}

/// The section of a runbook for an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunbookSection {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// Its heading.
    pub heading: String,
    /// What stands in it.
    pub blocks: Vec<RunbookBlock>,
    /// When the runbook was sent.
    #[schema(value_type = String, format = DateTime)]
    pub sent_at: Timestamp,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunbookBlock {
    /// What it is.
    pub kind: RunbookBlockKind,
    /// Its words.
    pub spans: Vec<RunbookSpan>,
}

/// What a piece of a section is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunbookBlockKind {
    /// Words.
    Paragraph,
    /// A step, or an item of a list.
    Step,
    /// The heading of a part.
    Heading,
    /// Lines as they are.
    Code,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunbookSpan {
    /// The words.
    pub text: String,
    /// Whether they are typed as they are.
    #[serde(default)]
    pub code: bool,
    /// Where they lead, over `http` or `https`.
    #[serde(default)]
    pub to: Option<String>,
}
