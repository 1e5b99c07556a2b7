//! What a version is told by its environment.

use std::collections::BTreeMap;

use seaworthy_contract::process::Instance;
use seaworthy_model::ServiceId;

/// Builds the environment of a version: its own settings, then what only the supervisor knows, which wins.
///
/// Each dependency is reached through the gateway's outbound side, at a base address that says who calls whom.
pub(crate) fn environment(
    own: &BTreeMap<String, String>,
    instance: &Instance,
    port: u16,
    outbound: &str,
) -> BTreeMap<String, String> {
    let mut env = own.clone();
    for dependency in &instance.dependencies {
        env.insert(format!("{}_URL", upper(dependency)), format!("{outbound}/{}/{dependency}", instance.service));
    }
    env.insert("PORT".to_owned(), port.to_string());
    env.insert("SEAWORTHY_SERVICE".to_owned(), instance.service.to_string());
    env.insert("SEAWORTHY_VERSION".to_owned(), instance.version.to_string());
    env
}

/// `payment-gateway.eu` becomes `PAYMENT_GATEWAY_EU`: what a shell can name.
fn upper(service: &ServiceId) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    service.as_str().chars().map(safe).collect()
}

#[cfg(test)]
mod tests {
    use seaworthy_contract::process::{Duty, Launch, LaunchFrom};

    use super::*;

    #[test]
    fn dependencies_are_reached_through_the_gateway() {
        let instance = Instance {
            service: "checkout".parse().expect("a name"),
            version: "v1".parse().expect("a name"),
            launch: Launch {
                from: LaunchFrom::Address("x:1".into()),
                health: None,
                start_timeout_ms: 1,
                stop_timeout_ms: 1,
            },
            dependencies: ["payments", "geo-ip.v2"].map(|name| name.parse().expect("a name")).to_vec(),
            duty: Duty::Trial,
        };
        let own = [("PORT", "1"), ("MODE", "x")].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let env = environment(&own, &instance, 20_001, "http://127.0.0.1:8081");
        let want = [
            ("GEO_IP_V2_URL", "http://127.0.0.1:8081/checkout/geo-ip.v2"),
            ("MODE", "x"),
            ("PAYMENTS_URL", "http://127.0.0.1:8081/checkout/payments"),
            ("PORT", "20001"),
            ("SEAWORTHY_SERVICE", "checkout"),
            ("SEAWORTHY_VERSION", "v1"),
        ];
        assert_eq!(env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>(), want);
    }
}
