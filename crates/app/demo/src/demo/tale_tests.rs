//! The story against a control plane and a gateway that play what they are told.

use super::*;
use crate::demo::fake::{CAUGHT, Fake, MISSED, Paper, STUCK};
use crate::demo::report::missing;
use crate::demo::stage::Look;

/// Plays the story on a fake; returns what was seen and what was said, without the times.
async fn play(fake: &Fake) -> (Result<Seen, StoryError>, Vec<String>) {
    let paper = Paper::default();
    let stage = Stage::new(Look::Plain, || (80, 24), Box::new(paper.clone()));
    let ms = Duration::from_millis;
    let pace =
        Pace { baseline: ms(50), first_versions: ms(600), revert: ms(1_500), promote: ms(1_500), settle: ms(800) };
    let api = Api::new(&fake.base, "sw_token").expect("valid");
    let story = Story { api, portal: "http://p".to_owned(), stage: &stage, users: LoadOptions::new(&fake.base), pace };
    let told = match story.open().await {
        Ok(load) => story.tell(&load).await,
        Err(error) => Err(error),
    };
    stage.close();
    (told, paper.lines())
}

#[tokio::test]
async fn the_whole_story() {
    let fake = Fake::start(&[("v2", CAUGHT)]).await;
    let (told, said) = play(&fake).await;
    let seen = told.expect("told");
    assert_eq!(missing(&seen), Vec::<String>::new(), "{said:#?}");
    let (bad, good) = (seen.bad.expect("shipped"), seen.good.expect("shipped"));
    assert_eq!((bad.rollout.version.as_str(), good.rollout.version.as_str()), ("v2", "v3"));
    assert!(bad.users.sent > 0 && bad.users.in_flight == 0 && bad.users.failed() == 0, "{:?}", bad.users);
    let told_in_order = [
        "payments v1 and checkout v1 serve everybody",
        "users come: 200 requests a second from 10,000 of them, one in five a POST",
        "checkout v2 is shipped: its health check is fine, and it fails 30% of requests",
        "checkout v2 serves 5% of users",
        "checkout v2 answers its first request badly",
        "checkout v2 is caught: errors",
        "checkout v2 is reverted: no user met it later than 1.2 s after its first failure",
        "PAGE to Ines (shop on call): customers could not place orders",
        "readiness, \"a revert was proven in production\": unknown -> seen ",
        "checkout v3 is shipped: it is healthy, and goes on only as evidence allows",
        "checkout v3 serves 5% of users",
        "checkout v3 is promoted: it serves everybody",
        "each step as long as its evidence took: 5% 6.0 s, 100% 5.5 s",
        "the ledger holds 60 events; every hash fits",
    ];
    let mut rest = said.iter();
    for line in told_in_order {
        assert!(rest.any(|said| said.starts_with(line)), "{line:?} is not said in its place: {said:#?}");
    }
}

#[tokio::test]
async fn the_story_goes_on_when_the_control_plane_comes_and_goes() {
    let fake = Fake::start(&[("v2", CAUGHT)]).await;
    fake.come_and_go();
    let (told, said) = play(&fake).await;
    assert_eq!(missing(&told.expect("told")), Vec::<String>::new(), "{said:#?}");
}

#[tokio::test]
async fn a_bad_version_that_nobody_catches_is_missed() {
    let fake = Fake::start(&[("v2", MISSED)]).await;
    let (told, _) = play(&fake).await;
    let missing = missing(&told.expect("told"));
    assert_eq!(missing[0], "the bad version was not reverted: checkout v2");
    assert!(missing.contains(&"nobody was paged for it".to_owned()), "{missing:?}");
}

#[tokio::test]
async fn a_rollout_that_does_not_end_ends_the_story() {
    let fake = Fake::start(&[("v2", STUCK)]).await;
    let (told, _) = play(&fake).await;
    let seen = told.expect("told");
    assert!(seen.good.is_none(), "a second rollout is not shipped over an open one");
    assert!(missing(&seen).contains(&"the healthy version was not promoted: it was not shipped".to_owned()));
}

#[tokio::test]
async fn a_first_version_that_does_not_serve_is_said() {
    let fake = Fake::start(&[("v1", STUCK)]).await;
    let (told, _) = play(&fake).await;
    let error = told.expect_err("nothing serves").to_string();
    assert_eq!(error, "could not go on: payments v1 does not serve after 0 s");
}

#[tokio::test]
async fn a_refusal_is_passed_on_with_its_words() {
    let fake = Fake::start(&[]).await;
    fake.refuse();
    let (told, _) = play(&fake).await;
    let error = told.expect_err("refused");
    assert!(error.to_string().contains("the fake says no"), "{error}");
    assert!(matches!(error, StoryError::Api(error) if error.hint() == Some("ask again")));
}
