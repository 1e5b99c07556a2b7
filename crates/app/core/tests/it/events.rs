//! Events that nobody would write in this order, from a small pool of names, so that they meet each other.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use seaworthy_contract::catalogue::{Entity, Person, Team};
use seaworthy_contract::events::{
    Event, account, catalogue, gateway, observation, page, rollout, row, server, version,
};
use seaworthy_contract::process::{Launch, LaunchFrom};
use seaworthy_core::Fact;
use seaworthy_model::{EventId, PageId, RolloutId, ServiceId, Share, TokenId, VersionId};
use uuid::Uuid;

use crate::bench::{document, start};

fn uuid() -> impl Strategy<Value = Uuid> {
    (1..4_u128).prop_map(Uuid::from_u128)
}

fn rollouts() -> impl Strategy<Value = RolloutId> {
    uuid().prop_map(RolloutId::from_uuid)
}

fn services() -> impl Strategy<Value = ServiceId> {
    prop_oneof![Just("checkout"), Just("payments"), Just("ghost")].prop_map(|name| name.parse().unwrap())
}

fn versions() -> impl Strategy<Value = VersionId> {
    prop_oneof![Just("v1"), Just("v2"), Just("v3")].prop_map(|name| name.parse().unwrap())
}

fn shares() -> impl Strategy<Value = Share> {
    (0..=10_000_u16).prop_map(|points| Share::from_basis_points(points).unwrap())
}

fn times() -> impl Strategy<Value = Option<Timestamp>> {
    prop::option::of((-1_000_000..1_000_000_i64).prop_map(|s| start() + SignedDuration::from_secs(s)))
}

fn entities() -> impl Strategy<Value = Entity> {
    let mut known: Vec<Entity> =
        document(&["checkout", "payments"]).entities.into_iter().map(|sourced| sourced.entity).collect();
    known.push(Entity::Team(Team {
        name: "empty".parse().unwrap(),
        title: None,
        members: Vec::new(),
        escalation: None,
    }));
    known.push(Entity::Person(Person { name: "omar".parse().unwrap() }));
    prop::sample::select(known)
}

fn catalogue_events() -> impl Strategy<Value = Event> {
    prop_oneof![
        entities().prop_map(|entity| catalogue::EntityDeclaredV2 { entity, source: "a.yaml:1".into() }.into()),
        (services(), prop_oneof![Just("service"), Just("team"), Just("rotation"), Just("moon")])
            .prop_map(|(name, kind)| catalogue::EntityRetiredV1 { kind: kind.into(), name: name.to_string() }.into()),
        (services(), prop_oneof![Just("service"), Just("moon")], "[ab]").prop_map(|(name, kind, source)| {
            catalogue::EntityClaimedV1 { kind: kind.into(), name: name.to_string(), source }.into()
        }),
    ]
}

fn version_events() -> impl Strategy<Value = Event> {
    let one = || (services(), versions(), "[a-z]{1,2}");
    prop_oneof![
        one().prop_map(|(service, version, text)| {
            let from = LaunchFrom::Address(text);
            let launch = Launch { from, health: None, start_timeout_ms: 1, stop_timeout_ms: u64::MAX };
            version::VersionRegisteredV1 { service, version, launch, commit: None }.into()
        }),
        one().prop_map(|(service, version, instance)| {
            let address = "127.0.0.1:9".to_owned();
            version::VersionBecameHealthyV1 { service, version, instance, address, took_ms: 1 }.into()
        }),
        one()
            .prop_map(|(service, version, reason)| version::VersionFailedToStartV1 { service, version, reason }.into()),
        one().prop_map(|(service, version, instance)| {
            version::VersionExitedV1 { service, version, instance, how: String::new() }.into()
        }),
    ]
}

fn started() -> impl Strategy<Value = Event> {
    let numbers = (any::<u64>(), any::<u64>(), any::<u64>(), any::<u64>());
    let steps = prop::collection::vec(shares(), 0..5);
    (rollouts(), services(), versions(), prop::option::of(versions()), steps, numbers).prop_map(
        |(rollout, service, version, baseline, steps, (dwell_ms, requests_min, bake_ms, start_timeout_ms))| {
            let started = rollout::RolloutStartedV1 {
                rollout,
                service,
                version,
                baseline,
                steps,
                dwell_ms,
                requests_min,
                bake_ms,
                start_timeout_ms,
            };
            started.into()
        },
    )
}

fn rollout_events() -> impl Strategy<Value = Event> {
    use rollout::RevertCauseV1 as Cause;
    let cause =
        prop::sample::select(vec![Cause::Judge, Cause::Guard, Cause::Hand, Cause::BreakGlass, Cause::StartFailure]);
    let by = prop::sample::select(vec![rollout::HolderV1::Judge, rollout::HolderV1::Person]);
    prop_oneof![
        started(),
        (rollouts(), any::<u16>(), shares(), prop::option::of(any::<f64>())).prop_map(
            |(rollout, step, share, log_e)| { rollout::RolloutStepEnteredV1 { rollout, step, share, log_e }.into() }
        ),
        (rollouts(), 0..3_u16, shares()).prop_map(|(rollout, step, share)| rollout::RolloutStepEnteredV1 {
            rollout,
            step,
            share,
            log_e: None
        }
        .into()),
        (rollouts(), by, ".{0,5}")
            .prop_map(|(rollout, by, reason)| rollout::RolloutHeldV1 { rollout, by, reason }.into()),
        rollouts().prop_map(|rollout| rollout::RolloutResumedV1 { rollout }.into()),
        rollouts().prop_map(|rollout| rollout::RolloutPromotedV1 { rollout, log_e: None }.into()),
        (rollouts(), cause, times(), shares()).prop_map(|(rollout, cause, first_bad_at, share)| {
            let (metric, log_e) = (Some("moon".to_owned()), None);
            rollout::RolloutRevertedV1 { rollout, cause, reason: String::new(), metric, log_e, first_bad_at, share }
                .into()
        }),
        (rollouts(), any::<f64>(), any::<u64>()).prop_map(|(rollout, seconds, canary_requests)| {
            let confirmed = rollout::RevertConfirmedV1 {
                rollout,
                gateways: vec!["not a name".to_owned()],
                decision_to_last_assignment_s: seconds,
                decision_to_last_response_s: seconds,
                first_bad_to_last_assignment_s: None,
                first_bad_to_last_response_s: Some(seconds),
                canary_requests,
                canary_failures: u64::MAX,
                rescued: u64::MAX,
                seen_by_users: u64::MAX,
            };
            confirmed.into()
        }),
        rollouts().prop_map(|rollout| rollout::BakeEndedV1 { rollout }.into()),
    ]
}

fn page_events() -> impl Strategy<Value = Event> {
    let pages = || uuid().prop_map(PageId::from_uuid);
    let channel = || prop_oneof![Just("portal".to_owned()), Just("contacts".to_owned()), Just(String::new())];
    prop_oneof![
        (pages(), services(), times(), prop::option::of(rollouts()), prop::collection::vec(channel(), 0..3)).prop_map(
            |(page, service, began_at, rollout, channels)| {
                let team = "shop".parse().unwrap();
                let sentence = String::new();
                let (to, rotation) = (Some("ines".parse().unwrap()), None);
                page::PageRequestedV1 { page, service, team, to, rotation, sentence, rollout, began_at, channels }
                    .into()
            }
        ),
        (pages(), channel()).prop_map(|(page, channel)| page::PageDeliveredV1 { page, channel, attempt: 0 }.into()),
        (pages(), channel()).prop_map(|(page, channel)| {
            page::PageUndeliverableV1 { page, channel, attempts: 0, reason: String::new() }.into()
        }),
        pages().prop_map(|page| page::PageAcknowledgedV1 { page }.into()),
    ]
}

fn other_events() -> impl Strategy<Value = Event> {
    let gateway = || Just("local".parse().unwrap());
    prop_oneof![
        (gateway(), uuid()).prop_map(|(gateway, boot)| gateway::GatewayJoinedV1 { gateway, boot }.into()),
        (gateway(), services(), versions(), rollouts()).prop_map(|(gateway, service, version, rollout)| {
            gateway::GuardTrippedV1 { gateway, service, version, rollout, why: String::new() }.into()
        }),
        (gateway(), services(), versions(), uuid()).prop_map(|(gateway, service, version, journal)| {
            let rollout = None;
            gateway::BreakGlassUsedV2 { gateway, journal, service, version, rollout, by: String::new() }.into()
        }),
        uuid().prop_map(|boot| server::ServerStartedV1 { boot, program: String::new() }.into()),
        (uuid(), times()).prop_map(|(token, expires_at)| {
            let (token, scope) = (TokenId::from_uuid(token), server::ScopeV4::Admin);
            server::TokenIssuedV4 { token, scope, label: String::new(), expires_at }.into()
        }),
        uuid().prop_map(|token| server::TokenRevokedV1 { token: TokenId::from_uuid(token) }.into()),
        (services(), any::<bool>(), "[ab]", times()).prop_map(|(service, is_said, row, until)| {
            let (because, by) = ("nobody uses it yet".to_owned(), "ines".parse().unwrap());
            match is_said {
                true => row::RowExceptedV1 { service, row, because, by, until: until.unwrap_or_else(start) }.into(),
                false => row::RowExceptionEndedV1 { service, row }.into(),
            }
        }),
        (services(), times(), "[ab]", any::<i64>()).prop_map(|(service, seen_at, source, number)| {
            let value = observation::ObservedValueV1::Whole(number);
            let facts = vec![observation::ObservedFactV1 { key: "a.b".into(), value, place: None }];
            let seen_at = seen_at.unwrap_or_else(start);
            observation::ObservationTakenV1 { collector: "git".into(), source, service, seen_at, facts }.into()
        }),
        any::<bool>().prop_map(|admin| {
            let role = if admin { account::AccountRoleV1::Admin } else { account::AccountRoleV1::Person };
            account::AccountOpenedV1 { person: "ines".parse().unwrap(), role }.into()
        }),
        Just(account::AccountInvitedV1 { person: "ines".parse().unwrap() }.into()),
        Just(account::AccountClosedV1 { person: "ines".parse().unwrap() }.into()),
        any::<u16>().prop_map(|version| Event::Unknown { kind: "rollout.paused".into(), version }),
    ]
}

/// Any events at all, at any times.
pub(crate) fn any_facts() -> impl Strategy<Value = Vec<Fact>> {
    let event = prop_oneof![
        2 => catalogue_events(),
        2 => version_events(),
        6 => rollout_events(),
        2 => page_events(),
        1 => other_events(),
    ];
    prop::collection::vec((event, -100_000..100_000_i64), 0..60).prop_map(|events| {
        let fact = |(index, (event, second)): (usize, (Event, i64))| Fact {
            position: index as u64 + 1,
            id: EventId::from_uuid(Uuid::from_u128(index as u128)),
            at: start() + SignedDuration::from_secs(second),
            actor: "nobody".to_owned(),
            event,
        };
        events.into_iter().enumerate().map(fact).collect()
    })
}
