-- The same text for SQLite and PostgreSQL. What clients cut, what they paid, and what the firm says against it. Follows
-- from the invoices' events and is written with them. Amounts are exact text, instants milliseconds since 1970.

-- Money a client cut from a line, or from an invoice as a whole.
CREATE TABLE reduction (
    id          TEXT   PRIMARY KEY,
    invoice     TEXT   NOT NULL REFERENCES invoice (id),
    version     BIGINT NOT NULL,
    -- LINE_ITEM_NUMBER; NULL: the invoice as a whole.
    item        TEXT,
    -- The line's total, or the invoice's; NULL where the line is not known.
    billed      TEXT,
    -- What was cut; positive.
    cut         TEXT   NOT NULL,
    -- Of it, what a partner accepted.
    accepted    TEXT   NOT NULL,
    -- Of it, what the client gave back after an appeal.
    recovered   TEXT   NOT NULL,
    currency    TEXT   NOT NULL,
    -- The client's words, sealed to the key of the documents; empty where it gave none, or after a purge.
    reason      TEXT   NOT NULL,
    -- What the words mean, as a slug of the table of reasons; empty where not known.
    slug        TEXT   NOT NULL,
    -- The rule of ours that fits the cut; empty where none does.
    rule        TEXT   NOT NULL,
    -- 1 where the client's own pack has a rule that fits, 0 where it has none; NULL where the client has no pack.
    supported   BIGINT,
    -- What a person should look at, in a sentence without anything confidential; empty: nothing.
    doubt       TEXT   NOT NULL,
    -- open, accepted, accepted in part, appealed, won, partly won, lost, taken back
    status      TEXT   NOT NULL,
    -- The appeal it is part of, or was last.
    appeal      TEXT,
    decided_by  TEXT,
    decided_ms  BIGINT,
    -- Why it was decided so, sealed.
    decision    TEXT   NOT NULL,
    -- When the client says it cut.
    said_ms     BIGINT,
    heard_ms    BIGINT NOT NULL,
    -- SHA-256 of the answer.
    answer      TEXT   NOT NULL
);
CREATE INDEX reduction_by_invoice ON reduction (invoice);
CREATE INDEX reduction_by_status  ON reduction (status, heard_ms);

-- Money that came.
CREATE TABLE payment (
    id          TEXT   PRIMARY KEY,
    invoice     TEXT   NOT NULL REFERENCES invoice (id),
    -- LINE_ITEM_NUMBER; NULL: the invoice as a whole.
    item        TEXT,
    amount      TEXT   NOT NULL,
    currency    TEXT   NOT NULL,
    -- Cheque, wire, in the payer's word; empty where not said.
    kind        TEXT   NOT NULL,
    -- Number of the cheque or of the transfer; empty where not said.
    reference   TEXT   NOT NULL,
    -- ISO; NULL where not said.
    day         TEXT,
    -- answer or remittance
    source      TEXT   NOT NULL,
    -- SHA-256 of the answer, or of the remittance file.
    document    TEXT   NOT NULL,
    heard_ms    BIGINT NOT NULL
);
CREATE INDEX payment_by_invoice ON payment (invoice);
CREATE INDEX payment_by_time    ON payment (heard_ms);

-- An appeal: an object of its own beside the invoice. Its lines are the reductions that name it.
CREATE TABLE appeal (
    id          TEXT   PRIMARY KEY,
    invoice     TEXT   NOT NULL REFERENCES invoice (id),
    -- proposed, decided, filed, won, partly won, lost, window missed, withdrawn
    status      TEXT   NOT NULL,
    -- What is asked for: the sum of its lines.
    claimed     TEXT   NOT NULL,
    recovered   TEXT   NOT NULL,
    currency    TEXT   NOT NULL,
    -- The portal's way it goes; empty before it is filed.
    route       TEXT   NOT NULL,
    -- Its own number at the portal; empty where it goes under the first one's.
    number      TEXT   NOT NULL,
    -- The invoice that is its file; NULL where it has none.
    filed_as    TEXT   REFERENCES invoice (id),
    -- Which try at these lines it is, from 1.
    tries       BIGINT NOT NULL,
    -- The last moment of its window; NULL where no window is configured.
    until_ms    BIGINT,
    -- How that was computed, in words.
    computed    TEXT   NOT NULL,
    proposed_by TEXT   NOT NULL,
    proposed_ms BIGINT NOT NULL,
    decided_by  TEXT,
    decided_ms  BIGINT,
    -- Why it was decided so, sealed.
    reason      TEXT   NOT NULL,
    filed_ms    BIGINT,
    ended_ms    BIGINT,
    -- SHA-256 of the packet; NULL before it was made.
    packet      TEXT
);
CREATE INDEX appeal_by_invoice ON appeal (invoice);
CREATE INDEX appeal_by_filing  ON appeal (filed_as);
CREATE INDEX appeal_by_status  ON appeal (status, until_ms);
