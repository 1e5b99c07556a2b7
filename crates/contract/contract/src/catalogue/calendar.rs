//! What is kept of a followed calendar beside the ledger: where it is, and whom its names mean.

use std::collections::BTreeMap;
use std::fmt;

use seaworthy_model::{PersonId, RotationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Largest calendar that is followed, in bytes: as much as one value of the store beside the ledger holds, with room.
pub const CALENDAR_BYTES_MAX: usize = 768 * 1024;

/// Names of one calendar that mean somebody: several for everybody of the largest rotation.
pub const CALENDAR_NAMES_MAX: usize = 500;

/// A calendar that a rotation follows: its address may be a key, and its names are those of people.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarDetails {
    /// The rotation.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// How it is written.
    pub layout: CalendarLayout,
    /// Where it is read again and again, `${secret:NAME}` for what is no business of files; none for a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What the file says; none for an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whom a name or an address in it means, by handle.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    pub people: BTreeMap<String, PersonId>,
}

impl CalendarDetails {
    /// Returns whom a name of the calendar means; capitals and white space at its ends mean nothing.
    pub fn whose(&self, name: &str) -> Option<&PersonId> {
        let name = name.trim();
        self.people.iter().find(|(known, _)| known.trim().eq_ignore_ascii_case(name)).map(|(_, person)| person)
    }
}

impl fmt::Debug for CalendarDetails {
    /// Neither address nor names: what is debugged is logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CalendarDetails").field("rotation", &self.rotation).finish_non_exhaustive()
    }
}

/// How a calendar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CalendarLayout {
    /// iCalendar (RFC 5545).
    Ics,
    /// A line for each shift below a header.
    Csv,
}
