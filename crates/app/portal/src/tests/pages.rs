//! What each page says, without its markup: the words a reader gets, in their order.

use expect_test::{Expect, expect};

use super::data;

/// The words of a page's `main`: one line a heading, row or sentence, markup and drawings left out.
fn words(name: &str) -> String {
    let pages = data::pages();
    let (_, html) = pages.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("no page {name}"));
    let main = html.split_once("<main").and_then(|(_, rest)| rest.split_once('>')).expect("a main").1;
    let main = main.split("</main>").next().expect("it ends");
    let mut out = String::new();
    let mut hidden = 0_usize;
    for piece in main.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        match tag.split_whitespace().next().unwrap_or_default() {
            "svg" => hidden += 1,
            "/svg" => hidden -= 1,
            "h1" | "h2" | "h3" | "p" | "li" | "tr" | "dt" | "summary" | "section" => out.push('\n'),
            "span" | "td" | "dd" | "time" | "a" | "code" | "div" => out.push(' '),
            _ => {}
        }
        if hidden == 0 {
            out.push_str(text);
        }
    }
    let out = out.replace("&#39;", "'").replace("&#34;", "\"").replace(['\u{a0}'], " ").replace("&#160;", " ");
    let lines = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).map(|line| line + "\n").collect()
}

fn check(name: &str, expected: Expect) {
    expected.assert_eq(&words(name));
}

#[test]
fn home() {
    check(
        "home",
        expect![[r#"
        12 Mar 09:42:00 2 services, 2 teams
        Ines Castro is needed: checkout v4 failed for its users and was taken off 5% of them.
        1 page is waiting. 2 changes are on the way to users. 1 service has nobody on call. Soonest harm is first.
        Needs somebody
        Soonest harm first
        Page
        checkout v4 failed for its users and was taken off 5% of them.
        paged 20 min ago · #47,903
        shop Ines Castro
        Held at 5%
        checkout v3 is held at 5% of users.
        The canary looks slower than stable.
        shipped 94 s ago · #48,189
        shop Ines Castro is on call
        Nobody
        payments has nobody on call
        A page about it would reach nobody. A rotation of team bank ends that.
        catalogue, read 30 min ago · #4
        bank
        Rollouts
        All of them
        Rollouts in progress
        VersionStepFailures, canary and stableJudge says
        checkout v2 ines, 94 s ago 25% 0.16% / 0.13% At 25% About 220 more users without a failure would prove it fails under 1%.
        checkout v3 ines, 94 s ago 5% 0 of 61 / 0.13% Held at 5% The canary looks slower than stable.
        counted by gateways over each rollout
        09:22 checkout v4 Taken off
        Its users failed more often than stable's (evidence e^9.4 on errors).
        shipped by ines 20 min ago · #47,890
        08:19 checkout v1 Promoted
        shipped by ines 83 min ago · #48,189
        Services
        Is each well, and whose is it
        Rolling out
        checkout
        checkout v2 serves 25% of users. Takes a basket and turns it into a paid order.
        declared in production/checkout.yaml:2 shop Ines Castro until Mon 16 Mar 08:42
        Serves
        payments
        payments v7 serves everybody, and nobody is on call.
        declared in production/payments.yaml:2 bank nobody on call
        What we see
        And what nobody tells us
        Watched
        Gateway local has carried 912,004 requests since it started
        its own report, 0.1 s ago; it applies config #48,190
        Not all seen
        3 of 4 versions that should run answer
        supervisor, health checks of every version, as last reported
        Not all
        1 of 2 services have somebody on call
        rotations of the catalogue, read now; next hand-over in 3 days
        Kept
        48,213 events on record, and the store takes more
        ledger, last write succeeded; program 0.1.0
    "#]],
    );
}

#[test]
fn home_calm() {
    check(
        "home-calm",
        expect![[r#"
        12 Mar 09:42:00 1 service, 1 team
        Nobody is needed.
        No page waits. Nothing is rolling out. Every service has somebody on call.
        Why we say so
        Quiet has evidence too
        Watched
        Gateway local has carried 912,004 requests since it started
        its own report, 0.1 s ago; it applies config #48,190
        Running
        The one version that should run answers
        supervisor, health checks of every version, as last reported
        Staffed
        Every service has somebody on call
        rotations of the catalogue, read now; next hand-over in 3 days
        Kept
        48,213 events on record, and the store takes more
        ledger, last write succeeded; program 0.1.0
        Rollouts
        All of them
        None in progress.
        Ship one with seaworthy ship SERVICE VERSION
        09:22 checkout v4 Taken off
        Its users failed more often than stable's (evidence e^9.4 on errors).
        shipped by ines 20 min ago · #47,890
        08:19 checkout v1 Promoted
        shipped by ines 83 min ago · #48,189
        Services
        Is each well, and whose is it
        Serves
        checkout
        checkout v1 serves everybody. Takes a basket and turns it into a paid order.
        declared in production/checkout.yaml:2 shop Ines Castro until Mon 16 Mar 08:42
    "#]],
    );
}

#[test]
fn home_empty() {
    check(
        "home-empty",
        expect![[r#"
        12 Mar 09:42:00 0 services, 0 teams
        Nothing is declared yet.
        Rollouts
        All of them
        None in progress.
        Ship one with seaworthy ship SERVICE VERSION
        Services
        Is each well, and whose is it
        None yet. Seaworthy knows what files declare.
        Write one file for a service and its team, then seaworthy apply DIR
        What we see
        And what nobody tells us
        Not seen
        No gateway has reported since the server started
        so nothing is known of traffic, and nothing can be judged
        Kept
        1 event on record, and the store takes more
        ledger, last write succeeded; program 0.1.0
    "#]],
    );
}

#[test]
fn services() {
    check(
        "services",
        expect![[r#"
        Two services, each with one owner.
        1 of them has nobody on call now.
        Services
        By name
        Rolling out
        checkout
        checkout v2 serves 25% of users. Takes a basket and turns it into a paid order.
        declared in production/checkout.yaml:2 shop Ines Castro until Mon 16 Mar 08:42
        Serves
        payments
        payments v7 serves everybody, and nobody is on call.
        declared in production/payments.yaml:2 bank nobody on call
    "#]],
    );
}

#[test]
fn service() {
    check(
        "service",
        expect![[r#"
        Service tier 1 Rolling out production/checkout.yaml:2
        checkout v2 serves 25% of users.
        Takes a basket and turns it into a paid order.
        Is it ready? See the rollout
        Who
        Owner shop production/checkout.yaml:2, read 30 min ago · #3
        On call now Ines Castro until Mon 16 Mar 08:42 then jonas · rotation shop, read now
        Runs
        What should, and whether it does
        healthy
        v1 stable
        serves users 127.0.0.1:40213 supervisor, since 11 min ago
        healthy
        v2 canary
        serves a share of users, on trial 127.0.0.1:40213 supervisor, since 11 min ago
        not reported
        v0 warm
        serves nobody, ready to be gone back to supervisor, no report yet
        Readiness
        The rows
        1 unknown 1 does not hold 2 hold 1 does not apply
        facts of the ledger, looked at now
        Depends on
        And what happens without it
        Dependencies of checkout
        ServiceWithout itCalls seen
        payments bank does not work 48,213 calls gateways, since the server started
        tax-rates not in the catalogue works, with less none seen gateways, since the server started
        Routes
        How users reach it
        shop.example /checkout users told apart by header x-user; at most 30 s
        Changed lately
        09:40 v2 At 25%
        About 220 more users without a failure would prove it fails under 1%.
        shipped by ines 94 s ago · #48,189
        09:40 v3 Held at 5%
        The canary looks slower than stable.
        shipped by ines 94 s ago · #48,189
        09:22 v4 Taken off
        Its users failed more often than stable's (evidence e^9.4 on errors).
        shipped by ines 20 min ago · #47,890
        08:19 v1 Promoted
        shipped by ines 83 min ago · #48,189
    "#]],
    );
}

#[test]
fn ready() {
    check(
        "ready",
        expect![[r#"
        checkout shop 5 rows, looked at now
        Two things about checkout nobody has seen yet.
        Rows are facts seen in production, each with who saw it and for how long it counts. There is no score.
        2 unknown 1 does not hold 1 holds 1 does not apply
        The one next exercise
        DEP-12, DEP-08
        Ship a version to a small share of users and revert it by hand: seaworthy revert SERVICE.
        Unknown
        2 rows. Nobody has seen it
        Unknown
        A revert was proven in production DEP-12
        Missing: no revert of it was seen in production yet.
        What to do: Ship a version to a small share of users and revert it by hand: seaworthy revert SERVICE.
        Unknown
        A failing change is reverted within seconds, by machine DEP-08
        Missing: no machine has reverted a change of it yet.
        What to do: Ship a version to a small share of users and revert it by hand: seaworthy revert SERVICE.
        Does not hold
        1 row. Seen, and it is not so
        Does not hold
        Somebody is on call for it now OWN-16
        No rotation of team shop names anybody.
        What to do: Ship a version to a small share of users and revert it by hand: seaworthy revert SERVICE.
        Holds, for now
        1 row. The line is the term, the dot is today
        Holds
        Exactly one team owns it OWN-09
        Shop, with 2 members.
        gateway local, 80 days ago #47,902
        Does not apply
        1 row
        Does not apply
        Service is restored first, the cause is looked for after INC-01
        Because its versions are not shipped through Seaworthy.
    "#]],
    );
}

#[test]
fn rollouts() {
    check(
        "rollouts",
        expect![[r#"
        Two changes are on their way to users.
        1 change reached everybody, 1 was taken off.
        Rollouts
        Newest first
        Rollouts, newest first
        VersionStepsFailures, canary and stableWhere it stands
        checkout v2 ines, 94 s ago · #48,189 0.16% / 0.13% At 25% About 220 more users without a failure would prove it fails under 1%.
        checkout v3 ines, 94 s ago · #48,189 0 of 61 / 0.13% Held at 5% The canary looks slower than stable.
        checkout v4 ines, 20 min ago · #47,890 11 of 31 / 0% Taken off Its users failed more often than stable's (evidence e^9.4 on errors).
        checkout v1 ines, 83 min ago · #48,189 0.16% / 0.13% Promoted
        failures counted by gateways over each rollout
    "#]],
    );
}

#[test]
fn rollout() {
    check(
        "rollout",
        expect![[r#"
            checkout v1 to v2 At 25% shipped by ines, 94 s ago
            checkout v2 serves 25% of users, 5 of its requests failed.
            50% is next. About 220 more users without a failure would prove it fails under 1%. Nobody has to do anything.
            Hold Revert to v1
            Steps
            Share of users
            5% Passed40 s
            25% Now52 s · needs evidence of 20 to 1 that fewer than 1% of users fail
            50% needs evidence of 20 to 1 that fewer than 0.5% of users fail
            100%
            Evidence
            judge, looked 1 s ago
            Evidence of harm
            Nothing suspicious: 1.4 to 1.
            Carried from step to step. Measure: errors.
            Evidence for 50%
            13.5 of 20.
            Starts again at each step.
            Both arms
            All stable traffic is the comparison
            canary stable a step began nobody reported
            Requests that fail 0.16% / 0.13%
            10% 0
            gateways, one point for 2.0 s
            9 of 10 within 43 ms / 36 ms
            50 ms 0
            gateways, one point for 2.0 s, the median of its seconds; at most 12.5% too high
            Users first seen, per arm 1,204 / 8,410
            100% 0
            gateways, one point for 2.0 s · dashed: the share that was set for the canary
            What users saw
            Canary failures 5 of 3,014 requests gateways, 0.1 s ago
            Answered again by stable 4 users saw nothing of them · gateways, 0.1 s ago
            Users saw, safe requests 0 GET, HEAD, OPTIONS gateways, 0.1 s ago
            Users saw, other requests 1 POST and others gateways, 0.1 s ago
            Revert
            Nothing happens before you confirm
            Takes every user of v2 back to v1, which runs and answers its health check.
            Last worked: v4 was reverted, took 0.4 s.
            gateway local, 20 min ago #47,902
            Why, for the ledger (may stay empty)Confirm: revert checkout to v1
            So far
            From the ledger
            09:41:39 step 2 at 25% of users
            ines · #48,192
            09:41:38 step 2 at 25% of users
            judge · #48,191
            09:41:37 step 2 at 25% of users
            judge · #48,190
            09:41:36 step 2 at 25% of users
            ines · #48,189
        "#]],
    );
}

#[test]
fn rollout_held() {
    check(
        "rollout-held",
        expect![[r#"
            checkout v1 to v3 Held at 5% shipped by ines, 94 s ago
            checkout v3 is held at 5% of users.
            The canary looks slower than stable.
            Resume Revert to v1
            Steps
            Share of users
            5% Held1 min 32 s · needs evidence of 20 to 1 that fewer than 5% of users fail
            25% needs evidence of 20 to 1 that fewer than 1% of users fail
            50% needs evidence of 20 to 1 that fewer than 0.5% of users fail
            100%
            Evidence
            judge, looked 1 s ago
            Evidence of harm
            Suspicious: 24.5 to 1.
            Carried from step to step. Measure: latency.
            Evidence for 25%
            1.4 of 20.
            Starts again at each step.
            Waits About 220 more users without a failure would prove it fails under 1%.
            Both arms
            All stable traffic is the comparison
            canary stable a step began nobody reported
            Requests that fail 0% / 0.13%
            10% 0
            gateways, one point for 2.0 s
            9 of 10 within 43 ms / 36 ms
            50 ms 0
            gateways, one point for 2.0 s, the median of its seconds; at most 12.5% too high
            Users first seen, per arm 0 / 8,410
            100% 0
            gateways, one point for 2.0 s · dashed: the share that was set for the canary
            What users saw
            Canary failures 0 of 61 requests gateways, 0.1 s ago
            Answered again by stable 0 users saw nothing of them · gateways, 0.1 s ago
            Users saw, safe requests 0 GET, HEAD, OPTIONS gateways, 0.1 s ago
            Users saw, other requests 0 POST and others gateways, 0.1 s ago
            Revert
            Nothing happens before you confirm
            Takes every user of v3 back to v1, which runs and answers its health check.
            Last worked: v4 was reverted, took 0.4 s.
            gateway local, 20 min ago #47,902
            Why, for the ledger (may stay empty)Confirm: revert checkout to v1
            So far
            From the ledger
            09:41:39 step 2 at 25% of users
            ines · #48,192
            09:41:38 step 2 at 25% of users
            judge · #48,191
            09:41:37 step 2 at 25% of users
            judge · #48,190
            09:41:36 step 2 at 25% of users
            ines · #48,189
        "#]],
    );
}

#[test]
fn rollout_reverted() {
    check(
        "rollout-reverted",
        expect![[r#"
            checkout v1 to v4 Taken off shipped by ines, 20 min ago
            checkout v4 was taken off 5% of users.
            Its users failed more often than stable's (evidence e^9.4 on errors). Users are on v1.
            Steps
            Share of users
            5% Taken off here2.4 s
            25% Never reached
            50% Never reached
            100% Never reached
            Evidence
            judge, looked 20 min ago
            Evidence of harm
            It does harm: 12,088 to 1.
            Carried from step to step. Measure: errors.
            Both arms
            All stable traffic is the comparison
            canary stable a step began
            Requests that fail 35.48% / 0%
            50% 0
            gateways, one point for 1.0 s
            9 of 10 within 44 ms / 35 ms
            50 ms 0
            gateways, one point for 1.0 s, the median of its seconds; at most 12.5% too high
            Users first seen, per arm 29 / 0
            100% 0
            gateways, one point for 1.0 s · dashed: the share that was set for the canary
            What users saw
            Canary failures 11 of 31 requests gateways, over the whole rollout, ended 20 min ago
            Answered again by stable 8 users saw nothing of them · gateways, over the whole rollout, ended 20 min ago
            Users saw, safe requests 0 GET, HEAD, OPTIONS gateways, over the whole rollout, ended 20 min ago
            Users saw, other requests 3 POST and others gateways, over the whole rollout, ended 20 min ago
            How fast it was off
            confirmed at #47,902
            First bad response to last user assigned 1.2 s measured by gateways
            First bad response to last response 1.4 s measured by gateways
            Decision to last user assigned 0.2 s measured by gateways
            Decision to last response 0.4 s measured by gateways
            So far
            From the ledger
            09:41:39 step 2 at 25% of users
            ines · #48,192
            09:41:38 step 2 at 25% of users
            judge · #48,191
            09:41:37 step 2 at 25% of users
            judge · #48,190
            09:41:36 step 2 at 25% of users
            ines · #48,189
        "#]],
    );
}

#[test]
fn rollout_promoted() {
    check(
        "rollout-promoted",
        expect![[r#"
            checkout v0 to v1 Promoted shipped by ines, 83 min ago
            checkout v1 serves everybody.
            It took 40 s from ship to everybody, on evidence at each step.
            Revert to v0
            Steps
            Share of users
            5% Passed9.0 s
            25% Passed7.0 s
            50% Passed6.0 s
            100% Passed
            Evidence
            Unknown The judge has nothing to look at yet.
            Both arms
            All stable traffic is the comparison
            Unknown No gateway counted anything of this rollout.
            What users saw
            Canary failures 5 of 3,014 requests gateways, over the whole rollout, ended 82 min ago
            Answered again by stable 4 users saw nothing of them · gateways, over the whole rollout, ended 82 min ago
            Users saw, safe requests 0 GET, HEAD, OPTIONS gateways, over the whole rollout, ended 82 min ago
            Users saw, other requests 1 POST and others gateways, over the whole rollout, ended 82 min ago
            Revert
            Nothing happens before you confirm
            Takes every user of v1 back to v0, of which nobody has reported yet whether it runs.
            Last worked: v4 was reverted, took 0.4 s.
            gateway local, 20 min ago #47,902
            Only team shop and admins can do this.
            So far
            From the ledger
            09:41:39 step 2 at 25% of users
            ines · #48,192
            09:41:38 step 2 at 25% of users
            judge · #48,191
            09:41:37 step 2 at 25% of users
            judge · #48,190
            09:41:36 step 2 at 25% of users
            ines · #48,189
        "#]],
    );
}

#[test]
fn rollout_starting() {
    check(
        "rollout-starting",
        expect![[r#"
        checkout v2, the first version Starting shipped by ines, 2 s ago
        checkout v2 is being started; no user has met it.
        Users meet it once it answers its health check. Nobody has to do anything.
        Steps
        Share of users
        5% needs evidence of 20 to 1 that fewer than 5% of users fail
        25% needs evidence of 20 to 1 that fewer than 1% of users fail
        50% needs evidence of 20 to 1 that fewer than 0.5% of users fail
        100%
        Evidence
        Unknown The judge has nothing to look at yet.
        Both arms
        All stable traffic is the comparison
        Unknown No gateway counted anything of this rollout.
        What users saw
        Unknown No request of this version was counted.
        So far
        From the ledger
        09:41:39 step 2 at 25% of users
        ines · #48,192
        09:41:38 step 2 at 25% of users
        judge · #48,191
        09:41:37 step 2 at 25% of users
        judge · #48,190
        09:41:36 step 2 at 25% of users
        ines · #48,189
    "#]],
    );
}

#[test]
fn pages() {
    check(
        "pages",
        expect![[r#"
        One page waits for somebody to take it.
        Pages
        Newest first
        Page
        checkout v4 failed for its users and was taken off 5% of them.
        paged 20 min ago · #47,903 shop Ines Castro
        Acknowledged
        checkout v4 failed for its users and was taken off 5% of them.
        paged 20 min ago · #47,903 shop Ines Castro
    "#]],
    );
}

#[test]
fn page_live() {
    check(
        "page-live",
        expect![[r#"
        Page checkout to Ines Castro, 20 min ago #47,903
        checkout v4 failed for its users and was taken off 5% of them.
        First seen failing at 09:21:58.
        I have it the ledger says who and when
        Restore
        Nothing happens before you confirm
        Revert v2 to v1 never seen to work Preview
        Takes every user of v2 back to v1, which runs and answers its health check.
        Unknown whether it works: no revert of checkout was seen in production yet.
        Why, for the ledger (may stay empty)Confirm: revert checkout to v1
        Changed in the last 2 hours
        checkout and what it declares to need
        09:40 checkout v2 At 25%
        About 220 more users without a failure would prove it fails under 1%.
        shipped by ines 94 s ago · #48,189
        08:19 checkout v1 Promoted
        shipped by ines 83 min ago · #48,189
        Who
        Team shop
        Ines Castro on call until Mon 16 Mar 08:42 · rotation shop, read now
        jonas next
        Sent by portal 20 min ago delivered
        Sent by contacts waiting
    "#]],
    );
}

#[test]
fn page_done() {
    check(
        "page-done",
        expect![[r#"
        Page checkout to Ines Castro, 20 min ago #47,903
        checkout v4 failed for its users and was taken off 5% of them.
        First seen failing at 09:21:58.
        I have it the ledger says who and when
        Restore
        Nothing happens before you confirm
        Done
        v4 is already taken off
        Its users failed more often than stable's (evidence e^9.4 on errors). The last user was sent to it 1.2 s after its first bad response. Users are on v1.
        measured by gateways · #47,902
        Changed in the last 2 hours
        checkout and what it declares to need
        09:22 checkout v4 Taken off
        Its users failed more often than stable's (evidence e^9.4 on errors).
        this page is about it · shipped by ines 20 min ago · #47,890
        08:19 checkout v1 Promoted
        shipped by ines 83 min ago · #48,189
        Who
        Team shop
        Ines Castro on call until Mon 16 Mar 08:42 · rotation shop, read now
        jonas next
        Sent by portal 20 min ago delivered
        Sent by contacts waiting
    "#]],
    );
}

#[test]
fn page_reader() {
    check(
        "page-reader",
        expect![[r#"
        Acknowledged checkout to Ines Castro, 20 min ago #47,903
        checkout v4 failed for its users and was taken off 5% of them.
        First seen failing at 09:21:58.
        ines has it, since 19 min ago.
        Restore
        Nothing happens before you confirm
        Revert v2 to v1 last worked: v4 was reverted, took 0.4 s Preview
        Takes every user of v2 back to v1, which runs and answers its health check.
        Last worked: v4 was reverted, took 0.4 s.
        gateway local, 20 min ago #47,902
        Only team shop and admins can do this.
        Changed in the last 2 hours
        checkout and what it declares to need
        09:40 checkout v2 At 25%
        About 220 more users without a failure would prove it fails under 1%.
        shipped by ines 94 s ago · #48,189
        08:19 checkout v1 Promoted
        shipped by ines 83 min ago · #48,189
        Who
        Team shop
        Ines Castro on call until Mon 16 Mar 08:42 · rotation shop, read now
        jonas next
        Sent by portal 20 min ago delivered
        Sent by contacts waiting
    "#]],
    );
}

#[test]
fn ledger_broken() {
    check(
        "ledger-broken",
        expect![[r#"
        The chain is broken: something was changed.
        Each event's hash covers the one before it, so nothing can be changed, left out or put in between without it being seen.
        Proof
        Broken
        event 17 has another hash
        Without us: seaworthy ledger export, then seaworthy ledger verify FILE on any machine. 7c1e09ab7c1e09ab7c1e09ab7c1e09ab7c1e09ab7c1e09ab7c1e09ab7c1e09ab
        Events
        Newest first
        Events 1 to 3 of 3
        EventRecordedWhatByHash
        #3 12 Mar 09:42:00 step 2 at 25% of users rollout.step-entered · rollout 019cdd00… ines 000000…0003
        #2 12 Mar 09:41:59 step 2 at 25% of users rollout.step-entered · rollout 019cdd00… judge 000000…0002
        #1 12 Mar 09:41:58 step 2 at 25% of users rollout.step-entered · rollout 019cdd00… judge 000000…0001
    "#]],
    );
}

#[test]
fn who() {
    check(
        "who",
        expect![[r#"
        Find who owns a service, URL, host, path, team or person/
        checkout, owned by shop. Ines Castro is on call.
        Takes a basket and turns it into a paid order.
        See the service Is it ready?
        How sure
        Matched by route shop.example/checkout Certain
        Owner shop declared in production/checkout.yaml:2
        On call now Ines Castro until Mon 16 Mar 08:42 rotation shop; then jonas
        Is it well
        Rolling out
        checkout
        checkout v2 serves 25% of users. Takes a basket and turns it into a paid order.
        declared in production/checkout.yaml:2 shop Ines Castro until Mon 16 Mar 08:42
        Or you mean
        Certain
        payments
        route shop.example/checkout
        declared in production/payments.yaml:2 bank nobody on call
    "#]],
    );
}

#[test]
fn who_nobody() {
    check(
        "who-nobody",
        expect![[r#"
        Find who owns a service, URL, host, path, team or person/
        Nobody has declared “orders-db”.
        No service, route, team or person of the catalogue fits it. Declare the owner in a file beside the service, then seaworthy apply DIR.
    "#]],
    );
}

#[test]
fn error() {
    check(
        "error",
        expect![[r#"
        404 /services/chekout
        There is no service "chekout".
        seaworthy services lists them.
        The box above finds services by name, host, URL, team or person. Every service is in one list.
        What needs somebody now
    "#]],
    );
}

#[test]
fn sign_in() {
    check(
        "sign-in",
        expect![[r#"
        That link was used already, or its ten minutes are over.
        Make another one: it takes a second.
        Sign in with a link that works once.
        seaworthy up prints one when it starts. Make another with seaworthy sign-in on the same machine, and open it here.
        Or paste it
        The link, or the code at its end
        Link or code
        Sign in
        There is no password, and nobody is let in for being on this machine alone.
    "#]],
    );
}
