-- The side store, in its own file: small mutable tables outside the ledger, one row a key.
CREATE TABLE side (
    name  TEXT NOT NULL,
    key   TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (name, key)
) STRICT, WITHOUT ROWID;
