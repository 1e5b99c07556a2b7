//! API types: what the CLI, the portal's forms and strangers send and get. One file a noun.
