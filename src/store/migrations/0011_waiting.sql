-- What lies in one state at one portal, most money at risk first: read in the order of an index, not sorted.
CREATE INDEX invoice_waiting ON invoice (state, portal, at_risk_order DESC, id);
