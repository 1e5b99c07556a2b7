//! What others see and we must keep: event payloads, API types, gateway config and telemetry.
