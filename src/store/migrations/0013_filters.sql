-- The same text for SQLite and PostgreSQL. Filters of the list of invoices that people gave names to, each for themselves.
CREATE TABLE saved_filter (
    person   TEXT   NOT NULL,
    -- As the person calls it.
    name     TEXT   NOT NULL,
    -- As it stands in the address of the list: states, client, partner, order.
    query    TEXT   NOT NULL,
    saved_ms BIGINT NOT NULL,
    PRIMARY KEY (person, name)
);
