-- The ledger: append-only, ordered without gaps, hash-chained. docs: crates/adapter/store/src/chain.rs
-- Instants are nanoseconds since 1970-01-01T00:00:00Z. Ids are the 16 bytes of a UUID.
CREATE TABLE events (
    position    INTEGER PRIMARY KEY CHECK (position > 0),
    id          BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    stream      TEXT    NOT NULL,
    stream_seq  INTEGER NOT NULL CHECK (stream_seq > 0),
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    actor       TEXT    NOT NULL,
    cause       BLOB    CHECK (length(cause) = 16),
    kind        TEXT    NOT NULL,
    version     INTEGER NOT NULL CHECK (version BETWEEN 0 AND 65535),
    payload     TEXT    NOT NULL,
    key         TEXT    CHECK (key <> ''),
    algorithm   INTEGER NOT NULL CHECK (algorithm BETWEEN 0 AND 255),
    prev_hash   BLOB    NOT NULL CHECK (length(prev_hash) = 32),
    hash        BLOB    NOT NULL CHECK (length(hash) = 32),
    UNIQUE (stream, stream_seq)
) STRICT;

CREATE UNIQUE INDEX events_key ON events (key) WHERE key IS NOT NULL;

CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE');
END;

CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE');
END;

-- Only the next position may be inserted, on the hash of the last one. The rest keeps INSERT OR REPLACE from deleting
-- a row, which fires no DELETE trigger.
CREATE TRIGGER events_only_append BEFORE INSERT ON events
WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM events)
  OR NEW.prev_hash <> coalesce((SELECT hash FROM events ORDER BY position DESC LIMIT 1), zeroblob(32))
  OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM events WHERE stream = NEW.stream AND stream_seq = NEW.stream_seq)
  OR EXISTS (SELECT 1 FROM events WHERE key = NEW.key)
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: an INSERT continues it');
END;
