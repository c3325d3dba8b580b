-- Who is known by an account at the firm's identity provider.
CREATE TABLE link (
    person   TEXT   PRIMARY KEY,
    -- The provider, as its tokens name it in iss.
    issuer   TEXT   NOT NULL,
    -- The account there, as tokens name it in sub; NULL until the first sign-in by it.
    subject  TEXT,
    -- Until then: which claim has to say what, and for how long this holds.
    claim    TEXT,
    expected TEXT,
    until_ms BIGINT,
    UNIQUE (issuer, subject)
);

-- Sign-ins that wait for the browser to come back from the provider, or for a code: each is taken once.
CREATE TABLE pending_sign_in (
    -- SHA-256 of 256 random bits, which the browser holds.
    hash     TEXT   PRIMARY KEY,
    -- Sealed to the store's document key, in base64.
    sealed   TEXT   NOT NULL,
    until_ms BIGINT NOT NULL
);
CREATE INDEX pending_sign_in_by_time ON pending_sign_in (until_ms);

-- The provider by which a session began; NULL for one that began with a password.
ALTER TABLE session ADD COLUMN issuer TEXT;
