-- Invoices by money at risk are read in the order of an index, ties by id, on both databases.
DROP INDEX invoice_by_risk;
CREATE INDEX invoice_by_risk ON invoice (at_risk_order DESC, id);
