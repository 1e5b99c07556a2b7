//! Inputs of the core: commands of people, signals of machines, and the clock.

mod action;
mod control;
mod incident;
mod outward;
mod rota;
mod ticket;

use std::fmt;

use jiff::Timestamp;
use seaworthy_alert::Signal;
use seaworthy_contract::api::{Code, ShipRequest};
use seaworthy_contract::catalogue::Document;
use seaworthy_contract::events::account::AccountRoleV1;
use seaworthy_contract::events::alert::{AlertSilencedV1, AlertUnsilencedV1, RuleChangeV1, VerdictV1};
use seaworthy_contract::events::downtime::CauseV1;
use seaworthy_contract::events::observation::ObservationTakenV1;
use seaworthy_contract::events::page::PageNewsV1;
use seaworthy_contract::events::rota::CalendarTroubleV1;
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_contract::gateway::{BreakGlass, Trip};
use seaworthy_contract::process::Observed;
use seaworthy_model::{
    Entropy, GatewayName, OfferId, OverrideId, PageId, PersonId, RolloutId, RotationId, ServiceId, TicketId, TokenId,
    WindowId,
};
use uuid::Uuid;

use crate::step::RowWanted;
use crate::watch::{DowntimeChange, Drained, Judged, Used};

pub use action::ActionDone;
pub use control::{ControlDone, ControlTotal, ControlTotals};
pub use incident::{IncidentDone, IncidentWanted};
pub use outward::OutwardDone;
pub use rota::{CalendarSays, OfferWanted, OverrideWanted, StartWanted};
pub use ticket::TicketDone;

/// What every decision is given besides state and input.
#[derive(Debug, Clone)]
pub struct Cx {
    /// The time.
    pub now: Timestamp,
    /// Who or what asks.
    pub actor: String,
    /// Randomness for new ids.
    pub entropy: Entropy,
}

/// Something that the core decides on.
#[derive(Debug, Clone)]
pub enum Input {
    /// The catalogue should be as this document says; what has users is not retired by silence.
    Apply(Box<Document>, Used),
    /// A version should reach users.
    Ship {
        /// The service.
        service: ServiceId,
        /// What to ship and how.
        request: Box<ShipRequest>,
    },
    /// A person wants a version off its users.
    Revert {
        /// The rollout.
        rollout: RolloutId,
        /// Why.
        reason: Option<String>,
    },
    /// A person freezes exposure.
    Hold {
        /// The rollout.
        rollout: RolloutId,
        /// Why.
        reason: Option<String>,
    },
    /// A person lets exposure grow again.
    Resume {
        /// The rollout.
        rollout: RolloutId,
    },
    /// A person has a page.
    Acknowledge {
        /// The page.
        page: PageId,
    },
    /// A supervisor's picture of its machine.
    Observed(Observed),
    /// A gateway reported for the first time since its start.
    GatewayJoined {
        /// The gateway.
        gateway: GatewayName,
        /// Its start.
        boot: Uuid,
    },
    /// A gateway ejected a canary.
    GuardTripped {
        /// The gateway.
        gateway: GatewayName,
        /// What it saw.
        trip: Trip,
    },
    /// Somebody reverted on a gateway's own socket.
    BreakGlassUsed {
        /// The gateway.
        gateway: GatewayName,
        /// The journal's entry.
        entry: BreakGlass,
    },
    /// The judge looked at a rollout and something follows from it.
    Judged(Box<Judged>),
    /// Every gateway has let go of a reverted version.
    Drained(Box<Drained>),
    /// A service, or a function of it, is seen differently from an instant on.
    Downtime(Box<DowntimeChange>),
    /// A person declares work that may interrupt a service.
    AnnounceWindow(Box<WindowWanted>),
    /// A person takes a window back.
    CancelWindow {
        /// The window.
        window: WindowId,
    },
    /// A person says why a service was not well.
    NameCause(Box<CauseWanted>),
    /// A rule says that something is wrong with a service, or no longer is.
    Signal(Box<Signal>),
    /// Another system says so much at once: stepped one after the other, appended together.
    Heard(Vec<Word>),
    /// A person wants nobody to be told for a while.
    Silence(AlertSilencedV1),
    /// A person takes a silence back.
    Unsilence(AlertUnsilencedV1),
    /// A person says what a page was worth.
    JudgePage {
        /// The page.
        page: PageId,
        /// What they say.
        verdict: VerdictV1,
    },
    /// A person opens an incident, or does something in one.
    Incident(Box<IncidentWanted>),
    /// A person changes what a rule may ask for.
    ChangeRule {
        /// The rule.
        rule: String,
        /// How.
        change: RuleChangeV1,
    },
    /// A rule is fired to see whether it reaches a person.
    Drill {
        /// The rule.
        rule: String,
    },
    /// A channel took a page.
    PageDelivered {
        /// The page.
        page: PageId,
        /// The channel.
        channel: String,
        /// Which try it was.
        attempt: u32,
    },
    /// A contact of somebody who was called took a page.
    PageCalled {
        /// The page.
        page: PageId,
        /// The channel.
        channel: String,
        /// Which of the person's contacts, from 1.
        contact: u16,
        /// Which try it was.
        attempt: u32,
    },
    /// A contact was told what became of a page.
    PageTold {
        /// The page.
        page: PageId,
        /// The channel.
        channel: String,
        /// Which of the person's contacts, from 1.
        contact: u16,
        /// What it was told.
        news: PageNewsV1,
    },
    /// A channel did not take a page and is not tried again.
    PageUndeliverable {
        /// The page.
        page: PageId,
        /// The channel.
        channel: String,
        /// Tries made.
        attempts: u32,
        /// What was seen last.
        reason: String,
    },
    /// These people can be reached by other contacts than before.
    ContactsChanged {
        /// Who.
        people: Vec<PersonId>,
    },
    /// A rotation is to be changed for a time.
    SetOverride(Box<OverrideWanted>),
    /// An override is taken back.
    ClearOverride {
        /// The rotation.
        rotation: RotationId,
        /// The override.
        id: OverrideId,
    },
    /// Somebody's time is offered to another.
    OfferSwap(Box<OfferWanted>),
    /// A person agrees to an offer, by their own link.
    AgreeSwap {
        /// The offer.
        id: OfferId,
        /// Who.
        person: PersonId,
    },
    /// An offer is taken back.
    WithdrawSwap {
        /// The offer.
        id: OfferId,
    },
    /// A person joins a rota, by their own link.
    JoinRota {
        /// The rotation.
        rotation: RotationId,
        /// Who.
        person: PersonId,
    },
    /// A person leaves a rota, by their own link.
    LeaveRota {
        /// The rotation.
        rotation: RotationId,
        /// Who.
        person: PersonId,
    },
    /// A team begins a rota that people joined.
    StartRota(Box<StartWanted>),
    /// A person says something of a row of readiness.
    SayOfRow(Box<RowWanted>),
    /// Collectors saw something of services outside.
    ObservationsTaken(Vec<ObservationTakenV1>),
    /// A person closes a ticket, or opens it again.
    Ticket {
        /// The ticket.
        ticket: TicketId,
        /// What they do.
        done: TicketDone,
    },
    /// A calendar that a rotation follows was read.
    CalendarRead(Box<CalendarSays>),
    /// A calendar that a rotation follows could not be read.
    CalendarLost {
        /// The rotation.
        rotation: RotationId,
        /// Why.
        why: CalendarTroubleV1,
        /// When it was read last, as far as is known beside the ledger.
        read_at: Option<Timestamp>,
    },
    /// Something became of a message to another system, or a tracker says something.
    Outward(Box<OutwardDone>),
    /// A credential was issued.
    TokenIssued {
        /// The credential.
        token: TokenId,
        /// What it may do.
        scope: ScopeV4,
        /// What it is for.
        label: String,
        /// When it ends.
        expires_at: Option<Timestamp>,
    },
    /// A credential is withdrawn.
    TokenRevoked {
        /// The credential.
        token: TokenId,
    },
    /// A person may sign in here, in a role.
    OpenAccount {
        /// Who.
        person: PersonId,
        /// As what.
        role: AccountRoleV1,
    },
    /// Somebody makes a link by which a person signs in.
    InviteAccount {
        /// Who.
        person: PersonId,
    },
    /// A person may not sign in here any more.
    CloseAccount {
        /// Who.
        person: PersonId,
    },
    /// A control plane started.
    Started {
        /// Its start.
        boot: Uuid,
        /// The program's version.
        program: String,
    },
    /// Something was done with a control over a service's traffic, or gateways told of it.
    Control(Box<ControlDone>),
    /// Something was done with a command hook.
    Action(Box<ActionDone>),
    /// Time has passed.
    Tick,
}

/// One of the things that another system says.
#[derive(Debug, Clone, PartialEq)]
pub enum Word {
    /// Something is wrong.
    Says(Signal),
    /// A rule, or this instance of one, says nothing any more, of whatever it spoke.
    Ends(String),
}

/// Work that may interrupt a service.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowWanted {
    /// The service.
    pub service: ServiceId,
    /// One function of it; all of them where there is none.
    pub function: Option<String>,
    /// Its start.
    pub start: Timestamp,
    /// Its end.
    pub end: Timestamp,
    /// What is done.
    pub reason: String,
}

/// Why a service was not well.
#[derive(Debug, Clone, PartialEq)]
pub struct CauseWanted {
    /// The service.
    pub service: ServiceId,
    /// The function; the service as a whole where there is none.
    pub function: Option<String>,
    /// Any instant at which it was not.
    pub since: Timestamp,
    /// Why.
    pub cause: CauseV1,
}

/// The core says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such thing: what kind, and its name.
    Unknown(&'static str, String),
    /// The request is malformed: which field, and what is wrong with it.
    Invalid(&'static str, String),
    /// The present state does not allow it: why, and what to do.
    State(String, &'static str),
}

impl Refusal {
    /// Returns the code for programs.
    pub fn code(&self) -> Code {
        match self {
            Self::Unknown(..) => Code::NotFound,
            Self::Invalid(..) => Code::Invalid,
            Self::State(..) => Code::Refused,
        }
    }

    /// Returns what to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unknown("service", _) => {
                Some("`seaworthy services` lists what is known; `seaworthy apply` adds more")
            }
            Self::Unknown("action" | "run", _) => Some("`seaworthy action list` lists them"),
            Self::Unknown("control", _) => Some("`seaworthy controls` lists them with their ids"),
            Self::Unknown("window", _) => Some("`seaworthy downtime` lists them with their ids"),
            Self::Unknown("rollout", _) => Some("`seaworthy rollouts` lists them"),
            Self::Unknown("ticket", _) => Some("`seaworthy tickets --all` lists them with their ids"),
            Self::Unknown("incident", _) => Some("`seaworthy incident list` lists them"),
            Self::Unknown("rule", _) => Some("`seaworthy rules` lists them"),
            Self::Unknown("rotation", _) => Some("`seaworthy oncall` lists them"),
            Self::Unknown("override" | "offer", _) => Some("`seaworthy oncall show ROTATION` lists those that hold"),
            Self::Unknown("token", _) => Some("`seaworthy token list` lists those that work"),
            Self::State(_, hint) if !hint.is_empty() => Some(hint),
            _ => None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(kind, name) => write!(f, "no {kind} \"{name}\""),
            Self::Invalid(field, why) => write!(f, "{field}: {why}"),
            Self::State(why, _) => f.write_str(why),
        }
    }
}

impl std::error::Error for Refusal {}
