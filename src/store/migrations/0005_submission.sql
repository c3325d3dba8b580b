-- An invoice's version on its way to a portal: the queue of the overnight job. Follows from the invoice's events and is
-- written with them, but for what only the job needs to know (when to try or ask again).
CREATE TABLE submission (
    -- Invoice and version.
    id          TEXT   PRIMARY KEY,
    invoice     TEXT   NOT NULL REFERENCES invoice (id),
    version     BIGINT NOT NULL,
    account     TEXT   NOT NULL,
    -- waiting, sending, in-doubt, by-hand, sent, refused, done
    status      TEXT   NOT NULL,
    -- The name of the file at the portal.
    file_name   TEXT   NOT NULL,
    -- The attempt at hand, or the last.
    attempt     TEXT,
    attempts    BIGINT NOT NULL,
    sent_ms     BIGINT,
    portal_id   TEXT,
    -- The last day on which it should be at the portal, ISO.
    due         TEXT,
    -- The total in ten-thousandths, for the order of sending only.
    total_order BIGINT NOT NULL,
    -- Not before this instant: to try again, or to ask again.
    next_ms     BIGINT NOT NULL,
    asked       BIGINT NOT NULL,
    -- SHA-256 of the last answer.
    answer      TEXT,
    -- Why it was not sent, in a sentence without anything confidential.
    note        TEXT   NOT NULL,
    changed_ms  BIGINT NOT NULL,
    UNIQUE (invoice, version)
);
CREATE INDEX submission_by_queue  ON submission (account, status, next_ms);
CREATE INDEX submission_by_change ON submission (changed_ms);

-- Which process drives an account at a portal. The fence grows with every new holder.
CREATE TABLE lease (
    account  TEXT   PRIMARY KEY,
    holder   TEXT   NOT NULL,
    fence    BIGINT NOT NULL,
    until_ms BIGINT NOT NULL
);
