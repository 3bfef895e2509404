-- Completed ownership audits, kept permanently. Each row's hash covers the previous row's, so changing or removing a result is detected.
CREATE TABLE replays_ownership_audit_run
(
    number integer PRIMARY KEY,
    started_at integer NOT NULL, -- Unix time in milliseconds, like all *_at columns
    ended_at integer NOT NULL,
    findings integer NOT NULL,
    result text NOT NULL, -- JSON
    heads blob NOT NULL, -- SHA-256 over the latest heads of all audit trails
    chain_hash blob NOT NULL
);

-- The head of each audit trail whenever an audit found new entries. Detects a trail whose entire hash chain was rewritten.
-- Rows whose run is not in the table above belong to an interrupted audit.
CREATE TABLE replays_ownership_audit_head
(
    trail text NOT NULL,
    run integer NOT NULL,
    entries integer NOT NULL,
    hash blob NOT NULL,
    PRIMARY KEY (trail, run)
);

CREATE INDEX replays_ownership_audit_head_by_run ON replays_ownership_audit_head (run);

-- One audit runs at a time across all processes. The lease of a crashed process expires after two minutes.
CREATE TABLE replays_ownership_audit_lease
(
    id integer PRIMARY KEY CHECK (id = 1),
    holder text NOT NULL,
    expires_at integer NOT NULL
);

INSERT INTO replays_ownership_audit_lease (id, holder, expires_at) VALUES (1, '', 0);
