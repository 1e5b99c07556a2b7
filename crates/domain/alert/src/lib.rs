//! Alerts: one a symptom and service, routed by ownership alone.
