//! Fakes and builders for tests: a virtual clock, a store in memory, seeded entropy.

pub mod store;
