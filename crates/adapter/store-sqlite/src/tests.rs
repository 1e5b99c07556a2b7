//! The ledger, the side store and the series store on real files.

mod crash;
mod faults;
mod limits;
mod reopen;
mod series;
mod side;
mod support;
mod tamper;

seaworthy_store::conformance!(support::Sqlite::new());
