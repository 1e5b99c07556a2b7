//! What asks a server: who is on call now, one rota ahead, overrides, swaps and cover.

use jiff::Timestamp;
use seaworthy_contract::api::{
    Rota, RotaNow, RotaOffer, RotaOfferRequest, RotaOverride, RotaOverrideRequest, RotaTime,
};
use seaworthy_contract::catalogue::StandIn;
use seaworthy_core::view::calendar;
use seaworthy_model::{PersonId, RotationId};

use super::{Args, ShowArgs, What, check_period, joining, pay, text};
use crate::context::Context;
use crate::words::instant;
use crate::{Exit, Failure};

/// Who is on call instead, and when.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Example:\n  seaworthy oncall override shop --replace ann --with bob --from 2026-02-03 --until 2026-02-04"
)]
pub struct OverrideArgs {
    /// The rotation
    pub rotation: RotationId,
    /// Who is on call, whoever it would be otherwise
    #[arg(long, value_name = "PERSON", group = "change", required_unless_present_any = ["remove", "replace"])]
    pub add: Option<PersonId>,
    /// Who is not on call
    #[arg(long, value_name = "PERSON", group = "change")]
    pub remove: Option<PersonId>,
    /// Who would be on call
    #[arg(long, value_name = "PERSON", group = "change", requires = "with")]
    pub replace: Option<PersonId>,
    /// Who is instead
    #[arg(long, value_name = "PERSON", requires = "replace")]
    pub with: Option<PersonId>,
    /// When
    #[command(flatten)]
    pub time: TimeArgs,
}

/// When, at which level.
#[derive(Debug, Clone, clap::Args)]
pub struct TimeArgs {
    /// From when: a day, from its midnight in UTC, or an instant
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub from: Timestamp,
    /// Until when, exclusive
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub until: Timestamp,
    /// 1 is the primary, 2 the secondary
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=4))]
    pub level: Option<u8>,
}

impl TimeArgs {
    fn held(&self) -> RotaTime {
        RotaTime { level: self.level.map_or(0, |level| level - 1), from: self.from, until: self.until }
    }
}

/// Which override or offer.
#[derive(Debug, Clone, clap::Args)]
pub struct OneArgs {
    /// The rotation
    pub rotation: RotationId,
    /// Its id, or how it begins: `seaworthy oncall show ROTATION` lists them
    pub id: String,
}

/// One time for another.
#[derive(Debug, Clone, clap::Args)]
pub struct SwapArgs {
    /// The rotation
    pub rotation: RotationId,
    /// Whose time it is
    #[arg(long, value_name = "PERSON")]
    pub by: PersonId,
    /// When
    #[command(flatten)]
    pub time: TimeArgs,
    /// With whom
    #[arg(long, value_name = "PERSON")]
    pub with: PersonId,
    /// From when the other's time is
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub for_from: Timestamp,
    /// Until when
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub for_until: Timestamp,
}

/// A time that somebody is to take.
#[derive(Debug, Clone, clap::Args)]
pub struct CoverArgs {
    /// The rotation
    pub rotation: RotationId,
    /// Whose time it is
    #[arg(long, value_name = "PERSON")]
    pub by: PersonId,
    /// When
    #[command(flatten)]
    pub time: TimeArgs,
    /// Who is asked; anybody in the rota where nobody is named
    #[arg(long, value_name = "PERSON")]
    pub ask: Option<PersonId>,
}

pub(crate) async fn run(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    match &args.what {
        None => now(args, cx).await,
        Some(What::Show(args)) => show(args, cx).await,
        Some(What::Override(args)) => set(args, cx).await,
        Some(What::Clear(args)) => clear(args, cx).await,
        Some(What::Swap(args)) => {
            let takes = RotaTime { from: args.for_from, until: args.for_until, ..args.time.held() };
            let (to, takes) = (Some(args.with.clone()), Some(takes));
            let offer = RotaOfferRequest { by: args.by.clone(), gives: args.time.held(), to, takes };
            offered(&args.rotation, &offer, cx).await
        }
        Some(What::Cover(args)) => {
            let (by, to) = (args.by.clone(), args.ask.clone());
            let offer = RotaOfferRequest { by, gives: args.time.held(), to, takes: None };
            offered(&args.rotation, &offer, cx).await
        }
        Some(What::Withdraw(args)) => withdraw(args, cx).await,
        Some(What::Invite(args)) => joining::invite(args, cx).await,
        Some(What::Invitations(args)) => joining::invitations(args, cx).await,
        Some(What::Start(args)) => joining::start(args, cx).await,
        Some(What::Away(args)) => pay::away(args, cx).await,
        Some(What::Hours(args)) => pay::hours(args, cx).await,
        Some(What::Calendar(args)) => pay::calendar(args, cx).await,
    }
}

async fn now(args: &Args, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let team = args.team.as_ref().map(|team| format!("team={}", escaped(team.as_str())));
    let service = args.service.as_ref().map(|service| format!("service={}", escaped(service.as_str())));
    let query: Vec<String> = team.into_iter().chain(service).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let rotas: Vec<RotaNow> = cx.api.get_json(&format!("/v1/rotations{query}")).await?;
    cx.answer(&rotas, |rotas, view| text::now(rotas, view))?;
    Ok(Exit::Ok)
}

/// A name's one character that means something else in a query.
pub(super) fn escaped(name: &str) -> String {
    name.replace('+', "%2B")
}

async fn show(args: &ShowArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let Some(rotation) = &args.rotation else {
        return Err(Failure::usage("could not show a rota: none is named", "`seaworthy oncall` lists them"));
    };
    if let (Some(from), Some(to)) = (args.from, args.to) {
        check_period(from, to)?;
    }
    let from = args.from.map(|from| format!("from={from}"));
    let query: Vec<String> = from.into_iter().chain(args.to.map(|to| format!("to={to}"))).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let rota: Rota = cx.api.get_json(&format!("/v1/rotations/{rotation}{query}")).await?;
    if args.ics {
        cx.out.write_all(calendar(&rota.plan.shifts, 0).as_bytes())?;
        cx.out.flush()?;
        return Ok(Exit::Ok);
    }
    cx.answer(&rota, text::rota)?;
    Ok(Exit::Ok)
}

async fn set(args: &OverrideArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let change = match (&args.add, &args.remove, args.replace.as_ref().zip(args.with.as_ref())) {
        (Some(person), ..) => StandIn::Add(person.clone()),
        (_, Some(person), _) => StandIn::Remove(person.clone()),
        (.., Some((who, with))) => StandIn::Replace { who: who.clone(), with: with.clone() },
        (None, None, None) => {
            let hint = "write --add PERSON, --remove PERSON, or --replace PERSON --with PERSON";
            return Err(Failure::usage("could not set an override: nothing changes", hint));
        }
    };
    let TimeArgs { from, until, level } = args.time;
    let request = RotaOverrideRequest { change, level: level.map(|level| level - 1), from, until };
    let set: RotaOverride = cx.api.post_json(&format!("/v1/rotations/{}/overrides", args.rotation), &request).await?;
    cx.answer(&set, |set, _| text::changed(set, "UTC") + " (UTC)")?;
    cx.say(&format!("undo: seaworthy oncall clear {} {}", args.rotation, set.id));
    Ok(Exit::Ok)
}

async fn clear(args: &OneArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let rota: Rota = cx.api.get_json(&format!("/v1/rotations/{}", args.rotation)).await?;
    let id = meant(rota.overrides.iter().map(|one| one.id.to_string()), args, "override")?;
    let path = format!("/v1/rotations/{}/overrides/{id}/clear", args.rotation);
    let rota: Rota = cx.api.post_json(&path, &()).await?;
    cx.answer(&rota, text::rota)?;
    Ok(Exit::Ok)
}

async fn offered(rotation: &RotationId, offer: &RotaOfferRequest, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let offer: RotaOffer = cx.api.post_json(&format!("/v1/rotations/{rotation}/offers"), offer).await?;
    cx.answer(&offer, |offer, _| text::offer(offer, "UTC") + " (UTC)")?;
    cx.say("each is sent a link of their own; it stands in the rota once both have agreed");
    cx.say(&format!("undo: seaworthy oncall withdraw {rotation} {}", offer.id));
    Ok(Exit::Ok)
}

async fn withdraw(args: &OneArgs, cx: &mut Context<'_>) -> Result<Exit, Failure> {
    let rota: Rota = cx.api.get_json(&format!("/v1/rotations/{}", args.rotation)).await?;
    let id = meant(rota.offers.iter().map(|one| one.id.to_string()), args, "offer")?;
    let path = format!("/v1/rotations/{}/offers/{id}/withdraw", args.rotation);
    let offer: RotaOffer = cx.api.post_json(&path, &()).await?;
    cx.answer(&offer, |offer, _| text::offer(offer, &rota.now.zone))?;
    Ok(Exit::Ok)
}

/// Returns the one whose id begins so; a whole id as it is, so that the server says what became of it.
fn meant(ids: impl Iterator<Item = String>, args: &OneArgs, what: &str) -> Result<String, Failure> {
    let found: Vec<String> = ids.filter(|id| id.starts_with(&args.id)).collect();
    let is_whole = args.id.len() == "01954a00-0000-7000-8000-000000000001".len()
        && args.id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] if is_whole => Ok(args.id.clone()),
        some => {
            let message = format!("could not find one {what}: {} have ids that begin so", some.len());
            Err(Failure::usage(message, format!("`seaworthy oncall show {}` lists them", args.rotation)))
        }
    }
}
