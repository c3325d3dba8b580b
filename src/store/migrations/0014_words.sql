-- Of which invoices words nobody knew were said: they go when the documents of the last of them are purged.
CREATE TABLE reason_heard (
    word TEXT NOT NULL REFERENCES reason_word (id),
    invoice TEXT NOT NULL,
    PRIMARY KEY (word, invoice)
);
CREATE INDEX reason_heard_invoice ON reason_heard (invoice);

-- Mails that were fetched from the firm's mailbox: hashes of their places in it, and of what they are.
CREATE TABLE heard_mail (
    id TEXT PRIMARY KEY,
    heard_ms BIGINT NOT NULL
);
