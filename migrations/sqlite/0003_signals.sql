-- The series store, in its own file: counts in time buckets. All series of one slot stand together, because each report
-- writes the open slot of all of them, and what grows old leaves slot by slot.
CREATE TABLE series (
    id      INTEGER PRIMARY KEY,
    name    TEXT    NOT NULL UNIQUE,
    -- Seconds since 1970; no row of the series ends later. Rounded up to a day, so that it is seldom written.
    until_s INTEGER NOT NULL
) STRICT;

-- resolution is the width of a slot in seconds, slot counts such widths since 1970.
CREATE TABLE buckets (
    resolution INTEGER NOT NULL,
    slot       INTEGER NOT NULL,
    series     INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    bad        INTEGER NOT NULL,
    histogram  BLOB,
    PRIMARY KEY (resolution, slot, series)
) STRICT, WITHOUT ROWID;
