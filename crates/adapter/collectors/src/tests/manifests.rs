//! Rules, Alertmanager's configuration, Kubernetes manifests.

use expect_test::expect;

use super::check;

#[test]
fn rules_that_page() {
    check(
        "prometheus-rules",
        "== a.yaml
groups:
- name: g
  rules:
  - {alert: Burn, expr: 'slo:burn > 14', for: 2m, labels: {severity: page}, annotations: {runbook_url: 'https://wiki.acme.io/burn'}}
  - {alert: Cpu, expr: 'rate(node_cpu_seconds_total[5m]) > 0.9', for: 0s, labels: {severity: Critical}, annotations: {runbook_url: 'https://example.com/TODO'}}
  - {alert: CpuOfRequests, expr: 'http_requests_total / container_cpu_usage', labels: {severity: page}}
  - {alert: Disk, expr: node_filesystem_free < 1, labels: {severity: warning}}
  - {alert: NoLabel, expr: up == 0}
  - {record: x, expr: y}
== operator.yaml
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
spec: {groups: [{name: h, rules: [{alert: Own, expr: acme_queue_depth > 5, for: 1m, labels: {severity: p1}, annotations: {runbook: docs/own.md}}]}]}
== chart.yaml
{{- if .Values.x }}
alert: x
",
        expect![[r#"
            rules.alerts 6
            rules.paging 4
            rules.paging_on_causes 1
            rules.paging_on_causes_named [Cpu]
            rules.without_runbook 2
            rules.without_runbook_named [Cpu, CpuOfRequests]
            rules.without_for 2
            rules.without_severity 1
        "#]],
    );
    check(
        "prometheus-rules",
        "== a.yaml\ngroups:\n- rules:\n  - alert: x\n\texpr: y\n",
        expect![[r#"
        error: could not understand "a.yaml" as rules: line 3 is no YAML; export it again, or give only the files that are whole
    "#]],
    );
}

#[test]
fn routes_that_end_at_nobody() {
    check(
        "alertmanager",
        "== alertmanager.yml
route:
  receiver: default
  routes:
  - {matchers: ['team = shop'], receiver: shop, routes: [{match: {severity: info}, receiver: 'null'}]}
  - {match: {team: gone}, receiver: nowhere}
  - {continue: true}
  - {}
  - {match: {team: late}, receiver: shop}
receivers:
- {name: default, email_configs: [{to: ops@acme.example}]}
- {name: shop, webhook_configs: []}
- {name: 'null'}
",
        expect![[r#"
            routes.all 7
            routes.to_nobody 4
            routes.to_nobody_named [nowhere, null, shop]
            routes.never_reached 1
            receivers.all 3
            receivers.without_channel 2
        "#]],
    );
}

#[test]
fn manifests_as_they_are_applied() {
    check(
        "kubernetes",
        "== shop.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  strategy: {type: Recreate}
  template:
    metadata: {labels: {app: web}}
    spec:
      topologySpreadConstraints: [{topologyKey: topology.kubernetes.io/zone, maxSkew: 1}]
      volumes: [{name: s, secret: {secretName: shared}}]
      containers:
      - name: web
        image: images.example/acme/web:v1
        readinessProbe: {httpGet: {path: /}}
        livenessProbe: {httpGet: {path: /}}
        resources: {limits: {memory: 1Gi}}
        env:
        - {name: DATABASE_URL, value: 'postgres://web:hunter2@DB.internal:5432/shop'}
        - {name: API_TOKEN, value: abc}
        - {name: API_TOKEN_FILE, value: /run/token}
        - {name: OTHER_TOKEN, value: $(FROM_ELSEWHERE)}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
spec: {selector: {matchLabels: {app: web}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: jobs}
spec:
  template:
    metadata: {labels: {app: jobs}}
    spec:
      containers:
      - {name: jobs, image: acme/jobs, envFrom: [{secretRef: {name: shared}}], env: [{name: DB_HOST, value: db.internal}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: two}
spec: {replicas: 2, template: {metadata: {labels: {app: two}}, spec: {containers: [{name: a, image: 'localhost:5000/a@sha256:abc'}]}}}
== list.json
{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"DaemonSet\",\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"image\":\"localhost:5000/x:latest\"}]}}}}]}
== chart.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
",
        expect![[r#"
            kubernetes.workloads 4
            kubernetes.replicas_least 1
            kubernetes.single_replica 1
            kubernetes.without_zone_spread 2
            kubernetes.without_readiness_probe 3
            kubernetes.without_liveness_probe 3
            kubernetes.without_limits 3
            kubernetes.without_disruption_budget 1
            kubernetes.images_not_pinned 2
            kubernetes.recreates 1
            kubernetes.database_hosts [db.internal]
            kubernetes.shared_database_hosts [db.internal]
            kubernetes.shared_secrets [shared]
            kubernetes.secrets_written_out 2
        "#]],
    );
    check(
        "kubernetes",
        "== a.yaml\napiVersion: apps/v1\nkind: Deployment\nspec: [\n",
        expect![[r#"
        error: could not understand "a.yaml" as a manifest: line 3 is no YAML; export it again, or give only the files that are whole
    "#]],
    );
}
