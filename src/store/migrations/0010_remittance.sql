-- The same text for SQLite and PostgreSQL. What clients' remittances say was paid, row by row, and which reminders were
-- drafted. Amounts are exact text, instants milliseconds since 1970.

-- A row of a remittance. What was taken stands in payment too.
CREATE TABLE remittance (
    -- Follows from what the row says, whatever file it stood in.
    id            TEXT   PRIMARY KEY,
    -- SHA-256 of the file it came in first.
    document      TEXT   NOT NULL,
    -- Name of the file and row.
    place         TEXT   NOT NULL,
    -- INVOICE_NUMBER as it was said; empty where it was not.
    number        TEXT   NOT NULL,
    -- The client's or portal's own number of the invoice; empty where it was not said.
    client_number TEXT   NOT NULL,
    client        TEXT   NOT NULL,
    -- LINE_ITEM_NUMBER; NULL: the invoice as a whole.
    item          TEXT,
    amount        TEXT   NOT NULL,
    -- ISO 4217; empty where it was not said.
    currency      TEXT   NOT NULL,
    day           TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    reference     TEXT   NOT NULL,
    -- taken, unmatched, ambiguous, doubtful, put aside
    status        TEXT   NOT NULL,
    -- The invoice it was applied to, the first of several, or the one that is meant as far as anybody can say.
    invoice       TEXT   REFERENCES invoice (id),
    -- Why it waits, in sentences; empty: it does not.
    why           TEXT   NOT NULL,
    decided_by    TEXT,
    -- Why it was decided so, sealed.
    reason        TEXT   NOT NULL,
    received_ms   BIGINT NOT NULL,
    changed_ms    BIGINT NOT NULL
);
CREATE INDEX remittance_by_status    ON remittance (status, received_ms);
CREATE INDEX remittance_by_invoice   ON remittance (invoice);

-- That a reminder was drafted: once for each number of days.
CREATE TABLE reminder (
    invoice     TEXT   NOT NULL REFERENCES invoice (id),
    -- 30, 60, 90
    days        BIGINT NOT NULL,
    -- What was asked for.
    amount      TEXT   NOT NULL,
    currency    TEXT   NOT NULL,
    drafted_by  TEXT   NOT NULL,
    drafted_ms  BIGINT NOT NULL,
    -- SHA-256 of the draft.
    letter      TEXT   NOT NULL,
    PRIMARY KEY (invoice, days)
);

-- Remittances name invoices by the client's own numbers too.
CREATE INDEX submission_by_portal_id ON submission (portal_id);
