//! The pages people look at, from view structs and templates.
