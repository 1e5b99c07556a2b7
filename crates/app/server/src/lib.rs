//! The control plane: ledger, decisions, API, portal, notifications.
