//! The ledger and the side store on real files.

mod crash;
mod faults;
mod limits;
mod reopen;
mod side;
mod support;
mod tamper;

seaworthy_store::conformance!(support::Sqlite::new());
