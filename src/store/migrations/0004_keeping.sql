-- The same text for SQLite and PostgreSQL.

-- What makes an invoice this version of it, whatever file it came in; empty for what came before this step.
ALTER TABLE invoice ADD COLUMN content     TEXT NOT NULL DEFAULT '';
-- Where the firm's lists said it belongs when it was checked.
ALTER TABLE invoice ADD COLUMN partner     TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice ADD COLUMN portal      TEXT NOT NULL DEFAULT '';
-- total in ten-thousandths, for sorting only.
ALTER TABLE invoice ADD COLUMN total_order BIGINT;
UPDATE invoice SET total_order = CASE WHEN length(total) < 15 THEN CAST(CAST(total AS NUMERIC) * 10000 AS BIGINT)
                                      ELSE 9223372036854775807 END
    WHERE total IS NOT NULL;

CREATE INDEX invoice_by_client  ON invoice (client, changed_ms);
CREATE INDEX invoice_by_partner ON invoice (partner, changed_ms);
CREATE INDEX invoice_by_portal  ON invoice (portal, changed_ms);
CREATE INDEX invoice_by_total   ON invoice ((COALESCE(total_order, -9223372036854775807)) DESC, id);
CREATE INDEX invoice_by_taken   ON invoice (taken_ms, id);
CREATE INDEX invoice_by_date    ON invoice ((COALESCE(invoice_date, '')) DESC, id);
-- A client's latest invoices, by which new ones are judged.
CREATE INDEX invoice_of_client  ON invoice (client, (COALESCE(invoice_date, '')) DESC, id);

-- For how many years documents of a client are kept after an invoice has ended; client '' is every other client.
CREATE TABLE retention (
    client TEXT   PRIMARY KEY,
    years  BIGINT NOT NULL
);
