-- The same text for SQLite and PostgreSQL. Amounts and dates are exact text, instants milliseconds since 1970.

-- What one invoice is now. Follows from its events and is written with them.
CREATE TABLE invoice (
    id            TEXT   PRIMARY KEY,
    number        TEXT   NOT NULL,
    client        TEXT   NOT NULL,
    matter        TEXT   NOT NULL,
    invoice_date  TEXT,
    currency      TEXT   NOT NULL,
    total         TEXT,
    at_risk       TEXT   NOT NULL,
    -- at_risk in ten-thousandths, for filters and sorting only.
    at_risk_order BIGINT NOT NULL,
    lines         BIGINT NOT NULL,
    verdict       TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    version       BIGINT NOT NULL,
    document      TEXT   NOT NULL,
    report        TEXT   NOT NULL,
    preparer      TEXT   NOT NULL,
    cleared_by    TEXT,
    taken_ms      BIGINT NOT NULL,
    changed_ms    BIGINT NOT NULL,
    seq           BIGINT NOT NULL,
    head          TEXT   NOT NULL,
    UNIQUE (client, number)
);
CREATE INDEX invoice_by_number  ON invoice (number);
CREATE INDEX invoice_by_state   ON invoice (state, changed_ms);
CREATE INDEX invoice_by_matter  ON invoice (matter, changed_ms);
CREATE INDEX invoice_by_change  ON invoice (changed_ms);
CREATE INDEX invoice_by_risk    ON invoice (at_risk_order);

-- What happened, in chains: one for each invoice (its id) and one for the people. Only ever added to.
CREATE TABLE event (
    chain  TEXT   NOT NULL,
    seq    BIGINT NOT NULL,
    at_ms  BIGINT NOT NULL,
    actor  TEXT   NOT NULL,
    step   TEXT   NOT NULL,
    facts  TEXT   NOT NULL,
    prev   TEXT   NOT NULL,
    hash   TEXT   NOT NULL,
    PRIMARY KEY (chain, seq)
);

CREATE TABLE person (
    name           TEXT   PRIMARY KEY,
    role           TEXT   NOT NULL,
    os_user        TEXT   UNIQUE,
    token_hash     TEXT   UNIQUE,
    token_until_ms BIGINT,
    -- A JSON list of client ids; NULL is every client.
    clients        TEXT,
    active         BIGINT NOT NULL
);

-- What belongs to the store as a whole: the key its documents are encrypted to.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
