//! Months of production in virtual time, from a seed.
