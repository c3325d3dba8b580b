-- Lines sent back for a rewrite and write-downs that were proposed: what their invoices' events say of them, so that
-- what waits for somebody is found without reading every chain. Written with the events.
CREATE TABLE review_item (
    id          TEXT   PRIMARY KEY,
    invoice     TEXT   NOT NULL REFERENCES invoice (id),
    -- rewrite or write-down
    kind        TEXT   NOT NULL,
    -- open, answered, recalled, accepted or refused
    state       TEXT   NOT NULL,
    line_item   TEXT   NOT NULL,
    timekeeper  TEXT   NOT NULL,
    asked_by    TEXT   NOT NULL,
    asked_ms    BIGINT NOT NULL
);
CREATE INDEX review_item_by_invoice ON review_item (invoice);
CREATE INDEX review_item_by_state   ON review_item (state, kind, timekeeper);
