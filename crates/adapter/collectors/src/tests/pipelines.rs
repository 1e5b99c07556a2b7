//! Pipelines of GitHub and GitLab, as their webhooks and APIs tell of them.

use expect_test::expect;

use super::check;

#[test]
fn runs_of_github_actions() {
    check(
        "github-actions",
        r#"== hooks.jsonl
{"action":"completed","workflow_run":{"id":1,"path":"ci.yml","head_branch":"trunk","event":"push","status":"completed","conclusion":"failure","run_started_at":"2026-05-30T10:00:00Z","updated_at":"2026-05-30T10:10:00Z"},"repository":{"full_name":"acme/shop","default_branch":"trunk"}}
{"action":"requested","workflow_run":{"id":2,"path":"ci.yml","head_branch":"trunk","event":"push","status":"queued","conclusion":null,"run_started_at":"2026-05-30T11:00:00Z","updated_at":"2026-05-30T11:00:00Z"},"repository":{"full_name":"acme/shop","default_branch":"trunk"}}
{"action":"completed","workflow_run":{"id":2,"path":"ci.yml","head_branch":"trunk","event":"push","status":"completed","conclusion":"success","run_started_at":"2026-05-30T11:00:00Z","updated_at":"2026-05-30T11:05:00Z"},"repository":{"full_name":"acme/shop","default_branch":"trunk"}}
{"action":"completed","workflow_run":{"id":3,"path":"ci.yml","head_branch":"trunk","event":"pull_request","status":"completed","conclusion":"failure","run_started_at":"2026-05-30T12:00:00Z","updated_at":"2026-05-30T12:05:00Z"},"repository":{"full_name":"acme/shop","default_branch":"trunk"}}
{"action":"waiting","workflow_job":{"id":9,"status":"waiting","created_at":"2026-05-30T11:05:00Z","started_at":null}}
{"action":"in_progress","workflow_job":{"id":9,"status":"in_progress","created_at":"2026-05-30T11:05:00Z","started_at":"2026-05-30T11:35:00Z"}}
{"action":"queued","workflow_job":{"id":10,"status":"queued","created_at":"2026-05-30T11:05:00Z","started_at":"2026-05-30T11:06:00Z"}}
"#,
        expect![[r#"
            pipeline.runs 3
            pipeline.runs_on_main 2
            pipeline.failed_on_main 1
            pipeline.main_is_green true
            pipeline.red_minutes_on_main_30d 55
            pipeline.manual_waits 1
            pipeline.manual_wait_minutes 30
            pipeline.median_seconds 300
            pipeline.longest_seconds 600
            pipeline.last_run_days 1
        "#]],
    );
    check(
        "github-actions",
        r#"== runs.json
{"total_count":1,"workflow_runs":[{"id":5,"name":"CI","head_branch":"main","event":"push","status":"completed","conclusion":"failure","created_at":"2026-05-31T23:00:00Z","updated_at":"2026-05-31T23:30:00Z","repository":{"full_name":"acme/shop"}}]}
== approvals.json
[{"state":"approved","comment":"ok","environments":[{"id":7,"name":"production"}],"user":{"login":"ann"}}]
"#,
        expect![[r#"
            pipeline.runs 1
            pipeline.runs_on_main 1
            pipeline.failed_on_main 1
            pipeline.main_is_green false
            pipeline.red_minutes_on_main_30d 30
            pipeline.manual_waits 1
            pipeline.median_seconds 1800
            pipeline.longest_seconds 1800
            pipeline.last_run_days 0
        "#]],
    );
    check(
        "github-actions",
        "== runs.json\n{\"workflow_runs\": [\n{]\n",
        expect![[r#"
        error: could not understand "runs.json" as JSON: line 1: EOF while parsing a list at line 1 column 19; export it again, or give only the files that are whole
    "#]],
    );
}

#[test]
fn pipelines_of_gitlab() {
    check(
        "gitlab",
        r#"== hook.json
{"object_kind":"pipeline","object_attributes":{"id":31,"ref":"main","tag":false,"status":"success","created_at":"2026-05-30 15:23:28 UTC","finished_at":"2026-05-30 15:26:29 UTC"},
 "project":{"path_with_namespace":"acme/shop","default_branch":"main"},
 "builds":[{"id":380,"stage":"deploy","when":"manual","manual":true,"status":"success","created_at":"2026-05-30 15:23:28 UTC","started_at":"2026-05-30 16:26:00 UTC","finished_at":"2026-05-30 16:27:00 UTC","user":{"name":"Ann","email":"ann@x.example"}},
           {"id":377,"stage":"test","when":"on_success","manual":false,"status":"success","created_at":"2026-05-30 15:23:28 UTC","started_at":"2026-05-30 15:24:00 UTC","finished_at":"2026-05-30 15:26:00 UTC"}]}
"#,
        expect![[r#"
            pipeline.runs 1
            pipeline.runs_on_main 1
            pipeline.failed_on_main 0
            pipeline.main_is_green true
            pipeline.red_minutes_on_main_30d 0
            pipeline.manual_waits 1
            pipeline.manual_wait_minutes 60
            pipeline.median_seconds 181
            pipeline.longest_seconds 181
            pipeline.last_run_days 1
        "#]],
    );
    check(
        "gitlab",
        r#"== list.json
[{"id":47,"iid":12,"ref":"main","status":"failed","created_at":"2026-05-31T22:00:00.000Z","updated_at":"2026-05-31T23:00:00.000Z"},{"id":48,"ref":"topic","status":"running","updated_at":"2026-05-31T23:10:00.000Z"}]
"#,
        expect![[r#"
            pipeline.runs 2
            pipeline.runs_on_main 1
            pipeline.failed_on_main 1
            pipeline.main_is_green false
            pipeline.red_minutes_on_main_30d 60
            pipeline.manual_waits 0
            pipeline.median_seconds 3600
            pipeline.longest_seconds 3600
            pipeline.last_run_days 0
        "#]],
    );
}
