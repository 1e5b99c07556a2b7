//! Folds the ledger into state and decides what happens next.
