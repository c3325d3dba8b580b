-- People sign in; tokens become several a person. The same text for SQLite and PostgreSQL.

-- SQLite cannot drop a column that is UNIQUE, so the table is made anew without the tokens.
CREATE TABLE person_2 (
    name     TEXT   PRIMARY KEY,
    role     TEXT   NOT NULL,
    os_user  TEXT   UNIQUE,
    -- A JSON list of client ids; NULL is every client.
    clients  TEXT,
    active   BIGINT NOT NULL
);
INSERT INTO person_2 (name, role, os_user, clients, active)
    SELECT name, role, os_user, clients, active FROM person;

CREATE TABLE token (
    -- The first characters of the hash.
    id       TEXT   PRIMARY KEY,
    person   TEXT   NOT NULL,
    label    TEXT   NOT NULL,
    -- SHA-256 of 256 random bits.
    hash     TEXT   NOT NULL UNIQUE,
    -- read or write.
    scope    TEXT   NOT NULL,
    until_ms BIGINT NOT NULL,
    used_ms  BIGINT,
    UNIQUE (person, label)
);
INSERT INTO token (id, person, label, hash, scope, until_ms)
    SELECT substr(token_hash, 1, 16), name, 'first', token_hash, 'write', token_until_ms
    FROM person WHERE token_hash IS NOT NULL;

DROP TABLE person;
ALTER TABLE person_2 RENAME TO person;

-- How a person proves on signing in who they are.
CREATE TABLE credential (
    person            TEXT   PRIMARY KEY,
    -- Argon2id, in the PHC form.
    password          TEXT,
    -- Set where an administrator gave the password: until when it holds; the person then chooses their own.
    password_until_ms BIGINT,
    -- The shared secret of the second factor, sealed to the store's document key, in base64.
    totp              TEXT,
    -- One that has been offered, and not yet proven.
    totp_offered      TEXT,
    -- The last time step whose code was used: neither it nor an earlier one is taken again.
    totp_step         BIGINT
);

CREATE TABLE recovery_code (
    person  TEXT   NOT NULL,
    -- SHA-256 of 80 random bits.
    hash    TEXT   NOT NULL,
    used_ms BIGINT,
    PRIMARY KEY (person, hash)
);

CREATE TABLE session (
    -- SHA-256 of 256 random bits.
    hash     TEXT   PRIMARY KEY,
    person   TEXT   NOT NULL,
    seen_ms  BIGINT NOT NULL,
    idle_ms  BIGINT NOT NULL,
    until_ms BIGINT NOT NULL
);
CREATE INDEX session_by_person ON session (person);

-- Tries to sign in that failed since the last that did not. Names that nobody has are counted alike, so that the
-- count tells nobody which names there are; hence the name's SHA-256 and no reference to a person.
CREATE TABLE attempt (
    name_hash       TEXT   PRIMARY KEY,
    failures        BIGINT NOT NULL,
    last_ms         BIGINT NOT NULL,
    locked_until_ms BIGINT NOT NULL
);
CREATE INDEX attempt_by_time ON attempt (last_ms);
