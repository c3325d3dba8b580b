-- What waits at an account, in the order of sending, and how much there is of what: read in the order of an index.
CREATE INDEX submission_in_order ON submission (account, status, (COALESCE(due, '9999')), total_order DESC, id);
CREATE INDEX invoice_tally       ON invoice (state, verdict, currency, client, at_risk_order, total_order);
