//! Laws of rates and shares, and tables of who reads what.

use proptest::prelude::*;

use super::*;

fn rate(per_second: u32, burst: u32) -> Rate {
    Rate::new(NonZeroU32::new(per_second).expect("not 0"), burst)
}

/// Lets requests at these instants through; returns which passed.
fn passed(rate: Rate, instants_ns: &[u64]) -> Vec<u64> {
    let mut due = 0;
    let take = |now: &&u64| match rate.admit(due, **now) {
        Ok(next) => {
            due = next;
            true
        }
        Err(_) => false,
    };
    instants_ns.iter().filter(take).copied().collect()
}

#[test]
fn a_burst_passes_and_then_the_rate_holds() {
    for (per_second, burst, at_once, want) in [(10, 5, 20, 5), (10, 1, 3, 1), (10, 0, 3, 1), (1_000_000, 7, 9, 7)] {
        let instants = vec![SECOND_NS; at_once];
        assert_eq!(passed(rate(per_second, burst), &instants).len(), want, "{per_second} {burst}");
    }
    let every_10_ms: Vec<u64> = (0..1_000).map(|i| SECOND_NS + i * 10_000_000).collect();
    assert_eq!(passed(rate(20, 1), &every_10_ms).len(), 200, "10 s at 20 a second");
}

#[test]
fn whoever_is_refused_hears_how_long_to_wait() {
    let rate = rate(10, 1);
    let due = rate.admit(0, SECOND_NS).expect("the first passes");
    assert_eq!(rate.admit(due, SECOND_NS), Err(Duration::from_millis(100)));
    assert_eq!(rate.admit(due, SECOND_NS + 60_000_000), Err(Duration::from_millis(40)));
    assert!(rate.admit(due, SECOND_NS + 100_000_000).is_ok());
}

#[test]
fn only_who_names_html_gets_a_page() {
    for (accept, want) in [
        (None, false),
        (Some(""), false),
        (Some("*/*"), false),
        (Some("text/*"), false),
        (Some("application/json"), false),
        (Some("text/html"), true),
        (Some("TEXT/HTML; charset=utf-8"), true),
        (Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), true),
        (Some("application/json, text/html;q=0.5"), false),
        (Some("application/json;q=0.5, text/html"), true),
        (Some("application/json, text/html"), true),
        (Some("text/html;q=0"), false),
        (Some("text/html;q=2"), false),
        (Some("text/html;q=abc"), false),
        (Some(";q=1,,"), false),
    ] {
        assert_eq!(wants_page(accept), want, "{accept:?}");
    }
}

#[test]
fn the_text_of_a_team_cannot_act() {
    let page = page("Back at 10.\n<script>alert(\"&'\")</script>\u{1b}[31m", false);
    assert!(page.contains("<p>Back at 10.</p>"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt; [31m"), "{page}");
    assert!(!page.contains("<script") && !page.contains("http"), "nothing is loaded");
    assert!(super::page(" \n", false).contains("try again"), "no text is no empty page");
    assert!(super::page("x", true).contains("exercise") && !page.contains("exercise"));
}

#[test]
fn clients_stay_away_for_a_minute_and_a_half_at_most() {
    for (left, random, want) in [
        (Duration::ZERO, 0, 1),
        (Duration::ZERO, u64::MAX, 1),
        (Duration::from_millis(1_500), 0, 2),
        (Duration::from_secs(20), 0, 20),
        (Duration::from_secs(20), 10, 30),
        (Duration::from_secs(3_600), 0, 60),
        (Duration::from_secs(3_600), 30, 90),
        (Duration::MAX, 31, 60),
    ] {
        assert_eq!(stay_away_s(left, random), want, "{left:?} {random}");
    }
}

#[test]
fn the_same_users_stay_in() {
    let half = Share::from_basis_points(5_000).expect("in range");
    let more = Share::from_basis_points(7_500).expect("in range");
    let keys: Vec<String> = (0..1_000).map(|user| format!("user-{user}")).collect();
    let inside = |share, control| keys.iter().filter(move |key| lets_in(share, control, Some(key.as_bytes()), 0));
    let (now, later): (Vec<_>, Vec<_>) = (inside(half, 7).collect(), inside(more, 7).collect());
    assert!((430..570).contains(&now.len()), "{}", now.len());
    assert!(now.iter().all(|key| later.contains(key)), "a growing share keeps them");
    assert_ne!(now, inside(half, 8).collect::<Vec<_>>(), "another control has others");
    assert_ne!(lets_in(half, 7, None, 0), lets_in(half, 7, None, u64::MAX), "without a key it is chance");
    assert_eq!(mark(7, b"user-1"), mark(7, b"user-1"));
    assert_ne!(mark(7, b"user-1"), mark(8, b"user-1"));
}

proptest! {
    /// Whatever comes, no stretch of time lets more in than its share of the rate, and the burst.
    #[test]
    fn no_stretch_lets_more_in(
        per_second in 1..2_000_u32,
        burst in 0..50_u32,
        mut gaps in prop::collection::vec(0..20_000_000_u64, 1..300),
    ) {
        let mut now = 0;
        gaps.iter_mut().for_each(|gap| { now += *gap; *gap = now; });
        let passed = passed(rate(per_second, burst), &gaps);
        for (i, from) in passed.iter().enumerate() {
            for (j, to) in passed.iter().enumerate().skip(i) {
                let most = (to - from) / (SECOND_NS / u64::from(per_second)) + u64::from(burst.max(1));
                prop_assert!((j - i + 1) as u64 <= most, "{} in {} ns", j - i + 1, to - from);
            }
        }
    }

    /// Who keeps to the rate is never refused.
    #[test]
    fn the_rate_itself_passes(per_second in 1..10_000_u32, burst in 0..10_u32, count in 1..200_u64) {
        let gap = SECOND_NS.div_ceil(u64::from(per_second));
        let instants: Vec<u64> = (0..count).map(|i| i * gap).collect();
        prop_assert_eq!(passed(rate(per_second, burst), &instants).len(), instants.len());
    }

    #[test]
    fn any_text_is_a_page(text: String) {
        let page = page(&text, false);
        prop_assert_eq!(page.matches("<script").count() + page.matches("<img").count(), 0);
    }

    #[test]
    fn any_accept_is_survived(accept: String) {
        wants_page(Some(&accept));
    }
}
