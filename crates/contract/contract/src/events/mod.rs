//! Event payloads: what the ledger holds, for ever.
//!
//! One file a noun. Each payload has a type name, a version and a frozen schema (`schemas/`); a change adds `V2` and
//! an upcast, `V1` stays. Readers keep and skip what they do not know: [`Event::Unknown`].

pub mod account;
pub mod action;
pub mod alert;
pub mod catalogue;
pub mod control;
pub mod downtime;
pub mod gateway;
pub mod incident;
pub mod observation;
pub mod outward;
pub mod page;
pub mod rollout;
pub mod rota;
pub mod row;
pub mod server;
pub mod ticket;
pub mod version;

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// A payload: its name in the ledger and its version.
pub trait Payload: Serialize + DeserializeOwned {
    /// `<noun>.<past-participle>`.
    const TYPE: &'static str;
    /// Grows by one a change of shape.
    const VERSION: u16;
}

/// The shape of a payload.
#[derive(Clone, Serialize)]
pub struct PayloadSchema {
    /// Its name in the ledger.
    pub kind: &'static str,
    /// Its version.
    pub version: u16,
    /// Its JSON schema.
    pub schema: RefOr<Schema>,
    /// The shapes that it refers to, by name.
    pub definitions: BTreeMap<String, RefOr<Schema>>,
}

impl PayloadSchema {
    fn of<P: Payload + ToSchema>() -> Self {
        let mut definitions = Vec::new();
        P::schemas(&mut definitions);
        Self { kind: P::TYPE, version: P::VERSION, schema: P::schema(), definitions: definitions.into_iter().collect() }
    }
}

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident($payload:ty) = $name:literal v $version:literal $(reads $old:literal)*;)*) => {
        /// Every event, decoded. The variants are the latest version of each type.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event {
            $($(#[$doc])* $variant($payload),)*
            /// A type or version this program does not know; kept, skipped.
            Unknown {
                /// Its type.
                kind: String,
                /// Its version.
                version: u16,
            },
        }

        $(impl Payload for $payload {
            const TYPE: &'static str = $name;
            const VERSION: u16 = $version;
        }

        impl From<$payload> for Event {
            fn from(payload: $payload) -> Self {
                Self::$variant(payload)
            }
        })*

        impl Event {
            /// Returns type and version.
            pub fn kind(&self) -> (&str, u16) {
                match self {
                    $(Self::$variant(_) => (<$payload>::TYPE, <$payload>::VERSION),)*
                    Self::Unknown { kind, version } => (kind, *version),
                }
            }

            /// Encodes the payload as JSON; an unknown event has none.
            pub fn encode(&self) -> Option<String> {
                match self {
                    $(Self::$variant(payload) => {
                        Some(serde_json::to_string(payload).expect("payloads have string keys only"))
                    })*
                    Self::Unknown { .. } => None,
                }
            }

            /// Decodes a payload of a ledger row.
            ///
            /// # Errors
            /// When the type and version are known and the payload is not of their shape: the row was not written by
            /// this program.
            #[expect(clippy::manual_range_patterns, reason = "which versions are read is a list, and may have gaps")]
            pub fn decode(kind: &str, version: u16, payload: &str) -> Result<Self, serde_json::Error> {
                Ok(match (kind, version) {
                    $(($name, $version $(| $old)*) => Self::$variant(serde_json::from_str(payload)?),)*
                    _ => Self::Unknown { kind: kind.to_owned(), version },
                })
            }

            /// Every type and version that is read as its successor and written no more.
            pub fn read_as_successor() -> Vec<(&'static str, u16)> {
                vec![$($(($name, $old),)*)*]
            }

            /// Every type and version with the JSON schema of its payload, for the frozen-schema test.
            pub fn schemas() -> Vec<PayloadSchema> {
                vec![$(PayloadSchema::of::<$payload>(),)*]
            }
        }
    };
}

events! {
    /// An entity of the catalogue was declared or changed.
    EntityDeclared(catalogue::EntityDeclaredV2) = "catalogue.entity_declared" v 2 reads 1;
    /// An entity left the catalogue.
    EntityRetired(catalogue::EntityRetiredV1) = "catalogue.entity_retired" v 1;
    /// An entity belongs to a source.
    EntityClaimed(catalogue::EntityClaimedV1) = "catalogue.entity_claimed" v 1;
    /// A version of a service exists.
    VersionRegistered(version::VersionRegisteredV1) = "version.registered" v 1;
    /// An instance answered its health check for the first time.
    VersionBecameHealthy(version::VersionBecameHealthyV1) = "version.became_healthy" v 1;
    /// A version could not be started, or never became healthy in time.
    VersionFailedToStart(version::VersionFailedToStartV1) = "version.failed_to_start" v 1;
    /// A process ended and nobody asked it to.
    VersionExited(version::VersionExitedV1) = "version.exited" v 1;
    /// A rollout began: the version is being started, no user has met it.
    RolloutStarted(rollout::RolloutStartedV1) = "rollout.started" v 1;
    /// The canary got a share of users.
    RolloutStepEntered(rollout::RolloutStepEnteredV1) = "rollout.step_entered" v 1;
    /// Exposure is frozen.
    RolloutHeld(rollout::RolloutHeldV1) = "rollout.held" v 1;
    /// Exposure may grow again.
    RolloutResumed(rollout::RolloutResumedV1) = "rollout.resumed" v 1;
    /// The canary is the stable version now.
    RolloutPromoted(rollout::RolloutPromotedV1) = "rollout.promoted" v 1;
    /// The canary gets no further users.
    RolloutReverted(rollout::RolloutRevertedV1) = "rollout.reverted" v 1;
    /// Every gateway has let go of the canary; the times were measured.
    RevertConfirmed(rollout::RevertConfirmedV1) = "rollout.revert_confirmed" v 1;
    /// The version that was kept warm is no longer needed.
    BakeEnded(rollout::BakeEndedV1) = "rollout.bake_ended" v 1;
    /// Somebody is to be paged.
    PageRequested(page::PageRequestedV1) = "page.requested" v 1;
    /// A channel accepted the page.
    PageDelivered(page::PageDeliveredV1) = "page.delivered" v 1;
    /// A channel did not take the page and is not tried again.
    PageUndeliverable(page::PageUndeliverableV1) = "page.undeliverable" v 1;
    /// A person has it.
    PageAcknowledged(page::PageAcknowledgedV1) = "page.acknowledged" v 1;
    /// Nobody took the page yet: others are called as well.
    PageEscalated(page::PageEscalatedV2) = "page.escalated" v 2 reads 1;
    /// Nobody is left to be called.
    PageExhausted(page::PageExhaustedV1) = "page.exhausted" v 1;
    /// A contact of somebody who was called took the page.
    PageCalled(page::PageCalledV1) = "page.called" v 1;
    /// A contact was told what became of the page.
    PageTold(page::PageToldV1) = "page.told" v 1;
    /// Somebody said what a page was worth.
    PageJudged(alert::PageJudgedV1) = "page.judged" v 1;
    /// A symptom is there that was not.
    AlertFired(alert::AlertFiredV1) = "alert.fired" v 1;
    /// Another rule says the same, or asks for more.
    AlertJoined(alert::AlertJoinedV1) = "alert.joined" v 1;
    /// A rule no longer says so; others do.
    AlertLeft(alert::AlertLeftV1) = "alert.left" v 1;
    /// A failing dependency stands for it, or no longer.
    AlertFolded(alert::AlertFoldedV1) = "alert.folded" v 1;
    /// No rule says so any more.
    AlertResolved(alert::AlertResolvedV1) = "alert.resolved" v 1;
    /// Its owner is being told.
    AlertPaged(alert::AlertPagedV1) = "alert.paged" v 1;
    /// Nobody is told until an instant.
    AlertSilenced(alert::AlertSilencedV1) = "alert.silenced" v 1;
    /// A silence was taken back.
    AlertUnsilenced(alert::AlertUnsilencedV1) = "alert.unsilenced" v 1;
    /// What a rule may ask for was changed by its team.
    RuleChanged(alert::RuleChangedV1) = "rule.changed" v 1;
    /// A service is seen differently from an instant on.
    DowntimeStateChanged(downtime::DowntimeStateChangedV1) = "downtime.state_changed" v 1;
    /// Work was declared that may interrupt a service.
    DowntimeWindowAnnounced(downtime::DowntimeWindowAnnouncedV1) = "downtime.window_announced" v 1;
    /// A window was taken back.
    DowntimeWindowCancelled(downtime::DowntimeWindowCancelledV1) = "downtime.window_cancelled" v 1;
    /// It is known why a service was degraded or down.
    DowntimeCauseNamed(downtime::DowntimeCauseNamedV1) = "downtime.cause_named" v 1;
    /// An incident began.
    IncidentOpened(incident::IncidentOpenedV1) = "incident.opened" v 1;
    /// Another page of the same service belongs to it.
    IncidentPageJoined(incident::IncidentPageJoinedV1) = "incident.page_joined" v 1;
    /// Somebody works on it.
    IncidentJoined(incident::IncidentJoinedV1) = "incident.joined" v 1;
    /// Somebody took a role.
    IncidentRoleTaken(incident::IncidentRoleTakenV1) = "incident.role_taken" v 1;
    /// Somebody said how it stands.
    IncidentUpdatePosted(incident::IncidentUpdatePostedV1) = "incident.update_posted" v 1;
    /// Somebody asked for help.
    IncidentHelpAsked(incident::IncidentHelpAskedV1) = "incident.help_asked" v 1;
    /// Somebody said that customers are served again.
    IncidentRestored(incident::IncidentRestoredV1) = "incident.restored" v 1;
    /// It came back soon after it was closed.
    IncidentReopened(incident::IncidentReopenedV1) = "incident.reopened" v 1;
    /// It is over.
    IncidentClosed(incident::IncidentClosedV1) = "incident.closed" v 1;
    /// Somebody knows an instant better than what was measured.
    IncidentClockSet(incident::IncidentClockSetV1) = "incident.clock_set" v 1;
    /// Something is to be looked at, in working hours.
    TicketOpened(ticket::TicketOpenedV1) = "ticket.opened" v 1;
    /// It came again, or more belongs to the same ticket.
    TicketJoined(ticket::TicketJoinedV1) = "ticket.joined" v 1;
    /// Nothing that a ticket is about goes on any more.
    TicketEnded(ticket::TicketEndedV1) = "ticket.ended" v 1;
    /// Somebody closed a ticket.
    TicketClosed(ticket::TicketClosedV1) = "ticket.closed" v 1;
    /// Somebody opened a closed ticket again.
    TicketReopened(ticket::TicketReopenedV1) = "ticket.reopened" v 1;
    /// Another system took a message.
    OutwardDelivered(outward::OutwardDeliveredV1) = "outward.delivered" v 1;
    /// Another system did not take a message and is not tried again.
    OutwardUndeliverable(outward::OutwardUndeliverableV1) = "outward.undeliverable" v 1;
    /// A control was set over a service's traffic.
    ControlSet(control::ControlSetV1) = "control.set" v 1;
    /// A control ends at another time.
    ControlExtended(control::ControlExtendedV1) = "control.extended" v 1;
    /// Every gateway has a control in force; the time was measured.
    ControlConfirmed(control::ControlConfirmedV1) = "control.confirmed" v 1;
    /// A control is over.
    ControlCleared(control::ControlClearedV1) = "control.cleared" v 1;
    /// A collector saw something of a service, outside Seaworthy.
    ObservationTaken(observation::ObservationTakenV1) = "observation.taken" v 1;
    /// Somebody asked for a command hook to be run.
    ActionAsked(action::ActionAskedV1) = "action.asked" v 1;
    /// A command hook is begun.
    ActionStarted(action::ActionStartedV1) = "action.started" v 1;
    /// A command hook ended, or nobody will know how.
    ActionEnded(action::ActionEndedV1) = "action.ended" v 1;
    /// Somebody said why a row of readiness does not apply.
    RowExcepted(row::RowExceptedV1) = "row.excepted" v 1;
    /// An exception was taken back.
    RowExceptionEnded(row::RowExceptionEndedV1) = "row.exception_ended" v 1;
    /// Somebody said how a row of readiness stands.
    RowAttested(row::RowAttestedV1) = "row.attested" v 1;
    /// An attestation was taken back.
    RowAttestationEnded(row::RowAttestationEndedV1) = "row.attestation_ended" v 1;
    /// A gateway reported for the first time since its start.
    GatewayJoined(gateway::GatewayJoinedV1) = "gateway.joined" v 1;
    /// A gateway's local guard ejected a canary.
    GuardTripped(gateway::GuardTrippedV1) = "gateway.guard_tripped" v 1;
    /// Somebody reverted on a gateway's own socket.
    BreakGlassUsed(gateway::BreakGlassUsedV2) = "gateway.break_glass_used" v 2 reads 1;
    /// A rotation is changed for a time.
    RotaOverrideSet(rota::RotaOverrideSetV1) = "rota.override_set" v 1;
    /// An override was taken back.
    RotaOverrideCleared(rota::RotaOverrideClearedV1) = "rota.override_cleared" v 1;
    /// One person's time is offered to another.
    RotaSwapOffered(rota::RotaSwapOfferedV1) = "rota.swap_offered" v 1;
    /// One of the two agreed to a swap.
    RotaSwapAgreed(rota::RotaSwapAgreedV1) = "rota.swap_agreed" v 1;
    /// An offer was taken back.
    RotaSwapWithdrawn(rota::RotaSwapWithdrawnV1) = "rota.swap_withdrawn" v 1;
    /// A person joined a rota and acknowledged its terms.
    RotaMemberAccepted(rota::RotaMemberAcceptedV1) = "rota.member_accepted" v 1;
    /// A person who had joined a rota is no longer a member.
    RotaMemberLeft(rota::RotaMemberLeftV1) = "rota.member_left" v 1;
    /// A rota that people join themselves began.
    RotaStarted(rota::RotaStartedV1) = "rota.started" v 1;
    /// A calendar that a rotation follows says something else, or can be read again.
    RotaCalendarRead(rota::RotaCalendarReadV1) = "rota.calendar_read" v 1;
    /// A calendar that a rotation follows cannot be read.
    RotaCalendarLost(rota::RotaCalendarLostV1) = "rota.calendar_lost" v 1;
    /// A person may sign in here.
    AccountOpened(account::AccountOpenedV1) = "account.opened" v 1;
    /// A link was made by which a person signs in once.
    AccountInvited(account::AccountInvitedV1) = "account.invited" v 1;
    /// A person may not sign in here any more.
    AccountClosed(account::AccountClosedV1) = "account.closed" v 1;
    /// A control plane started.
    ServerStarted(server::ServerStartedV1) = "server.started" v 1;
    /// A credential was issued; its secret is nowhere.
    TokenIssued(server::TokenIssuedV4) = "token.issued" v 4 reads 1 reads 2 reads 3;
    /// A credential was withdrawn.
    TokenRevoked(server::TokenRevokedV1) = "token.revoked" v 1;
}
