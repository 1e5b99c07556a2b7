//! The shapes, one a line; where one prefix begins another, the longer stands first.

use super::Alphabet::{Alnum, Dotted, Hex, Path, Upper, Url};
use super::{Class, Holder, Shape, Sure, holder, shape};

const USER: Holder = holder(Class::Person, Sure::Likely, "it is issued to a user's account");
const USER_CERTAIN: Holder =
    holder(Class::Person, Sure::Certain, "the issuer gives this prefix to what acts as a user");
const APP: Holder = holder(Class::Workload, Sure::Certain, "the issuer gives this prefix to programs");
const APP_LIKELY: Holder = holder(Class::Workload, Sure::Likely, "it is issued to an application or a project");
const TEAM: Holder = holder(Class::Team, Sure::Certain, "the issuer gives this prefix to organisations");
const ACCOUNT: Holder = holder(Class::Team, Sure::Likely, "it is issued to an account that a company shares");
const NOT_TOLD: Holder = Holder::UNKNOWN;

/// Every shape.
pub(super) const SHAPES: &[Shape] = &[
    // GitHub
    shape("github-token-classic", "ghp_", Alnum, (36, 36), USER),
    shape("github-token-fine-grained", "github_pat_", Url, (82, 82), USER),
    shape("github-oauth-token", "gho_", Alnum, (36, 36), USER_CERTAIN),
    shape("github-app-user-token", "ghu_", Alnum, (36, 36), USER_CERTAIN),
    shape("github-app-token", "ghs_", Alnum, (36, 36), APP),
    shape("github-refresh-token", "ghr_", Alnum, (36, 76), USER_CERTAIN),
    // GitLab
    shape("gitlab-access-token", "glpat-", Dotted, (20, 64), USER),
    shape("gitlab-deploy-token", "gldt-", Url, (20, 64), APP),
    shape("gitlab-runner-token", "glrt-", Dotted, (20, 64), APP),
    shape("gitlab-job-token", "glcbt-", Url, (20, 64), APP),
    shape("gitlab-trigger-token", "glptt-", Hex, (40, 40), APP),
    shape("gitlab-feed-token", "glft-", Url, (20, 64), USER_CERTAIN),
    shape("gitlab-agent-token", "glagent-", Url, (50, 50), APP),
    shape("gitlab-oauth-secret", "gloas-", Url, (64, 64), APP),
    // Chat
    shape("slack-bot-token", "xoxb-", Url, (40, 90), APP),
    shape("slack-user-token", "xoxp-", Url, (40, 90), USER_CERTAIN),
    shape("slack-refresh-token", "xoxe-", Url, (40, 200), NOT_TOLD),
    shape("slack-app-token", "xapp-", Url, (40, 120), APP),
    shape("slack-webhook", "https://hooks.slack.com/services/T", Path, (38, 60), APP),
    shape("discord-webhook", "https://discord.com/api/webhooks/", Path, (80, 95), APP),
    shape("discord-webhook", "https://discordapp.com/api/webhooks/", Path, (80, 95), APP),
    // Clouds
    shape("aws-access-key-id", "AKIA", Upper, (16, 16), NOT_TOLD),
    shape("aws-temporary-key-id", "ASIA", Upper, (16, 16), APP_LIKELY),
    shape("gcp-api-key", "AIza", Url, (35, 35), APP_LIKELY),
    shape("gcp-oauth-client-secret", "GOCSPX-", Url, (28, 28), APP),
    shape("gcp-oauth-token", "ya29.", Url, (40, 512), NOT_TOLD),
    shape("digitalocean-token", "dop_v1_", Hex, (64, 64), USER),
    shape("digitalocean-oauth-token", "doo_v1_", Hex, (64, 64), USER_CERTAIN),
    shape("heroku-key", "HRKU-", Url, (36, 64), USER),
    shape("databricks-token", "dapi", Hex, (32, 34), USER),
    shape("doppler-personal-token", "dp.pt.", Alnum, (40, 44), USER_CERTAIN),
    shape("doppler-service-token", "dp.st.", Dotted, (40, 80), APP),
    shape("pulumi-token", "pul-", Hex, (40, 40), USER),
    shape("planetscale-token", "pscale_tkn_", Dotted, (32, 64), APP_LIKELY),
    shape("planetscale-password", "pscale_pw_", Dotted, (32, 64), APP_LIKELY),
    shape("fly-token", "FlyV1 fm2_", Path, (80, 1000), NOT_TOLD),
    // Secrets and keys
    shape("vault-token", "hvs.", Url, (24, 200), NOT_TOLD),
    shape("vault-batch-token", "hvb.", Url, (100, 300), APP_LIKELY),
    shape("age-secret-key", "AGE-SECRET-KEY-1", Upper, (58, 58), NOT_TOLD),
    // Money
    shape("stripe-live-key", "sk_live_", Alnum, (24, 128), ACCOUNT),
    shape("stripe-test-key", "sk_test_", Alnum, (24, 128), ACCOUNT),
    shape("stripe-restricted-key", "rk_live_", Alnum, (24, 128), ACCOUNT),
    shape("stripe-restricted-test-key", "rk_test_", Alnum, (24, 128), ACCOUNT),
    shape("stripe-webhook-secret", "whsec_", Path, (32, 64), APP),
    shape("square-token", "sq0atp-", Url, (22, 22), ACCOUNT),
    shape("square-secret", "sq0csp-", Url, (43, 43), APP),
    shape("shopify-token", "shpat_", Hex, (32, 32), APP),
    shape("shopify-secret", "shpss_", Hex, (32, 32), APP),
    // Packages
    shape("npm-token", "npm_", Alnum, (36, 36), USER),
    shape("pypi-token", "pypi-AgEIcHlwaS", Url, (50, 1000), USER),
    shape("rubygems-key", "rubygems_", Hex, (48, 48), USER),
    shape("docker-token", "dckr_pat_", Url, (27, 27), USER_CERTAIN),
    shape("docker-organisation-token", "dckr_oat_", Url, (27, 32), TEAM),
    shape("nuget-key", "oy2", Alnum, (43, 43), USER),
    shape("artifactory-key", "AKCp", Alnum, (69, 69), USER),
    // Watching
    shape("grafana-service-token", "glsa_", Url, (41, 41), APP),
    shape("grafana-cloud-token", "glc_", Path, (32, 400), TEAM),
    shape("newrelic-user-key", "NRAK-", Upper, (27, 27), USER_CERTAIN),
    shape("newrelic-licence-key", "NRII-", Url, (32, 32), ACCOUNT),
    shape("sentry-organisation-token", "sntrys_", Path, (80, 300), TEAM),
    shape("sentry-user-token", "sntryu_", Hex, (64, 64), USER_CERTAIN),
    // Mail and telephony
    shape("sendgrid-key", "SG.", Dotted, (66, 66), ACCOUNT),
    shape("mailgun-key", "key-", Hex, (32, 32), ACCOUNT),
    shape("mailchimp-webhook", "md-", Url, (22, 22), ACCOUNT),
    shape("brevo-key", "xkeysib-", Url, (81, 81), ACCOUNT),
    // Work
    shape("atlassian-token", "ATATT3xFfGF0", Path, (100, 250), USER_CERTAIN),
    shape("linear-key", "lin_api_", Alnum, (40, 40), USER),
    shape("notion-token", "ntn_", Alnum, (46, 46), APP_LIKELY),
    shape("postman-key", "PMAK-", Url, (59, 59), USER),
    shape("figma-token", "figd_", Url, (40, 44), USER),
    shape("airtable-token", "pat", Dotted, (79, 79), USER),
    shape("hubspot-token", "pat-na1-", Url, (36, 36), APP_LIKELY),
    shape("dropbox-token", "sl.", Url, (130, 200), NOT_TOLD),
    // Models
    shape("huggingface-token", "hf_", Alnum, (34, 34), USER),
    shape("openai-service-key", "sk-svcacct-", Url, (40, 200), APP),
    shape("openai-project-key", "sk-proj-", Url, (40, 200), APP_LIKELY),
    shape("anthropic-key", "sk-ant-", Url, (80, 120), APP_LIKELY),
    shape("openai-key", "sk-", Alnum, (48, 48), USER),
    // Facebook, and this project's own tokens
    shape("facebook-token", "EAACEdEose0cBA", Alnum, (20, 300), USER),
    shape("seaworthy-token", "sw_", Hex, (64, 64), NOT_TOLD),
];
