//! `Probe`: what is tried in production from outside, how often, and what must be true of it. Also its short form, one
//! line in a service.

use std::collections::{BTreeMap, BTreeSet};

use seaworthy_contract::catalogue::{Expectation, Probe, STEPS_MAX, Step, Target};
use seaworthy_model::ServiceId;
use seaworthy_probe::{EVERY_MIN_MS, EVERY_MS, TIMEOUT_MS};

use super::is_web_address;
use crate::diagnostic::Placed;
use crate::draft::AttachedDraft;
use crate::envelope::Envelope;
use crate::fields::Fields;
use crate::rule::Rule;
use crate::tree::{Node, Value};

/// Days that a certificate must be good for where nobody says how many: two weeks are time to act without hurry.
const DAYS_MIN: u16 = 14;

/// Records that can be asked for.
const RECORDS: [&str; 6] = ["A", "AAAA", "CNAME", "MX", "NS", "TXT"];

/// Reads a probe.
pub(super) fn read(envelope: &Envelope<'_>) -> Option<AttachedDraft<Probe>> {
    let spec = super::spec(envelope)?;
    let service = spec.required_name::<ServiceId>("service", "write the service that it tries");
    let function = spec.text("function").map(|text| text.value);
    let (every_ms, timeout_ms) = times(spec);
    let slow_ms = spec.duration_ms("slow").map(|ms| ms.value);
    let places = places(spec);
    let target = target(spec);
    spec.no_more();
    let name = envelope.metadata.name::<ServiceId>("name")?;
    let (service, target) = (service?, target?);
    let body = Probe {
        name: name.value.to_string(),
        service: service.value.clone(),
        function,
        every_ms,
        timeout_ms,
        slow_ms,
        places,
        target,
    };
    Some(AttachedDraft { at: envelope.kind.at.clone(), name: body.name.clone(), service, body })
}

/// Reads `probe: https://host/health` of a service: a request each 10 s from everywhere, named as the service is.
pub(super) fn of_service(envelope: &Envelope<'_>) -> Option<AttachedDraft<Probe>> {
    let spec = envelope.spec.as_ref()?;
    let url = spec.text("probe")?;
    let url = address(spec, url)?;
    let service = envelope.metadata.name::<ServiceId>("name")?;
    let body = Probe {
        name: service.value.to_string(),
        service: service.value.clone(),
        function: None,
        every_ms: EVERY_MS,
        timeout_ms: TIMEOUT_MS,
        slow_ms: None,
        places: Vec::new(),
        target: Target::Http { steps: vec![get(url.value)] },
    };
    Some(AttachedDraft { at: url.at, name: body.name.clone(), service, body })
}

/// Reads from where it runs; nothing said means from everywhere.
fn places(spec: &Fields<'_>) -> Vec<String> {
    if let Some(node) = spec.get("places").filter(|node| matches!(&node.value, Value::List(items) if items.is_empty()))
    {
        let (at, report) = (spec.scope.place(node.at), spec.scope.report);
        let message = "\"spec.places\" names no place";
        report.error(Rule::BadValue, &at, message, "name the places, or leave it out: it runs from everywhere then");
    }
    spec.names::<ServiceId>("places").into_iter().map(|place| place.value.to_string()).collect()
}

/// Reads how often, and how long a try may take: two of them end before the next slot.
fn times(spec: &Fields<'_>) -> (u64, u64) {
    let every = spec.duration_ms("every");
    let every_ms = every.as_ref().map_or(EVERY_MS, |every| every.value);
    if let Some(every) = every.filter(|every| every.value < EVERY_MIN_MS) {
        let message =
            format!("\"spec.every\" ({} ms) is below {EVERY_MIN_MS} ms: that is load, not a look", every.value);
        spec.scope.report.error(Rule::BadValue, &every.at, message, "write 10s, or 1s at least");
    }
    let most = every_ms / 2;
    let timeout = spec.duration_ms("timeout");
    if let Some(timeout) = timeout.as_ref().filter(|timeout| timeout.value > most) {
        let message = format!(
            "two tries of \"spec.timeout\" ({} ms) do not end within \"spec.every\" ({every_ms} ms)",
            timeout.value
        );
        let remedy = format!("write {most}ms or less, or a longer \"every\"");
        spec.scope.report.error(Rule::BadValue, &timeout.at, message, remedy);
    }
    // As much of the period as with the usual ones.
    (every_ms, timeout.map_or(TIMEOUT_MS.min(every_ms / 5 * 2), |timeout| timeout.value))
}

fn target(spec: &Fields<'_>) -> Option<Target> {
    let kinds = ["http", "tcp", "dns", "tls"];
    let written: Vec<&str> = kinds.into_iter().filter(|kind| spec.node.get(kind).is_some()).collect();
    let read = [http(spec), tcp(spec), dns(spec), tls(spec)].into_iter().flatten().next();
    if written.len() != 1 {
        let message = match written.as_slice() {
            [] => "this probe tries nothing".to_owned(),
            several => format!("this probe tries several things: {}", several.join(", ")),
        };
        let remedy = "write one of http, tcp, dns and tls, such as http: https://shop.example/health";
        spec.scope.report.error(Rule::MissingField, &spec.at(), message, remedy);
        return None;
    }
    read
}

fn http(spec: &Fields<'_>) -> Option<Target> {
    let steps = match spec.node.get("http").map(|node| &node.value)? {
        Value::Text(_) => vec![get(spec.text("http").and_then(|url| address(spec, url))?.value)],
        _ => {
            let items = spec.list("http");
            if items.is_empty() || items.len() > STEPS_MAX {
                let message = format!("a journey has 1 to {STEPS_MAX} steps, this one has {}", items.len());
                spec.scope.report.error(Rule::Limit, &spec.at(), message, "write its steps, each with a url");
                return None;
            }
            let mut taken = BTreeSet::new();
            let steps = items.iter().map(|item| step(spec, item, &mut taken));
            steps.collect::<Vec<_>>().into_iter().collect::<Option<Vec<_>>>()?
        }
    };
    Some(Target::Http { steps })
}

fn get(url: String) -> Step {
    Step {
        name: None,
        method: "GET".to_owned(),
        url,
        headers: BTreeMap::new(),
        body: None,
        expect: Vec::new(),
        take: BTreeMap::new(),
    }
}

fn step(spec: &Fields<'_>, item: &Node, taken: &mut BTreeSet<String>) -> Option<Step> {
    let fields = Fields::of(&spec.scope, item, "spec.http[]")?;
    fields.require("url", "write the address of this step");
    let url = fields.text("url").and_then(|url| address(&fields, url));
    let method = fields.text("method").map_or_else(|| "GET".to_owned(), |method| method.value.to_ascii_uppercase());
    let headers = texts(&fields, "headers");
    for (name, value) in &headers {
        if ["authorization", "cookie", "x-api-key"].contains(&name.to_ascii_lowercase().as_str())
            && !value.value.contains("${")
        {
            let message = format!("the header \"{name}\" holds a credential that everybody can read here");
            let remedy = "write ${secret:NAME} and give NAME to the probers";
            fields.scope.report.warning(Rule::BadValue, &value.at, message, remedy);
        }
    }
    let body = fields.text("body").map(|body| body.value);
    let expect = fields.fields("expect").map(|expect| expectations(&expect)).unwrap_or_default();
    let take = texts(&fields, "take");
    let step = Step {
        name: fields.text("name").map(|name| name.value),
        method,
        url: url?.value,
        headers: headers.into_iter().map(|(name, value)| (name, value.value)).collect(),
        body,
        expect,
        take: BTreeMap::new(),
    };
    fields.no_more();
    variables(&fields, &step, taken);
    for (name, place) in &take {
        if !["json:$", "header:", "cookie:"].iter().any(|kind| place.value.starts_with(kind)) {
            let message = format!("\"{}\" is no place in an answer", place.value);
            let remedy = "write json:$.path, header:NAME or cookie:NAME";
            fields.scope.report.error(Rule::BadValue, &place.at, message, remedy);
        }
        taken.insert(name.clone());
    }
    Some(Step { take: take.into_iter().map(|(name, place)| (name, place.value)).collect(), ..step })
}

/// Complains about a variable that no step before takes.
fn variables(fields: &Fields<'_>, step: &Step, taken: &BTreeSet<String>) {
    let texts = [&step.url].into_iter().chain(step.headers.values()).chain(&step.body);
    for text in texts {
        for name in text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name) {
            if !name.starts_with("secret:") && !taken.contains(name) {
                let message = format!("no step before takes a variable \"{name}\"");
                let remedy = format!(
                    "write take: {{ {name}: json:$.path }} in a step before, or ${{secret:NAME}} for a credential"
                );
                fields.scope.report.error(Rule::UnknownVariable, &fields.at(), message, remedy);
            }
        }
    }
}

fn expectations(fields: &Fields<'_>) -> Vec<Expectation> {
    let mut all = Vec::new();
    let statuses = fields.texts("status");
    let read: Vec<u16> = statuses.iter().filter_map(|text| status(fields, text)).collect();
    if !statuses.is_empty() {
        all.push(Expectation::Status(read));
    }
    all.extend(fields.texts("contains").into_iter().map(|text| Expectation::Contains(text.value)));
    for (path, text) in texts(fields, "json") {
        if !path.starts_with('$') {
            let message = format!("\"{path}\" is no path in an answer of JSON");
            fields.scope.report.error(Rule::BadValue, &text.at, message, "write a path such as $.items[0].id");
        }
        all.push(Expectation::Json { path, equals: text.value });
    }
    let header = |(name, text): (String, Placed<String>)| Expectation::Header { name, equals: text.value };
    all.extend(texts(fields, "headers").into_iter().map(header));
    all.extend(fields.duration_ms("within").map(|ms| Expectation::WithinMs(ms.value)));
    fields.no_more();
    all
}

fn status(fields: &Fields<'_>, text: &Placed<String>) -> Option<u16> {
    let status = text.value.parse().ok().filter(|status| (100..600).contains(status));
    if status.is_none() {
        let message = format!("\"{}\" is no status", text.value);
        fields.scope.report.error(Rule::BadValue, &text.at, message, "write 200, or a list such as [200, 204]");
    }
    status
}

fn tcp(spec: &Fields<'_>) -> Option<Target> {
    Some(Target::Tcp { address: host_and_port(spec, "tcp")? })
}

fn dns(spec: &Fields<'_>) -> Option<Target> {
    let fields = spec.fields("dns")?;
    fields.require("name", "write the name that is asked for");
    let name = fields.text("name");
    let record = fields.text("record").map_or_else(
        || Some("A".to_owned()),
        |record| {
            let upper = record.value.to_ascii_uppercase();
            let known = RECORDS.contains(&upper.as_str());
            if !known {
                let message = format!("\"{}\" is no record that is asked for here", record.value);
                fields.scope.report.error(
                    Rule::BadValue,
                    &record.at,
                    message,
                    format!("write one of {}", RECORDS.join(", ")),
                );
            }
            known.then_some(upper)
        },
    );
    let resolver = fields.text("resolver").map(|resolver| resolver.value);
    let expect = fields.text("expect").map(|expect| expect.value);
    fields.no_more();
    Some(Target::Dns { name: name?.value, record: record?, resolver, expect })
}

fn tls(spec: &Fields<'_>) -> Option<Target> {
    let node = spec.node.get("tls")?;
    if let Value::Text(_) = node.value {
        return Some(Target::Tls { address: host_and_port(spec, "tls")?, server_name: None, days_min: DAYS_MIN });
    }
    let fields = spec.fields("tls")?;
    fields.require("address", "write host:port, such as shop.example:443");
    let address = host_and_port(&fields, "address");
    let server_name = fields.text("name").map(|name| name.value);
    let days_min = fields.count("days").map_or(DAYS_MIN, |days| u16::try_from(days).unwrap_or(u16::MAX));
    fields.no_more();
    Some(Target::Tls { address: address?, server_name, days_min })
}

fn host_and_port(fields: &Fields<'_>, key: &'static str) -> Option<String> {
    let text = fields.text(key)?;
    let parts = text.value.rsplit_once(':');
    let fits = parts.is_some_and(|(host, port)| {
        !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    if !fits {
        let message = format!("\"{}\" is not host:port", text.value);
        fields.scope.report.error(
            Rule::BadValue,
            &text.at,
            message,
            "write a host and a port, such as shop.example:443",
        );
    }
    fits.then_some(text.value)
}

fn address(fields: &Fields<'_>, url: Placed<String>) -> Option<Placed<String>> {
    let has_login = url.value.split('/').nth(2).is_some_and(|authority| authority.contains('@'));
    if is_web_address(&url.value) && !has_login {
        return Some(url);
    }
    let message = match has_login {
        true => "the address holds a name or password".to_owned(),
        false => format!("\"{}\" is not an address", url.value),
    };
    let remedy = "write https://host/path; a credential goes into a header as ${secret:NAME}";
    fields.scope.report.error(Rule::BadValue, &url.at, message, remedy);
    None
}

/// Reads a mapping of texts whose keys are free.
/// Reads a mapping of names to texts.
pub(super) fn texts(fields: &Fields<'_>, key: &'static str) -> Vec<(String, Placed<String>)> {
    let Some(node) = fields.get(key) else { return Vec::new() };
    let Value::Map(entries) = &node.value else {
        fields.scope.wrong_type(node, &format!("\"{key}\""), "a mapping");
        return Vec::new();
    };
    entries.iter().filter_map(|(name, value)| entry(fields, key, name, value)).collect()
}

fn entry(fields: &Fields<'_>, key: &str, name: &Node, value: &Node) -> Option<(String, Placed<String>)> {
    let name = fields.scope.text(name, &format!("a key of \"{key}\""))?.value;
    let value = fields.scope.text(value, &format!("\"{key}.{name}\""))?;
    Some((name, value))
}
