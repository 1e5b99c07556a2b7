//! The ledger and the side store on SQLite.
