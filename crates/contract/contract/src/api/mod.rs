//! API types: what the CLI, the portal's forms and strangers send and get. One file a noun.
//!
//! Shares are ratios from 0 to 1 here, times are RFC 3339 in UTC, durations carry their unit in the name.

mod account;
mod action;
mod alert;
mod catalogue;
mod contact;
mod control;
mod downtime;
mod error;
mod hook;
mod incident;
mod kpi;
mod ledger;
mod objective;
mod observation;
mod outlet;
mod page;
mod probe;
mod readiness;
mod rollout;
mod rota;
mod rule;
mod runbook;
mod series;
mod service;
mod status;
mod ticket;
mod token;
mod week;

pub use account::{Account, AccountMade, AccountRequest};
pub use action::{Action, ActionKind, ActionWorked};
pub use alert::{
    ALERTS_SHOWN_MAX, Alert, AlertPage, AlertRef, AlertsTaken, EventReply, JudgeRequest, OpenAlert, Silence,
    SilenceRequest, UnownedAlert, UnsilenceRequest,
};
pub use catalogue::{Change, ChangeKind, Kept, KeptReason, Plan};
pub use contact::{ContactTried, ContactsTried, PersonContactState, PersonContacts, Reach};
pub use control::{
    CONTROL_DRILL_FOR_MS, CONTROL_FOR_MAX_MS, CONTROL_FOR_MS, CONTROLS_SHOWN_MAX, Control, ControlAnswer, ControlAsked,
    ControlPreview, ControlState, ControlWay, ExtendControl, SetControl,
};
pub use downtime::{
    CauseRequest, DOWNTIME_CELLS_MAX, DOWNTIME_FUNCTIONS_MAX, DOWNTIME_STRETCHES_MAX, DOWNTIME_WINDOWS_MAX, Downtime,
    DowntimeCause, DowntimeCell, DowntimeClass, DowntimeClasses, DowntimeEvery, DowntimeFigure, DowntimeFunction,
    DowntimeMonths, DowntimeRow, DowntimeRule, DowntimeStretch, DowntimeWindow, DowntimeWord, ToleranceContradiction,
    ToleranceDemand, ToleranceOf, WindowRequest,
};
pub use error::{ApiError, Code};
pub use hook::{ActionRun, ActionRunState, Hook, RunAction};
pub use incident::{
    ClockRequest, Confidence, INCIDENTS_SHOWN_MAX, Incident, IncidentBrief, IncidentClock, IncidentLine,
    IncidentPerson, IncidentRequest, IncidentRole, IncidentState, RoleRequest, SeenBefore, Suspect, SuspectFinding,
    Suspects, UpdateRequest,
};
pub use kpi::{KPI_POINTS_MAX, KpiPoint, KpiRequest, KpiTaken};
pub use ledger::{LedgerPage, LedgerRow, Verification};
pub use objective::{
    Budget, OBJECTIVE_POINTS_MAX, Objective, ObjectiveBrief, ObjectivePoint, ObjectiveSeries, ObjectiveState, Outlook,
    Sight, Tier, Window,
};
pub use observation::{
    OBSERVATIONS_SENT_MAX, OBSERVED_FACTS_MAX, OBSERVED_LIST_MAX, OBSERVED_TEXT_BYTES_MAX, Observation,
    ObservationsRequest, ObservationsTaken,
};
pub use outlet::OutletState;
pub use page::{
    LadderEnd, Page, PageCall, PageCalled, PageCallee, PageChannel, PageContact, PageLadder, PageMatter, PageState,
};
pub use probe::{Probe, ProbePlace, ProbeRun, ProbeRuns, ProbeState, ProbeUnseen, Prober};
pub use readiness::{
    AttestationRequest, Evidence, ExceptionRequest, Finding, NextExercise, Readiness, ReadinessStep, RowAttested,
    RowException, UnseenRow, Verdict,
};
pub use rollout::{
    ActRequest, ArmTotals, JudgeView, RevertTimes, Rollout, RolloutState, ShipRequest, Shipped, Step, StepState,
};
pub use rota::{
    ROTA_DAYS_MAX, Rota, RotaAway, RotaCalendar, RotaCalendarOf, RotaFinding, RotaFollowed, RotaGap, RotaHandOver,
    RotaHolder, RotaHours, RotaHoursOf, RotaInvitation, RotaInviteRequest, RotaMember, RotaNow, RotaOffer,
    RotaOfferRequest, RotaOfferState, RotaOverride, RotaOverrideRequest, RotaPlan, RotaShadow, RotaShift, RotaStart,
    RotaStartRequest, RotaState, RotaTime,
};
pub use rule::{
    Distinct, DrillRequest, Proposal, RULES_SHOWN_MAX, Rule, RuleChangeRequest, RuleChanged, Suggestion, Worth,
};
pub use runbook::{
    RUNBOOK_FILES_MAX, RunbookBlock, RunbookBlockKind, RunbookKept, RunbookRequest, RunbookSection, RunbookSpan,
};
pub use series::{Point, Series};
pub use service::{DependencyView, OnCall, Service, VersionState, VersionView, WhoAnswer, WhoCandidate};
pub use status::{GatewayStatus, SignInLink, SignInRequest, Status};
pub use ticket::{TICKETS_SHOWN_MAX, Ticket, TicketState, TicketTracked, TrackerHeard};
pub use token::{Token, TokenMade, TokenRequest, TokenScope};
pub use week::{WEEK_PEOPLE_MIN, WakesCrossed, Week, WeekLoad, WeekNights, WeekPage, WeekRest, WeekYear, Weeks};
