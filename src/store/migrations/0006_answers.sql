-- The same text for SQLite and PostgreSQL. Instants are milliseconds since 1970.

-- What was heard of invoices outside the portals' own interfaces: mails, tables, what a person typed. What it says about an
-- invoice follows from the invoice's events; here stands what was heard, and what waits for a person.
CREATE TABLE answer (
    -- SHA-256 of what it says: the same mail twice is one answer.
    id          TEXT   PRIMARY KEY,
    -- mail, typed, or the name of a mapping of columns.
    source      TEXT   NOT NULL,
    received_ms BIGINT NOT NULL,
    -- When it says that it happened.
    said_ms     BIGINT,
    -- Empty where nobody knows.
    portal      TEXT   NOT NULL,
    number      TEXT   NOT NULL,
    client      TEXT   NOT NULL,
    total       TEXT,
    -- What became of the invoice, in our word.
    outcome     TEXT   NOT NULL,
    invoice     TEXT   REFERENCES invoice (id),
    -- taken, unmatched, ambiguous, doubtful, contradicts, put aside
    status      TEXT   NOT NULL,
    -- What was said, why it waits, and why somebody decided so: sealed to the key of the documents; empty after a purge.
    words       TEXT   NOT NULL,
    decided_by  TEXT,
    changed_ms  BIGINT NOT NULL
);
CREATE INDEX answer_by_status  ON answer (status, received_ms);
CREATE INDEX answer_by_invoice ON answer (invoice);

-- Words of portals and clients that no table knows, and what a person says they mean.
CREATE TABLE reason_word (
    -- The beginning of the SHA-256 of the words as they are compared.
    id          TEXT   PRIMARY KEY,
    -- The words, sealed to the key of the documents.
    words       TEXT   NOT NULL,
    first_ms    BIGINT NOT NULL,
    -- A slug of the table of reasons; NULL: nobody has decided.
    slug        TEXT,
    decided_by  TEXT,
    decided_ms  BIGINT
);

-- An invoice under a new number in the place of one that was refused. Follows from the new one's events.
CREATE TABLE replacement (
    invoice  TEXT PRIMARY KEY REFERENCES invoice (id),
    replaces TEXT NOT NULL REFERENCES invoice (id)
);
CREATE INDEX replacement_by_replaced ON replacement (replaces);
