//! Reads a repository's history and ownership files; changes nothing, sends nothing.
