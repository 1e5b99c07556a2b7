//! The account of downtime as outsiders see it: what was seen and declared, in classes whose sum is wall time, under a
//! definition that is always named.

use jiff::Timestamp;
use jiff::civil::Date;
use seaworthy_model::{Position, ServiceId, TeamId, WindowId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::{Planned, Tolerance};
use crate::events::downtime::{CauseV1, SeenV1};

/// Most stretches of time in one answer; further ones are asked for with `before`.
pub const DOWNTIME_STRETCHES_MAX: usize = 500;

/// Most functions in one answer; further ones are asked for with `after`.
pub const DOWNTIME_FUNCTIONS_MAX: usize = 100;

/// Most windows in one answer, those that begin last: more than a service may have that are not over.
pub const DOWNTIME_WINDOWS_MAX: usize = 100;

/// Most days, weeks or months of one answer: ten years of months.
pub const DOWNTIME_CELLS_MAX: usize = 120;

/// What is counted as downtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DowntimeRule {
    /// Critical only.
    Critical,
    /// Major and worse.
    Major,
    /// Minor and worse, overlaps counted once.
    UnplannedMerged,
    /// Minor and worse, overlaps counted as often as they occur.
    UnplannedSummed,
    /// Unplanned, and maintenance in progress, merged.
    MaintenanceInProgress,
    /// Unplanned, and maintenance from its announcement on, merged.
    MaintenanceAnnounced,
}

/// The one class of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DowntimeClass {
    /// Served, outside any window.
    Up,
    /// Served worse than promised.
    Degraded,
    /// Not served.
    DownUnplanned,
    /// Not served, inside a window that was declared in advance.
    DownPlanned,
    /// Served, inside such a window: neither up nor down in the figures.
    UpInMaintenance,
    /// Nobody measured, or nobody could. Not a kind of up, and none of down.
    Unknown,
}

/// Time in each class, in milliseconds; the sum is wall time, exactly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DowntimeClasses {
    /// Served, outside any window.
    pub up_ms: u64,
    /// Served worse than promised.
    pub degraded_ms: u64,
    /// Not served.
    pub down_unplanned_ms: u64,
    /// Not served, inside a window that was declared in advance.
    pub down_planned_ms: u64,
    /// Served, inside such a window.
    pub up_in_maintenance_ms: u64,
    /// Nobody measured, or nobody could.
    pub unknown_ms: u64,
}

impl DowntimeClasses {
    /// Returns wall time, in milliseconds.
    pub fn wall_ms(&self) -> u64 {
        let known = self.up_ms + self.degraded_ms + self.down_unplanned_ms;
        known + self.down_planned_ms + self.up_in_maintenance_ms + self.unknown_ms
    }

    /// Returns the time in one class, in milliseconds.
    pub fn of(&self, class: DowntimeClass) -> u64 {
        match class {
            DowntimeClass::Up => self.up_ms,
            DowntimeClass::Degraded => self.degraded_ms,
            DowntimeClass::DownUnplanned => self.down_unplanned_ms,
            DowntimeClass::DownPlanned => self.down_planned_ms,
            DowntimeClass::UpInMaintenance => self.up_in_maintenance_ms,
            DowntimeClass::Unknown => self.unknown_ms,
        }
    }
}

/// What one definition makes of a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DowntimeFigure {
    /// The definition.
    pub rule: DowntimeRule,
    /// The same in words, to be printed beside the figure.
    pub words: String,
    /// What it counts, in milliseconds; more than wall time is possible where overlaps are summed.
    pub counted_ms: u64,
    /// 1 - counted / known, 0 to 1; none where nothing is known.
    pub availability: Option<f64>,
}

/// The account of a period: `GET /v1/downtime`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Downtime {
    /// Its first instant.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The instant after its last, at most now: nobody knows the future.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// The definition asked for.
    pub rule: DowntimeRule,
    /// The same in words.
    pub rule_words: String,
    /// When the ledger began. Everything before is unknown.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ledger_began_at: Option<Timestamp>,
    /// Position of the last event that is in the account.
    pub position: Position,
    /// Functions, by name.
    pub functions: Vec<DowntimeFunction>,
    /// What to ask for as `after` to get further functions; none when there are no more.
    pub next_function: Option<String>,
    /// Time of these functions that was not simply up, newest first; neighbours differ in class or in what says so.
    pub stretches: Vec<DowntimeStretch>,
    /// What to ask for as `before` to get older ones; none when there are no more.
    pub next: Option<String>,
    /// Windows of these functions that touch the period or are ahead, the last first.
    pub windows: Vec<DowntimeWindow>,
    /// What does not add up of what the business tolerates.
    pub contradictions: Vec<ToleranceContradiction>,
}

/// A function in a period: a service as a whole, or one thing that people do with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DowntimeFunction {
    /// Its name: `checkout`, `checkout/buy`.
    pub name: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The function; the service as a whole where there is none.
    pub function: Option<String>,
    /// The owning team; none when the service left the catalogue.
    #[schema(value_type = Option<String>)]
    pub team: Option<TeamId>,
    /// One sentence: what the account says.
    pub sentence: String,
    /// When anything was seen of it first; before that everything is unknown. None where nothing ever was.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub seen_since: Option<Timestamp>,
    /// What it is now, by every source that looks.
    pub now: Vec<DowntimeWord>,
    /// Time in each class.
    pub classes: DowntimeClasses,
    /// What each of the six definitions counts.
    pub figures: Vec<DowntimeFigure>,
    /// Time that was not simply up, by class and cause, longest first within a class.
    pub causes: Vec<DowntimeCause>,
    /// How much planned downtime the business tolerates.
    pub tolerance: ToleranceOf,
}

/// What a source says of a function now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DowntimeWord {
    /// `gateway`, `probes`, `supervisor`.
    pub source: String,
    /// What it says.
    pub seen: SeenV1,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// When it was heard last.
    #[schema(value_type = String, format = DateTime)]
    pub heard_at: Timestamp,
    /// Whether it still counts.
    pub fresh: bool,
}

/// Time of one class and cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DowntimeCause {
    /// The class.
    pub class: DowntimeClass,
    /// The cause; none where nobody has said.
    pub cause: Option<CauseV1>,
    /// How long, in milliseconds.
    pub ms: u64,
}

/// Time of one function in one class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DowntimeStretch {
    /// The function's name.
    pub name: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The function; the service as a whole where there is none.
    pub function: Option<String>,
    /// When it began, or the period did.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// When it ended, or the period did.
    #[schema(value_type = String, format = DateTime)]
    pub end: Timestamp,
    /// Whether it goes on.
    pub goes_on: bool,
    /// Its class.
    pub class: DowntimeClass,
    /// Largest part of users met, 0 to 1; none where nobody measured it.
    pub share_of_users: Option<f64>,
    /// When the work was declared that makes it planned.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub announced_at: Option<Timestamp>,
    /// The window that makes it planned.
    #[schema(value_type = Option<String>)]
    pub window: Option<WindowId>,
    /// The window that was over when this began, and the function had been down in it without a break: it overran.
    #[schema(value_type = Option<String>)]
    pub overruns: Option<WindowId>,
    /// Why; none where nobody has said.
    pub cause: Option<CauseV1>,
    /// Who said why.
    pub cause_named_by: Option<String>,
    /// Who saw it: `gateway`, `probes`, `supervisor`, `dependency payments` where it was concluded from that; none where
    /// nobody looked.
    pub source: Option<String>,
    /// Position of the event that began it; none where the ledger holds none.
    pub position: Option<Position>,
}

/// A declared window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DowntimeWindow {
    /// The window.
    #[schema(value_type = String)]
    pub id: WindowId,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// One function of it; all of them where there is none.
    pub function: Option<String>,
    /// Its start.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// Its end: the declared one, or when it was taken back.
    #[schema(value_type = String, format = DateTime)]
    pub end: Timestamp,
    /// What is done in it.
    pub reason: String,
    /// When it was declared.
    #[schema(value_type = String, format = DateTime)]
    pub announced_at: Timestamp,
    /// By whom.
    pub by: String,
    /// It was declared when it had begun, or after: it plans nothing.
    pub late: bool,
    /// When it was taken back.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub cancelled_at: Option<Timestamp>,
    /// How much longer than declared its functions were down without a break, in milliseconds; the longest counts.
    pub overrun_ms: u64,
    /// Where it stands in the ledger.
    pub position: Position,
}

/// How a table is cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DowntimeEvery {
    /// Calendar months.
    #[default]
    Month,
    /// Weeks, from Monday.
    Week,
    /// Days.
    Day,
}

/// The account by month, week or day, in UTC: `GET /v1/downtime/months`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DowntimeMonths {
    /// How it is cut.
    pub every: DowntimeEvery,
    /// The definition.
    pub rule: DowntimeRule,
    /// The same in words.
    pub rule_words: String,
    /// When the ledger began. Everything before is unknown.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ledger_began_at: Option<Timestamp>,
    /// Position of the last event that is in it.
    pub position: Position,
    /// A row for each function, by name.
    pub rows: Vec<DowntimeRow>,
    /// What to ask for as `after` to get further rows; none when there are no more.
    pub next: Option<String>,
    /// What does not add up of what the business tolerates.
    pub contradictions: Vec<ToleranceContradiction>,
}

/// One function's cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DowntimeRow {
    /// Its name: `checkout`, `checkout/buy`.
    pub name: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The function; the service as a whole where there is none.
    pub function: Option<String>,
    /// When anything was seen of it first.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub seen_since: Option<Timestamp>,
    /// One for each month, week or day, in order.
    pub cells: Vec<DowntimeCell>,
    /// How much planned downtime the business tolerates.
    pub tolerance: ToleranceOf,
}

/// One function's month, week or day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DowntimeCell {
    /// Its first day.
    #[schema(value_type = String, format = Date)]
    pub first: Date,
    /// Its first instant.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The instant after its last, at most now.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// Time in each class.
    pub classes: DowntimeClasses,
    /// What the definition counts, in milliseconds.
    pub counted_ms: u64,
    /// 1 - counted / known, 0 to 1; none where nothing is known.
    pub availability: Option<f64>,
}

/// How much planned downtime of a service is tolerated.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ToleranceOf {
    /// What the business said of the service itself.
    pub said: Option<Tolerance>,
    /// What it has to keep to: its own word and what it inherits from whoever needs it; empty where nobody said anything.
    pub demands: Vec<ToleranceDemand>,
}

/// What somebody's tolerance asks of a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ToleranceDemand {
    /// How much planned downtime is left to it.
    pub planned: Planned,
    /// From who asks down to the service itself, both included; one name where it is its own word.
    #[schema(value_type = Vec<String>)]
    pub path: Vec<ServiceId>,
}

/// What does not add up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ToleranceContradiction {
    /// One sentence: who asks for what, and what stands against it.
    pub sentence: String,
    /// What the first of the path was promised.
    pub asked: Planned,
    /// What the last of the path is allowed; none where it is a window that was declared.
    pub allowed: Option<Planned>,
    /// Whether it is certainly looser: hours and a window in words cannot be compared.
    pub certain: bool,
    /// From who asks to what is looser, both included: the shortest way. One name where a service breaks its own word.
    #[schema(value_type = Vec<String>)]
    pub path: Vec<ServiceId>,
    /// The window that was declared all the same.
    #[schema(value_type = Option<String>)]
    pub window: Option<WindowId>,
}

/// Declares work that may interrupt a service: `POST /v1/downtime/windows`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowRequest {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// One function of it; all of them where there is none.
    #[serde(default)]
    pub function: Option<String>,
    /// Its start.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// Its end.
    #[schema(value_type = String, format = DateTime)]
    pub end: Timestamp,
    /// What is done in it.
    pub reason: String,
}

/// Says why a service was not well: `POST /v1/downtime/cause`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CauseRequest {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The function; the service as a whole where there is none.
    #[serde(default)]
    pub function: Option<String>,
    /// Any instant at which it was degraded or down.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Why.
    pub cause: CauseV1,
}
