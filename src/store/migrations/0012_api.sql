-- The same text for SQLite and PostgreSQL. Instants are milliseconds since 1970.

-- Answers to calls that may be made twice (Idempotency-Key): the second gets the answer of the first.
CREATE TABLE repeat (
    -- SHA-256 of the person and the key.
    id       TEXT   PRIMARY KEY,
    -- SHA-256 of what was asked.
    request  TEXT   NOT NULL,
    -- HTTP status; NULL while it is worked on.
    status   BIGINT,
    -- The answer, sealed to the key of the documents; empty while there is none.
    answer   TEXT   NOT NULL,
    -- Until when it is kept; while it is worked on, until when that is believed.
    until_ms BIGINT NOT NULL
);
CREATE INDEX repeat_by_time ON repeat (until_ms);

-- Who outside is told of what happens to invoices.
CREATE TABLE webhook (
    id           TEXT   PRIMARY KEY,
    -- The address and the secret by which its messages are signed, sealed to the key of the documents.
    url          TEXT   NOT NULL,
    secret       TEXT   NOT NULL,
    -- A JSON list of the steps it is told of; ["*"] is all of them.
    steps        TEXT   NOT NULL,
    -- active or disabled
    status       TEXT   NOT NULL,
    -- Why it is disabled, in a sentence without anything confidential.
    note         TEXT   NOT NULL,
    -- 1: its address may be a private one.
    private      BIGINT NOT NULL,
    made_by      TEXT   NOT NULL,
    made_ms      BIGINT NOT NULL,
    -- Tries in a row that failed.
    failed       BIGINT NOT NULL,
    -- Not before this instant.
    next_ms      BIGINT NOT NULL,
    -- A process sends to it until then.
    claimed_ms   BIGINT NOT NULL,
    delivered_ms BIGINT
);

-- Which steps an active webhook is told of.
CREATE TABLE webhook_step (
    webhook TEXT NOT NULL REFERENCES webhook (id),
    step    TEXT NOT NULL,
    PRIMARY KEY (webhook, step)
);
CREATE INDEX webhook_step_by_step ON webhook_step (step);

-- Events that a webhook has not been told of yet. Written in the transaction of the event.
CREATE TABLE outbox (
    webhook TEXT   NOT NULL REFERENCES webhook (id),
    chain   TEXT   NOT NULL,
    seq     BIGINT NOT NULL,
    at_ms   BIGINT NOT NULL,
    PRIMARY KEY (webhook, chain, seq)
);
CREATE INDEX outbox_by_time ON outbox (webhook, at_ms);
