//! The ledger behind one trait, its hash chain, and the suite every backend must pass.
