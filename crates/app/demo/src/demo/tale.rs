//! The story: a bad version is shipped, caught, reverted, paged, and becomes evidence; then a healthy one goes all the way.
//!
//! It ships and reads by the API and waits for what happens; nothing here makes any of it happen.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use seaworthy_client::Error;
use seaworthy_contract::api::{PageState, Rollout, RolloutState, ShipRequest, Verdict};
use seaworthy_model::{Position, Timestamp};
use tokio::time::{Instant, sleep};

use super::api::{Api, Asked, answers, until};
use super::report::{Seen, Voyage, disagreement};
use super::row::Row;
use super::stage::{Stage, Tone};
use super::words;
use crate::load::{Load, LoadError, LoadOptions, WindowId};

/// The service that the story is about.
const SERVICE: &str = "checkout";
/// The readiness row "a revert was proven in production".
pub(crate) const ROW: &str = "DEP-12";
/// The fault of a bad version.
const FAIL: (&str, &str) = ("SAMPLE_FAIL", "0.3");

/// Promised: from the start to evidence, in seconds.
const STORY_S: f64 = 60.0;
/// Promised: from the ship of a healthy version to everybody, in seconds.
const HEALTHY_S: f64 = 90.0;

/// How long things may take. Twice the promise: a slow machine is told about, not given up on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Users of the healthy version before the bad one is shipped.
    pub(crate) baseline: Duration,
    /// Until the first versions serve.
    pub(crate) first_versions: Duration,
    /// Until a bad version is reverted.
    pub(crate) revert: Duration,
    /// Until a healthy version is promoted.
    pub(crate) promote: Duration,
    /// Until page, readiness row and ledger say what happened.
    pub(crate) settle: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let s = Duration::from_secs;
        Self { baseline: s(4), first_versions: s(60), revert: s(90), promote: s(180), settle: s(15) }
    }
}

/// Why the story broke off.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoryError {
    /// The API refused, or cannot be reached.
    #[error(transparent)]
    Api(#[from] Error),
    /// The users could not come.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Something that the story needs did not happen in time.
    #[error("could not go on: {0}")]
    Late(String),
}

/// The story and what it needs.
pub(crate) struct Story<'a> {
    pub(crate) api: Api,
    /// `http://host:port` of the portal.
    pub(crate) portal: String,
    pub(crate) stage: &'a Stage,
    pub(crate) users: LoadOptions,
    pub(crate) pace: Pace,
}

impl Story<'_> {
    /// Ships the first versions and lets the users come.
    ///
    /// # Errors
    /// When the versions do not serve in time, or users cannot come.
    pub(crate) async fn open(&self) -> Result<Rc<Load>, StoryError> {
        for service in ["payments", SERVICE] {
            let request = ShipRequest { version: "v1".to_owned(), ..ShipRequest::default() };
            self.promote_first(service, &request).await?;
        }
        let serves = until(self.pace.first_versions, async || {
            Ok(answers(&self.users.gateway, "/basket").await.unwrap_or(false).then_some(()))
        });
        if let Asked::Late(_) = serves.await? {
            return Err(StoryError::Late("checkout does not answer through the gateway".to_owned()));
        }
        self.stage.say("payments v1 and checkout v1 serve everybody");
        let load = Rc::new(Load::start(self.users.clone())?);
        self.stage.watch(load.clone());
        self.stage.say(&format!(
            "users come: {} requests a second from {} of them, one in five a POST",
            self.users.rate,
            words::count(self.users.users.into())
        ));
        Ok(load)
    }

    /// Tells the story. What did not happen is not in what it returns; see [`super::report::missing`].
    ///
    /// # Errors
    /// When the API refuses a step.
    pub(crate) async fn tell(&self, load: &Load) -> Result<Seen, StoryError> {
        let mut seen = Seen::default();
        sleep(self.pace.baseline).await;
        self.bad(load, "v2", &mut seen).await?;
        self.promise("the story", self.stage.seconds(), STORY_S);
        if seen.bad.as_ref().is_some_and(|bad| bad.rollout.ended_at.is_some()) {
            self.stage.say(&format!("{SERVICE} v3 is shipped: it is healthy, and goes on only as evidence allows"));
            let good = self.voyage(load, "v3", BTreeMap::new(), self.pace.promote).await?;
            self.stage.add(&format!("each step as long as its evidence took: {}", words::steps(&good.rollout)));
            let seconds = good.rollout.ended_at.map(|end| end.duration_since(good.rollout.started_at).as_secs_f64());
            self.promise("the healthy rollout", seconds.unwrap_or_default(), HEALTHY_S);
            seen.good = Some(good);
        }
        seen.ledger = self.verify().await?;
        Ok(seen)
    }

    /// Ships a bad version and waits until it is reverted, paged, and evidence.
    ///
    /// # Errors
    /// When the API refuses a step.
    pub(crate) async fn bad(&self, load: &Load, version: &str, seen: &mut Seen) -> Result<(), StoryError> {
        seen.before = self.readiness().await?;
        self.stage.live(|live| live.page = None);
        self.stage
            .say(&format!("{SERVICE} {version} is shipped: its health check is fine, and it fails 30% of requests"));
        let fault = BTreeMap::from([(FAIL.0.to_owned(), FAIL.1.to_owned())]);
        let bad = self.voyage(load, version, fault, self.pace.revert).await?;
        self.stage.add(&words::users_of(&bad.rollout, &bad.users));
        if let Some(words) = disagreement(&bad) {
            self.stage.say_in(Tone::Wait, &format!("warning: {words}"));
        }
        self.page(&bad.rollout, seen).await?;
        let reverted = bad.rollout.revert.as_ref().map(|times| times.position);
        seen.bad = Some(bad);
        if let Some(position) = reverted {
            self.evidence(position, seen).await?;
        }
        Ok(())
    }

    fn promise(&self, what: &str, seconds: f64, promised: f64) {
        if seconds > promised {
            self.stage.say(&format!("warning: {what} took {seconds:.0} s; {promised:.0} s are promised"));
        }
    }

    async fn promote_first(&self, service: &str, request: &ShipRequest) -> Result<(), StoryError> {
        let id = self.ship(service, request).await?;
        let promoted = until(self.pace.first_versions, async || {
            let rollout = self.api.rollout(id).await?;
            Ok((rollout.ended_at.is_some()).then_some(rollout))
        });
        match promoted.await? {
            Asked::Yes(rollout) if rollout.state == RolloutState::Promoted => Ok(()),
            Asked::Yes(rollout) => Err(StoryError::Late(format!("{service} v1 does not serve: {}", rollout.sentence))),
            Asked::Late(Err(error)) => Err(error.into()),
            Asked::Late(Ok(())) => Err(StoryError::Late(format!(
                "{service} v1 does not serve after {} s",
                self.pace.first_versions.as_secs()
            ))),
        }
    }

    /// Ships once: sent again only while it surely did not arrive.
    async fn ship(&self, service: &str, request: &ShipRequest) -> Result<seaworthy_model::RolloutId, StoryError> {
        let shipped = until(self.pace.settle, async || match self.api.ship(service, request).await {
            Err(error) if error.never_sent() => Ok(None),
            answer => Ok(Some(answer)),
        });
        match shipped.await? {
            Asked::Yes(answer) => Ok(answer?.rollout),
            Asked::Late(_) => Err(StoryError::Late("the control plane cannot be reached".to_owned())),
        }
    }

    /// Ships a version and follows it to its end, or as long as `limit`.
    async fn voyage(
        &self,
        load: &Load,
        version: &str,
        env: BTreeMap<String, String>,
        limit: Duration,
    ) -> Result<Voyage, StoryError> {
        let window = load.open_window();
        let request = ShipRequest { version: version.to_owned(), env, ..ShipRequest::default() };
        let id = self.ship(SERVICE, &request).await?;
        let mut last = None;
        let followed = until(limit, async || {
            let now = self.api.rollout(id).await?;
            words::news(last.as_ref(), &now).iter().for_each(|(tone, line)| self.stage.say_in(*tone, line));
            self.stage.live(|live| live.rollout = Some(now.clone()));
            let ended = is_over(&now);
            last = Some(now);
            Ok(ended.then_some(()))
        });
        let followed = followed.await?;
        load.open_window();
        match (last, followed) {
            (Some(rollout), _) => Ok(Voyage { rollout, users: self.settled(load, window).await }),
            (None, Asked::Late(Err(error))) => Err(error.into()),
            (None, _) => Err(StoryError::Late(format!("nothing is known of {SERVICE} {version}"))),
        }
    }

    /// Waits for the answers of a window that is over.
    async fn settled(&self, load: &Load, window: WindowId) -> crate::load::Counts {
        let end = Instant::now() + self.pace.settle;
        loop {
            let counts = load.window(window);
            if counts.in_flight == 0 || Instant::now() >= end {
                return counts;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    async fn page(&self, bad: &Rollout, seen: &mut Seen) -> Result<(), StoryError> {
        let delivered = until(self.pace.settle, async || {
            seen.page = self.api.page_of(bad.id).await?;
            let left = seen.page.as_ref().is_some_and(|page| page.state != PageState::Requested);
            Ok(left.then_some(()))
        });
        delivered.await?;
        if let Some(page) = &seen.page {
            self.stage.say_in(Tone::Wait, &words::page(page));
            self.stage.add(&format!("on a phone: {}/pages/{}", self.portal, page.id));
            self.stage.live(|live| live.page = Some(page.clone()));
        }
        Ok(())
    }

    /// Waits until the revert confirmed at `position` is evidence; an earlier one may be evidence already.
    async fn evidence(&self, position: Position, seen: &mut Seen) -> Result<(), StoryError> {
        let is_new = |row: &Row| row.finding.evidence.as_ref().is_none_or(|proof| proof.position >= position);
        let proven = until(self.pace.settle, async || {
            seen.after = self.row().await?.filter(is_new);
            Ok(seen.after.as_ref().is_some_and(|row| row.finding.verdict == Verdict::Holds).then_some(()))
        });
        proven.await?;
        if let Some(turn) = Row::turn(seen.before.as_ref(), seen.after.as_ref(), Timestamp::now()) {
            self.stage.say_in(Tone::Good, &format!("readiness, {turn}"));
        }
        self.stage.live(|live| live.row = [seen.before.clone(), seen.after.clone()]);
        Ok(())
    }

    /// Reads the readiness row; it is asked for again while the control plane is away.
    async fn readiness(&self) -> Result<Option<Row>, StoryError> {
        let asked = until(self.pace.settle, async || self.row().await.map(Some)).await?;
        let row = match asked {
            Asked::Yes(row) => row,
            Asked::Late(Err(error)) => return Err(error.into()),
            Asked::Late(Ok(())) => None,
        };
        self.stage.live(|live| live.row = [row.clone(), None]);
        Ok(row)
    }

    async fn row(&self) -> Result<Option<Row>, Error> {
        let finding = self.api.finding(SERVICE, ROW).await?;
        Ok(finding.map(|finding| Row { finding, at: Timestamp::now() }))
    }

    async fn verify(&self) -> Result<Option<seaworthy_contract::api::Verification>, StoryError> {
        let asked = until(self.pace.settle, async || self.api.verify().await.map(Some)).await?;
        let Asked::Yes(ledger) = asked else { return Ok(None) };
        let words = if ledger.verified { "every hash fits" } else { "it is BROKEN" };
        self.stage.say(&format!("the ledger holds {} events; {words}", words::count(ledger.events)));
        Ok(Some(ledger))
    }
}

/// A rollout is over when it is promoted, or reverted and measured.
fn is_over(rollout: &Rollout) -> bool {
    match rollout.state {
        RolloutState::Promoted => true,
        RolloutState::Reverted => rollout.revert.is_some(),
        RolloutState::Starting | RolloutState::Stepping | RolloutState::Held | RolloutState::Reverting => false,
    }
}

#[cfg(test)]
#[path = "tale_tests.rs"]
mod tests;
