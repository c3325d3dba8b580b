-- The proof of what left, and how much left through an account in a day.

-- SHA-256 of the file as it left at the last attempt.
ALTER TABLE submission ADD COLUMN sent TEXT;
CREATE INDEX submission_by_day ON submission (account, sent_ms);
